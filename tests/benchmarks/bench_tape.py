"""The tape against HIPS autograd and, where they are installed, MyGrad and PyTorch.

Run `python -m tests.benchmarks.bench_tape`. Each program is run by all libraries in turn, many
rounds interleaved, and the smallest time of the processor counts.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable

from tests.benchmarks import one_thread  # noqa: F401 - before the libraries are loaded

# isort: split
import numpy as onp

from tests.benchmarks.gates import Gate
from tests.benchmarks.section import Section

Step = Callable[[], float]
ROUNDS = 15

_random = onp.random.default_rng(0)
X = _random.normal(size=(64, 32)).astype(onp.float32)
START = onp.zeros((16, 32), onp.float32)
Y = _random.normal(size=(64, 8)).astype(onp.float32)
W1 = (_random.normal(size=(32, 64)) * 0.1).astype(onp.float32)
W2 = (_random.normal(size=(64, 8)) * 0.1).astype(onp.float32)
H = _random.normal(size=(16, 32)).astype(onp.float32)
WX = (_random.normal(size=(32, 128)) * 0.1).astype(onp.float32)
WH = (_random.normal(size=(32, 128)) * 0.1).astype(onp.float32)
SMALL = _random.normal(size=10).astype(onp.float32)
LARGE = _random.normal(size=1_000_000).astype(onp.float32)


# --------------------------------------------------------------------------- the programs


def scalar_loop(np, x):
    """A thousand operations on a number."""
    y = x
    for _ in range(250):
        y = y * 0.9 + x / (1.0 + y * y)
    return y


def vector_loop(np, x):
    """A thousand operations on ten numbers."""
    y = x
    for _ in range(250):
        y = y * 0.9 + np.sin(x - y)
    return np.sum(y)


def elements(np, x):
    """A loop over the elements of a vector."""
    total = x[0] * 0.0
    for i in range(1, 10):
        total = total + x[i] * x[i - 1]
    return total


def perceptron(np, w1, w2, y=Y):
    """A network of two layers."""
    hidden = np.tanh(np.dot(X, w1))
    error = np.dot(hidden, w2) - y
    return np.sum(error * error)


def lstm(np, wx, wh, h=START, c=START):
    """Ten steps of a long short-term memory cell."""
    for _ in range(10):
        gates = np.dot(H, wx) + np.dot(h, wh)
        i = 1.0 / (1.0 + np.exp(-gates[:, :32]))
        f = 1.0 / (1.0 + np.exp(-gates[:, 32:64]))
        o = 1.0 / (1.0 + np.exp(-gates[:, 64:96]))
        g = np.tanh(gates[:, 96:])
        c = f * c + i * g
        h = o * np.tanh(c)
    return np.sum(h)


def large(np, x):
    """Ten operations on a million numbers."""
    y = x * x + 2.0 * x
    y = np.sqrt(y * y + 1.0) / (y * y + 2.0)
    return np.sum(y * x)


PROGRAMS = {
    "scalar loop": (scalar_loop, (onp.float32(0.3),)),
    "vector loop": (vector_loop, (SMALL,)),
    "elements": (elements, (SMALL,)),
    "perceptron": (perceptron, (W1, W2)),
    "lstm": (lstm, (WX, WH)),
    "large arrays": (large, (LARGE,)),
}


# --------------------------------------------------------------------------- the libraries


def with_adjoint(program, arguments) -> Step:
    from adjoint import autograd, np

    arrays = [np.array(a) for a in arguments]
    for a in arrays:
        a.attach_grad()

    def step():
        with autograd.record():
            y = program(np, *arrays)
        y.backward()
        return float(onp.sum(arrays[0].grad.asnumpy()))

    return step


def with_hips(program, arguments) -> Step:
    import autograd
    import autograd.numpy as anp

    arrays = tuple(onp.float64(a) if onp.ndim(a) == 0 else a for a in arguments)
    gradient = autograd.grad(lambda packed: program(anp, *packed))

    def step():
        return float(onp.sum(gradient(arrays)[0]))

    return step


def with_mygrad(program, arguments) -> Step:
    import mygrad

    class namespace:
        sin, tanh, exp, sqrt, sum = mygrad.sin, mygrad.tanh, mygrad.exp, mygrad.sqrt, mygrad.sum
        dot = mygrad.matmul

    def step():
        arrays = [mygrad.tensor(a) for a in arguments]
        program(namespace, *arrays).backward()
        return float(onp.sum(arrays[0].grad))

    return step


def with_torch(program, arguments) -> Step:
    import torch

    torch.set_num_threads(1)
    constants = [torch.as_tensor(value) for value in program.__defaults__ or ()]

    class namespace:
        sin, tanh, exp, sqrt, sum = torch.sin, torch.tanh, torch.exp, torch.sqrt, torch.sum

        @staticmethod
        def dot(a, b):
            return torch.matmul(torch.as_tensor(a), torch.as_tensor(b))

    def step():
        arrays = [torch.tensor(a, requires_grad=True) for a in arguments]
        program(namespace, *arrays, *constants).backward()
        return float(arrays[0].grad.sum())

    return step


LIBRARIES = {
    "adjoint": ("adjoint", with_adjoint),
    "HIPS autograd": ("autograd", with_hips),
    "MyGrad": ("mygrad", with_mygrad),
    "PyTorch": ("torch", with_torch),
}


# --------------------------------------------------------------------------- the measurement


def best_times(steps: dict[str, Step], rounds: int = ROUNDS) -> dict[str, float]:
    """The smallest time of each step over interleaved rounds, in seconds."""
    results = {name: step() for name, step in steps.items()}
    reference = results["adjoint"]
    for name, value in results.items():
        assert abs(value - reference) <= 1e-3 * (1 + abs(reference)), (name, results)
    best = dict.fromkeys(steps, float("inf"))
    for _ in range(rounds):
        for name, step in steps.items():
            start = time.process_time()
            step()
            best[name] = min(best[name], time.process_time() - start)
    return best


def measure(title: str, rounds: int = ROUNDS) -> dict[str, float]:
    """Microseconds of a program by library."""
    present = {n: make for n, (m, make) in LIBRARIES.items() if importlib.util.find_spec(m)}
    program, arguments = PROGRAMS[title]
    steps = {name: make(program, arguments) for name, make in present.items()}
    return {name: 1e6 * seconds for name, seconds in best_times(steps, rounds).items()}


def gates_of(found: dict[str, dict[str, float]]) -> list[Gate]:
    """Faster than HIPS autograd and MyGrad; ambitious: at most 1.5 times PyTorch's time."""
    limits = {"HIPS autograd": (1.0, None), "MyGrad": (1.0, None), "PyTorch": (None, 1.5)}
    return [
        Gate(f"tape ÷ {peer}: {title}", *limits[peer], times["adjoint"] / times[peer])
        for title, times in found.items()
        for peer in limits
        if peer in times
    ]


def main() -> None:
    section = Section("tape", __doc__)
    rounds = 5 if section.options.quick else ROUNDS
    for title in PROGRAMS:
        section.measure(title, lambda t=title: measure(t, rounds))
    section.finish(gates_of(section.timed()))


if __name__ == "__main__":
    main()
