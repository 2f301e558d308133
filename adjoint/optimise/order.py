"""Sums in any order kept where that lets a loop run faster: in innermost loops of plain arithmetic.

    for i in range(n):                              for i in range(n):
        total = 0.0                                     total = 0.0
        for j in range(m):                              for j in range(m):
            total = unordered.add(total, x[j])   →          total = unordered.add(total, x[j])
        s = unordered.add(s, total)                     s += total

Such a loop can be compiled to work on several elements at once. Where it cannot be for another
reason, or is not innermost, there is nothing to win, and an ordinary addition reads better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numba.core import types

from adjoint.analyses.counters import step_of
from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Expr,
    For,
    If,
    Item,
    Name,
    Program,
    Slice,
    Stmt,
    Store,
)
from adjoint.program.exposure import upward_exposed
from adjoint.program.sums import is_unordered_sum
from adjoint.program.walk import map_blocks, names, operands, statements
from adjoint.program.walk import subexpressions as parts_of
from adjoint.runtime import extrema

_VECTORS = {
    *(abs, min, max, float, int, np.abs, np.sqrt, np.square, np.maximum, np.minimum),
    *(np.float64, np.float32, np.int64, extrema.larger, extrema.smaller),
    *(primitives.dim, primitives.select, primitives.logical_and, primitives.logical_or),
}
"""Functions besides the operators that processors compute of several numbers at once."""


def settle_order(program: Program) -> Program:
    """The program with `unordered` left where it makes a difference."""
    return replace(program, body=_block(frozenset(), dict(program.types or {}), program.body))


def _block(sums: frozenset[str], table: dict[str, Any], block: Block) -> Block:
    return tuple(_statement(stmt, sums, table) for stmt in block)


def _statement(stmt: Stmt, sums: frozenset[str], table: dict[str, Any]) -> Stmt:
    if isinstance(stmt, Assign):
        settled = stmt.unordered and stmt.target in sums
        return stmt if settled == stmt.unordered else replace(stmt, unordered=settled)
    if not isinstance(stmt, If):
        sums = _sums(stmt, table) if isinstance(stmt, For) else frozenset()
    return map_blocks(stmt, partial(_block, sums, table))


def _sums(loop: For, table: dict[str, Any]) -> frozenset[str]:
    """Floats that a loop adds to in any order, if nothing else ties its iterations together."""
    inside = tuple(statements(loop.body))
    if not any(isinstance(stmt, Assign) and stmt.unordered for stmt in inside):
        return frozenset()
    if not all(map(_is_plain, inside)) or _meet_in_memory(inside):
        return frozenset()
    sums = frozenset(_only_added_to(inside, table))
    return sums if _carried(loop.body) <= sums | _extrema(inside) else frozenset()


def _is_plain(stmt: Stmt) -> bool:
    """Whether a statement is arithmetic, or a choice between such."""
    if not isinstance(stmt, Assign | Store | If):
        return False
    calls = [e for expr in operands(stmt) for e in parts_of(expr) if isinstance(e, Call)]
    return all(_is_operator(c.function) or c.function in _VECTORS for c in calls)


def _is_operator(function: Any) -> bool:
    return getattr(function, "__module__", None) in ("operator", "_operator")


def _meet_in_memory(inside: Iterable[Stmt]) -> bool:
    """Whether iterations may write to what others look at: an array has several subscripts."""
    places: dict[str, set[tuple[Expr | Slice, ...]]] = {}
    stored: set[str] = set()
    for stmt in inside:
        if isinstance(stmt, Store):
            stored.add(stmt.array)
            places.setdefault(stmt.array, set()).add(stmt.index)
        for item in (e for expr in operands(stmt) for e in parts_of(expr)):
            if isinstance(item, Item) and isinstance(item.value, Name):
                places.setdefault(item.value.id, set()).add(item.index)
    return any(len(places[array]) > 1 for array in stored)


def _only_added_to(inside: tuple[Stmt, ...], table: dict[str, Any]) -> Iterable[str]:
    """Floats that statements do nothing with but add to, in any order."""
    assignments = [stmt for stmt in inside if isinstance(stmt, Assign)]
    written = Counter(stmt.target for stmt in assignments)
    added = Counter(stmt.target for stmt in assignments if is_unordered_sum(stmt))
    looked_at = Counter(name for stmt in inside for expr in operands(stmt) for name in names(expr))
    for name, count in added.items():
        if count == written[name] == looked_at[name] and isinstance(table.get(name), types.Float):
            yield name


def _extrema(inside: tuple[Stmt, ...]) -> set[str]:
    """Variables that statements do nothing with but compare with further numbers."""
    assignments = [stmt for stmt in inside if isinstance(stmt, Assign)]
    written = Counter(stmt.target for stmt in assignments)
    compared = Counter(stmt.target for stmt in assignments if _is_comparison(stmt))
    looked_at = Counter(name for stmt in inside for expr in operands(stmt) for name in names(expr))
    return {name for name, n in compared.items() if n == written[name] == looked_at[name]}


def _is_comparison(stmt: Assign) -> bool:
    match stmt.value:
        case Call(extrema.larger | extrema.smaller, (first, _)):
            return first == Name(stmt.target)
    return False


def _carried(block: Block) -> set[str]:
    """Variables with a value of the iteration before, but for counters."""
    assignments = [stmt for stmt in statements(block) if isinstance(stmt, Assign)]
    changed = {stmt.target for stmt in assignments if step_of(stmt) is None}
    return upward_exposed(block) & changed
