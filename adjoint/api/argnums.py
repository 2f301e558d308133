"""Which parameters to differentiate with respect to."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Iterable
from types import FunctionType

from adjoint.api.location import definition
from adjoint.errors import InvalidArgnums, UnsupportedSyntax

Argnum = int | str
Argnums = Argnum | tuple[Argnum, ...] | list[Argnum]


def parameter_names(function: FunctionType) -> tuple[str, ...]:
    """Names of the parameters, in order.

    Raises
    ------
    UnsupportedSyntax : the function takes `*args` or `**kwargs`.
    """
    parameters = inspect.signature(function).parameters.values()
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise UnsupportedSyntax(
                f"{function.__name__} takes {parameter}; "
                "a gradient needs to know its parameters by name",
                definition(function),
                "name the parameters, or pass several values as a tuple or an array",
            )
    return tuple(parameter.name for parameter in parameters)


def positions(function: FunctionType, names: tuple[str, ...], argnums: Argnums) -> tuple[int, ...]:
    """Positions of the parameters that `argnums` names, in its order.

    Raises
    ------
    InvalidArgnums : there is no such parameter, or one is named twice.
    """
    asked: Iterable[Argnum] = argnums if isinstance(argnums, tuple | list) else (argnums,)
    found = tuple(_position(function, names, one) for one in asked)
    if not found or len(set(found)) != len(found):
        which = "names a parameter twice" if found else "is empty"
        raise _invalid(function, names, f"argnums={argnums!r} {which}")
    return found


def _position(function: FunctionType, names: tuple[str, ...], argnum: Argnum) -> int:
    if isinstance(argnum, str):
        if argnum not in names:
            raise _invalid(function, names, f"{function.__name__} has no parameter {argnum!r}")
        return names.index(argnum)
    if isinstance(argnum, bool) or not hasattr(argnum, "__index__"):
        raise _invalid(function, names, f"argnums={argnum!r} is neither a position nor a name")
    index = operator.index(argnum)
    if not -len(names) <= index < len(names):
        count = f"{len(names)} parameter{'s' * (len(names) != 1)}"
        raise _invalid(function, names, f"{function.__name__} has {count}, not one at {index}")
    return index % len(names)


def _invalid(function: FunctionType, names: tuple[str, ...], message: str) -> InvalidArgnums:
    listed = ", ".join(f"{i} {name!r}" for i, name in enumerate(names))
    return InvalidArgnums(message, definition(function), f"the parameters are {listed or 'none'}")
