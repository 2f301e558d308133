"""Time every problem, print adjoint ÷ primal, write `out/benchmarks.json`."""

from __future__ import annotations

import argparse
import json
import platform
import time
from pathlib import Path

import numba
import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from adjoint import AdjointError, value_and_grad
from tests.adbench import data
from tests.benchmarks.problems import Problem, problems
from tests.benchmarks.timing import medians

OUT = Path(__file__).resolve().parents[2] / "out" / "benchmarks.json"


def measure(problem: Problem, seconds: float) -> dict[str, float]:
    """Milliseconds of primal, adjoint and hand-written adjoint; seconds to the first gradient."""
    gradient = value_and_grad(problem.function, argnums=problem.wrt)
    start = time.perf_counter()
    gradient(*problem.args)
    first = time.perf_counter() - start
    variants = {
        "primal": lambda: gradient.primal(*problem.args),
        "adjoint": lambda: gradient(*problem.args),
    }
    if problem.hand is not None:
        check_hand_written(problem, gradient(*problem.args))
        variants["hand"] = lambda: problem.hand(*problem.args)
    times = medians(variants, seconds)
    return {**{name: 1e3 * value for name, value in times.items()}, "first gradient (s)": first}


def check_hand_written(problem: Problem, expected: tuple) -> None:
    """A fast wrong answer is no limit."""
    value, bars = problem.hand(*problem.args)
    np.testing.assert_allclose(value, expected[0], rtol=1e-10)
    for bar, want in zip(bars, expected[1], strict=True):
        np.testing.assert_allclose(bar, want, rtol=1e-8, atol=1e-8 * np.max(np.abs(want)))


def row(problem: Problem, result: dict[str, float]) -> list[str]:
    ratio = result["adjoint"] / result["primal"]
    verdict = "best" if ratio <= problem.ambition else "ok" if ratio <= problem.gate else "over"
    hand = f"{result['hand'] / result['primal']:.2f}" if "hand" in result else ""
    return [
        problem.name,
        f"{result['primal']:.3f}",
        f"{result['adjoint']:.3f}",
        f"{ratio:.2f}",
        hand,
        f"{problem.gate} ({problem.ambition})",
        verdict,
        f"{result['first gradient (s)']:.1f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each problem")
    seconds = parser.parse_args().seconds
    console = Console(width=100)  # the table's, also where the output is not a terminal
    if not data.available():
        console.print(f"the ADBench data are not at {data.FOLDER}: only the recurrences are timed")
    table = Table(title="value and gradient ÷ primal", box=box.SIMPLE, padding=(0, 1, 0, 0))
    for heading in (
        "problem",
        "primal ms",
        "adjoint ms",
        "ratio",
        "by hand",
        "gate",
        "",
        "first s",
    ):
        justify = "left" if heading == "problem" else "right"
        table.add_column(heading, justify=justify, no_wrap=True)
    results: dict[str, dict[str, float | str]] = {}
    for problem in problems():
        console.print(f"timing {problem.name} …")
        try:
            result = measure(problem, seconds)
        except AdjointError as error:
            # one program that is refused must not hide the figures of the others
            console.print(str(error), markup=False)
            results[problem.name] = {"error": error.message}
            continue
        results[problem.name] = {**result, "ratio": result["adjoint"] / result["primal"]}
        table.add_row(*row(problem, result))
    console.print(table)
    versions = {
        "python": platform.python_version(),
        "numba": numba.__version__,
        "numpy": np.__version__,
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"versions": versions, "milliseconds": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
