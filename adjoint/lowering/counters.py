"""A counter of its own for each loop, where one loop after the other counts with the same name.

    for i in range(n):                    for i in range(n):
        a[i] = b[i]                           a[i] = b[i]
    for i in range(1, n):          →      for i_1 in range(1, n):
        a[i] += a[i - 1]                      a[i_1] += a[i_1 - 1]

What is known of a variable that is bound in one place need not be forgotten. A counter that is read
outside of its loops, or that a body assigns to, keeps its name everywhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import count

from adjoint.program.core import Assign, Block, For, Name, Program, Stmt, Store
from adjoint.program.walk import (
    assigned,
    blocks,
    map_blocks,
    map_operands,
    names,
    operands,
    statements,
    substitute,
)


def separate_counters(program: Program) -> Program:
    """Give every loop a counter that no other statement binds, where its name can be changed."""
    loops = [stmt for stmt in statements(program.body) if isinstance(stmt, For)]
    bindings = Counter(loop.target for loop in loops)
    bindings.update(s.target for s in statements(program.body) if isinstance(s, Assign))
    bindings.update(program.params)
    fixed = _read_elsewhere(program.body, frozenset())
    shared = {loop.target for loop in loops if bindings[loop.target] > 1} - fixed
    if not shared:
        return program
    return _Separation(program, shared).run()


def _read_elsewhere(block: Block, counting: frozenset[str]) -> set[str]:
    """Names that are read where no loop counts with them, or where its body may change them."""
    found: set[str] = set()
    for stmt in block:
        read = {name for expr in operands(stmt) for name in names(expr)}
        if isinstance(stmt, Store):
            read.add(stmt.array)
        found |= read - counting
        inner = counting
        if isinstance(stmt, For):
            bound = assigned(stmt.body)
            inner = (counting - bound) | ({stmt.target} - bound)
        for part in blocks(stmt):
            found |= _read_elsewhere(part, inner)
    return found


class _Separation:
    """Gives new names to counters; `kept` are those whose first loop has had the name itself."""

    def __init__(self, program: Program, shared: set[str]) -> None:
        self._program = program
        self._shared = shared
        self._types = dict(program.types or {})
        bound = {s.target for s in statements(program.body) if isinstance(s, Assign)}
        self._used = {*program.params, *bound, *self._types, *_all_names(program.body)}
        self._free = shared - bound - set(program.params)

    def run(self) -> Program:
        return replace(
            self._program, body=self._block(self._program.body), types=self._types or None
        )

    def _block(self, block: Block) -> Block:
        return tuple(map(self._statement, block))

    def _statement(self, stmt: Stmt) -> Stmt:
        if isinstance(stmt, For) and stmt.target in self._shared:
            name = self._name(stmt.target)
            if name != stmt.target:
                body = _renamed(stmt.body, stmt.target, name)
                stmt = replace(stmt, target=name, body=body)
        return map_blocks(stmt, self._block)

    def _name(self, old: str) -> str:
        if old in self._free:
            self._free.discard(old)
            return old
        name = next(n for k in count(1) if (n := f"{old}_{k}") not in self._used)
        self._used.add(name)
        if old in self._types:
            self._types[name] = self._types[old]
        return name


def _renamed(block: Block, old: str, new: str) -> Block:
    """The block with what reads a counter reading another one; loops inside keep theirs."""
    return tuple(
        map_operands(
            stmt
            if isinstance(stmt, For) and stmt.target == old
            else map_blocks(stmt, lambda part: _renamed(part, old, new)),
            lambda e: substitute(e, {old: Name(new)}),
        )
        for stmt in block
    )


def _all_names(block: Block) -> set[str]:
    found = assigned(block)
    for stmt in statements(block):
        found.update(name for expr in operands(stmt) for name in names(expr))
    return found
