"""Integer counters that a loop only moves by constants: they can be counted back.

for i in range(n):
    for j in range(i):
        s += packed[k] * x[j]
        k += 1                       # in the reverse sweep: k -= 1
"""

from __future__ import annotations

import operator

from numba.core import types

from adjoint.analyses.places import Places
from adjoint.program.core import Assign, Call, Const, For, Name, Program, While
from adjoint.program.walk import statements

Loop = For | While


def reversible_counters(program: Program, places: Places) -> list[tuple[str, Loop]]:
    """Each counter with the outermost loop inside which it is only moved by constants."""
    assignments: dict[str, list[Assign]] = {}
    for stmt in statements(program.body):
        if isinstance(stmt, Assign) and _is_integer(program, stmt.target):
            assignments.setdefault(stmt.target, []).append(stmt)
    found: list[tuple[str, Loop]] = []
    for name, stmts in sorted(assignments.items()):
        moving = next((s for s in stmts if step_of(s) is not None), None)
        if moving is None:
            continue
        for loop in places.loops(places.of[moving].block):
            inside = [s for s in stmts if loop in places.loops(places.of[s].block)]
            if all(step_of(s) is not None for s in inside):
                found.append((name, loop))
                break
    return found


def _is_integer(program: Program, name: str) -> bool:
    return isinstance((program.types or {}).get(name), types.Integer)


def step_of(stmt: Assign) -> int | None:
    """The constant that an assignment adds to its own target; None if it is no such thing."""
    match stmt.value:
        case Call(operator.add, (Name(name), Const(int() as step))) if name == stmt.target:
            return step
        case Call(operator.sub, (Name(name), Const(int() as step))) if name == stmt.target:
            return -step
    return None
