"""Gradients of array programs against Numba's primal, JAX and adjoints written by hand.

Run `python -m tests.benchmarks.bench_arrays [kernel …]`. All variants of a kernel take turns in
one process on one thread, after their gradients have been compared. JAX is timed where it is
installed (the extra `peers`). Programs that write to their arguments get fresh ones for each call,
in the time of all variants but JAX's, whose arrays never change.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import time
from collections.abc import Callable, Iterable
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
from tests.benchmarks import hand_kernels
from tests.benchmarks.array_kernels import Kernel, kernels
from tests.benchmarks.timing import medians
from tests.twin import twin

OUT = Path(__file__).resolve().parents[2] / "out" / "benchmarks_arrays.json"
FLOOR = 0.7  # JAX ÷ ours: no kernel below
GEOMEAN = 5.0
BY_HAND = 1.25  # ours ÷ hand

njit = numba.njit(error_model="numpy")
Call = Callable[[], Any]


def fresh(kernel: Kernel, written: set[int]) -> tuple:
    """The arguments, with copies of those that the program writes to."""
    return tuple(arg.copy() if i in written else arg for i, arg in enumerate(kernel.args))


def written_by(kernel: Kernel, call: Callable[..., Any]) -> set[int]:
    """Positions of the arrays that a call changes."""
    arrays = {i for i, arg in enumerate(kernel.args) if isinstance(arg, np.ndarray)}
    args = fresh(kernel, arrays)
    call(*args)
    return {i for i in arrays if not np.array_equal(args[i], kernel.args[i])}


def with_numba(kernel: Kernel, written: set[int]) -> Call | None:
    """The program as it is under `numba.njit`, where Numba can compile it."""
    compiled = twin(kernel.function, lambda value: value, njit)
    try:
        compiled(*fresh(kernel, written))
    except numba.core.errors.NumbaError:
        return None
    return lambda: compiled(*fresh(kernel, written))


def with_jax(kernel: Kernel, function: Callable[..., Any]) -> Call:
    """Value and gradient of a function of jax.numpy; integers are constants of the trace."""
    import jax

    positions = [i for i, arg in enumerate(kernel.args) if not isinstance(arg, int)]
    arrays = [jax.numpy.asarray(kernel.args[i]) for i in positions]

    def of_arrays(*values):
        args = list(kernel.args)
        for i, value in zip(positions, values, strict=True):
            args[i] = value
        return function(*args)

    wrt = tuple(positions.index(i) for i in kernel.wrt)
    compiled = jax.jit(jax.value_and_grad(of_arrays, wrt))
    return lambda: jax.block_until_ready(compiled(*arrays))


def jax_variants(kernel: Kernel) -> dict[str, Call]:
    """As the program is written, and by another algorithm where there is one."""
    import jax

    from tests.benchmarks import jax_kernels

    jax.config.update("jax_enable_x64", True)
    if kernel.name in jax_kernels.UNCHANGED:
        as_it_is = twin(kernel.function, lambda value: jax.numpy if value is np else value)
        return {"jax": with_jax(kernel, as_it_is)}
    found = {"jax": with_jax(kernel, getattr(jax_kernels, kernel.name))}
    if kernel.name in jax_kernels.REWRITTEN:
        found["jax rewritten"] = with_jax(kernel, jax_kernels.REWRITTEN[kernel.name])
    return found


def require_same(expected: tuple, got: tuple, kernel: Kernel, who: str) -> None:
    """A fast wrong answer is no peer."""
    np.testing.assert_allclose(got[0], expected[0], rtol=1e-9, err_msg=f"{kernel.name}, {who}")
    for bar, want in zip(got[1], expected[1], strict=True):
        limit = 1e-8 * max(1.0, float(np.max(np.abs(want))))
        np.testing.assert_allclose(
            bar, want, rtol=1e-8, atol=limit, err_msg=f"{kernel.name}, {who}"
        )


def measure(kernel: Kernel, seconds: float, peers: bool) -> dict[str, float]:
    """Milliseconds of a call of each variant; seconds to the first gradient."""
    gradient = value_and_grad(kernel.function, argnums=kernel.wrt)
    start = time.perf_counter()
    written = written_by(kernel, gradient)
    first = time.perf_counter() - start
    expected = gradient(*fresh(kernel, written))
    gradients: dict[str, Call] = jax_variants(kernel) if peers else {}
    by_hand = hand_kernels.ADJOINTS.get(kernel.name)
    if by_hand is not None:
        gradients["hand"] = lambda: by_hand(*fresh(kernel, written))
    for who, call in gradients.items():
        require_same(expected, call(), kernel, who)
    variants = {
        "ours": lambda: gradient(*fresh(kernel, written)),
        "primal": lambda: gradient.primal(*fresh(kernel, written)),
        "njit": with_numba(kernel, written),
        **gradients,
    }
    present = {name: call for name, call in variants.items() if call is not None}
    times = {name: 1e3 * value for name, value in medians(present, seconds).items()}
    return {**times, "first gradient (s)": first}


# -------------------------------------------------------------------------------- the tables


def ratio(times: dict[str, Any], over: str, under: str) -> float | None:
    return times[over] / times[under] if over in times and under in times else None


def geomean(values: Iterable[float | None]) -> float:
    logs = [math.log(value) for value in values if value is not None]
    return math.exp(sum(logs) / len(logs)) if logs else math.nan


def number(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def line_of(times: dict[str, Any]) -> str:
    """What is known when a kernel is done; the whole table takes minutes."""
    items = times.items()
    return ", ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k}: {v}" for k, v in items)


def table_of(results: dict[str, dict[str, Any]]) -> Table:
    table = Table(title="array programs", box=box.SIMPLE, padding=(0, 1, 0, 0))
    headings = (
        "njit ms",
        "ours ms",
        "÷ njit",
        "÷ primal",
        "÷ hand",
        "JAX ÷",
        "rewritten ÷",
        "1st s",
    )
    table.add_column("kernel", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, times in results.items():
        if "error" in times:
            table.add_row(name, times["error"])
            continue
        table.add_row(
            name,
            number(times.get("njit"), 3),
            number(times["ours"], 3),
            number(ratio(times, "ours", "njit")),
            number(ratio(times, "ours", "primal")),
            number(ratio(times, "ours", "hand")),
            number(ratio(times, "jax", "ours")),
            number(ratio(times, "jax rewritten", "ours")),
            number(times["first gradient (s)"], 1),
        )
    return table


def summary(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What the gates ask for."""
    timed = {name: times for name, times in results.items() if "error" not in times}
    against = {name: ratio(times, "jax", "ours") for name, times in timed.items()}
    best = [
        min(
            v for v in (ratio(t, "jax", "ours"), ratio(t, "jax rewritten", "ours")) if v is not None
        )
        for t in timed.values()
        if "jax" in t
    ]
    hand = {name: ratio(times, "ours", "hand") for name, times in timed.items()}
    return {
        "kernels": len(timed),
        "geomean ours ÷ njit": geomean(ratio(t, "ours", "njit") for t in timed.values()),
        "geomean ours ÷ primal": geomean(ratio(t, "ours", "primal") for t in timed.values()),
        f"geomean JAX ÷ ours (gate {GEOMEAN})": geomean(against.values()),
        "geomean of the faster JAX ÷ ours": geomean(best),
        f"JAX ÷ ours below {FLOOR}": [n for n, v in against.items() if v is not None and v < FLOOR],
        f"ours ÷ hand above {BY_HAND}": [
            n for n, v in hand.items() if v is not None and v > BY_HAND
        ],
        "refused": [name for name, times in results.items() if "error" in times],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each kernel")
    parser.add_argument("kernel", nargs="*", help="only these")
    options = parser.parse_args()
    console = Console(width=110)
    peers = importlib.util.find_spec("jax") is not None
    if not peers:
        console.print("JAX is not installed (the extra `peers`): the kernels are timed without it")
    results: dict[str, dict[str, Any]] = {}
    for kernel in kernels():
        if options.kernel and kernel.name not in options.kernel:
            continue
        try:
            times = results[kernel.name] = measure(kernel, options.seconds, peers)
        except (AdjointError, AssertionError) as error:
            # one program that is refused must not hide the figures of the others
            times = results[kernel.name] = {"error": " ".join(str(error).split())[:200]}
        console.print(f"{kernel.name}: {line_of(times)}", markup=False, highlight=False)
    console.print(table_of(results))
    gates = summary(results)
    for name, value in gates.items():
        console.print(f"{name}: {value}", markup=False, highlight=False)
    if not options.kernel:
        OUT.parent.mkdir(parents=True, exist_ok=True)
        OUT.write_text(json.dumps({"summary": gates, "milliseconds": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
