"""Adjoints of library calls on whole arrays."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import numpy as np

from adjoint.errors import NoRule
from adjoint.program.core import Assign, Call, Expr, Item, Name, Store
from adjoint.rules.registry import Rule

if TYPE_CHECKING:
    from adjoint.reverse.generate import ReverseSweep


def array_call_adjoint(
    sweep: ReverseSweep, stmt: Assign, target: str, call: Call, rule: Rule
) -> None:
    """Emit the adjoint of `target = call`, whose operands or result are arrays."""
    if call.function in (np.dot, np.matmul, operator.matmul):
        _product(sweep, stmt, target, call)
        return
    raise NoRule(
        f"the derivative of {call.function.__name__} is not available in compiled code yet",
        stmt.at,
        "write it as loops, or with elementwise functions, sums and products",
    )


def _product(sweep: ReverseSweep, stmt: Assign, target: str, call: Call) -> None:
    """z = x @ y of matrices: x_bar += z_bar yᵀ, y_bar += xᵀ z_bar (Giles 2008, sec. 2.2.2)."""
    left, right = call.args
    bar: Expr = sweep.bars.name(target)
    if _is_active(sweep, left):
        transposed = Call(np.transpose, (sweep.array_operand(right, stmt),))
        _add(sweep, left, Call(np.dot, (bar, transposed)))
    if _is_active(sweep, right):
        transposed = Call(np.transpose, (sweep.array_operand(left, stmt),))
        _add(sweep, right, Call(np.dot, (transposed, bar)))


def _is_active(sweep: ReverseSweep, operand: Expr) -> bool:
    return isinstance(operand, Name) and operand.id in sweep.facts.active


def _add(sweep: ReverseSweep, operand: Expr, amount: Call) -> None:
    """Add an array to the bar of an operand."""
    assert isinstance(operand, Name)
    bar = sweep.bars.name(operand.id).id
    product = sweep.fresh(f"{operand.id}_bar", sweep.facts.types[operand.id])
    sweep.emit(Assign(product.id, amount))
    with sweep.loops_over(operand.id) as index:
        sweep.emit(Store(bar, index, Item(product, index), accumulate=True))
