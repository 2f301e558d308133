"""Lists and tuples that stand where NumPy takes an array: `np.max([x, y])`, `a + [1.0, 2.0]`.

They become the array that NumPy makes of them, `np.array([x, y])`.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
from numba.core import types

from adjoint.program.core import Assign, Call, Const, Name
from adjoint.syntax.containers import contents
from adjoint.syntax.context import Context
from adjoint.syntax.static_types import unpacked
from adjoint.syntax.values import EXPRESSIONS, Known, Pack, Record, Value, is_library, is_number

# fmt: off
_ARRAYS = {
    "A", "a", "a1", "a2", "ar", "ar1", "ar2", "arr", "array", "ary", "b", "bins", "condition",
    "f", "fp", "m", "p", "v", "val", "weights", "x", "x1", "x2", "xp", "y",
}
# fmt: on
_EACH = {"arys", "xi", "operands"}
"""Names that NumPy gives to parameters which are one array, and which are several."""

_TAKES_DISPLAYS = {
    *(np.array, np.asarray, np.asanyarray, np.full, np.tile, np.ndim, np.einsum),
    *(np.histogram2d, np.histogramdd),
}
"""Functions that make the array themselves, or need not, or take lists of something else."""


def array_arguments(
    context: Context,
    function: Any,
    positional: tuple[Value, ...],
    keywords: Mapping[str, Value],
    node: Any,
) -> tuple[tuple[Value, ...], dict[str, Value]]:
    """The arguments of a library function, with arrays in place of lists and tuples of numbers."""
    values = (*positional, *keywords.values())
    may_be_displays = is_library(function) and any(map(_may_be_display, values))
    if not may_be_displays or function in _TAKES_DISPLAYS:
        return positional, dict(keywords)
    names = _parameters(function, len(positional))
    found = tuple(
        as_array(context, value, node) if name in _ARRAYS else value
        for name, value in zip(names, positional, strict=True)
    )
    named = {
        key: as_array(context, value, node) if key in _ARRAYS else value
        for key, value in keywords.items()
    }
    return found, named


def _may_be_display(value: Value) -> bool:
    return not isinstance(value, Const | Call)


@cache
def _parameters(function: Any, count: int) -> tuple[str, ...]:
    """Names of the parameters of the positional arguments; of each of several arrays, "a"."""
    if isinstance(function, type):
        return ("",) * count
    ufunc = function if isinstance(function, np.ufunc) else getattr(function, "__self__", None)
    if isinstance(ufunc, np.ufunc):
        inputs = {"reduce": 1, "accumulate": 1, "outer": 2}.get(function.__name__, ufunc.nin)
        arrays = ("a",) * (inputs if ufunc is function or function.__name__ != "at" else 0)
        return (*arrays, *("",) * count)[:count]
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a function without a signature
        return ("",) * count
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [p.name for p in parameters if p.kind in kinds]
    rest = [p.name for p in parameters if p.kind is inspect.Parameter.VAR_POSITIONAL]
    if rest and rest[0] in _EACH:
        names += ["a"] * count
    return (*names, *("",) * count)[:count]


def as_array(context: Context, value: Value, node: Any) -> Value:
    """A list or tuple of numbers and arrays as the array of them; other values as they are."""
    if isinstance(value, Name) and value.id in context.unit.list_sites:
        return context.temporary(Call(np.array, (value,)), node)
    lengths = _lengths(context, value, node)
    if lengths is not None:
        value = lengths
    if isinstance(value, EXPRESSIONS) or not _is_display(context, value):
        return value
    return context.temporary(Call(np.array, (_nested(context, value, node),)), node)


def _lengths(context: Context, value: Value, node: Any) -> Pack | None:
    """The items of `x.shape`, which has just been taken; None of anything else."""
    last = context.block[-1] if context.block else None
    if not isinstance(last, Assign) or value != Name(last.target):
        return None
    if not isinstance(last.value, Call) or last.value.function is not np.shape:
        return None
    return unpacked(context, last.value, node)


def _is_display(context: Context, value: Value) -> bool:
    """Whether this is a list or tuple of numbers, arrays and such lists and tuples."""
    pack = contents(context, value)
    if pack is None or not issubclass(pack.kind, tuple | list) or not pack.items:
        return False
    return all(is_number(item) or _is_display(context, item) for item in pack.items)


def _nested(context: Context, value: Value, node: Any) -> Const | Name:
    pack = contents(context, value)
    if pack is None:
        return context.as_atom(value, node)
    return context.as_atom(Pack(tuple(_nested(context, i, node) for i in pack.items)), node)


def array_operands(
    context: Context, function: Callable[..., Any], left: Value, right: Value, node: Any
) -> tuple[Value, Value]:
    """The operands of an operator; a list or tuple beside an array is an array.

    So it is beside a float in arithmetic, which can only be NumPy's: Python has no such operator.
    But lists are repeated by integers and joined with lists.
    """
    if _beside_array(context, function, left, right, node):
        return as_array(context, left, node), right
    if _beside_array(context, function, right, left, node):
        return left, as_array(context, right, node)
    return left, right


_COMPARISONS = {operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne}


def _beside_array(
    context: Context, function: Callable[..., Any], display: Value, other: Value, node: Any
) -> bool:
    if not isinstance(display, Pack | Record | Known) or not isinstance(other, Name):
        return False
    if not _is_display(context, display):
        return False
    found = context.unit.questions.type(context, other, node)
    numbers = () if function in _COMPARISONS else (types.Float, types.Complex)
    return isinstance(found, (types.Array, *numbers))
