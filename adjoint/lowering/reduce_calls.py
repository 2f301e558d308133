"""Calls of reductions: over all axes to a number, over some to an array."""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.np.numpy_support import as_dtype

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering import reductions
from adjoint.lowering.arrays import ArrayValue, Elementwise, Stored, is_array, memory
from adjoint.lowering.calls import allocated, handles
from adjoint.lowering.column_sums import column_sums, is_column_sum, sum_over
from adjoint.program.core import Call, Const, Expr
from adjoint.program.numbers import is_complex, is_float

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering

_OF_NUMBERS = {np.sum, np.prod, np.mean, np.max, np.min}
"""Functions that give a number itself."""

_ONE_STEP = {operator.add, operator.sub, operator.mul, operator.neg}


@handles(*reductions.REDUCTIONS)
def _reduce(low: Lowering, target: str, call: Call) -> Any:
    value = low.value(call.args[0])
    if call.function in _OF_NUMBERS and not isinstance(value, tuple) and not is_array(value):
        return Call(as_dtype(low.dtype(target)).type, (value,))
    if not is_array(value) or (call.function in (min, max) and len(call.args) > 1):
        return NotImplemented
    given = dict(zip(("axis", "dtype", "out"), call.args[1:], strict=False))
    given.update(call.keywords)
    axis = given.pop("axis", Const(None))
    keepdims = given.pop("keepdims", Const(False))
    if given or not isinstance(keepdims, Const):
        raise UnsupportedSyntax(
            f"this form of {call.function.__name__} is not supported yet",
            low.builder.at,
            "only axis and keepdims may be given",
        )
    reduction = reductions.REDUCTIONS[call.function]
    axes = _axes(low, low.value(axis), len(value.shape))
    # NumPy sums booleans and small integers in int64, as Numba's type of the result says.
    by_place = call.function in reductions.BY_PLACE
    dtype = value.dtype if by_place else low.dtype(target)
    if by_place and not _is_the_same_again(value):
        value = low.materialised(value)
    if axes is None and not keepdims.value:
        return reductions.reduce_all(low.builder, reduction, value, dtype)
    if axes is None:
        axes = tuple(range(len(value.shape)))
    shape = reductions.reduced_shape(value, axes, keepdims.value)
    if not shape:
        return reductions.reduce_all(low.builder, reduction, value, dtype)
    if call.function is np.sum:
        return sum_over(low, target, value, axes, keepdims.value)
    if call.function in (np.max, np.min, np.mean):
        value = low.materialised(value)
    if call.function is np.mean and is_column_sum(low, target, value, axes):
        array = column_sums(low, target, value, axes, keepdims.value)
        _divide(low, array, [value.shape[axis] for axis in axes])
        return array
    array = allocated(low, target, shape, np.empty)
    reductions.reduce_axes(low.builder, reduction, value, axes, array, keepdims.value, dtype)
    return array


def _is_the_same_again(value: ArrayValue) -> bool:
    """Whether an element that is read, or computed, a second time is the same to the last bit.

    One operation on numbers in memory is, whatever else `fastmath` lets LLVM do.
    """
    if memory(value) is not None:
        return True
    if not isinstance(value, Elementwise) or value.function not in _ONE_STEP:
        return False
    return all(not is_array(operand) or memory(operand) is not None for operand in value.operands)


def _divide(low: Lowering, sums: Stored, lengths: list[Expr]) -> None:
    """Sums to means of so many numbers."""
    builder = low.builder
    count = reduce(lambda n, m: builder.integer(operator.mul, n, m, stem="count"), lengths)
    with builder.loops(sums.shape) as index:
        whole = sums.element(builder, index)
        mean = builder.define("mean", sums.dtype, Call(operator.truediv, (whole, count)))
        builder.store(sums.name, index, mean)


def _axes(low: Lowering, axis: Any, ndim: int) -> tuple[int, ...] | None:
    """Axes reduced over, counted from the front; None for all."""
    items: tuple[Any, ...]
    items = tuple(map(low.canonical, axis if isinstance(axis, tuple) else (axis,)))
    if not all(isinstance(item, Const) for item in items):
        raise UnsupportedSyntax(
            "the axis of a reduction must be a constant",
            low.builder.at,
            "write the axis as a number",
        )
    if items[0] == Const(None):
        return None
    if any(not -ndim <= item.value < ndim for item in items):
        raise UnsupportedSyntax(
            f"axis {items[0].value} is out of bounds for array of dimension {ndim}",
            low.builder.at,
        )
    return tuple(sorted(item.value % ndim for item in items))


@handles(np.linalg.norm)
def _norm(low: Lowering, target: str, call: Call) -> Any:
    value = low.value(call.args[0])
    plain = len(call.args) == 1 and not call.keywords
    if not is_array(value) or not plain or not (is_float(value.dtype) or is_complex(value.dtype)):
        return NotImplemented
    if is_complex(value.dtype):
        value = low.elementwise(np.abs, (value,), low.dtype(target))
    return reductions.reduce_all(low.builder, reductions.euclidean_norm, value, low.dtype(target))
