"""Arguments as they are passed to arguments in order, as Python itself would bind them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import FunctionType
from typing import Any


class Binding:
    """The signature of a function, ready to bind calls.

    `inspect.Signature.bind` takes 10 µs; here it only has the last word on calls that are wrong.
    """

    def __init__(self, function: FunctionType) -> None:
        self.signature = inspect.signature(function)
        parameters = self.signature.parameters.values()
        self._name = function.__name__.strip("<>")
        self._names = tuple(self.signature.parameters)
        self._by_position = sum(p.kind is not p.KEYWORD_ONLY for p in parameters)
        self._by_name = frozenset(p.name for p in parameters if p.kind is not p.POSITIONAL_ONLY)
        self._defaults = {p.name: p.default for p in parameters if p.default is not p.empty}

    def __call__(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the value of every parameter, in order.

        Raises
        ------
        TypeError : as the function itself would, in Python's words.
        """
        rest = self._names[len(args) :]
        given = {**self._defaults, **kwargs}
        if (
            len(args) <= self._by_position
            and all(name in rest and name in self._by_name for name in kwargs)
            and all(name in given for name in rest)
        ):
            return args + tuple([given[name] for name in rest])
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self._name}() {error}") from None
        bound.apply_defaults()
        return tuple(bound.arguments.values())
