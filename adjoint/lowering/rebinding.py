"""Assignments to names with an array of their own (`private_arrays`): its content is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.arrays import ArrayValue, Stored, allocation, home, is_array, leaves, stored
from adjoint.lowering.expressions import expression
from adjoint.lowering.indexing import view
from adjoint.lowering.regions import store_region
from adjoint.program.core import Assign, Call, Const, Expr
from adjoint.program.primitives import dim
from adjoint.program.walk import names
from adjoint.runtime import shapes

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering


class ChangesShape(Exception):
    """A variable that was taken to keep its shape is bound to an array of another one."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def assign_private(low: Lowering, target: str, expr: Expr) -> None:
    """Lower `target = expr` for a name that has an array of its own."""
    if target in low.changing:
        _make_anew(low, target, expr)
        return
    if target in low.private.made_first and target not in low.bound:
        value = expression(low, target, expr)
        if not (isinstance(value, Stored) and value.name == target):
            value = low.compute(target, _as_array(low, target, value))
        low.bound[target] = value
        return
    temporary = low.builder.fresh(target, low.types[target]).id
    low.types[temporary] = low.types[target]
    value = _as_array(low, target, expression(low, temporary, expr))
    if target not in low.bound:
        low.bound[target] = _made_at_the_start(low, target, value.shape)
    own = low.bound[target]
    for length, expected in zip(value.shape, own.shape, strict=True):
        if not low.same(length, expected):
            raise ChangesShape(target)
    store_region(low, view(low.builder, own, (Const(Ellipsis),)), value, False)


def _make_anew(low: Lowering, target: str, expr: Expr) -> None:
    """Bind a name whose arrays differ in length to a new array, that nothing else knows."""
    made = low.builder.fresh(target, low.types[target]).id
    low.types[made] = low.types[target]
    value = _as_array(low, target, expression(low, made, expr))
    if any(is_array(leaf) and home(leaf) == target for leaf in leaves(value)):
        value = low.compute(made, value)  # after the next statement the name has other memory
    low.compute(target, value)


def _as_array(low: Lowering, target: str, value: object) -> ArrayValue:
    if is_array(value):
        return value
    raise UnsupportedSyntax(
        f"{target!r} is an array here and something else elsewhere", low.builder.at
    )


def _made_at_the_start(low: Lowering, target: str, shape: tuple[Expr, ...]) -> Stored:
    """Make the array in the outermost block, before the statement that is being lowered there.

    Raises
    ------
    ChangesShape : its lengths are not known yet.
    """
    lengths = tuple(low.canonical(length) for length in shape)
    if not all(is_known_everywhere(low, length) for length in lengths):
        raise ChangesShape(target)
    sizes = tuple(_size(length) for length in lengths)
    made = Assign(target, allocation(sizes, low.dtype(target)), at=low.builder.at)
    low.builder.emit_outermost(made)
    low.remember_lengths(target, lengths)
    return stored(low.builder, target, lengths)


def _size(length: Expr) -> Expr:
    """A length as a size: what is never bound may have had one below zero."""
    is_length = isinstance(length, Call) and length.function in (dim, shapes.span)
    is_length = is_length or isinstance(length, Const)
    return length if is_length else Call(max, (length, Const(0)))


def is_known_everywhere(low: Lowering, length: Expr) -> bool:
    """Whether a length is computed from what exists at every later place."""
    return all(name in low.outermost for name in names(length))
