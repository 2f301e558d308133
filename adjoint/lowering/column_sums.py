"""The columns of a matrix are summed together, row by row as they are in memory.

    y = x @ A      →      for i in range(n):                     for j in range(m):
                              for j in range(m):     and not         for i in range(n):
                                  y[j] += x[i] * A[i, j]                 total += x[i] * A[i, j]

Neighbours in memory are read one after the other, and the inner loop works on several at once. Each
sum has its terms in the same order either way.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from numba.core import types

from adjoint.lowering import reductions
from adjoint.lowering.arrays import ZERO, Along, ArrayValue, Stored, View, is_array
from adjoint.lowering.builder import Builder
from adjoint.lowering.calls import allocated
from adjoint.lowering.reshaping import Reshaped
from adjoint.program.core import Const, Expr

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering


def sum_over(
    low: Lowering, target: str, value: ArrayValue, axes: tuple[int, ...], keepdims: bool = False
) -> Stored:
    """The sum over some axes, as a new array under the target's name."""
    if is_column_sum(low, target, value, axes):
        return column_sums(low, target, value, axes, keepdims)
    shape = reductions.reduced_shape(value, axes, keepdims)
    array: Stored = allocated(low, target, shape, np.empty)
    reductions.reduce_axes(low.builder, reductions.total, value, axes, array, keepdims)
    return array


def is_column_sum(low: Lowering, target: str, value: ArrayValue, axes: tuple[int, ...]) -> bool:
    """Whether a sum over some axes is better taken row by row.

    Numbers of single precision are added in double, as NumPy does, and there is no array for that.
    """
    fast = fast_axis(low.builder, value)
    is_wide = low.dtype(target) in (types.float64, types.complex128)
    return is_wide and fast is not None and fast not in axes


def column_sums(
    low: Lowering, target: str, value: ArrayValue, axes: tuple[int, ...], keepdims: bool = False
) -> Stored:
    """The sum over some axes, row by row, as a new array under the target's name."""
    shape = reductions.reduced_shape(value, axes, keepdims)
    array: Stored = allocated(low, target, shape, np.zeros)
    fast, ndim = fast_axis(low.builder, value), len(value.shape)
    assert fast is not None
    order = (*(axis for axis in range(ndim) if axis != fast), fast)
    with low.builder.loops(tuple(value.shape[axis] for axis in order)) as counters:
        at = dict(zip(order, counters, strict=True))
        element = value.element(low.builder, tuple(at[axis] for axis in range(ndim)))
        kept = (axis for axis in range(ndim) if keepdims or axis not in axes)
        place = tuple(ZERO if axis in axes else at[axis] for axis in kept)
        low.builder.store(array.name, place, element, accumulate=True)
    return array


def fast_axis(builder: Builder, value: ArrayValue | Expr) -> int | None:
    """The axis along which the elements that a value reads are neighbours in memory, for most."""
    if not is_array(value) or not value.shape:
        return None
    if isinstance(value, Stored):
        return 0 if builder.types[value.name].layout == "F" else len(value.shape) - 1
    if isinstance(value, Reshaped):
        is_last = fast_axis(builder, value.base) == len(value.base.shape) - 1
        return len(value.shape) - 1 if is_last else None
    if isinstance(value, View):
        along = fast_axis(builder, value.base)
        selector = None if along is None else value.selectors[along]
        neighbours = isinstance(selector, Along) and selector.step == Const(1)
        return selector.axis if neighbours else None  # type: ignore[union-attr]
    votes: Counter[int] = Counter()
    for operand, steps in zip(value.operands, value.steps, strict=True):
        axis = fast_axis(builder, operand)
        if axis is not None and steps[axis] != ZERO:
            votes[axis + len(value.shape) - len(steps)] += len(steps)
    return max(votes, key=lambda axis: (votes[axis], axis), default=None)
