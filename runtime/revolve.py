"""Where a loop that is run again in pieces is cut: binomial checkpointing.

A loop of many steps is reversed in *pieces* of a few, each run again with everything stored. A
piece starts from a state that was kept (a *snapshot*), or is computed again from an earlier one.
With `s` snapshots besides the first state, and no step computed again more than `r` times, at most
`binomial(s + 1 + r, r)` pieces can be reversed, by cutting as `middle` does (Griewank and Walther
2000, "Algorithm 799: revolve"). Plain Python that Numba compiles too.
"""

from __future__ import annotations

from numba.extending import register_jitable

_CHEAP = 1 << 16  # bytes of states in one piece: below this a call costs more than memory does
_DEEPEST = 400  # snapshots: each is a call inside another one


@register_jitable
def piece_length(steps: int, state: int) -> int:
    """Steps in a piece, for states of `state` bytes.

    With two recomputations and about as much stored for a step as its state takes, memory is least
    for pieces of `(steps / 2) ** (1 / 3)` steps.
    """
    return max(1, int((0.5 * steps) ** (1.0 / 3.0)), _CHEAP // max(state, 1))


@register_jitable
def snapshots_for(steps: int, piece: int) -> int:
    """How many snapshots let every step be computed again no more than twice."""
    pieces = (steps + piece - 1) // piece
    snapshots = 0
    while (snapshots + 3) * (snapshots + 2) // 2 < pieces:
        snapshots += 1
    return snapshots


@register_jitable
def middle(start: int, stop: int, step: int, piece: int, snapshots: int) -> int:
    """Where `range(start, stop, step)`, longer than a piece, is cut in two.

    The second part is reversed first, from a snapshot at its start and with one less to take.
    """
    distance = stop - start if step > 0 else start - stop
    stride = step if step > 0 else -step
    pieces = ((distance + stride - 1) // stride + piece - 1) // piece
    repeats, reach, before = 0, 1, 0
    while reach < pieces:
        repeats += 1
        before = reach
        reach = reach * (snapshots + 1 + repeats) // repeats
    return start + step * piece * min(before, pieces - 1)


@register_jitable
def piece_within(steps: int, state: int, each: int, besides: int, budget: int) -> int:
    """Steps in a piece, for a budget in bytes: half of it is for a piece, half for snapshots.

    Parameters
    ----------
    state : bytes of a snapshot and its cotangents.
    each, besides : bytes that a piece stores for each step, and besides.

    Raises
    ------
    ValueError : the budget does not hold one step and one snapshot.
    """
    left = budget - besides
    if steps * each <= left:
        return max(steps, 1)
    piece = left // 2 // max(each, 1)
    if piece < 1 or left // 2 < state:
        raise ValueError("memory= holds neither a step nor a state of a checkpointed loop")
    return piece


@register_jitable
def snapshots_within(
    steps: int, state: int, each: int, besides: int, budget: int, piece: int
) -> int:
    """How many snapshots there is room for beside a piece."""
    pieces = (steps + piece - 1) // piece
    room = (budget - besides - piece * each) // max(state, 1) - 1
    return max(min(room, pieces, _DEEPEST), 0)
