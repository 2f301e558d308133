"""Checks on the arguments of a call: what has a gradient, and what overlaps in memory."""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType
from typing import Any

import numpy as np
from numba.core import types

from adjoint.api.argnums import Chosen
from adjoint.api.describe import Arguments, described
from adjoint.api.location import definition
from adjoint.api.rebuild import chosen_parts
from adjoint.errors import ArgumentsOverlap, NotDifferentiable
from adjoint.program.structure import Branch, Leaf, Static, Structure

OVERLAP_WORK = 10_000
"""Bound of NumPy's search for a shared element; arrays met in practice need a few steps."""


def require_float(function: FunctionType, arguments: Arguments, wrt: Sequence[Chosen]) -> None:
    """Refuse to differentiate with respect to what holds no float."""
    for (position, key), part in zip(wrt, chosen_parts(arguments, wrt), strict=True):
        if not any(part.floats):
            name = arguments.names[position]
            label = name if key is None else f"{name}[{key!r}]"
            what, way_out = _without_floats(part.structure, arguments.types[part.first :])
            raise NotDifferentiable(
                f"the gradient of {function.__name__} is asked with respect to "
                f"{label!r}, which is {what}: only floats and complex numbers have one",
                definition(function, name),
                way_out,
            )


def require_disjoint(
    function: FunctionType, labels: Sequence[str], args: Sequence[Any], written: int, other: int
) -> None:
    """Refuse an array that shares memory with one that the function writes to."""
    if overlap(args[written], args[other]):
        raise ArgumentsOverlap(
            f"{function.__name__} writes to {labels[written]!r}, which shares memory with "
            f"{labels[other]!r}: their adjoints cannot be told apart",
            definition(function, labels[written]),
            f"pass {labels[other]}.copy()",
        )


def overlap(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    """Whether arrays share memory, or may and it takes too long to find out."""
    try:
        return np.shares_memory(a, b, max_work=OVERLAP_WORK)  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return True


def _without_floats(structure: Structure, arg_types: Sequence[types.Type]) -> tuple[str, str]:
    """What an argument is instead, and what to do about it."""
    elsewise = "or leave it out of argnums"
    match structure:
        case Leaf():
            return str(arg_types[0]), _float_instead(arg_types[0])
        case Static(bool() | np.bool_()):
            return "a bool", f"pass 2.0 instead of 2, {elsewise}"
        case Static(value):
            return f"a {described(value)}", f"pass a float or a NumPy array of them, {elsewise}"
        case Branch(kind):
            what = f"a {kind.__name__} without a float in it"
            return what, f"pass a float or a NumPy array of them, {elsewise}"


def _float_instead(kind: types.Type) -> str:
    if isinstance(kind, types.Array):
        return "pass an array of floats, `x.astype(np.float64)`, or leave it out of argnums"
    if isinstance(kind, types.Integer | types.Boolean):
        return "pass 2.0 instead of 2, or leave it out of argnums"
    return "leave it out of argnums"
