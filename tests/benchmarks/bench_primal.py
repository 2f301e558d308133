"""The compiled primal against `numba.njit` of the same function: it must never be slower.

Run `python -m tests.benchmarks.bench_primal [program …]`. Programs are the array kernels at the
sizes of `bench_arrays` and the compiled ones of the corpus, as far as Numba compiles them. Calls of
less than `TINY` are reported apart: there it is the call that is timed. Both are called as Numba
dispatchers, in turns; programs that write to their arguments get copies, in the time of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tests.benchmarks import one_thread  # noqa: F401 - before the libraries are loaded

# isort: split
import numba
import numpy as np
from rich import box
from rich.table import Table

from adjoint import value_and_grad
from tests.benchmarks.array_kernels import kernels
from tests.benchmarks.gates import Gate, geomean
from tests.benchmarks.section import Section
from tests.benchmarks.timing import medians
from tests.corpus import PROGRAMS
from tests.twin import twin

TINY = 20e-6  # seconds
LIMIT = 1.1  # ours ÷ njit
VISIBLE = 1.05  # what is above it is counted
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
    passed = {"ours": (*args, *captured), "njit": args}
    calls = {"ours": primal, "njit": plain}
    if writes(primal, args, captured):
        return medians({k: partial(_on_copies, calls[k], passed[k]) for k in calls}, seconds)
    return medians({k: partial(_again, calls[k], passed[k]) for k in calls}, seconds)


def _again(call: Callable[..., Any], args: tuple) -> Any:
    return call(*args)


def _on_copies(call: Callable[..., Any], args: tuple) -> Any:
    return call(*copies(args))


def copies(args: tuple) -> tuple:
    return tuple(arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args)


def writes(primal: Callable[..., Any], args: tuple, captured: tuple) -> bool:
    """Whether a call changes its arguments."""
    used = copies(args)
    primal(*used, *captured)
    pairs = zip(used, args, strict=True)
    return any(isinstance(a, np.ndarray) and not np.array_equal(a, b) for a, b in pairs)


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


def measure(case: Case, seconds: float) -> dict[str, Any]:
    both = seconds_of(case, seconds)
    return {"left out": "Numba does not compile it"} if both is None else both


def main() -> None:
    section = Section("primal", __doc__, seconds=0.2)
    for case in cases():
        if not section.options.quick or case[0].endswith("(large)"):
            section.measure(case[0], lambda c=case: measure(c, section.options.seconds))
    times = {name: both for name, both in section.timed().items() if "njit" in both}
    ratios = {name: both["ours"] / both["njit"] for name, both in times.items()}
    groups = {
        "calls of 20 µs and more": [n for n, both in times.items() if both["njit"] >= TINY],
        "shorter calls": [n for n, both in times.items() if both["njit"] < TINY],
    }
    gates = []
    for title, names in groups.items():
        chosen = {name: ratios[name] for name in names}
        worst = max(chosen.values(), default=None)
        section.console.print(table_of(f"compiled primal ÷ njit, {title}: worst", chosen, times))
        above = sum(ratio > VISIBLE for ratio in chosen.values())
        section.console.print(
            f"geomean {geomean(chosen.values()):.2f}, {above} of {len(chosen)} above {VISIBLE}\n"
            if chosen
            else ""
        )
        gates += [
            Gate(f"{title}: our primal ÷ njit, the largest of {len(chosen)}", LIMIT, None, worst),
            Gate(f"{title}: our primal ÷ njit, geomean", 1.0, None, geomean(chosen.values())),
        ]
    section.finish(gates)


if __name__ == "__main__":
    main()
