"""Stores: `array[index] = value`, and updates of single elements (`np.add.at`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.arrays import is_array, memory
from adjoint.lowering.expressions import index_parts
from adjoint.lowering.indexing import view
from adjoint.lowering.regions import only_element, store_region
from adjoint.lowering.scatter import scatter, scatter_at
from adjoint.program.core import Call, Expr, Name, Slice

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering


def store(
    low: Lowering, array: str, index: tuple[Expr | Slice, ...], value: Expr, accumulate: bool
) -> None:
    """Lower `array[index] = value` to one store, or to loops of them."""
    base = low.value(Name(array))
    if not is_array(base) or memory(base) is None:
        raise UnsupportedSyntax(f"{array!r} cannot be stored to", low.builder.at)
    parts = index_parts(low, index)
    stored_value = low.value(value)
    if any(map(is_array, parts)):
        scatter(low, base, parts, stored_value, accumulate)
        return
    region = view(low.builder, base, parts)
    if not region.shape:
        name, place = region.place(low.builder, ())
        if is_array(stored_value):
            stored_value = only_element(low, stored_value)
        low.builder.store(name, place, stored_value, accumulate)
    else:
        store_region(low, region, stored_value, accumulate)


def update_at(low: Lowering, call: Call) -> None:
    """`np.add.at(array, index, value)`."""
    array, index, value = call.args
    base = low.value(array)
    if not is_array(base) or memory(base) is None:
        raise UnsupportedSyntax("this array cannot be stored to", low.builder.at)
    ufunc: Any = getattr(call.function, "__self__", None)
    scatter_at(low, ufunc, base, index_parts(low, (index,)), low.value(value))
