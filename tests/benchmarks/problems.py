"""The scalar loops that are timed, and which ratio is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.adbench import data
from tests.adbench.gmm import gmm_arrays, gmm_loops
from tests.adbench.lstm import lstm_loops
from tests.benchmarks import bundle, hand_lstm, hand_written


@dataclass(frozen=True)
class Problem:
    """A function to time against its gradient.

    Attributes
    ----------
    wrt : what to differentiate with respect to; nothing if `gradient` is given.
    gate, ambition : value and gradient ÷ Numba's primal that must and that should be reached.
    hand : an adjoint written by hand, if there is one.
    tapenade : Numba's primal ÷ Tapenade's adjoint in C as measured once (`TARGETS.md`), if it was.
    gradient : what computes the derivatives, if it is not `value_and_grad` of the function; the
        function is a Numba dispatcher then.
    """

    name: str
    function: Callable[..., Any]
    args: tuple
    wrt: tuple[str, ...]
    gate: float
    ambition: float
    hand: Callable[..., Any] | None = None
    tapenade: float | None = None
    gradient: Callable[..., Any] | None = None


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


def mixture(d: int, k: int, n: int) -> tuple:
    """Arguments of the mixture's likelihood at a size for which there is no file."""
    r = np.random.default_rng(0)
    icf = r.normal(size=(k, d * (d + 1) // 2))
    return r.normal(size=k), r.random((k, d)), icf, r.normal(size=(n, d)), 1.0, 0


def recurrences() -> list[Problem]:
    # Stable parameters, so that derivatives do not grow without bound; every step adds to the
    # result, so that they do not die away into subnormal numbers, which are slow.
    logistic, sine = (0.3, 3.4, 1_000_000), (0.3, 1.5, 1_000_000)
    by_hand = hand_written.logistic_map_adjoint, hand_written.sine_recurrence_adjoint
    return [
        Problem("logistic map, 1e6", logistic_map, logistic, ("x", "r"), 2.5, 2.0, by_hand[0]),
        Problem("sine recurrence, 1e6", sine_recurrence, sine, ("x", "w"), 2.5, 2.0, by_hand[1]),
    ]


def mixtures() -> list[Problem]:
    wrt, by_hand = ("alphas", "means", "icf"), hand_written.gmm_adjoint
    small = data.gmm("gmm_d10_K10") if data.available() else mixture(10, 10, 1000)
    sizes: list[tuple[str, tuple, float, float]] = [
        ("GMM d10 K10 n1k", small, 3.2, 0.36),
        ("GMM d10 K50 n1k", mixture(10, 50, 1000), 3.2, 0.31),
        ("GMM d20 K25 n1k", mixture(20, 25, 1000), 4.3, 0.36),
        ("GMM d10 K25 n10k", mixture(10, 25, 10_000), 3.2, 0.32),
    ]
    loops = [
        Problem(f"{name}, loops", gmm_loops, args, wrt, gate, 2.1, by_hand, tapenade)
        for name, args, gate, tapenade in sizes
    ]
    return [*loops, Problem("GMM d10 K10 n1k, arrays", gmm_arrays, small, wrt, 3.5, 2.8)]


def bundles() -> list[Problem]:
    args = bundle.observations(*data.ba("ba1"))
    by_hand, ours = bundle.jacobians_by_hand, bundle.jacobians
    name = f"BA, {bundle.OBSERVATIONS} Jacobians 2×15"
    return [Problem(name, bundle.residuals, args, (), 6.0, 4.0, by_hand, 0.06, ours)]


def networks() -> list[Problem]:
    wrt, by_hand = ("main", "extra"), hand_lstm.lstm_adjoint
    return [
        Problem(f"LSTM {size}", lstm_loops, data.lstm(file), wrt, 2.0, 1.3, by_hand, 0.33)
        for size, file in (("l2 c1024", "lstm_l2_c1024"), ("l4 c1024", "lstm_l4_c1024"))
    ]


def problems() -> list[Problem]:
    """Those whose data are there."""
    found = recurrences() + mixtures()
    return found + bundles() + networks() if data.available() else found
