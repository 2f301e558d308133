"""Functions of `math` that take sequences, or return two numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adjoint.expansions.registry import expands


@expands(math.prod)
def prod(iterable: Any, *, start: Any = 1) -> Any:
    """The product, from left to right."""
    return np.prod(np.asarray(iterable)) * start


@expands(math.dist)
def dist(p: Any, q: Any) -> Any:
    """The distance of two points; of one from itself it has slope nan, as `np.linalg.norm`."""
    first, second = np.asarray(p), np.asarray(q)
    if first.shape[0] != second.shape[0]:
        raise ValueError("both points must have the same number of dimensions")
    return np.linalg.norm(first - second)


@expands(math.fsum)
def fsum(seq: Any) -> Any:
    """The sum of floats, as if in three times the precision (Klein 2006, "A generalized sum").

    What the additions round off is summed of its own, and what these additions round off too.
    """
    total, first, second = 0.0, 0.0, 0.0
    for x in np.asarray(seq):
        longer = total + x
        rest = lost(total, x, longer)
        more = first + rest
        second += lost(first, rest, more)
        total, first = longer, more
    return total + (first + second) if math.isfinite(first + second) else total


def lost(a: Any, b: Any, rounded: Any) -> Any:
    """What the sum of two floats has lost (Dekker 1971)."""
    return (a - rounded) + b if abs(a) >= abs(b) else (b - rounded) + a


@expands(math.ulp)
def ulp(x: Any) -> Any:
    """The distance to the next float; constant between powers of two."""
    return abs(x) if math.isinf(x) else np.spacing(abs(x))
