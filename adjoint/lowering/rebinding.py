"""Assignments to names with an array of their own (`private_arrays`): its content is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.arrays import ArrayValue, Stored, allocation, is_array, stored
from adjoint.lowering.expressions import expression
from adjoint.lowering.indexing import view
from adjoint.lowering.regions import store_region
from adjoint.program.core import Assign, Call, Const, Expr
from adjoint.program.primitives import dim
from adjoint.program.walk import names
from adjoint.runtime import shapes

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering


def assign_private(low: Lowering, target: str, expr: Expr) -> None:
    """Lower `target = expr` for a name that has an array of its own."""
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
        if low.canonical(length) != low.canonical(expected):
            check = Call(shapes.check_unchanged, (length, expected))
            low.builder.define("n", types.int64, check)
    store_region(low, view(low.builder, own, (Const(Ellipsis),)), value, False)


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
    UnsupportedSyntax : its lengths are not known yet.
    """
    lengths = tuple(low.canonical(length) for length in shape)
    if not all(is_known_everywhere(low, length) for length in lengths):
        raise UnsupportedSyntax(
            f"{target!r} is bound to different arrays, one of them is written to, and their length "
            "is not known where the first of them is made",
            low.builder.at,
            f"make one array with np.empty before, and copy the values: {target}[:] = …",
        )
    sizes = tuple(_size(length) for length in lengths)
    made = Assign(target, allocation(sizes, low.dtype(target)), at=low.builder.at)
    low.builder.emit_outermost(made)
    low.remember_lengths(target, lengths)
    return stored(low.builder, target, lengths)


def _size(length: Expr) -> Expr:
    """A length as a size: what is never bound may have had one below zero."""
    is_length = isinstance(length, Const) or (isinstance(length, Call) and length.function is dim)
    return length if is_length else Call(max, (length, Const(0)))


def is_known_everywhere(low: Lowering, length: Expr) -> bool:
    """Whether a length is computed from what exists at every later place."""
    return all(name in low.outermost for name in names(length))
