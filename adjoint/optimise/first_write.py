"""A cell that is set to zero and then added to is written once.

x_bar[i] = 0.0
x_bar[i] += t_bar * 0.5    →    x_bar[i] = t_bar * 0.5
"""

from __future__ import annotations

from dataclasses import replace

from adjoint.program.core import Block, Const, Item, Name, Program, Stmt, Store
from adjoint.program.walk import map_blocks, stored, subexpressions


def write_first(program: Program) -> Program:
    """The program with such pairs of neighbours made one store."""
    return replace(program, body=_block(program.body, stored(program.body)))


def _block(block: Block, written: set[str]) -> Block:
    done: list[Stmt] = []
    for stmt in block:
        stmt = map_blocks(stmt, lambda inner: _block(inner, written))
        if done and _adds_to_zero(done[-1], stmt, written):
            assert isinstance(stmt, Store)
            done[-1] = replace(stmt, accumulate=False)
        else:
            done.append(stmt)
    return tuple(done)


def _adds_to_zero(first: Stmt, second: Stmt, written: set[str]) -> bool:
    """Whether the second store adds to the cell that the first one has set to zero.

    What is added must not be read from memory that is written to: it might be that cell.
    """
    if not (isinstance(first, Store) and isinstance(second, Store)):
        return False
    same = first.array == second.array and first.index == second.index
    if not same or first.accumulate or not second.accumulate or first.value != Const(0.0):
        return False
    read = {
        e.value.id if isinstance(e.value, Name) else ""
        for e in subexpressions(second.value)
        if isinstance(e, Item)
    }
    return "" not in read and not read & written
