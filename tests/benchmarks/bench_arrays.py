"""Gradients of array programs against Numba's primal, JAX and adjoints written by hand.

Run `python -m tests.benchmarks.bench_arrays [kernel …]`. All variants of a kernel take turns in
one process on one thread, after their gradients have been compared; kernels that have an adjoint by
hand come first. JAX is timed where it is installed (the extra `peers`). Programs that write to
their arguments get fresh ones for each call, in the time of all variants but JAX's, whose arrays
never change.
"""

from __future__ import annotations

import importlib.util
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
from tests.benchmarks import hand_kernels
from tests.benchmarks.array_kernels import Kernel, kernels
from tests.benchmarks.gates import Gate, geomean, number, ratio
from tests.benchmarks.section import Section
from tests.benchmarks.timing import medians
from tests.twin import twin

FLOOR = 0.7  # JAX ÷ ours: no kernel below
GEOMEAN = (5.0, 8.0)
BY_HAND = 1.25  # ours ÷ hand
NO_SLOWER = 1.1  # our primal ÷ njit: what repeated measurements differ by

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


def gates_of(results: dict[str, dict[str, Any]]) -> list[Gate]:
    def by_kernel(over: str, under: str) -> dict[str, float]:
        pairs = {name: ratio(times, over, under) for name, times in results.items()}
        return {name: value for name, value in pairs.items() if value is not None}

    direct, rewritten = by_kernel("jax", "ours"), by_kernel("jax rewritten", "ours")
    fastest = [min(value, rewritten.get(name, value)) for name, value in direct.items()]
    primal, ours = by_kernel("primal", "njit"), by_kernel("ours", "primal")
    count = len(direct)
    gates = [
        Gate(f"JAX ÷ ours, geomean of {count}", *GEOMEAN, geomean(direct.values()), True),
        Gate("JAX ÷ ours, the smallest", FLOOR, None, min(direct.values(), default=None), True),
        Gate("the faster JAX ÷ ours, geomean", None, None, geomean(fastest), True),
        Gate("ours ÷ our primal, geomean", None, None, geomean(ours.values())),
        Gate("our primal ÷ njit, the largest", NO_SLOWER, None, max(primal.values(), default=None)),
    ]
    return gates + [
        Gate(f"ours ÷ hand: {name}", BY_HAND, None, value)
        for name, value in by_kernel("ours", "hand").items()
    ]


def in_order() -> list[Kernel]:
    """Those with an adjoint by hand first."""
    return sorted(kernels(), key=lambda kernel: kernel.name not in hand_kernels.ADJOINTS)


def main() -> None:
    section = Section("arrays", __doc__)
    peers = importlib.util.find_spec("jax") is not None
    if not peers:
        section.say("JAX is not installed (the extra `peers`): the kernels are timed without it")
    seconds = section.options.seconds
    for kernel in in_order():
        if not section.options.quick or kernel.name in hand_kernels.ADJOINTS:
            section.measure(kernel.name, lambda k=kernel: measure(k, seconds, peers))
    section.console.print(table_of(section.results))
    found = section.timed()
    slow = {n: r for n, t in found.items() if (r := ratio(t, "jax", "ours")) and r < FLOOR}
    for name, value in sorted(slow.items(), key=lambda item: item[1]):
        section.say(f"JAX ÷ ours below {FLOOR}: {name} {value:.2f}")
    section.finish(gates_of(found), slow=slow)


if __name__ == "__main__":
    main()
