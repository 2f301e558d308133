"""Arguments as they are passed to arguments in order, as Python itself would bind them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from adjoint.api.target import name_of

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Binding:
    """The signature of a function, ready to bind calls.

    `inspect.Signature.bind` takes 10 µs; here it only has the last word on calls that are wrong.

    Parameters
    ----------
    function : the plain function.
    first, keywords : arguments that are bound to it already (see `target`).

    Attributes
    ----------
    in_order : whether as many arguments as there are parameters need no binding.
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
        self._starred = {p.name: p.kind for p in parameters if p.kind in _STARRED}
        self._by_position = sum(p.kind in _POSITIONAL for p in parameters)
        self._by_name = frozenset(p.name for p in parameters if p.kind is not p.POSITIONAL_ONLY)
        self._defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
        self.in_order = not (first or keywords or self._starred)
        self._tails = dict(self._find_tails()) if self.in_order else {}

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
            not self._starred
            and len(args) <= self._by_position
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

    def unbind(self, values: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments of a call that gives the parameters these values."""
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for parameter, value in zip(self.signature.parameters.values(), values, strict=True):
            if parameter.kind is parameter.VAR_POSITIONAL:
                args += value
            elif parameter.kind is parameter.VAR_KEYWORD:
                kwargs |= value
            elif parameter.kind is parameter.KEYWORD_ONLY:
                kwargs[parameter.name] = value
            else:
                args.append(value)
        return args, kwargs

    def _find_tails(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """For each number of arguments, the defaults of the others if all have one."""
        for count in range(self._by_position + 1):
            rest = self._names[count:]
            if all(name in self._defaults for name in rest):
                yield count, tuple(self._defaults[name] for name in rest)
