"""How the iterations of a parallel loop are cut into parts.

The number of parts depends on lengths alone, never on the number of threads: what the parts add up
is added up in the same order on every machine, and in every run.
"""

from __future__ import annotations

from numba.extending import register_jitable

_MOST = 64
_LITTLE = 10_000  # steps that take less time than it takes to start threads
_MEMORY = 64_000_000  # bytes of the arrays that parts have for themselves, all together


@register_jitable
def trips(start: int, stop: int, step: int) -> int:
    """How many iterations `range(start, stop, step)` has."""
    if step > 0:
        return max(0, (stop - start + step - 1) // step)
    return max(0, (start - stop - step - 1) // -step)


@register_jitable
def parts(start: int, stop: int, step: int, work: int, size: int) -> int:
    """How many parts there are.

    Parameters
    ----------
    work : about how many steps an iteration takes.
    size : bytes that each part has for itself.
    """
    count = trips(start, stop, step)
    if count * work < _LITTLE:
        return min(count, 1)
    return min(count, _MOST, max(1, _MEMORY // max(size, 1)))


@register_jitable
def bound(start: int, stop: int, step: int, part: int, count: int) -> int:
    """Where part `part` of `count` starts, and the one before it stops."""
    return start + step * (trips(start, stop, step) * part // count)
