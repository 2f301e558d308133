"""Which parameters to differentiate with respect to.

As everywhere in Python, a position beyond the named parameters of `def f(x, *rest)` is one of the
arguments that `rest` collects, and an unknown name one of those that `**options` collects.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Iterable
from types import FunctionType
from typing import Any

from adjoint.api.location import definition
from adjoint.errors import InvalidArgnums

Argnum = int | str
Argnums = Argnum | tuple[Argnum, ...] | list[Argnum]

Chosen = tuple[int, int | str | None]
"""A parameter's position; and which of the arguments that it collects, None for all of it."""


def parameter_names(function: FunctionType) -> tuple[str, ...]:
    """Names of the parameters, in order."""
    return tuple(inspect.signature(function).parameters)


def positions(
    function: FunctionType, signature: inspect.Signature, argnums: Argnums
) -> tuple[Chosen, ...]:
    """The parameters of `signature` that `argnums` names, in its order.

    Raises
    ------
    InvalidArgnums : there is no such parameter, or one is named twice.
    """
    asked: Iterable[Argnum] = argnums if isinstance(argnums, tuple | list) else (argnums,)
    choice = _Choice(function, signature)
    found = tuple(choice(one) for one in asked)
    if not found or len(set(found)) != len(found):
        which = "names a parameter twice" if found else "is empty"
        raise choice.invalid(f"argnums={argnums!r} {which}")
    return found


class _Choice:
    def __init__(self, function: FunctionType, signature: inspect.Signature) -> None:
        self._function = function
        parameters = list(signature.parameters.values())
        self._names = [p.name for p in parameters]
        kinds = [p.kind for p in parameters]
        self._rest = _index(kinds, inspect.Parameter.VAR_POSITIONAL)
        self._options = _index(kinds, inspect.Parameter.VAR_KEYWORD)

    def __call__(self, argnum: Argnum) -> Chosen:
        if isinstance(argnum, str):
            return self._named(argnum)
        if isinstance(argnum, bool) or not hasattr(argnum, "__index__"):
            raise self.invalid(f"argnums={argnum!r} is neither a position nor a name")
        return self._at(operator.index(argnum))

    def _named(self, name: str) -> Chosen:
        if name in self._names:
            return self._names.index(name), None
        if self._options is not None:
            return self._options, name
        raise self.invalid(f"{self._function.__name__} has no parameter {name!r}")

    def _at(self, index: int) -> Chosen:
        name, count = self._function.__name__, len(self._names)
        if self._rest is not None:
            if index < 0:
                raise self.invalid(f"{name} takes any number of arguments, so {index} is none")
            return (index, None) if index < self._rest else (self._rest, index - self._rest)
        if not -count <= index < count:
            has = f"{count} parameter{'s' * (count != 1)}"
            raise self.invalid(f"{name} has {has}, not one at {index}")
        return index % count, None

    def invalid(self, message: str) -> InvalidArgnums:
        listed = ", ".join(f"{i} {name!r}" for i, name in enumerate(self._names))
        hint = f"the parameters are {listed or 'none'}"
        return InvalidArgnums(message, definition(self._function), hint)


def _index(kinds: list[Any], kind: object) -> int | None:
    return kinds.index(kind) if kind in kinds else None
