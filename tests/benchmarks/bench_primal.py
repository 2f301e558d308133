"""The compiled primal against `numba.njit` of the same function: it must never be slower.

Run `python -m tests.benchmarks.bench_primal [program …]`. Programs are the array kernels at the
sizes of `bench_arrays` and the compiled ones of the corpus, as far as Numba compiles them. Calls of
less than `TINY` are reported apart: there it is the call that is timed. Both are called as Numba
dispatchers, in turns; programs that write to their arguments get copies, in the time of both.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks import one_thread  # noqa: F401 - before the libraries are loaded

# isort: split
import numba
import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from adjoint import AdjointError, value_and_grad
from tests.benchmarks.array_kernels import kernels
from tests.benchmarks.timing import medians
from tests.corpus import PROGRAMS
from tests.twin import twin

OUT = Path(__file__).resolve().parents[2] / "out" / "benchmarks_primal.json"
TINY = 20e-6  # seconds
LIMIT = 1.1  # ours ÷ njit
WORST = 10

njit = numba.njit(error_model="numpy")
Case = tuple[str, Callable[..., Any], tuple, tuple[int, ...]]


def cases() -> Iterator[Case]:
    """Name, function, arguments, positions that are differentiated."""
    for kernel in kernels():
        yield f"{kernel.name} (large)", kernel.function, kernel.args, kernel.wrt
    for name, program in PROGRAMS.items():
        if program.compiled and not program.random and program.wrt():
            yield name, program.function, program.args(), program.wrt()


def seconds_of(case: Case, seconds: float) -> dict[str, float] | None:
    """Medians of ours and of Numba's; None where Numba cannot compile the function."""
    name, function, args, wrt = case
    plain = twin(function, lambda value: value, njit)
    try:
        plain(*copies(args))
    except Exception:  # whatever Numba meets in code that was not written for it
        return None
    gradient = value_and_grad(function, argnums=wrt)
    entry, leaves = gradient.find(copies(args))
    primal, captured = entry.compiled("primal"), entry.captured
    if len(leaves) != len(args):
        return None  # containers: taken apart before the call of ours, by Numba within its own
    ours, theirs = primal(*copies(args), *captured), plain(*copies(args))
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, err_msg=name)
    changes = writes(primal, args, captured)
    given = (lambda: copies(args)) if changes else (lambda: args)
    return medians(
        {"ours": lambda: primal(*given(), *captured), "njit": lambda: plain(*given())}, seconds
    )


def copies(args: tuple) -> tuple:
    return tuple(arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args)


def writes(primal: Callable[..., Any], args: tuple, captured: tuple) -> bool:
    """Whether a call changes its arguments."""
    used = copies(args)
    primal(*used, *captured)
    pairs = zip(used, args, strict=True)
    return any(isinstance(a, np.ndarray) and not np.array_equal(a, b) for a, b in pairs)


def geomean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def table_of(title: str, ratios: dict[str, float], times: dict[str, dict[str, float]]) -> Table:
    table = Table(title=title, box=box.SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("program", no_wrap=True)
    for heading in ("njit µs", "ours µs", "ratio"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name in sorted(ratios, key=lambda name: -ratios[name])[:WORST]:
        both = times[name]
        table.add_row(
            name, f"{1e6 * both['njit']:.2f}", f"{1e6 * both['ours']:.2f}", f"{ratios[name]:.2f}"
        )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.2, help="for each program")
    parser.add_argument("program", nargs="*", help="only these")
    options = parser.parse_args()
    console = Console(width=100)
    times: dict[str, dict[str, float]] = {}
    refused: list[str] = []
    for case in cases():
        if options.program and case[0] not in options.program:
            continue
        try:
            both = seconds_of(case, options.seconds)
        except AdjointError:
            refused.append(case[0])
            continue
        if both is not None:
            times[case[0]] = both
            ratio = both["ours"] / both["njit"]
            console.print(f"{case[0]}: {ratio:.2f}", markup=False, highlight=False)
    ratios = {name: both["ours"] / both["njit"] for name, both in times.items()}
    groups = {
        "calls of 20 µs and more": [n for n, both in times.items() if both["njit"] >= TINY],
        "shorter calls": [n for n, both in times.items() if both["njit"] < TINY],
    }
    summary: dict[str, Any] = {"refused": refused}
    for title, names in groups.items():
        chosen = {name: ratios[name] for name in names}
        slower = sum(ratio > LIMIT for ratio in chosen.values())
        mean = geomean(list(chosen.values()))
        console.print(table_of(f"compiled primal ÷ njit, {title}: the worst", chosen, times))
        console.print(f"{len(chosen)} programs, geomean {mean:.2f}, above {LIMIT}: {slower}\n")
        summary[title] = {"programs": len(chosen), "geomean": mean, "slower": slower}
    if not options.program:
        OUT.parent.mkdir(parents=True, exist_ok=True)
        OUT.write_text(json.dumps({"summary": summary, "seconds": times}, indent=2) + "\n")


if __name__ == "__main__":
    main()
