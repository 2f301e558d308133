"""Reductions to loops: the sum family with scalar accumulators, extrema by their index."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.lowering.arrays import ArrayValue, Stored
from adjoint.lowering.builder import Builder
from adjoint.lowering.masks import common_mask, unmasked, where
from adjoint.program import primitives
from adjoint.program.core import Assign, Call, Const, Expr, If, Name
from adjoint.runtime import shapes

# reduction(builder, shape, element, dtype) of the elements `element(index)` for all indices of
# `shape`, to a scalar variable.
Reduction = Callable[..., Expr]


def total(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
    mask: ArrayValue | None = None,
) -> Expr:
    """Sum of the elements in any order; with a mask of that shape, of those where it is true."""
    return _accumulate(builder, shape, element, dtype, operator.add, 0, mask, unordered=True)


def total_in_order(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
    mask: ArrayValue | None = None,
) -> Expr:
    """Sum of the elements, one after the other, as Python's own `sum` adds them."""
    return _accumulate(builder, shape, element, dtype, operator.add, 0, mask)


def product(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
    mask: ArrayValue | None = None,
) -> Expr:
    """Product of the elements; with a mask of that shape, of those where it is true."""
    return _accumulate(builder, shape, element, dtype, operator.mul, 1, mask)


def mean(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
) -> Expr:
    """Arithmetic mean of the elements."""
    whole = total(builder, shape, element, dtype)
    return builder.define("mean", dtype, Call(operator.truediv, (whole, _count(builder, shape))))


def euclidean_norm(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
) -> Expr:
    """Square root of the sum of squares, as `np.linalg.norm` computes it."""

    def square(index: tuple[Expr, ...]) -> Expr:
        x = element(index)
        return builder.define("t", dtype, Call(operator.mul, (x, x)))

    squares = total(builder, shape, square, dtype)
    return builder.define("norm", dtype, Call(np.sqrt, (squares,)))


def maximum(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
) -> Expr:
    """Largest element; nan if there is one. The first of several has the derivative."""
    return _extremum(builder, shape, element, dtype, operator.gt)


def minimum(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
) -> Expr:
    """Smallest element; nan if there is one. The first of several has the derivative."""
    return _extremum(builder, shape, element, dtype, operator.lt)


def first_maximum(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
) -> Expr:
    """Number, in C order, of the first largest element; of the first nan if there is one."""
    return _position(
        builder, _place(builder, shape, element, dtype, operator.gt, first_nan=True), shape
    )


def first_minimum(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
) -> Expr:
    """Number, in C order, of the first smallest element; of the first nan if there is one."""
    return _position(
        builder, _place(builder, shape, element, dtype, operator.lt, first_nan=True), shape
    )


REDUCTIONS: dict[Callable[..., Any], Reduction] = {
    np.sum: total,
    sum: total_in_order,
    np.prod: product,
    np.mean: mean,
    np.max: maximum,
    np.min: minimum,
    np.argmax: first_maximum,
    np.argmin: first_minimum,
    max: maximum,
    min: minimum,
}


BY_PLACE = (np.max, np.min, max, min, np.argmax, np.argmin)
"""Reductions that compare elements, in the elements' own type."""


def _accumulate(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
    function: Callable[..., Any],
    initial: int,
    mask: ArrayValue | None,
    unordered: bool = False,
) -> Expr:
    if dtype in _WIDE:
        wide = _WIDE[dtype]
        first = Call(as_dtype(wide).type, (Const(float(initial)),))
        sum_ = _accumulated(builder, shape, element, wide, function, first, mask, unordered)
        return builder.define("total", dtype, Call(as_dtype(dtype).type, (sum_,)))
    start: Any = float(initial) if isinstance(dtype, types.Float) else initial
    start = complex(initial) if isinstance(dtype, types.Complex) else start
    return _accumulated(builder, shape, element, dtype, function, Const(start), mask, unordered)


# NumPy adds in pairs, which keeps the digits that one float32 after the other would lose.
_WIDE = {types.float32: types.float64, types.complex64: types.complex128}


def _accumulated(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
    function: Callable[..., Any],
    start: Expr,
    mask: ArrayValue | None,
    unordered: bool,
) -> Expr:
    result = builder.define("total", dtype, start)
    with builder.loops(shape) if mask is None else where(builder, mask) as index:
        value = element(index)
        builder.assign(result.id, Call(function, (result, value)), unordered)
    return result


def _extremum(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
    beats: Callable[..., Any],
) -> Expr:
    """Find where the extremum is, then read it there: one element's derivative, no branches."""
    return element(_place(builder, shape, element, dtype, beats))


def _place(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
    beats: Callable[..., Any],
    first_nan: bool = False,
) -> tuple[Name, ...]:
    """Where the extremum is, the first of several; where nan is, the first or any other."""
    builder.define("count", types.int64, Call(shapes.check_nonempty, (_count(builder, shape),)))
    where = tuple(builder.define("best", types.int64, Const(0)) for _ in shape)
    builder.non_negative.update(name.id for name in where)
    best = builder.define("extremum", dtype, element(tuple(Const(0) for _ in shape)))
    with builder.loops(shape) as index:
        value = element(index)
        update = builder.define("better", types.boolean, Call(beats, (value, best)))
        if isinstance(dtype, types.Float | types.Complex):
            is_nan = builder.define("is_nan", types.boolean, Call(operator.ne, (value, value)))
            if first_nan:
                is_nan = _first(builder, is_nan, best)
            either = Call(primitives.logical_or, (update, is_nan))
            update = builder.define("update", types.boolean, either)
        found = [Assign(best.id, value, at=builder.at)]
        found += [Assign(w.id, i, at=builder.at) for w, i in zip(where, index, strict=True)]
        builder.emit(If(update, tuple(found), at=builder.at))
    return where


def _first(builder: Builder, is_nan: Name, best: Name) -> Name:
    """Whether this is nan and what was found so far is a number."""
    number = builder.define("was_number", types.boolean, Call(operator.eq, (best, best)))
    both = Call(primitives.logical_and, (is_nan, number))
    return builder.define("first_nan", types.boolean, both)


def _position(builder: Builder, index: tuple[Expr, ...], shape: tuple[Expr, ...]) -> Expr:
    """The number of an element, counted in C order."""
    position: Expr = Const(0)
    for item, length in zip(index, shape, strict=True):
        before = builder.integer(operator.mul, position, length, stem="k")
        position = builder.integer(operator.add, before, item, stem="k")
    return position


def _count(builder: Builder, shape: tuple[Expr, ...]) -> Expr:
    """Number of indices of a shape."""
    count: Expr = Const(1)
    for length in shape:
        count = builder.integer(operator.mul, count, length, stem="count")
    return count


def reduce_all(builder: Builder, reduction: Reduction, value: ArrayValue, dtype: Any) -> Expr:
    """Reduce over all axes to a scalar; a sum of masked elements in a loop over the mask."""
    masked = reduction in (total, total_in_order, product)
    mask = common_mask(value) if masked else None
    whole = None if mask is None else unmasked(value, mask)
    if mask is not None and whole is not None and len(whole.shape) == len(mask.shape):
        return reduction(
            builder, mask.shape, lambda index: whole.element(builder, index), dtype, mask
        )
    return reduction(builder, value.shape, lambda index: value.element(builder, index), dtype)


def reduce_axes(
    builder: Builder,
    reduction: Reduction,
    value: ArrayValue,
    axes: tuple[int, ...],
    target: Stored,
    keepdims: bool,
    dtype: Any = None,
) -> None:
    """Reduce over some axes into the array `target`, in its type unless another is given."""
    kept = [axis for axis in range(len(value.shape)) if axis not in axes]
    with builder.loops(tuple(value.shape[axis] for axis in kept)) as outer:

        def element(inner: tuple[Expr, ...]) -> Expr:
            index = dict(zip(kept, outer, strict=True)) | dict(zip(axes, inner, strict=True))
            return value.element(builder, tuple(index[axis] for axis in sorted(index)))

        shape = tuple(value.shape[axis] for axis in axes)
        result = reduction(builder, shape, element, dtype or target.dtype)
        place: tuple[Expr, ...] = outer
        if keepdims:
            by_axis = dict(zip(kept, outer, strict=True))
            place = tuple(by_axis.get(axis, Const(0)) for axis in range(len(value.shape)))
        builder.store(target.name, place, result)


def reduced_shape(value: ArrayValue, axes: tuple[int, ...], keepdims: bool) -> tuple[Expr, ...]:
    """Shape of a reduction's result."""
    if keepdims:
        return tuple(Const(1) if a in axes else n for a, n in enumerate(value.shape))
    return tuple(n for axis, n in enumerate(value.shape) if axis not in axes)
