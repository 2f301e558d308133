"""Names that nobody reads are not given: a call is made for its effect, a loop counts for itself.

n = check_aligned(a.shape[1], b.shape[0])    →    check_aligned(a.shape[1], b.shape[0])
for trip in range(trips_1):                  →    for _ in range(trips_1):
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeGuard

from numba.core import types

from adjoint.program.core import Assign, Block, Call, Evaluate, Expr, For, Program
from adjoint.program.walk import assigned, map_blocks, read

_NOBODY = "_"


def drop_unread_names(program: Program) -> Program:
    """The program without names that are only assigned; the last of the passes."""
    names = read(program.body)
    unread = assigned(program.body) - names
    if not unread:
        return program
    anonymous = _NOBODY not in {*names, *program.params}

    def change(block: Block) -> Block:
        done = []
        for stmt in block:
            if isinstance(stmt, Assign) and stmt.target in unread and _is_named(stmt.value):
                stmt = Evaluate(stmt.value, at=stmt.at, reverse=stmt.reverse)
            elif isinstance(stmt, For) and stmt.target in unread and anonymous:
                stmt = replace(stmt, target=_NOBODY)
            done.append(map_blocks(stmt, change))
        return tuple(done)

    body = change(program.body)
    if program.types is None:
        return replace(program, body=body)
    return replace(program, body=body, types={**program.types, _NOBODY: types.int64})


def _is_named(value: Expr) -> TypeGuard[Call]:
    """Whether a value is a call, and no operator (`x += y` is one, of the variable it changes)."""
    return isinstance(value, Call) and value.function.__module__ not in ("operator", "_operator")
