"""Indices of the array dialect to views: slices, new axes, integers, ellipsis, transposition."""

from __future__ import annotations

import operator
from typing import Any

from numba.core import types

from adjoint.errors import ShapeMismatch, UnsupportedSyntax
from adjoint.lowering.arrays import Along, ArrayValue, Fixed, View
from adjoint.lowering.builder import Builder
from adjoint.lowering.within import bound_within, slice_within
from adjoint.program.core import Call, Const, Expr, Name, Slice
from adjoint.runtime import shapes

_FULL = Slice(None, None, None)


def view(builder: Builder, base: ArrayValue, index: tuple[Expr | Slice, ...]) -> View:
    """`base[index]` as a view; with an integer for every axis it has no axes left.

    Raises
    ------
    UnsupportedSyntax : an index array or a mask, or too many indices.
    """
    selectors: list[Fixed | Along] = []
    shape: list[Expr] = []
    for item in without_ellipsis(builder, index, len(base.shape)):
        if item == Const(None):
            shape.append(Const(1))
            continue
        length = base.shape[len(selectors)]
        if isinstance(item, Slice):
            start, step, extent = slice_of_axis(builder, item, length)
            selectors.append(Along(len(shape), start, step))
            shape.append(extent)
        else:
            selectors.append(Fixed(integer_index(builder, item)))
    return View(base, tuple(selectors), tuple(shape))


def transposed(base: ArrayValue, axes: tuple[int, ...] | None = None) -> View:
    """`np.transpose(base, axes)` as a view."""
    order = axes or tuple(reversed(range(len(base.shape))))
    selectors = tuple(Along(order.index(axis)) for axis in range(len(base.shape)))
    return View(base, selectors, tuple(base.shape[axis] for axis in order))


def without_ellipsis(builder: Builder, index: tuple[Any, ...], ndim: int) -> list[Any]:
    """The index with one item for each axis of the base (new axes besides)."""
    given = sum(item not in (Const(None), Const(Ellipsis)) for item in index)
    if given > ndim:
        raise UnsupportedSyntax(f"{given} indices for an array of {ndim} dimensions", builder.at)
    missing = [_FULL] * (ndim - given)
    if Const(Ellipsis) not in index:
        return [*index, *missing]
    where = index.index(Const(Ellipsis))
    return [*index[:where], *missing, *index[where + 1 :]]


def integer_index(builder: Builder, item: Expr) -> Expr:
    """An integer index as it is written; negative ones count from the end of this axis."""
    if isinstance(item, tuple):
        raise UnsupportedSyntax(
            "a tuple is one of several indices", builder.at, "write its items, or an array of them"
        )
    if isinstance(item, Name) and not isinstance(builder.types[item.id], types.Integer):
        raise UnsupportedSyntax(
            f"an index of type {builder.types[item.id]} is not supported yet",
            builder.at,
            "index with integers, slices, and arrays of integers or booleans",
        )
    return item


def slice_of_axis(builder: Builder, item: Slice, length: Expr) -> tuple[Expr, Expr, Expr]:
    """First index, step and number of indices of a slice of an axis."""
    step = item.step or Const(1)
    margin = _margins(item) if step == Const(1) else None
    if margin is not None:
        before, after = margin
        return Const(before), step, builder.length(_without(length, before + after))
    if step in (Const(1), Const(-1)):
        inside = slice_within(builder, item, length, backward=step == Const(-1))
        if inside is not None:
            return inside[0], step, inside[1]
    start, stop = _bounds(builder, item, length, step)
    if start == Const(0) and step == Const(1):
        return start, step, stop
    extent = Call(shapes.slice_length, (start, stop, step))
    if any(isinstance(part, Name) for part in (item.start, item.stop, step)):
        return start, step, builder.define("n", types.int64, extent)
    return start, step, builder.length(extent)


def _margins(item: Slice) -> tuple[int, int] | None:
    """How many indices a slice leaves out in front and behind: `1:-2` one and two.

    None if that depends on the length of the axis, or is not known when compiling.
    """
    start, stop = item.start or Const(0), item.stop or Const(None)
    if not isinstance(start, Const) or not isinstance(stop, Const) or (start.value or 0) < 0:
        return None
    if stop.value is None:
        return int(start.value or 0), 0
    return (int(start.value or 0), -int(stop.value)) if stop.value < 0 else None


def _without(length: Expr, count: int) -> Expr:
    if isinstance(length, Const):
        return Const(max(length.value - count, 0))
    return Call(shapes.span, (length, Const(count))) if count else length


def _bounds(builder: Builder, item: Slice, length: Expr, step: Expr) -> tuple[Expr, Expr]:
    """First index of a slice, and the one it stops before."""
    if not isinstance(step, Const):
        return _bounds_either_way(builder, item, length, step)
    if step.value > 0:
        start = _forward_bound(builder, item.start, length, Const(0))
        return start, _forward_bound(builder, item.stop, length, length)
    if step.value == 0:
        raise ShapeMismatch("slice step cannot be zero", builder.at)
    last = builder.integer(operator.sub, length, Const(1))
    start = _backward_bound(builder, item.start, length, last)
    return start, _backward_bound(builder, item.stop, length, Const(-1))


def _bounds_either_way(
    builder: Builder, item: Slice, length: Expr, step: Expr
) -> tuple[Expr, Expr]:
    """Bounds of a slice whose step may be positive or negative."""
    builder.define("step", types.int64, Call(shapes.check_step, (step,)))
    first = Call(shapes.slice_first, (length, step))
    end = Call(shapes.slice_end, (length, step))
    if item.start is not None:
        first = Call(shapes.slice_bound, (item.start, length, step))
    if item.stop is not None:
        end = Call(shapes.slice_bound, (item.stop, length, step))
    start = builder.define("start", types.int64, first)
    return start, builder.define("stop", types.int64, end)


def _forward_bound(builder: Builder, bound: Expr | None, length: Expr, default: Expr) -> Expr:
    if bound is None:
        return default
    if bound == Const(0):
        return bound
    within = bound_within(builder, bound, length)
    if within is not None:
        return within
    return builder.define("start", types.int64, Call(shapes.slice_start, (bound, length)))


def _backward_bound(builder: Builder, bound: Expr | None, length: Expr, default: Expr) -> Expr:
    if bound is None:
        return default
    return builder.define("start", types.int64, Call(shapes.backward_start, (bound, length)))
