"""Scratch arrays: what an iteration finds in them does not depend on other iterations.

for i in range(n):
    for j in range(d):
        work[j] = x[i, j] - mean[j]        # written as a whole before anything reads it
    …
    for j in range(d - 1, -1, -1):
        t_bar = work_bar[j]
        work_bar[j] = 0.0                  # made of zeros, and left so
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from adjoint.analyses.touches import touched, touches
from adjoint.parallel.lengths import Lengths, offset, same
from adjoint.program.core import Block, Break, Const, For, Program, Stmt, Store
from adjoint.program.linear import Linear
from adjoint.program.walk import blocks, statements

_ZEROS = (np.zeros, np.zeros_like)
_ONE = Linear({}, 1)


def is_scratch(
    array: str, loop: For, program: Program, lengths: Lengths, tapes: frozenset[str]
) -> bool:
    """Whether each iteration of an outermost loop may have a copy of an array for itself.

    Parameters
    ----------
    tapes : arrays that hold what the forward sweep of an iteration stores for its reverse sweep.
        If nothing outside the loop touches one, it is read where the same iteration has written.
    """
    if array not in lengths.made:
        return False
    if any(touched(stmt, array) for stmt in program.body if stmt is not loop):
        return False
    if array in tapes:
        return True
    zeros = lengths.made[array].function in _ZEROS
    for block in _holding(loop.body, array):
        using = [stmt for stmt in block if touched(stmt, array)]
        if _covers(using[0], array, lengths, first=True):
            return True
        if zeros and _covers(using[-1], array, lengths, first=False):
            return True
    return False


def _holding(block: Block, array: str) -> Iterator[Block]:
    """The blocks that hold all that touches an array, outermost first."""
    while True:
        yield block
        using = [stmt for stmt in block if touched(stmt, array)]
        inner = [b for b in blocks(using[0]) if any(touched(stmt, array) for stmt in b)]
        if len(using) != 1 or len(inner) != 1 or _touches_itself(using[0], array):
            return
        (block,) = inner


def _touches_itself(stmt: Stmt, array: str) -> bool:
    """Whether a statement does so outside of its blocks, in a test or a bound."""
    return any(touch.stmt is stmt for touch in touches((stmt,), array))


def _covers(stmt: Stmt, array: str, lengths: Lengths, *, first: bool) -> bool:
    """Whether a nest of loops over all elements writes each before it reads it (`first`), or
    leaves a zero in each."""
    if any(isinstance(inner, Break) for inner in statements((stmt,))):
        return False
    nest: Stmt = stmt
    loops: list[For] = []
    while isinstance(stmt, For):
        loops.append(stmt)
        using = [inner for inner in stmt.body if touched(inner, array)]
        if not using:
            return False  # only in a bound of the loop
        stmt = using[0] if first else using[-1]
    if not isinstance(stmt, Store) or stmt.array != array or stmt.accumulate:
        return False
    if first and any(touch.store is None for touch in touches((stmt,), array)):
        return False
    if not first and not (isinstance(stmt.value, Const) and stmt.value.value == 0):
        return False
    if any(touch.index != stmt.index for touch in touches((nest,), array)):
        return False
    return _is_full(stmt, loops, array, lengths)


def _is_full(store: Store, loops: list[For], array: str, lengths: Lengths) -> bool:
    """Whether the loops take the index of a store to every element."""
    left = {loop.target: loop for loop in loops}
    for part, length in zip(store.index, lengths.of_array(array), strict=True):
        found = [(name, c) for name in left if (c := offset(part, name)) is not None]
        if len(found) != 1:
            return False
        (name, shift) = found[0]
        if not _is_whole(left.pop(name), shift, length, lengths):
            return False
    return not left


def _is_whole(loop: For, shift: int, length: Linear | None, lengths: Lengths) -> bool:
    """Whether a counter and a constant go through all of an axis."""
    low, high = lengths.linear(loop.start), lengths.linear(loop.stop)
    if low is None or high is None:
        return False
    if loop.step == Const(-1):
        low, high = high + _ONE, low + _ONE
    elif loop.step != Const(1):
        return False
    return same(low + _ONE.scaled(shift), _ONE.scaled(0)) and same(
        high + _ONE.scaled(shift), length
    )
