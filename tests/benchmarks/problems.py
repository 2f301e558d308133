"""What is timed, and which ratio is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.adbench import data
from tests.adbench.gmm import gmm_arrays, gmm_loops
from tests.adbench.lstm import lstm_loops
from tests.benchmarks import hand_written


@dataclass(frozen=True)
class Problem:
    """A function to time against its gradient.

    Attributes
    ----------
    gate, ambition : adjoint ÷ primal that must and that should be reached.
    hand : an adjoint written by hand, if there is one.
    """

    name: str
    function: Callable[..., Any]
    args: tuple
    wrt: tuple[str, ...]
    gate: float
    ambition: float
    hand: Callable[..., Any] | None = None


def logistic_map(x, r, steps):
    """Cheap arithmetic: the tape's memory traffic counts."""
    s = 0.0
    for _ in range(steps):
        x = r * x * (1.0 - x)
        s += x
    return s


def sine_recurrence(x, w, steps):
    """One transcendental function a step."""
    s = 0.0
    for _ in range(steps):
        x = np.sin(w * x) + 0.1 * x
        s += x
    return s


def problems() -> list[Problem]:
    """Those whose data are there."""
    found = [
        # Stable parameters, so that derivatives do not grow without bound; every step adds to the
        # result, so that they do not die away into subnormal numbers, which are slow.
        Problem(
            "logistic map, 1e6",
            logistic_map,
            (0.3, 3.4, 1_000_000),
            ("x", "r"),
            2.5,
            2.0,
            hand_written.logistic_map_adjoint,
        ),
        Problem(
            "sine recurrence, 1e6",
            sine_recurrence,
            (0.3, 1.5, 1_000_000),
            ("x", "w"),
            2.5,
            2.0,
            hand_written.sine_recurrence_adjoint,
        ),
    ]
    if data.available():
        gmm = data.gmm("gmm_d10_K10")
        lstm = data.lstm("lstm_l2_c1024")
        mixture = ("alphas", "means", "icf")
        found += [
            Problem(
                "GMM d10 K10 n1k, loops",
                gmm_loops,
                gmm,
                mixture,
                3.2,
                2.1,
                hand_written.gmm_adjoint,
            ),
            Problem("GMM d10 K10 n1k, arrays", gmm_arrays, gmm, mixture, 3.5, 2.8),
            Problem("LSTM l2 c1024", lstm_loops, lstm, ("main", "extra"), 2.0, 1.3),
        ]
    return found
