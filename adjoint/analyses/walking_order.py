"""Along which axis the loops of a program walk through each array, and how often.

for i in range(m):
    for k in range(n):
        for j in range(m):
            C[i, j] += A[i, k] * A[j, k]    # C along its last axis, A[j, k] along its first

Goes in: a program in the scalar dialect. Comes out: the elements that are looked at or written to,
each with the axis whose index the innermost loop moves and with a guess of how often it is touched.
It is for choosing between texts that compute the same; nothing else may rest on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adjoint.program.core import (
    Assign,
    Block,
    Const,
    Expr,
    For,
    Item,
    Name,
    Program,
    Slice,
    Stmt,
    Store,
    While,
)
from adjoint.program.walk import blocks, names, operands, subexpressions

LENGTH = 16
"""The iterations of a loop, where they are not known."""

Index = tuple[Expr | Slice, ...]


@dataclass(frozen=True)
class Step:
    """An element that a loop touches in each iteration.

    Attributes
    ----------
    axis : the one along which the loop walks.
    times : how often, by a guess.
    depths : for each axis, the number of loops around and including the one that moves it.
    """

    array: str
    index: Index
    axis: int
    times: int
    depths: tuple[int, ...]


class WalkingOrder:
    """Finds the steps; elements that stay the same, or are looked up in a table, make none."""

    def __init__(self, program: Program) -> None:
        self._moved: dict[str, frozenset[Stmt]] = {}
        self._loaded: set[str] = set()  # variables that come out of arrays
        self.steps = tuple(self._of_block(program.body, ()))

    def _of_block(self, block: Block, loops: tuple[Stmt, ...]) -> Iterator[Step]:
        for stmt in block:
            inner = loops
            if isinstance(stmt, For | While):
                inner = (*loops, stmt)
            if isinstance(stmt, For):
                self._moved[stmt.target] = frozenset({stmt})
                self._loaded.discard(stmt.target)
            for array, index in _elements(stmt):
                yield from self._step(array, index, loops)
            if isinstance(stmt, Assign):
                self._assign(stmt, loops)
            for part in blocks(stmt):
                yield from self._of_block(part, inner)

    def _assign(self, stmt: Assign, loops: tuple[Stmt, ...]) -> None:
        read = set(names(stmt.value))
        moved = frozenset().union(*(self._moved.get(name, frozenset()) for name in read))
        if stmt.target in read:
            moved |= frozenset(loops)
        self._moved[stmt.target] = self._moved.get(stmt.target, frozenset()) | moved
        if self._is_loaded(stmt.value):
            self._loaded.add(stmt.target)

    def _is_loaded(self, expr: Expr | Slice) -> bool:
        return any(
            isinstance(part, Item) or (isinstance(part, Name) and part.id in self._loaded)
            for part in subexpressions(expr)
        )

    def _step(self, array: str, index: Index, loops: tuple[Stmt, ...]) -> Iterator[Step]:
        moved = [
            frozenset().union(*(self._moved.get(name, frozenset()) for name in names(part)))
            for part in index
        ]
        for depth in range(len(loops), 0, -1):
            axes = [axis for axis, by in enumerate(moved) if loops[depth - 1] in by]
            if not axes:
                continue
            if len(axes) == 1 and not self._is_loaded(index[axes[0]]):
                depths = tuple(
                    max((k + 1 for k, loop in enumerate(loops) if loop in by), default=0)
                    for by in moved
                )
                yield Step(array, index, axes[0], _times(loops[:depth]), depths)
            return


def _times(loops: tuple[Stmt, ...]) -> int:
    times = 1
    for loop in loops:
        times *= _trips(loop)
    return times


def _trips(loop: Stmt) -> int:
    match loop:
        case For(_, Const(int() as start), Const(int() as stop), Const(int() as step)):
            return len(range(start, stop, step))
    return LENGTH


def _elements(stmt: Stmt) -> Iterator[tuple[str, Index]]:
    """The elements that a statement itself touches; to add to one is to touch it once."""
    for expr in operands(stmt):
        for part in subexpressions(expr):
            if isinstance(part, Item) and isinstance(part.value, Name):
                yield part.value.id, part.index
    if isinstance(stmt, Store):
        yield stmt.array, stmt.index
