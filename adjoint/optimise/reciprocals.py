"""Cotangents multiplied by the reciprocal of what an innermost loop divides all of them by.

for j in range(n):                         r = np.reciprocal(h)
    t = y_bar[j] / h                       for j in range(n):
    x_bar[j] += t                  →           t = y_bar[j] * r
                                               x_bar[j] += t

A division takes as long as ten products. The result may differ in the last digit, so only
cotangents are treated so: nothing that the primal computes, and with it no branch, changes. A
denominator below 1e-308 in magnitude has no reciprocal. NumPy's function has one of 0 (inf), which
Python's division has not: the loop may have no iterations.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
from numba.core import types

from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Expr,
    For,
    Item,
    Name,
    Program,
    Stmt,
    Store,
)
from adjoint.program.walk import assigned, blocks, map_blocks, names, read, statements

_LINEAR = (operator.add, operator.sub, operator.mul, operator.truediv, operator.neg)


def multiply_by_reciprocals(program: Program) -> Program:
    """Divide once, before innermost loops of the reverse sweep."""
    if program.types is None:
        return program
    found = _Reciprocals(program)
    body = found.block(program.body, set(program.params))
    return replace(program, body=body, types=found.table) if found.made else program


class _Reciprocals:
    """The program's cotangents, and names for reciprocals."""

    def __init__(self, program: Program) -> None:
        self.table: dict[str, Any] = dict(program.types or {})
        self.made = False
        self._cotangents = _cotangents(program, self.table)
        self._used = {*program.params, *assigned(program.body), *read(program.body), *self.table}
        self._numbers = count(1)

    def block(self, block: Block, bound: set[str]) -> Block:
        """The block; `bound` are variables that are certainly assigned before it."""
        done: list[Stmt] = []
        bound = set(bound)
        for stmt in block:
            if isinstance(stmt, For) and not any(True for s in stmt.body for _ in blocks(s)):
                done += self._loop(stmt, bound)
            else:
                done.append(map_blocks(stmt, lambda inner: self.block(inner, bound)))
            if isinstance(stmt, Assign):
                bound.add(stmt.target)
        return tuple(done)

    def _loop(self, loop: For, bound: set[str]) -> list[Stmt]:
        fixed = bound - assigned((loop,))
        before: dict[str, Assign] = {}
        body: list[Stmt] = []
        for stmt in loop.body:
            match stmt:
                case Assign(target, Call(operator.truediv, (Name(part), Name(whole)))) if (
                    {target, part} <= self._cotangents
                    and whole in fixed
                    and self.table.get(whole) == types.float64
                ):
                    if whole not in before:
                        value = Call(np.reciprocal, (Name(whole),))
                        before[whole] = replace(stmt, target=self._fresh(), value=value)
                    product = Call(operator.mul, (Name(part), Name(before[whole].target)))
                    stmt = replace(stmt, value=product)
            body.append(stmt)
        return [*before.values(), replace(loop, body=tuple(body))] if before else [loop]

    def _fresh(self) -> str:
        name = next(n for k in self._numbers if (n := f"t_{k}") not in self._used)
        self._used.add(name)
        self.table[name] = types.float64
        self.made = True
        return name


def _cotangents(program: Program, table: dict[str, Any]) -> set[str]:
    """Scalars of the reverse sweep that are computed from a cotangent, none of them otherwise.

    Cotangents come out of arrays that the reverse sweep adds to, and values of the primal are never
    computed from them.
    """
    stmts = list(statements(program.body))
    bars = {s.array for s in stmts if isinstance(s, Store) and s.reverse and s.accumulate}
    made: dict[str, list[Assign]] = {}
    for stmt in stmts:
        if isinstance(stmt, Assign) and table.get(stmt.target) == types.float64:
            made.setdefault(stmt.target, []).append(stmt)
    found: set[str] = set()
    while True:
        more = {
            name
            for name, all_made in made.items()
            if name not in found
            and all(s.reverse and _follows(s.value, bars, found) for s in all_made)
        }
        if not more:
            return found
        found |= more


def _follows(value: Expr, bars: set[str], found: set[str]) -> bool:
    match value:
        case Item(Name(array)):
            return array in bars
        case Name(name):
            return name in found
        case Call(function, args) if function in _LINEAR:
            return not found.isdisjoint(name for arg in args for name in names(arg))
    return False
