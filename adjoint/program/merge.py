"""Parameters that are one and the same array in a call: one name in the program.

    def f(x, y): y[0] = x[1]; …    called as f(a, a)    →    x[0] = x[1]; …

The other name stays a parameter, which nothing reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adjoint.program.core import Block, Name, Program, Store
from adjoint.program.walk import map_blocks, map_operands, substitute

Same = Sequence[tuple[int, int]]


def merged(program: Program, same: Same) -> Program:
    """The program for a call in which parameters, given by position, are the same array.

    Parameters
    ----------
    same : pairs of positions: of the parameter whose name is kept, and of another one.
    """
    if not same:
        return program
    kept = {program.params[other]: program.params[first] for first, other in same}
    mapping = {other: Name(first) for other, first in kept.items()}

    def change(block: Block) -> Block:
        done = []
        for stmt in block:
            stmt = map_operands(map_blocks(stmt, change), lambda e: substitute(e, mapping))
            if isinstance(stmt, Store) and stmt.array in kept:
                stmt = replace(stmt, array=kept[stmt.array])
            done.append(stmt)
        return tuple(done)

    return replace(program, body=change(program.body))


def representative(position: int, same: Same) -> int:
    """The position of the parameter whose name stands for another one too."""
    return next((first for first, other in same if other == position), position)
