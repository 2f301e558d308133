"""What `parallel=True` gains on the clock: the serial gradient, one thread, and all of them.

Run `python -m tests.benchmarks.bench_threads` on an idle machine: other processes take the second
thread's time. Wall-clock medians of variants that take turns.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from adjoint import value_and_grad
from tests.adbench.gmm import gmm_loops
from tests.benchmarks.gates import Gate, gate_table
from tests.benchmarks.problems import mixture
from tests.benchmarks.section import Section

ROUNDS = 15


def energies(x, w):
    """Independent rows with transcendental functions."""
    total = 0.0
    for i in range(x.shape[0]):
        row = 0.0
        for j in range(x.shape[1]):
            row += np.tanh(w[j] * x[i, j]) * np.exp(-x[i, j] * x[i, j])
        total += row * row
    return total


def arguments(name: str) -> tuple:
    if name.startswith("GMM"):
        return mixture(10, 25, 10_000)
    r = np.random.default_rng(0)
    return r.normal(size=(20_000, 20)), r.normal(size=20)


PROGRAMS: dict[str, tuple[Callable[..., Any], tuple[int, ...]]] = {
    "GMM d10 K25 n10k, loops": (gmm_loops, (0, 1, 2)),
    "20,000 rows of 20": (energies, (0, 1)),
}


def measure(name: str) -> dict[str, float]:
    """Milliseconds of the serial gradient and of the threaded one with one thread and with all."""
    function, argnums = PROGRAMS[name]
    args, every = arguments(name), numba.config.NUMBA_NUM_THREADS
    serial = value_and_grad(function, argnums=argnums)
    threaded = value_and_grad(function, argnums=argnums, parallel=True)

    def with_threads(count: int) -> Any:
        numba.set_num_threads(count)
        return threaded(*args)

    variants = {
        "serial": lambda: serial(*args),
        "1 thread": lambda: with_threads(1),
        f"{every} threads": lambda: with_threads(every),
    }
    results = [call() for call in variants.values()]
    for bar, wanted in zip(results[1][1], results[2][1], strict=True):
        np.testing.assert_array_equal(bar, wanted)
    samples: dict[str, list[float]] = {variant: [] for variant in variants}
    for _ in range(ROUNDS):
        for variant, call in variants.items():
            start = time.perf_counter()
            call()
            samples[variant].append(time.perf_counter() - start)
    times = {variant: 1e3 * statistics.median(found) for variant, found in samples.items()}
    gain = times["serial"] / times[f"{every} threads"]
    return {**times, "gain": gain, "load before": os.getloadavg()[0]}


def main() -> None:
    section = Section("threads", __doc__)
    for name in PROGRAMS:
        section.measure(name, lambda n=name: measure(n))
    gates = [
        Gate(f"{name}: serial ÷ threads, wall clock", 1.0, None, found["gain"], at_least=True)
        for name, found in section.timed().items()
    ]
    section.console.print(gate_table("threads", gates))
    section.finish(gates)


if __name__ == "__main__":
    main()
