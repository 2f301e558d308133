"""`plan`: the bytes that a gradient takes, against those that Python allocates."""

import tracemalloc

import numpy as np
import pytest

from adjoint import checkpoint, checkpointed, value_and_grad
from adjoint.api.options import bytes_of

SCALE = np.linspace(0.5, 1.0, 2000)


def logistic(x, r, n):
    for _ in range(n):
        x = r * x * (1.0 - x)
    return x


def heat(u, c, n):
    for _ in range(n):
        for i in range(1, len(u) - 1):
            u[i] += c * np.sin(u[i]) * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u * u)


def heat_in_pieces(u, c, n):
    for _ in checkpointed(range(n)):
        for i in range(1, len(u) - 1):
            u[i] += c * np.sin(u[i]) * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u * u)


def matrices(A, b):
    c = A @ b
    d = np.tanh(c) @ A
    return np.sum(d * d * SCALE[0])


def network(x, w, v):
    return np.sum(np.tanh(x @ w) @ v)


def symmetric_product(C, A):
    for i in range(C.shape[0]):
        for k in range(A.shape[1]):
            C[i, : i + 1] += A[i, k] * A[: i + 1, k]
    return np.sum(C * C)


def branches(x, flag, n):
    if flag:
        y = np.zeros(n)
        for i in range(n):
            y[i] = np.sin(x[i % len(x)]) ** 3
        return np.sum(y * y[::-1])
    return np.sum(x * x)


def small_numbers(x):
    y = x * x
    z = np.exp(y) * y
    return np.sum(z[::2] * SCALE[: len(z) // 2])


@checkpoint
def half(x, n):
    y = x.copy()
    for i in range(n):
        y[i] = np.sin(y[i]) * y[i]
    return y


def calls(x):
    y = half(x, len(x))
    return np.sum(half(y, len(x) // 2))


RNG = np.random.default_rng(3)
CASES = {
    "scalars": (logistic, (0.3, 2.5, 6000)),
    "array of two axes": (heat, (RNG.normal(size=200), 0.1, 50)),
    "pieces": (heat_in_pieces, (RNG.normal(size=200), 0.1, 90)),
    "matrices": (matrices, (RNG.normal(size=(90, 80)), RNG.normal(size=80))),
    "products of matrices": (network, tuple(RNG.normal(size=(3, 50, 50)))),
    "a copy by columns": (symmetric_product, tuple(RNG.normal(size=(2, 60, 60)))),
    "a branch": (branches, (RNG.normal(size=50), True, 3000)),
    "the other branch": (branches, (RNG.normal(size=3000), False, 10)),
    "float32": (small_numbers, (RNG.normal(size=4000).astype(np.float32),)),
    "callees": (calls, (RNG.normal(size=2000),)),
}


def fresh(args):
    return [a.copy() if isinstance(a, np.ndarray) else a for a in args]


@pytest.mark.parametrize("case", [pytest.param(c, id=n) for n, c in CASES.items()])
def test_against_what_python_allocates(case):
    function, args = case
    gradient = value_and_grad(function, jit=False, cache=False)
    gradient(*fresh(args))
    given = fresh(args)
    planned = gradient.plan(*args)
    assert planned.unknown == ()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    gradient(*given)
    most = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert planned.bytes == pytest.approx(most, rel=0.1)


def test_ten_million_steps_are_planned_at_once():
    gradient = value_and_grad(heat_in_pieces, jit=False, cache=False)
    planned = gradient.plan(np.ones(16), 0.1, 10_000_000)
    assert planned.unknown == ()
    assert 1e5 < planned.bytes < 1e7


@pytest.mark.parametrize("memory", ["60kB", "200kB", "1MB", 3_000_000])
@pytest.mark.parametrize("steps", [10, 1000, 100_000])
def test_a_budget_is_held(memory, steps):
    gradient = value_and_grad(heat_in_pieces, jit=False, cache=False, memory=memory)
    planned = gradient.plan(np.ones(50), 0.1, steps)
    assert planned.bytes <= bytes_of(memory)
    all_stored = value_and_grad(heat, jit=False, cache=False).plan(np.ones(50), 0.1, steps)
    assert planned.bytes > min(0.3 * bytes_of(memory), all_stored.bytes)


def test_what_grows_is_named():
    def root(x, tol):
        while x > tol:
            x = x * np.cos(x) * 0.9
        return x

    planned = value_and_grad(root, jit=False, cache=False).plan(1.0, 0.1)
    assert planned.bytes == 0
    assert planned.unknown
    assert all(name.startswith("stored_") for name in planned.unknown)
    assert "not known stored_1" in repr(planned)


def test_prints_a_table():
    planned = value_and_grad(matrices, jit=False, cache=False).plan(np.ones((3, 2)), np.ones(2))
    head, largest, *_ = repr(planned).splitlines()
    assert head.split() == [f"{planned.bytes:,}", "bytes"]
    assert largest.split()[:2] == ["48", "A_bar"]
    assert "(3, 2)" in largest


def test_the_arguments_stay_as_they_are():
    u = np.ones(5)
    value_and_grad(heat, jit=False, cache=False).plan(u, 0.1, 3)
    assert np.array_equal(u, np.ones(5))
