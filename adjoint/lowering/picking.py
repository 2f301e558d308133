"""Indices of which one is an array: `a[idx]`, `a[:, idx]`, `a[i, j]` of arrays, `a[mask]`.

NumPy's rules: arrays of indices are broadcast together, and so are integers beside them; the axes
that come of it stand where the arrays stood, or in front if something else stands between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.arrays import (
    Along,
    ArrayValue,
    Elementwise,
    Fixed,
    Listed,
    Stored,
    View,
    elementwise,
    is_array,
    memory,
)
from adjoint.lowering.indexing import integer_index, slice_of_axis, without_ellipsis
from adjoint.program.core import Call, Const, Expr, Name, Slice
from adjoint.runtime import shapes

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering

_FULL = Slice(None, None, None)


@dataclass(frozen=True)
class _Indices:
    """An array of indices; `length` is that of the mask's axis it comes from, if it does."""

    array: ArrayValue
    length: Expr | None = None


Item = Expr | Slice | _Indices


def pick(low: Lowering, base: ArrayValue, index: tuple[Any, ...]) -> View:
    """`base[index]` as a view, for an index with arrays in it.

    Raises
    ------
    UnsupportedSyntax : the index is neither of integers nor of booleans, or there are too many.
    """
    mask = sole_mask(base, index)
    parts = _without_masks(low, index)
    items = without_ellipsis(low.builder, parts, len(base.shape))
    joint = _broadcast(low, [item.array for item in items if isinstance(item, _Indices)])
    first = 0 if _are_apart(parts) else None
    shape: list[Expr] = list(joint.shape) if first == 0 else []
    selectors: list[Fixed | Along | Listed] = []
    steps = iter(joint.steps)
    for item in items:
        if item == Const(None):
            shape.append(Const(1))
            continue
        length = base.shape[len(selectors)]
        if isinstance(item, Slice):
            start, step, extent = slice_of_axis(low.builder, item, length)
            selectors.append(Along(len(shape), start, step))
            shape.append(extent)
            continue
        if first is None:
            first = len(shape)
            shape.extend(joint.shape)
        if isinstance(item, _Indices):
            _check(low, item, length)
            last = first + len(joint.shape)
            axes = tuple(range(last - len(item.array.shape), last))
            selectors.append(Listed(item.array, axes, next(steps)))
        else:
            selectors.append(Fixed(integer_index(low.builder, item)))
    return View(base, tuple(selectors), tuple(shape), mask)


def sole_mask(base: ArrayValue, index: tuple[Any, ...]) -> ArrayValue | None:
    """The mask of `base[mask]`, `base[mask, :]`; None if the index is another one."""
    mask, *others = index
    if not is_mask(mask) or len(mask.shape) > len(base.shape):
        return None
    return mask if all(other in (_FULL, Const(Ellipsis)) for other in others) else None


def is_mask(item: Any) -> bool:
    """Whether an item of an index is an array of booleans."""
    return is_array(item) and item.dtype == types.boolean


def check_mask(low: Lowering, length: Expr, expected: Expr) -> None:
    """Check that a mask is as long as the axis it selects from."""
    if not low.same(length, expected):
        call = Call(shapes.check_mask, (length, expected))
        low.builder.define("n", types.int64, call)


def _without_masks(low: Lowering, index: tuple[Any, ...]) -> tuple[Item, ...]:
    """The index with the arrays of indices that a mask stands for."""
    items: list[Item] = []
    for item in index:
        if is_mask(item):
            found = low.selections.of(item, low.is_lasting(item)).indices
            items += [_Indices(a, n) for a, n in zip(found, item.shape, strict=True)]
        elif is_array(item):
            items.append(_Indices(_listing(low, item)))
        else:
            items.append(item)
    return tuple(items)


def _listing(low: Lowering, value: ArrayValue) -> ArrayValue:
    """An array of indices in memory: it is read twice, once to check it."""
    if not isinstance(value.dtype, types.Integer):
        raise UnsupportedSyntax(
            f"an array of type {value.dtype} is used as an index",
            low.builder.at,
            "index with integers or booleans",
        )
    return low.materialised_if_computed(value)


def _are_apart(items: tuple[Any, ...]) -> bool:
    """Whether a slice, an ellipsis or a new axis stands between two arrays (or integers)."""
    between = (Const(None), Const(Ellipsis))
    where = [k for k, i in enumerate(items) if not isinstance(i, Slice) and i not in between]
    return where[-1] - where[0] + 1 != len(where)


def _broadcast(low: Lowering, arrays: list[ArrayValue]) -> Elementwise:
    return elementwise(low.builder, _together, tuple(arrays), types.int64, low.same)


def _together(*indices: int) -> tuple[int, ...]:
    """What is broadcast is the indices, to no single value; never called."""
    return indices


def _check(low: Lowering, item: _Indices, length: Expr) -> None:
    """Check once that indices are inside an axis; machine code does not check its loads."""
    if item.length is not None:
        check_mask(low, item.length, length)
        return
    if isinstance(item.array, Stored):
        call = Call(shapes.check_indices, (Name(item.array.name), length))
        low.builder.define("n", types.int64, call)
        return
    assert memory(item.array) is not None
    with low.builder.loops(item.array.shape) as index:
        found = item.array.element(low.builder, index)
        low.builder.define("n", types.int64, Call(shapes.check_index, (found, length)))
