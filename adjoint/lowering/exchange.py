"""Two local arrays exchanged by name: their contents are exchanged instead.

    t_1 = v
    v = u                →    t_1 = v.copy(); v[...] = u; u[...] = t_1
    u = t_1

In time stepping with two buffers the names go round while both arrays are written to. Which
memory a name means then changes from step to step, and the reverse sweep would have to remember it;
with the contents exchanged, each name is one array for good. That is the same to everybody as long
as nobody else knows the arrays: they must be made here, and not have another name.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
from numba.core import types

from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Item,
    Name,
    Program,
    Stmt,
    Store,
)
from adjoint.program.primitives import dim
from adjoint.program.walk import assigned, blocks, map_blocks, names, operands, statements, stored
from adjoint.runtime import shapes


def exchange_contents(program: Program) -> Program:
    """Replace exchanges of array names, where that is exact, by exchanges of contents."""
    table = dict(program.types or {})
    ends = _exchanged(program, table)
    if not ends:
        return program

    def change(block: Block) -> Block:
        done: list[Stmt] = []
        skip = 0
        for position, stmt in enumerate(block):
            if skip:
                skip -= 1
            elif stmt in ends:
                done.extend(_exchange(block[position : position + 3], table))
                skip = 2
            else:
                done.append(map_blocks(stmt, change))
        return tuple(done)

    return replace(program, body=change(program.body), types=table)


def _exchanged(program: Program, table: dict[str, Any]) -> set[Stmt]:
    """First statements of exchanges whose two arrays are private to their names."""
    bindings: dict[str, list[Assign]] = {}
    copies: Counter[str] = Counter()
    all_blocks = [program.body, *(b for s in statements(program.body) for b in blocks(s))]
    for stmt in statements(program.body):
        if isinstance(stmt, Assign) and isinstance(table.get(stmt.target), types.Array):
            bindings.setdefault(stmt.target, []).append(stmt)
            if isinstance(stmt.value, Name | Item):
                copies.update(names(stmt.value))
    triples = (block[k : k + 3] for block in all_blocks for k in range(len(block) - 2))
    found = [triple for triple in triples if _is_exchange(triple)]
    own: Counter[str] = Counter(
        name for triple in found for stmt in triple for name in names(operands(stmt)[0])
    )
    written = stored(program.body)

    def is_private(name: str) -> bool:
        made = [b for b in bindings.get(name, []) if not isinstance(b.value, Name)]
        exchanges = sum(name in assigned((stmt,)) for triple in found for stmt in triple)
        return (
            len(made) == 1
            and isinstance(made[0].value, Call)
            and made[0] in program.body
            and len(bindings[name]) == 1 + exchanges
            and copies[name] == own[name]
        )

    exact: set[Stmt] = set()
    for first, second, _ in found:
        assert isinstance(second, Assign) and isinstance(second.value, Name)
        pair = {second.target, second.value.id}
        same_type = len({table[name] for name in pair}) == 1
        if pair & written and same_type and all(is_private(name) for name in pair):
            exact.add(first)
    return exact if len(exact) == len(found) else set()


def _is_exchange(triple: Block) -> bool:
    """`t = v; v = u; u = t` of three different names."""
    copies = [
        (stmt.target, stmt.value.id)
        for stmt in triple
        if isinstance(stmt, Assign) and isinstance(stmt.value, Name)
    ]
    if len(copies) != 3:
        return False
    (t, v), (v_2, u), (u_2, t_2) = copies
    return (v, u, t) == (v_2, u_2, t_2) and len({t, u, v}) == 3


def _exchange(triple: Block, table: dict[str, Any]) -> list[Stmt]:
    """`t = v.copy(); v[...] = u; u[...] = t`: a mismatch of shapes is an error when it runs."""
    (copy, first, second) = triple
    assert isinstance(copy, Assign) and isinstance(first, Assign) and isinstance(second, Assign)
    whole = (Const(Ellipsis),)
    ndim = table[copy.target].ndim
    checks: list[Stmt] = []
    for axis in range(ndim):
        lengths = tuple(Call(dim, (Name(s.target), Const(axis))) for s in (first, second))
        name = f"{copy.target}_n{axis}"
        table[name] = types.int64
        checks.append(Assign(name, Call(shapes.check_unchanged, lengths), at=copy.at))
    return [
        *checks,
        replace(copy, value=Call(np.copy, (copy.value,))),
        Store(first.target, whole, first.value, at=first.at),
        Store(second.target, whole, second.value, at=second.at),
    ]
