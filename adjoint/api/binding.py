"""Arguments as they are passed to arguments in order, as Python itself would bind them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from adjoint.api.target import name_of


class Binding:
    """The signature of a function, ready to bind calls.

    `inspect.Signature.bind` takes 10 µs; here it only has the last word on calls that are wrong.

    Parameters
    ----------
    function : the plain function.
    first, keywords : arguments that are bound to it already (`target.Target`).
    """

    def __init__(
        self,
        function: Callable[..., Any],
        first: tuple[Any, ...] = (),
        keywords: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.signature = inspect.signature(function)
        parameters = self.signature.parameters.values()
        self._name = name_of(function)
        self._first = first
        self._keywords = dict(keywords)
        self._names = tuple(self.signature.parameters)
        self._by_position = sum(p.kind is not p.KEYWORD_ONLY for p in parameters)
        self._by_name = frozenset(p.name for p in parameters if p.kind is not p.POSITIONAL_ONLY)
        self._defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
        self._tails = {} if first or keywords else dict(self._find_tails())

    def __call__(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the value of every parameter, in order.

        Raises
        ------
        TypeError : as the function itself would, in Python's words.
        """
        tail = None if kwargs else self._tails.get(len(args))
        if tail is not None:
            return args + tail
        args = self._first + args
        kwargs = {**self._keywords, **kwargs}
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

    def _find_tails(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """For each number of arguments, the defaults of the others if all have one."""
        for count in range(self._by_position + 1):
            rest = self._names[count:]
            if all(name in self._defaults for name in rest):
                yield count, tuple(self._defaults[name] for name in rest)
