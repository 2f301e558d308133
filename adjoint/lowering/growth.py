"""Buffers in generated code that is differentiated again: one array each, as long as it grows.

tape = np.empty(16)                      tape = np.empty(16)
tape_1 = reserve(tape, n)           →    reserve(tape, n), for its effect
tape_1[n - 1] = x                        tape[n - 1] = x
"""

from __future__ import annotations

from dataclasses import replace

from adjoint.lowering.second_names import Standing, is_used_after, renamed, standing
from adjoint.program.core import Assign, Block, Call, Evaluate, Name, Program, Stmt
from adjoint.program.growth import GROWING
from adjoint.program.walk import map_blocks


def settle_growth(program: Program) -> Program:
    """Make `x = reserve(x, …)` a call for its effect; a name for what has grown is the old one."""
    while True:
        other = next((o for p in standing(program.body) if (o := _other_name(p))), None)
        if other is None:
            break
        program = renamed(program, *other)
    if not any(_grown(place.stmt) for place in standing(program.body)):
        return program

    def change(block: Block) -> Block:
        return tuple(_settled(map_blocks(stmt, change)) for stmt in block)

    return replace(program, body=change(program.body))


def _other_name(place: Standing) -> tuple[str, str] | None:
    """The name that a statement gives to a buffer that has grown, and the name it had."""
    grown = _grown(place.stmt)
    if grown is None or grown[0] == grown[1] or is_used_after(grown[1], place):
        return None
    return grown


def _grown(stmt: Stmt) -> tuple[str, str] | None:
    match stmt:
        case Assign(target, Call(function, (Name(name), *_))) if function in GROWING:
            return target, name
    return None


def _settled(stmt: Stmt) -> Stmt:
    grown = _grown(stmt)
    if grown is None or grown[0] != grown[1]:
        return stmt
    assert isinstance(stmt, Assign) and isinstance(stmt.value, Call)
    return Evaluate(stmt.value, at=stmt.at)
