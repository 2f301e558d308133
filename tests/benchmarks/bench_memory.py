"""Time and memory of gradients over sizes, and the memory against what `plan` says before.

Run `python -m tests.benchmarks.bench_memory`. The peak is the kernel's, of the process's resident
memory, set back before the call (Linux only; elsewhere it is left out).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks import one_thread  # noqa: F401 - before the libraries are loaded

# isort: split
import numpy as np
from rich import box
from rich.table import Table

from adjoint import value_and_grad
from tests.adbench.gmm import gmm_loops
from tests.adbench.lstm import lstm_loops
from tests.benchmarks.gates import Gate, number
from tests.benchmarks.problems import mixture, sine_recurrence
from tests.benchmarks.section import Section

WITHIN = 0.1  # of the planned bytes
LARGE = 20e6  # bytes that stand out from what a process has besides


def heat(u, c, steps):
    """A stencil in place, not linear: every step is stored."""
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            u[i] += c * np.sin(u[i]) * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u * u)


def characters(count: int) -> tuple:
    r = np.random.default_rng(0)
    main, extra = r.normal(size=(4, 56)), r.normal(size=(3, 14))
    return main, extra, r.normal(size=(4, 14)), r.integers(0, 2, (count, 14)).astype(np.float64)


# what grows, its sizes, the function, its arguments at a size, what to differentiate by
PROGRAMS: dict[str, tuple[str, tuple[int, ...], Callable[..., Any], Callable[[int], tuple], tuple]]
PROGRAMS = {
    "sine recurrence": (
        *("steps", (10_000, 100_000, 1_000_000, 10_000_000)),
        *(sine_recurrence, lambda n: (0.3, 1.5, n), ("x", "w")),
    ),
    "GMM d10 K10": (
        *("points", (1000, 10_000, 100_000)),
        *(gmm_loops, lambda n: mixture(10, 10, n), ("alphas", "means", "icf")),
    ),
    "LSTM l2": (
        *("characters", (300, 3000, 30_000)),
        *(lstm_loops, characters, ("main", "extra")),
    ),
    "heat in place": (
        *("cells", (1000, 10_000, 100_000)),
        *(heat, lambda n: (np.random.default_rng(0).random(n), 0.1, 50), ("u", "c")),
    ),
}


def measure(name: str, quick: bool) -> dict[str, Any]:
    """Of each size: seconds, planned bytes, bytes of the peak; exponents of the growth."""
    _, sizes, function, make, wrt = PROGRAMS[name]
    sizes = sizes[:-1] if quick else sizes
    gradient = value_and_grad(function, argnums=wrt)
    gradient(*make(10))
    rows = [at_size(gradient, make(size)) for size in sizes]
    found: dict[str, Any] = {"sizes": list(sizes)}
    for key in rows[0]:
        found[key] = [row[key] for row in rows]
    found["exponent of time"] = exponent(sizes, found["seconds"])
    found["exponent of bytes"] = exponent(sizes, found["planned bytes"])
    return found


def at_size(gradient: Any, args: tuple) -> dict[str, float | None]:
    planned = gradient.plan(*args).bytes
    peak = peak_of(lambda: gradient(*args))
    seconds = []
    while len(seconds) < 3 or sum(seconds) < 0.1:
        start = time.process_time()
        gradient(*args)
        seconds.append(time.process_time() - start)
    return {"seconds": min(seconds), "planned bytes": float(planned), "peak bytes": peak}


def exponent(sizes: tuple[int, ...], values: list[float]) -> float:
    """p, if the values grow like size^p between the first and the last."""
    return math.log(values[-1] / values[0]) / math.log(sizes[-1] / sizes[0])


def peak_of(call: Callable[[], object]) -> float | None:
    """Bytes by which a call raises the process's peak above what it has before."""
    refs, status = Path("/proc/self/clear_refs"), Path("/proc/self/status")
    if not refs.exists():
        return None
    refs.write_text("5")
    before = _kilobytes(status, "VmRSS")
    call()
    return 1024.0 * max(0, _kilobytes(status, "VmHWM") - before)


def _kilobytes(status: Path, field: str) -> int:
    [line] = [line for line in status.read_text().splitlines() if line.startswith(field)]
    return int(line.split()[1])


def planned_and_peak(found: dict[str, Any]) -> float | None:
    """Peak ÷ plan at the largest size, if the memory stands out there."""
    planned, peak = found["planned bytes"][-1], found["peak bytes"][-1]
    return peak / planned if peak is not None and planned >= LARGE else None


def gates_of(results: dict[str, dict[str, Any]]) -> list[Gate]:
    gates = []
    for name, found in results.items():
        gates.append(Gate(f"{name}: time ~ size^p, p", 1.1, None, found["exponent of time"]))
        measured = planned_and_peak(found)
        if measured is not None:
            off = abs(measured - 1.0)
            gates.append(Gate(f"{name}: |peak ÷ plan - 1|", None, WITHIN, off))
    return gates


def table_of(results: dict[str, dict[str, Any]]) -> Table:
    table = Table(title="sizes, time and memory", box=box.SIMPLE, padding=(0, 1, 0, 0))
    for heading in ("program", "size", "ms", "planned MB", "peak MB", "time ~", "bytes ~"):
        table.add_column(heading, justify="left" if heading == "program" else "right")
    for name, found in results.items():
        if "error" in found:
            table.add_row(name, found["error"])
            continue
        for k, size in enumerate(found["sizes"]):
            peak = found["peak bytes"][k]
            table.add_row(
                f"{name}, {PROGRAMS[name][0]}",
                f"{size:,}",
                number(1e3 * found["seconds"][k], 3),
                number(found["planned bytes"][k] / 1e6, 3),
                "" if peak is None else number(peak / 1e6, 1),
                number(found["exponent of time"]) if k == 0 else "",
                number(found["exponent of bytes"]) if k == 0 else "",
            )
    return table


def main() -> None:
    section = Section("memory", __doc__)
    for name in PROGRAMS:
        section.measure(name, lambda n=name: measure(n, section.options.quick))
    section.console.print(table_of(section.results))
    section.finish(gates_of(section.timed()))


if __name__ == "__main__":
    main()
