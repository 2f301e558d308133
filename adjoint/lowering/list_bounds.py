"""Indices of lists that need no check: the counter of a loop over the list's length.

n = len(l)
for i in range(n):
    s += l[i]
"""

from __future__ import annotations

from adjoint.lowering.list_names import LISTS
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    For,
    Item,
    Name,
    Program,
    Stmt,
    Store,
    While,
)
from adjoint.program.primitives import pop
from adjoint.program.walk import assigned, blocks, statements

# What is known at a point: (variable, list) where the list has at least as many items as the
# variable says, and where the variable is the index of one of its items.
Facts = frozenset[tuple[str, str]]


def indices_in_range(program: Program) -> set[tuple[Stmt, str]]:
    """Statements that index a list, with the list, where the index is certainly in range."""
    table = program.types or {}
    lists = {name for name, type_ in table.items() if isinstance(type_, LISTS)}
    found: set[tuple[Stmt, str]] = set()
    _block(program.body, frozenset(), frozenset(), lists, found)
    return found


def _block(
    block: Block, lengths: Facts, inside: Facts, lists: set[str], found: set[tuple[Stmt, str]]
) -> None:
    for stmt in block:
        if isinstance(stmt, For | While):
            lengths, inside = _kept(lengths, stmt), _kept(inside, stmt)
        for name, index in _indexed(stmt, lists):
            if (index, name) in inside:
                found.add((stmt, name))
        own = inside
        if isinstance(stmt, For) and _counts_up(stmt) and isinstance(stmt.stop, Name):
            stop = stmt.stop.id
            new = {(stmt.target, name) for variable, name in lengths if variable == stop}
            own = inside | new
        for inner in blocks(stmt):
            _block(inner, lengths, own, lists, found)
        lengths, inside = _kept(lengths, stmt), _kept(inside, stmt)
        if isinstance(stmt, Assign) and _is_length(stmt, lists):
            lengths |= {(stmt.target, stmt.value.args[0].id)}  # type: ignore[union-attr]


def _counts_up(loop: For) -> bool:
    return (
        isinstance(loop.start, Const)
        and loop.start.value >= 0
        and isinstance(loop.step, Const)
        and loop.step.value > 0
    )


def _is_length(stmt: Assign, lists: set[str]) -> bool:
    match stmt.value:
        case Call(function, (Name(name),)) if function is len:
            return name in lists
    return False


def _indexed(stmt: Stmt, lists: set[str]) -> list[tuple[str, str]]:
    """Lists that the statement itself indexes by a variable."""
    match stmt:
        case Assign(_, Item(Name(name), (Name(index),))) | Store(name, (Name(index),)):
            return [(name, index)] if name in lists else []
    return []


def _kept(facts: Facts, stmt: Stmt) -> Facts:
    """Facts that hold whatever the statement does."""
    changed = assigned((stmt,))
    shortened = {
        call.args[0].id
        for inner in statements((stmt,))
        for call in (getattr(inner, "value", None), getattr(inner, "call", None))
        if isinstance(inner, Assign | Evaluate)
        and isinstance(call, Call)
        and call.function is pop
        and isinstance(call.args[0], Name)
    }
    return frozenset(
        (variable, name)
        for variable, name in facts
        if variable not in changed and name not in changed | shortened
    )
