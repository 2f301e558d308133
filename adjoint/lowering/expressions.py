"""Expressions of the array dialect: what they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.arrays import ArrayValue, View, is_array, memory
from adjoint.lowering.calls import lower_call
from adjoint.lowering.indexing import view
from adjoint.lowering.picking import pick
from adjoint.lowering.state import Value
from adjoint.program.core import Call, Const, Expr, Item, Name, Slice, Tuple

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering


def expression(low: Lowering, target: str, expr: Expr) -> Value:
    """What an assigned expression stands for; None if its statements were emitted already."""
    match expr:
        case Tuple(items):
            return tuple(low.value(item) for item in items)
        case Item(value, index):
            return _item(low, target, low.value(value), index)
        case Call():
            return lower_call(low, target, expr)
    return low.value(expr)


def _item(low: Lowering, target: str, base: Value, index: tuple[Expr | Slice, ...]) -> Value:
    if isinstance(base, tuple):
        (position,) = index
        if not isinstance(position, Const):
            raise UnsupportedSyntax(
                "a tuple is indexed by a variable",
                low.builder.at,
                "use an array, or an if for each item",
            )
        return base[position.value]
    if not is_array(base):
        raise UnsupportedSyntax("this value cannot be indexed", low.builder.at)
    seen = indexed(low, base, index_parts(low, index))
    if seen.shape or (
        low.types.get(target) is not None and isinstance(low.types[target], types.Array)
    ):
        return seen
    return _element(low, target, seen)


def indexed(low: Lowering, base: ArrayValue, index: tuple[Any, ...]) -> View:
    """`base[index]` as a view; through arrays of indices it is as good as a copy."""
    if any(map(is_array, index)):
        return pick(low, base, index)
    return view(low.builder, base, index)


def _element(low: Lowering, target: str, seen: View) -> Expr | None:
    """An element, loaded straight into the target."""
    if memory(seen) is None:
        return seen.element(low.builder, ())
    array, place = seen.place(low.builder, ())
    return Item(Name(array), place)


def index_parts(low: Lowering, index: tuple[Expr | Slice, ...]) -> tuple[Any, ...]:
    """An index with its atoms resolved; a tuple as index is spread."""
    items: list[Any] = []
    for item in index:
        if isinstance(item, Slice):
            parts = (item.start, item.stop, item.step)
            items.append(Slice(*(None if p is None else low.atom(p) for p in parts)))
            continue
        value = low.value(item)
        if is_array(value) and not value.shape:
            value = value.element(low.builder, ())
        items.extend(value if isinstance(value, tuple) and len(index) == 1 else (value,))
    return tuple(items)
