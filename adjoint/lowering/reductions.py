"""Reductions to loops: the sum family with scalar accumulators, extrema by their index."""

from __future__ import annotations

import math
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
from adjoint.program.core import Call, Const, Expr, Name
from adjoint.runtime import extrema, shapes

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
    return _extremum(builder, shape, element, dtype, extrema.larger)


def minimum(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
) -> Expr:
    """Smallest element; nan if there is one. The first of several has the derivative."""
    return _extremum(builder, shape, element, dtype, extrema.smaller)


def first_maximum(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
) -> Expr:
    """Number, in C order, of the first largest element; of the first nan if there is one."""
    return _place(builder, shape, element, _best(builder, shape, element, dtype, extrema.larger))


def first_minimum(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
) -> Expr:
    """Number, in C order, of the first smallest element; of the first nan if there is one."""
    return _place(builder, shape, element, _best(builder, shape, element, dtype, extrema.smaller))


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
    choose: Callable[..., Any],
) -> Expr:
    """The extremum, and the element that it is: the one that gets the derivative.

    Where there is no derivative, nothing reads the element, and what looks for it is dead code.
    """
    best = _best(builder, shape, element, dtype, choose)
    if not isinstance(dtype, types.Float):
        return best
    place = _place(builder, shape, element, best)
    found = element(_index(builder, place, shape))
    return builder.define("extremum", dtype, Call(extrema.found, (best, found)))


def _best(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    dtype: Any,
    choose: Callable[..., Any],
) -> Name:
    """The extremum of at least one element; nan if there is one."""
    if not all(map(builder.facts.is_positive, shape)):
        count = _count(builder, shape)
        builder.define("count", types.int64, Call(shapes.check_nonempty, (count,)))
    if isinstance(dtype, types.Float):
        start: Expr = Const(-math.inf if choose is extrema.larger else math.inf)
        start = start if dtype == types.float64 else Call(as_dtype(dtype).type, (start,))
    else:
        start = element(tuple(Const(0) for _ in shape))
    best = builder.define("best", dtype, start)
    with builder.loops(shape) as index:
        builder.assign(best.id, Call(choose, (best, element(index))))
    return best


def _place(
    builder: Builder,
    shape: tuple[Expr, ...],
    element: Callable[[tuple[Expr, ...]], Expr],
    best: Name,
) -> Name:
    """The number, in C order, of the first element that is the extremum; of the first nan if it is.

    It is the last one, and so always that of an element, if arithmetic that need not be exact
    gives no element again that equals it.
    """
    last = builder.integer(operator.sub, _count(builder, shape), Const(1), stem="last")
    place = builder.define("place", types.int64, last)
    builder.non_negative.add(place.id)
    with builder.loops(shape) as index:
        value = element(index)
        is_best = builder.define("is_best", types.boolean, Call(operator.eq, (value, best)))
        if isinstance(builder.types[best.id], types.Float):
            is_nan = builder.define("is_nan", types.boolean, Call(operator.ne, (value, value)))
            either = Call(primitives.logical_or, (is_best, is_nan))
            is_best = builder.define("is_best", types.boolean, either)
        choice = Call(primitives.select, (is_best, _position(builder, index, shape), last))
        candidate = builder.define("k", types.int64, choice)
        builder.assign(place.id, Call(min, (place, candidate)))
    return place


def _index(builder: Builder, place: Name, shape: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """The index of an element by its number in C order."""
    if not shape:
        return ()
    index: list[Expr] = []
    rest: Expr = place
    for length in reversed(shape[1:]):
        index.append(builder.define("k", types.int64, Call(operator.mod, (rest, length))))
        rest = builder.define("k", types.int64, Call(operator.floordiv, (rest, length)))
    found = (*reversed((*index, rest)),)
    builder.non_negative.update(part.id for part in found if isinstance(part, Name))
    return found


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
