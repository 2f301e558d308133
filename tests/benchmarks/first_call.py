"""Seconds to the first gradient in a new process; run by `bench_calls`.

`python -m tests.benchmarks.first_call <problem>` prints them, counted from after the imports.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from adjoint import value_and_grad
from tests.adbench.gmm import gmm_loops
from tests.adbench.lstm import lstm_loops


def smoothing(x, weights, steps):
    """Twenty lines of whole-array code."""
    u = x.copy()
    loss = 0.0
    for _ in range(steps):
        u[1:-1, 1:-1] += 0.1 * (
            u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4.0 * u[1:-1, 1:-1]
        )
        u[0, :] = u[1, :]
        u[-1, :] = u[-2, :]
        loss += np.sum(weights * np.tanh(u))
    return loss + np.mean(u * u)


_r = np.random.default_rng(0)
PROBLEMS = {
    "GMM, loops": (
        gmm_loops,
        (_r.normal(size=3), _r.normal(size=(3, 2)), _r.normal(size=(3, 3)), _r.normal(size=(9, 2)))
        + (1.0, 0),
        ("alphas", "means", "icf"),
    ),
    "LSTM, loops": (
        lstm_loops,
        (_r.normal(size=(4, 20)), _r.normal(size=(3, 5)), np.zeros((4, 5)), _r.random((6, 5))),
        ("main", "extra"),
    ),
    "smoothing, arrays": (
        smoothing,
        (_r.random((9, 8)), _r.random((9, 8)), 3),
        ("x", "weights"),
    ),
}


def main() -> None:
    function, args, wrt = PROBLEMS[sys.argv[1]]
    start = time.perf_counter()
    value_and_grad(function, argnums=wrt)(*args)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main()
