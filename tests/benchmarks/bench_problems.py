"""Scalar loops: value and gradient against Numba's primal and adjoints written by hand.

Run `python -m tests.benchmarks.bench_problems [problem …]`. The ADBench problems at the sizes for
which Tapenade's times are known, bundle adjustment with a Jacobian for each observation, and scalar
recurrences.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks import one_thread  # noqa: F401 - before the libraries are loaded

# isort: split
import numba
import numpy as np
from rich import box
from rich.table import Table

from adjoint import value_and_grad
from tests.adbench import data
from tests.benchmarks.gates import Gate, geomean, number, ratio
from tests.benchmarks.problems import Problem, problems
from tests.benchmarks.section import Section
from tests.benchmarks.timing import medians
from tests.twin import twin

QUICK = ("logistic map, 1e6", "GMM d10 K10 n1k, loops", "LSTM l2 c1024")
BY_HAND = 1.25  # ours ÷ hand
TAPENADE = (0.8, 0.45)  # ours ÷ Tapenade: geomean

njit = numba.njit(error_model="numpy")


def measure(problem: Problem, seconds: float) -> dict[str, float]:
    """Milliseconds of primal, adjoint and hand-written adjoint; seconds to the first gradient."""
    gradient, variants = variants_of(problem)
    start = time.perf_counter()
    expected = gradient(*problem.args)
    first = time.perf_counter() - start
    if problem.hand is not None:
        require_same(problem.hand(*problem.args), expected)
        variants["hand"] = lambda: problem.hand(*problem.args)
    times = medians(variants, seconds)
    return {**{name: 1e3 * value for name, value in times.items()}, "first gradient (s)": first}


def variants_of(problem: Problem) -> tuple[Callable[..., Any], dict[str, Callable[[], Any]]]:
    """The gradient, and what is timed: Numba's primal, ours, the gradient."""
    args = problem.args
    if problem.gradient is not None:
        gradient = problem.gradient
        return gradient, {
            "njit": lambda: problem.function(*args),
            "ours": lambda: gradient(*args),
        }
    gradient = value_and_grad(problem.function, argnums=problem.wrt)
    plain = twin(problem.function, lambda value: value, njit)
    return gradient, {
        "njit": lambda: plain(*args),
        "primal": lambda: gradient.primal(*args),
        "ours": lambda: gradient(*args),
    }


def require_same(found: Any, expected: Any) -> None:
    """A fast wrong answer is no limit."""
    if not isinstance(expected, tuple):
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-9 * np.max(np.abs(expected)))
        return
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-10)
    for bar, want in zip(found[1], expected[1], strict=True):
        np.testing.assert_allclose(bar, want, rtol=1e-8, atol=1e-8 * np.max(np.abs(want)))


def gates_of(found: dict[str, dict[str, float]], known: dict[str, Problem]) -> list[Gate]:
    gates = [
        Gate(f"{name}: ours ÷ Numba's primal", p.gate, p.ambition, ratio(times, "ours", "njit"))
        for name, p in known.items()
        if (times := found.get(name)) is not None
    ]
    gates += [
        Gate(f"{name}: ours ÷ hand", BY_HAND, None, ratio(times, "ours", "hand"))
        for name, times in found.items()
        if "hand" in times
    ]
    estimates = tapenade_estimates(found, known)
    name = f"ours ÷ Tapenade, estimated by way of Numba's primal, {len(estimates)} problems"
    return [*gates, Gate(name, *TAPENADE, geomean(estimates.values()))]


def tapenade_estimates(
    found: dict[str, dict[str, float]], known: dict[str, Problem]
) -> dict[str, float]:
    """Ours ÷ Numba's primal, here, times Numba's primal ÷ Tapenade, as measured once."""
    return {
        name: times["ours"] / times["njit"] * known[name].tapenade
        for name, times in found.items()
        if known[name].tapenade is not None
    }


def table_of(results: dict[str, dict[str, Any]], known: dict[str, Problem]) -> Table:
    table = Table(title="scalar loops: value and gradient", box=box.SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("problem", no_wrap=True)
    headings = (
        "njit ms",
        "ours ms",
        "÷ njit",
        "÷ primal",
        "÷ hand",
        "hand ÷ njit",
        "gate",
        "1st s",
    )
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, times in results.items():
        if "error" in times:
            table.add_row(name, times["error"])
            continue
        table.add_row(
            name,
            number(times["njit"], 3),
            number(times["ours"], 3),
            number(ratio(times, "ours", "njit")),
            number(ratio(times, "ours", "primal")),
            number(ratio(times, "ours", "hand")),
            number(ratio(times, "hand", "njit")),
            f"{known[name].gate:g} ({known[name].ambition:g})",
            number(times["first gradient (s)"], 1),
        )
    return table


def main() -> None:
    section = Section("problems", __doc__, seconds=3.0)
    if not data.available():
        section.say(f"the ADBench data are not at {data.FOLDER}: fewer problems are timed")
    known = {problem.name: problem for problem in problems()}
    for name, problem in known.items():
        if not section.options.quick or name in QUICK:
            section.measure(name, lambda p=problem: measure(p, section.options.seconds))
    section.console.print(table_of(section.results, known))
    found = section.timed()
    estimates = tapenade_estimates(found, known)
    for name, value in estimates.items():
        section.say(f"ours ÷ Tapenade, estimated: {name} {value:.2f}")
    section.finish(gates_of(found, known), tapenade=estimates)


if __name__ == "__main__":
    main()
