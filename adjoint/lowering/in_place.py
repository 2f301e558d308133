"""In-place operators settled by type, and second names of arrays removed.

    x_1 = x; x_1 += e        (x an array)    →    x[...] += e
    s = iadd(s, e)           (s a scalar)    →    s = s + e

`x += e` rebinds a number and mutates an array; only types tell which. Once the mutations are
stores, a name that was only ever bound to one array is that array.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from numba.core import types

from adjoint.lowering.second_names import remove_second_names
from adjoint.program.core import Assign, Block, Call, Const, Name, Program, Stmt, Store
from adjoint.program.walk import map_blocks

_PLAIN: dict[Callable[..., Any], Callable[..., Any]] = {
    operator.iadd: operator.add,
    operator.isub: operator.sub,
    operator.imul: operator.mul,
    operator.itruediv: operator.truediv,
    operator.ifloordiv: operator.floordiv,
    operator.imod: operator.mod,
    operator.ipow: operator.pow,
    operator.imatmul: operator.matmul,
    operator.iand: operator.and_,
    operator.ior: operator.or_,
    operator.ixor: operator.xor,
}
IN_PLACE = frozenset(_PLAIN)
_WHOLE = (Const(Ellipsis),)


def settle_in_place(program: Program) -> Program:
    """Replace in-place operators by stores or by plain operators."""
    table = dict(program.types or {})

    def settle(block: Block) -> Block:
        settled: list[Stmt] = []
        for stmt in block:
            settled.extend(_settled(map_blocks(stmt, settle), table))
        return tuple(settled)

    program = replace(program, body=settle(program.body))
    return remove_second_names(replace(program, types=table))


def _settled(stmt: Stmt, table: dict[str, Any]) -> list[Stmt]:
    if not (isinstance(stmt, Assign) and isinstance(stmt.value, Call)):
        return [stmt]
    plain = _PLAIN.get(stmt.value.function)
    if plain is None:
        return [stmt]
    left, right = stmt.value.args
    if not isinstance(table.get(stmt.target), types.Array):
        return [replace(stmt, value=Call(plain, (left, right)))]
    assert isinstance(left, Name)
    second_name = [] if left.id == stmt.target else [Assign(stmt.target, left, at=stmt.at)]
    if plain is operator.add:
        return [Store(left.id, _WHOLE, right, accumulate=True, at=stmt.at), *second_name]
    updated = f"{left.id}_updated"
    while updated in table:
        updated += "_"
    table[updated] = table[left.id]
    value = Assign(updated, Call(plain, (left, right)), at=stmt.at)
    return [value, Store(left.id, _WHOLE, Name(updated), at=stmt.at), *second_name]
