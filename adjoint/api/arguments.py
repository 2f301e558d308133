"""Checks on the arguments of a call: their types, and whether they overlap in memory."""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType
from typing import Any

import numpy as np
from numba.core import types
from numba.core.errors import NumbaError
from numba.core.typing.typeof import Purpose, typeof

from adjoint.api.location import definition
from adjoint.errors import ArgumentsOverlap, NotDifferentiable, TypingFailed
from adjoint.runtime.tape.tensor import Tensor

OVERLAP_WORK = 10_000
"""Bound of NumPy's search for a shared element; arrays met in practice need a few steps."""


class OnTape(Exception):
    """An argument is an array of the tape: the call is one of its operations."""


def numba_types(
    function: FunctionType, names: Sequence[str], args: Sequence[Any], wrt: Sequence[int]
) -> tuple[types.Type, ...]:
    """Numba's type of each argument.

    Raises
    ------
    NotDifferentiable : an argument among `wrt` is not float.
    TypingFailed : another argument is of no type that Numba compiles.
    OnTape : an argument is an array of the tape.
    """
    if any(isinstance(arg, Tensor) for arg in args):
        raise OnTape
    found: list[types.Type] = []
    for position, (name, arg) in enumerate(zip(names, args, strict=True)):
        kind = _numba_type(arg)
        if kind is None:
            error = NotDifferentiable if position in wrt else TypingFailed
            raise error(
                f"parameter {name!r} of {function.__name__} is a {_described(arg)}, "
                "which cannot be compiled",
                definition(function, name),
                _way_out(arg),
            )
        found.append(kind)
    require_float(function, names, found, wrt)
    return tuple(found)


def require_float(
    function: FunctionType,
    names: Sequence[str],
    arg_types: Sequence[types.Type],
    wrt: Sequence[int],
) -> None:
    """Refuse to differentiate with respect to what is not float."""
    for position in wrt:
        kind = arg_types[position]
        element = kind.dtype if isinstance(kind, types.Array) else kind
        if element not in (types.float32, types.float64):
            raise NotDifferentiable(
                f"the gradient of {function.__name__} is asked with respect to "
                f"{names[position]!r}, which is {kind}: only float32 and float64 have one",
                definition(function, names[position]),
                _float_instead(kind),
            )


def require_disjoint(
    function: FunctionType, names: Sequence[str], args: Sequence[Any], written: int, other: int
) -> None:
    """Refuse an array that shares memory with one that the function writes to."""
    if _overlap(args[written], args[other]):
        raise ArgumentsOverlap(
            f"{function.__name__} writes to {names[written]!r}, which shares memory with "
            f"{names[other]!r}: their adjoints cannot be told apart",
            definition(function, names[written]),
            f"pass {names[other]}.copy()",
        )


def _numba_type(arg: object) -> types.Type | None:
    try:
        kind = typeof(arg, Purpose.argument)
    except (ValueError, NumbaError):
        return None
    containers = types.List, types.Set, types.DictType, types.LiteralList, types.LiteralStrKeyDict
    if kind is None or isinstance(kind, containers):
        return None
    return None if isinstance(kind, types.Array) and kind.dtype == types.pyobject else kind


def _overlap(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    try:
        return np.shares_memory(a, b, max_work=OVERLAP_WORK)  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return True


def _described(arg: object) -> str:
    if isinstance(arg, np.ndarray):
        return f"NumPy array of {arg.dtype}"
    return type(arg).__name__


def _way_out(arg: object) -> str:
    if isinstance(arg, list | tuple | set):
        return "pass np.asarray(...) of it"
    if isinstance(arg, int):
        return "it does not fit into 64 bits; pass a float"
    return "pass a float, an int, a bool or a NumPy array of them"


def _float_instead(kind: types.Type) -> str:
    if isinstance(kind, types.Array):
        return "pass an array of floats, `x.astype(np.float64)`, or leave it out of argnums"
    if isinstance(kind, types.Integer | types.Boolean):
        return "pass 2.0 instead of 2, or leave it out of argnums"
    return "leave it out of argnums"
