"""Stores through arrays of indices and masks: `y[idx] = v`, `y[mask] *= 2`, `np.add.at(y, idx, v)`.

Of equal indices the last one's value stays, as in NumPy, for the loops store one after the other;
`y[idx] += v` reads all of `y[idx]` before it stores, so equal indices count once, and
`np.add.at` reads and stores one by one, so all count.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype, from_dtype

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.arrays import (
    ArrayValue,
    View,
    broadcast_element,
    broadcast_steps,
    home,
    is_array,
    leaves,
)
from adjoint.lowering.masks import unmasked, where
from adjoint.lowering.picking import check_mask, is_mask, pick, sole_mask
from adjoint.lowering.regions import may_share, overlaps, store_region
from adjoint.program.core import Call, Const, Expr

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering


def scatter(
    low: Lowering, base: ArrayValue, index: tuple[Any, ...], value: Any, accumulate: bool
) -> None:
    """`base[index] = value` (`+=` if `accumulate`), for an index with arrays in it."""
    if _store_where(low, base, index, value, accumulate):
        return
    region = pick(low, base, _apart_from(low, base, index))
    if accumulate and not _is_distinct(index):
        value = _sum(low, region, value)
        accumulate = False
    store_region(low, region, value, accumulate)


def _store_where(
    low: Lowering, base: ArrayValue, index: tuple[Any, ...], value: Any, accumulate: bool
) -> bool:
    """Store inside a loop over the mask, if the value can be had there element by element.

    y[m] = x[m] ** 2    →    for i in range(m.shape[0]):
                                 if m[i]:
                                     y[i] = x[i] ** 2
    """
    mask = sole_mask(base, index)
    whole = None if mask is None else unmasked(value, mask)
    if mask is None or whole is None or overlaps(low, base, mask):
        return False
    if is_array(whole) and (len(whole.shape) != len(base.shape) or overlaps(low, base, whole)):
        return False
    for length, expected in zip(mask.shape, base.shape, strict=False):
        check_mask(low, length, expected)
    with (
        where(low.builder, mask) as outer,
        low.builder.loops(base.shape[len(mask.shape) :]) as inner,
    ):
        at = (*outer, *inner)
        element = whole.element(low.builder, at) if is_array(whole) else whole
        name, place = base.place(low.builder, at)  # type: ignore[union-attr]
        low.builder.store(name, place, element, accumulate)
    return True


def _apart_from(low: Lowering, base: ArrayValue, index: tuple[Any, ...]) -> tuple[Any, ...]:
    """The index, its arrays copied if the store may write to them (`order[order] = …`)."""
    target = home(base)
    return tuple(
        _copied(low, item)
        if is_array(item)
        and not is_mask(item)
        and any(may_share(low, leaf, target) for leaf in leaves(item) if is_array(leaf))
        else item
        for item in index
    )


def _copied(low: Lowering, value: ArrayValue) -> ArrayValue:
    name = low.builder.fresh("t", types.Array(value.dtype, len(value.shape), "C"))
    return low.compute(name.id, value)


def _is_distinct(index: tuple[Any, ...]) -> bool:
    """Whether no two indices can be equal: they are where a mask is true."""
    arrays = [item for item in index if is_array(item)]
    return len(arrays) == 1 and is_mask(arrays[0])


def _sum(low: Lowering, region: View, value: Any) -> Any:
    dtype = region.dtype
    if is_array(value) or (isinstance(dtype, types.Integer) and not isinstance(value, Const)):
        other = value.dtype if is_array(value) else low.types[value.id]  # type: ignore[union-attr]
        dtype = from_dtype(np.result_type(as_dtype(dtype), as_dtype(other)))
    return low.elementwise(operator.add, (region, value), dtype)


def scatter_at(
    low: Lowering, function: np.ufunc, base: ArrayValue, index: tuple[Any, ...], value: Any
) -> None:
    """`function.at(base, index, value)`: one element after the other."""
    if function.nin != 2 or function.nout != 1:
        raise UnsupportedSyntax(
            f"np.{function.__name__}.at is not supported", low.builder.at, "write a loop"
        )
    region = pick(low, base, _apart_from(low, base, index))
    steps: tuple[Expr, ...] = ()
    if is_array(value):
        if overlaps(low, region, value):
            value = _copied(low, value)
        steps = broadcast_steps(low.builder, value.shape, region.shape, low.same)
    with low.builder.loops(region.shape) as at:
        element = broadcast_element(low.builder, value, steps, at)
        name, place = region.place(low.builder, at)
        _update(low, function, name, place, element, region.dtype)


def _update(
    low: Lowering,
    function: Callable[..., Any],
    name: str,
    place: tuple[Expr, ...],
    element: Expr,
    dtype: Any,
) -> None:
    if function is np.add:
        low.builder.store(name, place, element, accumulate=True)
        return
    old = low.builder.element(name, place, dtype)
    new = low.builder.define("t", dtype, Call(function, (old, element)))
    low.builder.store(name, place, new)
