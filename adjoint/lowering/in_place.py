"""In-place operators settled by type, and second names of arrays removed.

    x_1 = x; x_1 += e        (x an array)    →    x[...] += e
    s = iadd(s, e)           (s a scalar)    →    s = s + e

`x += e` rebinds a number and mutates an array; only types tell which. Once the mutations are
stores, a name that was only ever bound to one array is that array.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from numba.core import types

from adjoint.program.core import Assign, Block, Call, Const, Expr, Name, Program, Stmt, Store
from adjoint.program.walk import map_blocks, map_operands, statements, substitute

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


def remove_second_names(program: Program) -> Program:
    """Substitute the array for every name that is only ever bound to that array."""
    while True:
        second = _second_name(program)
        if second is None:
            return program
        name, original = second

        def rename(expr: Any, name: str = name, original: Expr = original) -> Any:
            return substitute(expr, {name: original})

        def change(block: Block, name: str = name, original: Name = original) -> Block:
            kept = []
            for stmt in block:
                if isinstance(stmt, Assign) and stmt.target == name:
                    continue
                stmt = map_operands(map_blocks(stmt, change), rename)
                if isinstance(stmt, Store) and stmt.array == name:
                    stmt = replace(stmt, array=original.id)
                kept.append(stmt)
            return tuple(kept)

        program = replace(program, body=change(program.body))


def _second_name(program: Program) -> tuple[str, Name] | None:
    """A name whose bindings are all copies of one array that is itself bound once."""
    bindings: dict[str, set[Expr]] = defaultdict(set)
    for stmt in statements(program.body):
        if isinstance(stmt, Assign) and stmt.value != Name(stmt.target):
            bindings[stmt.target].add(stmt.value)
    for name, values in bindings.items():
        if len(values) != 1 or not isinstance((program.types or {}).get(name), types.Array):
            continue
        (value,) = values
        if isinstance(value, Name) and len(bindings.get(value.id, ())) <= 1:
            return name, value
    return None
