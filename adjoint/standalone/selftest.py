"""The test that a file of its own runs when it is executed: these functions are copied into it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numba
import numpy as np

from adjoint.differences import ridders


@numba.njit
def restart() -> None:
    """Have compiled code draw the same random numbers again."""
    np.random.seed(0)


def self_test(
    function: Callable[..., Any],
    value_and_gradient: Callable[..., Any],
    arguments: Sequence[Any],
    positions: Sequence[int],
) -> None:
    """Compare value and gradient with the function and its differences along a random direction.

    Parameters
    ----------
    arguments : a point away from kinks.
    positions : of the arguments that the gradient is with respect to.

    Raises
    ------
    SystemExit : they disagree.
    """
    rng = np.random.default_rng(1)
    single = any(np.asarray(arguments[k]).dtype.itemsize < 8 for k in positions)
    step, tolerance = (0.1, 1e-2) if single else (0.02, 1e-6)
    directions = {}
    for k in positions:
        directions[k] = rng.standard_normal(np.shape(arguments[k]))
        if np.iscomplexobj(arguments[k]):
            directions[k] = directions[k] * np.exp(1j)

    def along(distance: float) -> float:
        moved = list(copy.deepcopy(arguments))
        for k, direction in directions.items():
            kind = np.asarray(moved[k]).dtype.type
            shifted = moved[k] + distance * direction
            moved[k] = shifted.astype(kind) if isinstance(moved[k], np.ndarray) else kind(shifted)
        restart()
        return float(np.sum(function(*moved)))

    restart()
    value, gradient = value_and_gradient(*copy.deepcopy(arguments))
    bars = gradient if len(positions) > 1 else (gradient,)
    terms = [np.real(bar * directions[k]) for k, bar in zip(positions, bars, strict=True)]
    slope = float(sum(np.sum(term) for term in terms))
    scale = float(sum(np.sum(abs(term)) for term in terms))
    expected, error = ridders(along, step)
    plain = along(0.0)
    print(f"value {float(np.sum(value))!r}, function {plain!r}")
    print(f"gradient along a direction {slope!r}, differences {expected!r}")
    if not abs(np.sum(value) - plain) <= tolerance * max(1.0, abs(plain)):
        raise SystemExit("the values disagree")
    if not error <= 1e-3 * max(1.0, scale):
        raise SystemExit("differences tell nothing here: there is a kink nearby")
    if not abs(slope - expected) <= tolerance * max(1.0, scale) + error:
        raise SystemExit("the gradient disagrees with differences")
