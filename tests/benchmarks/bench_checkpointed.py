"""A simulation of 10⁷ steps, differentiated in pieces: memory, and time against a stored tape.

Run `python -m tests.benchmarks.bench_checkpointed`. A bead chain driven by a field, 24 numbers a
step: the tape of all steps would take 1.8 GB (`plan` says how much), so the unmarked
loop is timed on a tenth of them, the two interleaved.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks import one_thread  # noqa: F401 - before the libraries are loaded

# isort: split
import numpy as np

from adjoint import checkpointed, value_and_grad
from tests.benchmarks.gates import Gate, gate_table
from tests.benchmarks.section import Section

STEPS = 10_000_000
ROUNDS = 3


def chain(u, c, drive, n):
    for t in checkpointed(range(n)):
        u[0] += 0.001 * drive * np.cos(0.01 * t)
        for i in range(1, len(u) - 1):
            u[i] += c * u[i] * (1.0 - u[i]) + 0.2 * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u * u)


def stored_chain(u, c, drive, n):
    for t in range(n):
        u[0] += 0.001 * drive * np.cos(0.01 * t)
        for i in range(1, len(u) - 1):
            u[i] += c * u[i] * (1.0 - u[i]) + 0.2 * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u * u)


def seconds(gradient: Callable[..., Any], n: int) -> tuple[float, Any]:
    u = np.linspace(0.2, 0.8, 24)
    start = time.perf_counter()
    found = gradient(u, 0.01, 0.3, n)
    return time.perf_counter() - start, found


def peak() -> float:
    """Gigabytes that the process has had at the most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def measure(steps: int) -> dict[str, float]:
    """Times and bytes of `steps` in pieces; the time of a tenth of them, in pieces and stored."""
    pieces = value_and_grad(chain, argnums=(0, 1, 2))
    stored = value_and_grad(stored_chain, argnums=(0, 1, 2))
    u, fewer = np.linspace(0.2, 0.8, 24), steps // 10
    seconds(pieces, 1000)
    whole, _ = seconds(pieces, steps)
    high = peak()  # of the process, before anything is stored
    seconds(stored, 1000)
    times: dict[str, list[float]] = {"pieces": [], "stored": []}
    for _ in range(ROUNDS):
        one, found = seconds(pieces, fewer)
        other, expected = seconds(stored, fewer)
        for bar, want in zip(found[1], expected[1], strict=True):
            np.testing.assert_array_equal(bar, want)
        times["pieces"].append(one)
        times["stored"].append(other)
    return {
        "all steps in pieces (s)": whole,
        "ns a step in pieces": 1e9 * whole / steps,
        "ns a step of a tenth, in pieces": 1e9 * min(times["pieces"]) / fewer,
        "ns a step of a tenth, stored": 1e9 * min(times["stored"]) / fewer,
        "peak of the process (GB)": high,
        "planned in pieces (GB)": pieces.plan(u, 0.01, 0.3, steps).bytes / 1e9,
        "planned stored (GB)": stored.plan(u, 0.01, 0.3, steps).bytes / 1e9,
    }


def main() -> None:
    section = Section("checkpointed", __doc__)
    steps = STEPS // 10 if section.options.quick else STEPS
    section.measure("bead chain", lambda: measure(steps))
    gates = []
    for name, found in section.timed().items():
        slower = found["ns a step in pieces"] / found["ns a step of a tenth, stored"]
        gates = [
            Gate(f"{name}, {steps:,} steps: time a step ÷ with a stored tape", 4.0, None, slower),
            Gate(f"{name}: peak of the process (GB)", 1.0, None, found["peak of the process (GB)"]),
        ]
    section.console.print(gate_table("checkpointed", gates))
    section.finish(gates)


if __name__ == "__main__":
    main()
