"""Elements of an array of zeros that a loop adds to before anything else looks at them are stored.

t_bar = np.zeros(n)              t_bar = np.zeros(n)
for i in range(n):               for i in range(n):
    t_bar[i] += y_bar[i]    →        t_bar[i] = y_bar[i]
    x_bar[i] += t_bar[i]             x_bar[i] += t_bar[i]

What is loaded after that is known, and an array that nothing loads from any more is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from adjoint.analyses.index_forms import IndexForms, only_in_one_iteration
from adjoint.analyses.lower_bounds import LowerBounds
from adjoint.analyses.sharing import sharing
from adjoint.analyses.touches import touched, touches
from adjoint.program.core import Assign, Block, Call, For, Program, Stmt, Store
from adjoint.program.walk import blocks, map_blocks, statements

_ZEROS = (np.zeros, np.zeros_like)


def store_first(program: Program) -> Program:
    """Store where an array of zeros is added to for the first time."""
    first = _FirstStores(program)
    firsts = set(first.of_block(program.body))
    if not firsts:
        return program

    def change(block: Block) -> Block:
        return tuple(
            replace(stmt, accumulate=False)
            if isinstance(stmt, Store) and stmt in firsts
            else map_blocks(stmt, change)
            for stmt in block
        )

    return replace(program, body=change(program.body))


class _FirstStores:
    """Finds the additions that are the first touch of each element they add to."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._bounds = LowerBounds(program)
        self._sharing = sharing(program)
        bound = [stmt.target for stmt in statements(program.body) if isinstance(stmt, Assign)]
        self._bound_once = {name for name in bound if bound.count(name) == 1}

    def of_block(self, block: Block) -> Iterator[Store]:
        """Those to arrays that are made in a block or in the blocks inside it."""
        for index, stmt in enumerate(block):
            for inner in blocks(stmt):
                yield from self.of_block(inner)
            if isinstance(stmt, Assign) and self._is_ours(stmt, block[index + 1 :]):
                using = [other for other in block[index + 1 :] if touched(other, stmt.target)]
                found = self._first(using[0], stmt.target) if using else None
                if found is not None:
                    yield found

    def _is_ours(self, made: Assign, after: Block) -> bool:
        """Whether zeros are made that only the rest of the block touches, by this name."""
        name, value = made.target, made.value
        if not (isinstance(value, Call) and value.function in _ZEROS):
            return False
        if name not in self._bound_once or name in self._sharing:
            return False
        everywhere = sum(1 for _ in touches(self._program.body, name))
        return everywhere == sum(1 for _ in touches(after, name))

    def _first(self, stmt: Stmt, array: str) -> Store | None:
        """The addition in a nest of loops, if it is the first touch of each of its elements."""
        loops: list[IndexForms] = []
        later: list[tuple[int, Stmt]] = []  # the number of loops that are around both
        while isinstance(stmt, For):
            loops.append(IndexForms(stmt))
            using = [inner for inner in stmt.body if touched(inner, array)]
            if any(touch.stmt is stmt for touch in touches((stmt,), array)):
                return None  # in a bound of the loop
            later += [(len(loops), other) for other in using[1:]]
            stmt = using[0]
        if not (
            isinstance(stmt, Store) and stmt.array == array and stmt.accumulate and stmt.reverse
        ):
            return None
        if sum(1 for _ in touches((stmt,), array)) > 1:
            return None  # it adds what it has read there
        if not all(
            only_in_one_iteration(f, stmt.index, f, stmt.index, self._bounds) for f in loops
        ):
            return None
        for count, other in later:
            for touch in touches((other,), array):
                if touch.index is None or not all(
                    only_in_one_iteration(f, stmt.index, f, touch.index, self._bounds)
                    for f in loops[:count]
                ):
                    return None
        return stmt
