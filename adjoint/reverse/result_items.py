"""The variables that hold what a call returned: its target, or one for each item of a tuple."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba.core import types

from adjoint.program.core import Assign, Const, Expr, Item, Name, Store
from adjoint.program.numbers import item_types
from adjoint.program.walk import statements

if TYPE_CHECKING:
    from adjoint.reverse.generate import ReverseSweep


def result_variables(stmt: Assign, sweep: ReverseSweep) -> tuple[tuple[str | None, Any], ...]:
    """For each item of a call's result the variable it is taken to, None if to none; its type."""
    type_ = sweep.facts.types[stmt.target]
    if not isinstance(type_, types.BaseTuple):
        return ((stmt.target, type_),)
    found: dict[int, str] = {}
    for other in statements(sweep.facts.program.body):
        match other:
            case Assign(target, Item(Name(whole), (Const(k),))) if whole == stmt.target:
                found[k] = target
    return tuple((found.get(k), item) for k, item in enumerate(item_types(type_)))


def is_result_item(value: Expr, table: Any) -> bool:
    """Whether an expression takes an item out of what a call returned."""
    match value:
        case Item(Name(whole), _):
            return isinstance(table.get(whole), types.BaseTuple)
    return False


def clear_bar(sweep: ReverseSweep, name: str, stmt: Assign) -> None:
    """Set an array's bar to zero where an earlier iteration bound the variable too."""
    facts = sweep.facts
    block = facts.places.of[stmt].block
    is_array = isinstance(facts.types[name], types.Array)
    if not (is_array and sweep.has_bar(name)) or facts.scopes[name] == block:
        return
    if facts.places.loops(block):
        with sweep.loops_over(name) as index:
            sweep.emit(Store(sweep.bars.name(name).id, index, Const(0.0)))
