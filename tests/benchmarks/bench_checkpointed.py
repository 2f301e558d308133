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

import numpy as np

from adjoint import checkpointed, value_and_grad

STEPS = 10_000_000
FEWER = STEPS // 10
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


def main() -> None:
    pieces = value_and_grad(chain, argnums=(0, 1, 2))
    stored = value_and_grad(stored_chain, argnums=(0, 1, 2))
    u = np.linspace(0.2, 0.8, 24)
    seconds(pieces, 1000)
    before = peak()
    whole, _ = seconds(pieces, STEPS)
    print(f"{STEPS} steps in pieces: {whole:.2f} s, {1e9 * whole / STEPS:.1f} ns a step")
    print(f"  peak of the process {peak():.3f} GB, of which before the call {before:.3f}")
    print(f"  planned {pieces.plan(u, 0.01, 0.3, STEPS).bytes / 1e9:.4f} GB")
    print(f"  a stored tape: {stored.plan(u, 0.01, 0.3, STEPS).bytes / 1e9:.2f} GB")
    seconds(stored, 1000)
    times: dict[str, list[float]] = {"pieces": [], "stored": []}
    for _ in range(ROUNDS):
        one, found = seconds(pieces, FEWER)
        other, expected = seconds(stored, FEWER)
        for bar, want in zip(found[1], expected[1], strict=True):
            np.testing.assert_array_equal(bar, want)
        times["pieces"].append(one)
        times["stored"].append(other)
    best = {name: 1e9 * min(found) / FEWER for name, found in times.items()}
    ratio = whole / STEPS * 1e9 / best["stored"]
    print(f"{FEWER} steps: pieces {best['pieces']:.1f} ns a step, stored {best['stored']:.1f} ns")
    print(f"{STEPS} steps in pieces / {FEWER} stored, a step: {ratio:.2f}")


if __name__ == "__main__":
    main()
