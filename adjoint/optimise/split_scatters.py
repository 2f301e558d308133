"""Scatters split into one loop for each neighbour, or sum.

for i in range(n):                        for i in range(n):
    t = b_bar[i + 1]                          a_bar[i + 2] += b_bar[i + 1]
    b_bar[i + 1] = 0.0               →    for i in range(n):
    a_bar[i + 2] += t                         t = b_bar[i + 1]
    a_bar[i] += t                             b_bar[i + 1] = 0.0
                                              a_bar[i] += t

One iteration adds to what the next one adds to, so the loop on the left runs element by element;
those on the right are vectorised. They compute again what they add, so that has to be cheap.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from numba.core import types

from adjoint.analyses.dependences import Dependences
from adjoint.analyses.index_forms import IndexForms
from adjoint.analyses.liveness import live_after
from adjoint.analyses.touches import touches
from adjoint.optimise.dead_code import remove_dead_code
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Comment,
    Expr,
    For,
    Item,
    Name,
    Program,
    Stmt,
    Store,
)
from adjoint.program.walk import assigned, map_blocks, names, operands, stored, subexpressions

Types = Mapping[str, Any]
_COSTS: dict[Any, int] = {
    operator.add: 1,
    operator.sub: 1,
    operator.mul: 1,
    operator.neg: 1,
    operator.truediv: 4,
}
_MOST = 12  # what may be computed again: a load counts 1, a call of another function too much


def split_scatters(program: Program) -> Program:
    """Split innermost loops that add to several neighbours of the same array."""
    dependences, live = Dependences(program), live_after(program)
    table = program.types or {}

    def change(block: Block) -> Block:
        done: list[Stmt] = []
        for stmt in block:
            done += _parts(stmt) or [map_blocks(stmt, change)]
        same = len(done) == len(block) and all(a is b for a, b in zip(done, block, strict=True))
        return block if same else tuple(done)

    def _parts(stmt: Stmt) -> list[Stmt]:
        """The loops for a loop that is split."""
        apart = _stores_apart(stmt, table) if isinstance(stmt, For) else []
        if not (isinstance(stmt, For) and apart and _keeps_its_range(stmt)):
            return []
        return _split(stmt, apart, table) if dependences.are_independent(stmt, live[stmt]) else []

    body = change(program.body)
    return program if body is program.body else remove_dead_code(replace(program, body=body))


def _keeps_its_range(loop: For) -> bool:
    """Whether the bounds of a loop are the same after it."""
    looked_at = {name for bound in operands(loop) for name in names(bound)}
    return looked_at.isdisjoint(assigned((loop,)) | stored(loop.body))


def _stores_apart(loop: For, table: Types) -> list[Store]:
    """The stores that get loops of their own: all but the last one of each array."""
    if not all(isinstance(stmt, Assign | Store | Comment) for stmt in loop.body):
        return []
    forms = IndexForms(loop)
    apart: list[Store] = []
    for array in sorted(stored(loop.body)):
        found = list(touches((loop,), array))
        if not all(t.store is not None and t.store.accumulate for t in found):
            continue
        stores = [t.store for t in found if t.store is not None]
        if len({store.index for store in stores}) < 2:
            continue
        if all(_runs_along_a_row(store, forms) or _stays(store, forms) for store in stores):
            apart += [store for store in stores[:-1] if _slice(loop, store, table) is not None]
    return apart


def _runs_along_a_row(store: Store, forms: IndexForms) -> bool:
    *others, last = (forms.of(part) for part in store.index)
    if last is None or last.terms.get(forms.counter) != 1:
        return False
    return all(form is not None and forms.counter not in form.terms for form in others)


def _stays(store: Store, forms: IndexForms) -> bool:
    """Whether all iterations add to one cell: a sum, in a loop of its own."""
    found = [forms.of(part) for part in store.index]
    return all(form is not None and forms.counter not in form.terms for form in found)


def _split(loop: For, apart: list[Store], table: Types) -> list[Stmt]:
    rest = tuple(stmt for stmt in loop.body if stmt not in apart)
    slices = (_slice(loop, store, table) for store in loop.body if store in apart)
    loops: list[Stmt] = [replace(loop, body=body) for body in slices if body is not None]
    return [*loops, replace(loop, body=rest)]


def _slice(loop: For, store: Stmt, table: Types) -> Block | None:
    """The part of a body that computes what is stored; None if it cannot or should not be repeated.

    The loops run one after the other: what the part loads must not be stored to before it, and the
    variables it reads must be those of its iteration.
    """
    wanted = _read(store)
    kept: list[Stmt] = [store]
    before = loop.body[: loop.body.index(store)]
    for index, stmt in reversed(tuple(enumerate(before))):
        if isinstance(stmt, Assign) and stmt.target in wanted:
            if _loaded(stmt) & stored(loop.body[:index]):
                return None
            kept.append(replace(stmt))
            wanted = (wanted - {stmt.target}) | _read(stmt)
    carried = wanted & {stmt.target for stmt in loop.body if isinstance(stmt, Assign)}
    return None if carried or not _is_cheap(kept, table) else tuple(reversed(kept))


def _read(stmt: Stmt) -> set[str]:
    return {name for expr in operands(stmt) for name in names(expr)}


def _loaded(stmt: Stmt) -> set[str]:
    """Arrays that a statement loads elements of."""
    parts = (part for expr in operands(stmt) for part in subexpressions(expr))
    return {
        part.value.id for part in parts if isinstance(part, Item) and isinstance(part.value, Name)
    }


def _is_cheap(block: list[Stmt], table: Types) -> bool:
    """Whether it costs little to compute a part again; indices are not counted."""
    values = [
        part
        for stmt in block
        if not (isinstance(stmt, Assign) and isinstance(table.get(stmt.target), types.Integer))
        for part in subexpressions(_value(stmt))
    ]
    loads = sum(isinstance(part, Item) for part in values)
    calls = sum(_COSTS.get(part.function, _MOST) for part in values if isinstance(part, Call))
    return loads + calls < _MOST


def _value(stmt: Stmt) -> Expr:
    assert isinstance(stmt, Assign | Store)
    return stmt.value
