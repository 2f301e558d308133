"""Statements removed whose effect nobody sees: values not read, arrays only written, empty loops.

t = x * w            →    (nothing, if t is not read afterwards)
"""

from __future__ import annotations

from dataclasses import replace

from numba.core import types

from adjoint.analyses.purity import is_droppable
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Comment,
    Evaluate,
    For,
    If,
    Name,
    Program,
    Return,
    Stmt,
    Store,
    While,
)
from adjoint.program.exposure import upward_exposed
from adjoint.program.growth import growing
from adjoint.program.walk import names, operands, statements


def remove_dead_code(program: Program) -> Program:
    """Remove dead statements until none is left."""
    while True:
        unread = _arrays_never_read(program)
        body = _Removal(unread).block(program.body, set())
        if body == program.body:
            return program
        program = replace(program, body=body)


def _arrays_never_read(program: Program) -> set[str]:
    """Local arrays of our own that are only allocated and written to."""
    reads: set[str] = set()
    bound: dict[str, bool] = {}
    for stmt in statements(program.body):
        if growing(stmt) is None:
            reads.update(name for expr in operands(stmt) for name in names(expr))
        if isinstance(stmt, Assign):
            fresh = isinstance(stmt.value, Call) and is_droppable(stmt.value)
            bound[stmt.target] = bound.get(stmt.target, True) and fresh
    table = program.types or {}
    return {
        name
        for name, fresh in bound.items()
        if fresh and name not in reads and isinstance(table.get(name), types.Array)
    }


class _Removal:
    def __init__(self, unread: set[str]) -> None:
        self._unread = unread

    def block(self, block: Block, live: set[str]) -> Block:
        """The block without dead statements; `live` becomes the variables live before it."""
        kept: list[Stmt] = []
        for stmt in reversed(block):
            stmt_kept = self._statement(stmt, live)
            if stmt_kept is not None:
                kept.append(stmt_kept)
            elif kept and isinstance(kept[-1], Comment) and kept[-1].beside:
                kept.pop()  # it is about the statement
        same = len(kept) == len(block) and all(
            a is b for a, b in zip(reversed(kept), block, strict=True)
        )
        return block if same else tuple(reversed(kept))

    def _statement(self, stmt: Stmt, live: set[str]) -> Stmt | None:
        match stmt:
            case Assign(target, value):
                dead = target not in live or target in self._unread
                if (dead and is_droppable(value)) or value == Name(target):
                    return None
                live.discard(target)
            case Store(array, _, _):
                if array in self._unread:
                    return None
                live.add(array)
            case Evaluate() if growing(stmt) in self._unread:
                return None
            case If():
                return self._if(stmt, live)
            case For():
                return self._for(stmt, live)
            case While():
                return self._while(stmt, live)
            case Return() | Comment():
                pass
        live.update(name for expr in operands(stmt) for name in names(expr))
        return stmt

    def _if(self, stmt: If, live: set[str]) -> Stmt | None:
        live_body, live_orelse = set(live), set(live)
        body = self.block(stmt.body, live_body)
        orelse = self.block(stmt.orelse, live_orelse)
        if _is_empty(body) and _is_empty(orelse) and is_droppable(stmt.test):
            return None
        live.clear()
        live.update(live_body | live_orelse | set(names(stmt.test)))
        if body is stmt.body and orelse is stmt.orelse:
            return stmt
        return replace(stmt, body=body, orelse=orelse)

    def _for(self, stmt: For, live: set[str]) -> Stmt | None:
        carried = upward_exposed(stmt.body) - {stmt.target}
        inside = live | (carried & _used_for_others(stmt.body))
        body = self.block(stmt.body, inside)
        if _is_empty(body) and stmt.target not in live:
            return None
        live |= upward_exposed((replace(stmt, body=body),))
        return stmt if body is stmt.body else replace(stmt, body=body)

    def _while(self, stmt: While, live: set[str]) -> Stmt:
        inside = live | upward_exposed((stmt,))
        body = self.block(stmt.body, inside)
        before_test = inside | live | set(names(stmt.test))
        head = self.block(stmt.head, before_test)
        new = (
            stmt if body is stmt.body and head is stmt.head else replace(stmt, head=head, body=body)
        )
        live |= upward_exposed((new,))
        return new


def _used_for_others(block: Block) -> set[str]:
    """Variables that are read elsewhere than where they are computed from their value before."""
    found: set[str] = set()
    for stmt in statements(block):
        used = {name for expr in operands(stmt) for name in names(expr)}
        if isinstance(stmt, Store):
            used.add(stmt.array)
        if isinstance(stmt, Assign) and is_droppable(stmt.value):
            used.discard(stmt.target)
        found |= used
    return found


def _is_empty(block: Block) -> bool:
    return all(isinstance(stmt, Comment) for stmt in block)
