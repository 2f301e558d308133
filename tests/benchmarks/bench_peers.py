"""GMM and LSTM against JAX, PyTorch, HIPS autograd and MyGrad, where they are installed.

Run `python -m tests.benchmarks.bench_peers`. We differentiate the loops; the peers get whole-array
code (`peers.py`), which is what they are fast at, and JAX a scan. Values and gradients are compared
before anything is timed.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.benchmarks import one_thread  # noqa: F401 - before the libraries are loaded

# isort: split
import numpy as np
from rich import box
from rich.table import Table

from adjoint import value_and_grad
from tests.adbench.gmm import gmm_loops
from tests.adbench.lstm import lstm_loops
from tests.benchmarks import peers
from tests.benchmarks.bench_memory import characters
from tests.benchmarks.gates import Gate, number
from tests.benchmarks.problems import mixture
from tests.benchmarks.section import Section
from tests.benchmarks.timing import medians

Function = Callable[..., Any]
Call = Callable[[], tuple[float, list[np.ndarray]]]

ROUNDS = 3  # eager libraries take half a second for an LSTM

# ours, theirs, JAX's, arguments, how many of them are differentiated by
PROGRAMS: dict[str, tuple[Function, Function, Function, Callable[[], tuple], int]] = {
    "GMM d10 K10 n1k": (gmm_loops, peers.gmm, peers.gmm, lambda: mixture(10, 10, 1000), 3),
    "GMM d20 K25 n1k": (gmm_loops, peers.gmm, peers.gmm, lambda: mixture(20, 25, 1000), 3),
    "LSTM l2 c128": (lstm_loops, peers.lstm, peers.lstm_scanned, lambda: characters(128), 2),
}


def with_us(name: str) -> Call:
    ours, _, _, make, count = PROGRAMS[name]
    args = make()
    gradient = value_and_grad(ours, argnums=tuple(range(count)))
    return lambda: gradient(*args)


def with_jax(name: str) -> Call:
    import jax

    jax.config.update("jax_enable_x64", True)
    _, _, scanned, make, count = PROGRAMS[name]
    args = [jax.numpy.asarray(a) if isinstance(a, np.ndarray) else a for a in make()]
    arrays = [i for i, a in enumerate(args) if isinstance(a, jax.Array)]

    def of_arrays(*values):
        given = list(args)
        for i, value in zip(arrays, values, strict=True):
            given[i] = value
        return scanned(jax.numpy, *given)

    compiled = jax.jit(jax.value_and_grad(of_arrays, tuple(range(count))))
    values = [args[i] for i in arrays]
    return lambda: jax.block_until_ready(compiled(*values))


def with_hips(name: str) -> Call:
    import autograd
    import autograd.numpy as anp

    _, theirs, _, make, count = PROGRAMS[name]
    args = make()
    gradient = autograd.value_and_grad(lambda wrt: theirs(anp, *wrt, *args[count:]))
    return lambda: gradient(args[:count])


def with_torch(name: str) -> Call:
    import torch

    torch.set_num_threads(1)
    _, theirs, _, make, count = PROGRAMS[name]
    args = [torch.as_tensor(a) if isinstance(a, np.ndarray) else a for a in make()]
    namespace = SimpleNamespace(
        **{n: getattr(torch, n) for n in ("exp", "log", "sum", "tanh", "amax", "einsum")},
        concatenate=lambda arrays, axis: torch.cat(list(map(torch.as_tensor, arrays)), axis),
    )

    def call():
        wrt = [a.detach().requires_grad_() for a in args[:count]]
        value = theirs(namespace, *wrt, *args[count:])
        value.backward()
        return float(value), [a.grad.numpy() for a in wrt]

    return call


def with_mygrad(name: str) -> Call:
    import mygrad

    _, theirs, _, make, count = PROGRAMS[name]
    args = make()

    def call():
        wrt = [mygrad.tensor(a) for a in args[:count]]
        value = theirs(mygrad, *wrt, *args[count:])
        value.backward()
        return float(value), [a.grad for a in wrt]

    return call


LIBRARIES: dict[str, tuple[str, Callable[[str], Call]]] = {
    "JAX": ("jax", with_jax),
    "PyTorch": ("torch", with_torch),
    "HIPS autograd": ("autograd", with_hips),
    "MyGrad": ("mygrad", with_mygrad),
}


def measure(name: str, seconds: float) -> dict[str, float | str]:
    """Milliseconds of each library, or why there are none."""
    calls, why = {"ours": with_us(name)}, {}
    expected = calls["ours"]()
    for library, (module, make) in LIBRARIES.items():
        if importlib.util.find_spec(module) is None:
            continue
        try:
            call = make(name)
            require_same(call(), expected)
        except Exception as error:  # one library that cannot must not hide the others
            why[library] = f"{type(error).__name__}: {str(error)[:80]}"
            continue
        calls[library] = call
    times = medians(calls, seconds, rounds=ROUNDS)
    return {**{library: 1e3 * value for library, value in times.items()}, **why}


def require_same(found: tuple, expected: tuple) -> None:
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-9)
    for bar, want in zip(found[1], expected[1], strict=True):
        np.testing.assert_allclose(bar, want, rtol=1e-7, atol=1e-8 * np.max(np.abs(want)))


def timed(times: dict[str, Any]) -> dict[str, float]:
    """Peer ÷ ours."""
    known = {library: times.get(library) for library in LIBRARIES}
    return {n: value / times["ours"] for n, value in known.items() if isinstance(value, float)}


def table_of(results: dict[str, dict[str, Any]]) -> Table:
    table = Table(title="loops with us ÷ arrays with peers", box=box.SIMPLE, padding=(0, 1, 0, 0))
    for heading in ("program", "ours ms", *(f"{library} ÷ ours" for library in LIBRARIES)):
        table.add_column(heading, justify="left" if heading == "program" else "right")
    for name, times in results.items():
        if "error" in times:
            table.add_row(name, times["error"])
            continue
        ratios = timed(times)
        cells = (number(ratios.get(library)) for library in LIBRARIES)
        table.add_row(name, number(times["ours"], 3), *cells)
    return table


def main() -> None:
    section = Section("peers", __doc__)
    for name in PROGRAMS:
        section.measure(name, lambda n=name: measure(n, section.options.seconds))
    section.console.print(table_of(section.results))
    gates = [
        Gate(f"{library} ÷ ours: {name}", 1.0, None, value, at_least=True)
        for name, times in section.timed().items()
        for library, value in timed(times).items()
    ]
    section.finish(gates)


if __name__ == "__main__":
    main()
