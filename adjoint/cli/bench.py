"""`adjoint bench`."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from adjoint.api.rebuild import split
from adjoint.cli import output
from adjoint.cli.gradients import OTHER_ARGUMENTS, prepared, require_running

_FEWEST = 5
_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))


def run(target: str, types: str, values: str, wrt: str, size: int, seconds: float) -> None:
    """Print medians of the compiled primal, of value and gradient, and their ratio."""
    gradient, args = prepared(target, types, values, wrt, size, jit=True)
    require_running(gradient.primal, args, OTHER_ARGUMENTS)
    primal, primal_runs = median_time(gradient.primal, args, seconds)
    both, both_runs = median_time(gradient, args, seconds)
    rows = (
        ("the function, compiled", time_text(primal), "", str(primal_runs)),
        ("value and gradient", time_text(both), f"{both / primal:.2f}", str(both_runs)),
    )
    output.table("medians", ("", "time", "ratio", "runs"), rows)


def median_time(
    function: Callable[..., Any], args: tuple[Any, ...], seconds: float
) -> tuple[float, int]:
    """Median time of a call and the number of calls; each gets the arguments unchanged."""
    tried = copy.deepcopy(args)
    function(*tried)  # compiles
    changes = not _equal(tried, args)
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < _FEWEST or time.perf_counter() < end:
        given = copy.deepcopy(args) if changes else args
        start = time.perf_counter()
        function(*given)
        times.append(time.perf_counter() - start)
    return median(times), len(times)


def time_text(seconds: float) -> str:
    """A time with a unit that suits it: `1.25 ms`."""
    unit, scale = next((u, s) for u, s in _UNITS if seconds >= s or u == "ns")
    return f"{seconds / scale:.3g} {unit}"


def _equal(first: Any, second: Any) -> bool:
    """Whether two copies of the arguments hold the same numbers."""
    leaves: tuple[list[Any], list[Any]] = [], []
    split(first, leaves[0])
    split(second, leaves[1])
    numbers = [
        (a, b) for a, b in zip(*leaves, strict=True) if not isinstance(a, np.random.Generator)
    ]
    same = all(np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind in "fc") for a, b in numbers)
    return same and len(numbers) == len(leaves[0])
