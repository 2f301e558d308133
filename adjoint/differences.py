"""The derivative of a function of one number by differences, with an estimate of its error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_SHRINK = 1.6  # ratio of successive steps
_LEVELS = 10  # steps tried: from `step` down to step / 1.6**9 = step / 69


def ridders(along: Callable[[float], float], step: float) -> tuple[float, float]:
    """Derivative of `along` at 0 and an estimate of its error.

    Each row of Neville's tableau removes the next even power of the step; the entry that differs
    least from its two parents is returned.
    """
    best, error = np.nan, np.inf
    previous: list[float] = []
    for _ in range(_LEVELS):
        row = [(along(step) - along(-step)) / (2.0 * step)]
        factor = _SHRINK**2
        for order, coarser in enumerate(previous):
            row.append((row[order] * factor - coarser) / (factor - 1.0))
            factor *= _SHRINK**2
            change = max(abs(row[-1] - row[order]), abs(row[-1] - coarser))
            if change < error:
                best, error = row[-1], change
        previous = row
        step /= _SHRINK
    return best, error
