"""Medians of variants that take turns.

Machines drift by tens of percent within minutes, so variants are called one after the other in each
round and only ratios from one run are quoted. What counts is the processor's time for the process,
which other processes do not add to; a variant that used several threads would pay for all of them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

_MIN_ROUNDS = 15
_MAX_REPEATS = 10_000
_MIN_SAMPLE = 2e-3  # seconds: shorter calls are repeated within a sample


def medians(
    variants: Mapping[str, Callable[[], object]], seconds: float, rounds: int = _MIN_ROUNDS
) -> dict[str, float]:
    """Median seconds of a call of each variant, all of them taking about `seconds` together.

    `rounds` is how often each takes its turn at the least.
    """
    repeats = {}
    for name, call in variants.items():
        call()  # compiles, and touches the memory
        repeats[name] = _repeats(call)
    samples: dict[str, list[float]] = {name: [] for name in variants}
    start = time.perf_counter()
    while len(samples[name]) < rounds or time.perf_counter() - start < seconds:
        for name, call in variants.items():
            samples[name].append(_sample(call, repeats[name]))
    return {name: statistics.median(values) for name, values in samples.items()}


def _repeats(call: Callable[[], object]) -> int:
    """How many calls take long enough; a single one, the first after others, would not tell."""
    repeats = 1
    while repeats < _MAX_REPEATS and _sample(call, repeats) * repeats < _MIN_SAMPLE:
        repeats = min(2 * repeats, _MAX_REPEATS)
    return repeats


def _sample(call: Callable[[], object], repeats: int) -> float:
    start = time.process_time()
    for _ in range(repeats):
        call()
    return max(time.process_time() - start, 1e-9) / repeats
