"""Arrays written out: `np.array([x, y])` of numbers, arrays and nested displays.

An allocation, and a store for each item.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba.core import types

from adjoint.errors import ShapeMismatch
from adjoint.lowering.arrays import Stored, allocation, is_array, stored
from adjoint.program.core import Call, Const, Expr
from adjoint.runtime import shapes

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering


def display(low: Lowering, dtype: Any, items: Any) -> Stored:
    """A number, or a tuple of numbers, arrays and tuples of such, as an array of type `dtype`.

    Raises
    ------
    ShapeMismatch : the items are not of one shape.
    """
    shape = _shape(low, items)
    name = low.builder.fresh("array", types.Array(dtype, len(shape), "C")).id
    low.builder.assign(name, allocation(shape, dtype))
    _store_items(low, name, (), items)
    return stored(low.builder, name, shape)


def _shape(low: Lowering, item: Any) -> tuple[Expr, ...]:
    if is_array(item):
        return item.shape
    if not isinstance(item, tuple):
        return ()
    inner = [_shape(low, part) for part in item]
    for other in inner[1:]:
        if len(other) != len(inner[0]):
            raise ShapeMismatch("the items of this array are not of one shape", low.builder.at)
        for n, m in zip(inner[0], other, strict=True):
            if not low.same(n, m):
                low.builder.define("n", types.int64, Call(shapes.check_items, (n, m)))
    return (Const(len(item)), *(inner[0] if inner else ()))


def _store_items(low: Lowering, name: str, index: tuple[Expr, ...], item: Any) -> None:
    if isinstance(item, tuple):
        for position, inner in enumerate(item):
            _store_items(low, name, (*index, Const(position)), inner)
    elif is_array(item):
        with low.builder.loops(item.shape) as at:
            low.builder.store(name, (*index, *at), item.element(low.builder, at))
    else:
        low.builder.store(name, index, item)
