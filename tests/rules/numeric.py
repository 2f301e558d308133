"""Derivatives by differences, the answer that rules are compared with."""

from __future__ import annotations

import numpy as np

# Central differences of order eight: the error is h⁸ f⁽⁹⁾/630, far below rounding for h = .01.
_OFFSETS = (1, 2, 3, 4)
_WEIGHTS = (4 / 5, -1 / 5, 4 / 105, -1 / 280)


def directional(function, args, wrt, directions, step=5e-3):
    """Derivative of `function(*args)` along `directions`, one for each argument in `wrt`."""

    def shifted(distance):
        moved = list(args)
        for position, direction in zip(wrt, directions, strict=True):
            moved[position] = args[position] + distance * direction
        return np.asarray(function(*moved), dtype=float)

    total = 0.0
    for offset, weight in zip(_OFFSETS, _WEIGHTS, strict=True):
        total = total + weight * (shifted(offset * step) - shifted(-offset * step))
    return total / step


def floating(value):
    """Whether a value is something to differentiate with respect to."""
    return isinstance(value, float) or getattr(value, "dtype", np.dtype(int)).kind == "f"


def agree(left, right, tolerance=1e-9):
    """Raise with both values unless they agree to `tolerance` of their size."""
    left, right = np.asarray(left), np.asarray(right)
    assert left.shape == right.shape, f"shapes differ: {left.shape} and {right.shape}"
    scale = 1 + np.max(np.abs(right), initial=0.0)
    error = np.max(np.abs(left - right), initial=0.0)
    assert error <= tolerance * scale, f"rule {left}\ndifferences {right}\nerror {error}"
