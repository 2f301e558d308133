"""What comes before and around the machine code: imports, first gradients, the overhead of a call.

Run `python -m tests.benchmarks.bench_calls`. First gradients are timed in new processes, with an
empty cache folder and then with what the one before has left in it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

from tests.benchmarks import one_thread  # noqa: F401 - before the libraries are loaded

# isort: split
import numba
import numpy as np

from adjoint import value_and_grad
from tests.benchmarks.first_call import PROBLEMS
from tests.benchmarks.gates import Gate, gate_table
from tests.benchmarks.section import Section
from tests.benchmarks.timing import medians

njit = numba.njit(error_model="numpy")


def weighted(a, b, c):
    s = 0.0
    for i in range(len(a)):
        s += a[i] * b[i] * c[i]
    return s


@njit
def weighted_by_hand(a, b, c):
    a_bar, b_bar, c_bar = np.empty_like(a), np.empty_like(b), np.empty_like(c)
    s = 0.0
    for i in range(len(a)):
        s += a[i] * b[i] * c[i]
        a_bar[i] = b[i] * c[i]
        b_bar[i] = a[i] * c[i]
        c_bar[i] = a[i] * b[i]
    return s, (a_bar, b_bar, c_bar)


def seconds_of(*command: str, folder: str | None = None) -> float:
    """What a Python process prints."""
    env = {**os.environ, **({"ADJOINT_CACHE_DIR": folder} if folder else {})}
    run = subprocess.run(
        [sys.executable, *command], env=env, capture_output=True, text=True, check=True
    )
    return float(run.stdout)


def imports(rounds: int) -> dict[str, float]:
    """Seconds to import Numba, and us, each in a process of its own."""
    text = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"
    found: dict[str, list[float]] = {"numba": [], "adjoint": []}
    for _ in range(rounds):
        for module, seconds in found.items():
            seconds.append(seconds_of("-c", text.format(module)))
    return {f"import {module} (s)": statistics.median(s) for module, s in found.items()}


def first_gradient(problem: str, rounds: int) -> dict[str, float]:
    """Seconds with an empty cache, and in a new process after that."""
    empty, filled = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            command = ("-m", "tests.benchmarks.first_call", problem)
            empty.append(seconds_of(*command, folder=folder))
            filled.append(seconds_of(*command, folder=folder))
    return {
        "empty cache (s)": statistics.median(empty),
        "filled cache (s)": statistics.median(filled),
    }


def overhead(seconds: float) -> dict[str, float]:
    """Microseconds of a call with three arrays of three numbers."""
    gradient = value_and_grad(weighted, argnums=(0, 1, 2))
    args = tuple(np.random.default_rng(0).normal(size=(3, 3)))
    variants = {"ours": lambda: gradient(*args), "njit": lambda: weighted_by_hand(*args)}
    times = {name: 1e6 * value for name, value in medians(variants, seconds).items()}
    return {f"{name} (µs)": value for name, value in times.items()}


def gates_of(found: dict[str, dict[str, float]]) -> list[Gate]:
    def figure(item: str, over: str, minus: str | None = None) -> float | None:
        times = found.get(item)
        if times is None:
            return None
        return times[over] - (times[minus] if minus else 0.0)

    above = figure("imports", "import adjoint (s)", "import numba (s)")
    gates = [Gate("import adjoint, above Numba's (s)", 0.2, 0.1, above)]
    for problem in PROBLEMS:
        empty = figure(problem, "empty cache (s)")
        filled = figure(problem, "filled cache (s)")
        gates += [
            Gate(f"first gradient, empty cache (s): {problem}", 4.0, 2.0, empty),
            Gate(f"first gradient, filled cache (s): {problem}", 0.5, 0.2, filled),
        ]
    above = figure("a call with three arrays", "ours (µs)", "njit (µs)")
    return [*gates, Gate("a call with three arrays, above njit's (µs)", 2.0, 0.3, above)]


def main() -> None:
    section = Section("calls", __doc__)
    rounds = 1 if section.options.quick else 3
    section.measure("imports", lambda: imports(2 * rounds + 1))
    for problem in PROBLEMS:
        section.measure(problem, lambda p=problem: first_gradient(p, rounds))
    section.measure("a call with three arrays", lambda: overhead(section.options.seconds))
    gates = gates_of(section.timed())
    section.console.print(gate_table("calls", gates))
    section.finish(gates)


if __name__ == "__main__":
    main()
