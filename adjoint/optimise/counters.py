"""Loops one after the other count with the same names, as in programs that people write.

for i_7 in range(n):                for i in range(n):
    for j_3 in range(m):      →         for j in range(m):
        x[i_7, j_3] = 0.0                   x[i, j] = 0.0

A counter that the user called `_` and that the reverse sweep reads becomes a `trip`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from adjoint.program.core import Assign, Block, Call, Expr, For, Name, Program
from adjoint.program.functions import Function
from adjoint.program.walk import (
    assigned,
    blocks,
    map_blocks,
    map_operands,
    names,
    operands,
    read,
    statements,
    subexpressions,
    substitute,
)
from adjoint.syntax.names import RESERVED

_LETTERS = "ijklm"
_NUMBERED = re.compile(r"(.+?)(_\d+)*")
_UNNAMED = re.compile(r"_+\d*")


def name_counters(program: Program, keep: frozenset[str] = frozenset()) -> Program:
    """The program with as few names for counters as there are loops inside one another.

    Parameters
    ----------
    keep : the user's own variables.
    """
    stems = _stems(program, keep)
    if not stems:
        return program
    taken = {*RESERVED, *keep, *program.params, *read(program.body), *assigned(program.body)}
    taken = (taken | _called(program)) - set(stems)
    naming = _Naming(stems, taken, dict(program.types or {}))
    body = naming.block(program.body, {}, frozenset())
    return replace(program, body=body, types=naming.types if program.types else program.types)


def _stems(program: Program, keep: frozenset[str]) -> dict[str, str]:
    """Counters that may have another name, with what the new one is made of."""
    bound = {stmt.target for stmt in statements(program.body) if isinstance(stmt, Assign)}
    fixed = set(program.params) | bound | _read_elsewhere(program.body, frozenset())
    found = {}
    for loop in statements(program.body):
        if not isinstance(loop, For) or loop.target in fixed:
            continue
        stem = _NUMBERED.fullmatch(loop.target)
        if _UNNAMED.fullmatch(loop.target):
            if loop.target in read(loop.body):
                found[loop.target] = "trip"
        elif stem is not None:
            found[loop.target] = loop.target if loop.target in keep else stem[1]
    return found


def _read_elsewhere(block: Block, counting: frozenset[str]) -> set[str]:
    """Names that are read where not one loop around counts with them, or several."""
    found: set[str] = set()
    for stmt in block:
        for expr in operands(stmt):
            found.update(name for name in names(expr) if name not in counting)
        inner = counting
        if isinstance(stmt, For):
            if stmt.target in counting:
                found.add(stmt.target)
            inner = counting | {stmt.target}
        for part in blocks(stmt):
            found |= _read_elsewhere(part, inner)
    return found


def _called(program: Program) -> set[str]:
    """Names of the generated functions that a program calls, and its own."""
    inside = (e for s in statements(program.body) for o in operands(s) for e in subexpressions(o))
    functions = [e.function for e in inside if isinstance(e, Call)]
    return {program.name, *(f.name for f in functions if isinstance(f, Function))}


@dataclass
class _Naming:
    """Gives out names; `types` gets the types of the new ones."""

    stems: dict[str, str]
    taken: set[str]
    types: dict[str, Any]

    def block(self, block: Block, new: Mapping[str, Expr], around: frozenset[str]) -> Block:
        """The block with the counters of the loops `around` it replaced by the names `new`."""
        done = []
        for stmt in block:
            stmt = map_operands(stmt, lambda e: substitute(e, new)) if new else stmt
            inner, counting = new, around
            if isinstance(stmt, For) and stmt.target in self.stems:
                name = self._free(stmt.target, around)
                inner, counting = {**new, stmt.target: Name(name)}, around | {name}
                stmt = replace(stmt, target=name)
            done.append(map_blocks(stmt, lambda b, i=inner, c=counting: self.block(b, i, c)))  # type: ignore[misc]
        return tuple(done)

    def _free(self, old: str, around: frozenset[str]) -> str:
        stem, type_ = self.stems[old], self.types.get(old)
        for name in _candidates(stem):
            if name not in self.taken | around and self.types.setdefault(name, type_) == type_:
                return name
        raise AssertionError


def _candidates(stem: str) -> Iterator[str]:
    """The stem, then the letters after it, then numbers: `j`, `k`, `l`, `m`, `j_1`, …"""
    yield stem
    yield from _LETTERS.partition(stem)[2] if stem in _LETTERS else ""
    yield from (f"{stem}_{number}" for number in count(1))
