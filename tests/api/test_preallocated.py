"""`preallocate`: tapes kept from call to call, with the same results."""

import threading

import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.errors import NotDifferentiable
from adjoint.runtime import buffers


def logistic(x, r, n):
    for _ in range(n):
        x = r * x * (1.0 - x)
    return x


def smooth(u, w, n):
    for _ in range(n):
        for i in range(1, len(u)):
            u[i] = np.sin(u[i]) * u[i - 1] * w
    return np.sum(u * u)


def root(x, tol):
    while x > tol:
        x = x * np.cos(x) * 0.9
    return x


CASES = {
    "scalars": (logistic, (0, 1), [(0.3, 2.9, 50), (0.3, 2.9, 50), (0.2, 3.1, 20), (0.2, 3.1, 80)]),
    "arrays": (smooth, (0, 1), [(np.full(n, 0.5), 0.9, m) for n, m in ((5, 3), (5, 3), (7, 2))]),
    "growing": (root, (0,), [(1.0, 0.1), (1.0, 1e-4), (0.9, 0.3)]),
}


def fresh(args):
    return [a.copy() if isinstance(a, np.ndarray) else a for a in args]


@pytest.mark.parametrize("case", [pytest.param(c, id=n) for n, c in CASES.items()])
@pytest.mark.parametrize("make", [grad, value_and_grad])
def test_equals_the_gradient(case, make):
    function, argnums, calls = case
    gradient = make(function, argnums=argnums, jit=False, cache=False)
    kept = gradient.preallocate(*calls[0])
    for args in calls:
        given, plain = fresh(args), fresh(args)
        for one, other in zip(_flat(kept(*given)), _flat(gradient(*plain)), strict=True):
            assert np.array_equal(one, other)
        for one, other in zip(given, plain, strict=True):
            assert np.array_equal(one, other)


def _flat(value):
    return [leaf for item in value for leaf in _flat(item)] if isinstance(value, tuple) else [value]


def test_no_tape_is_made_twice(monkeypatch):
    made = []

    def empty(shape, dtype=float):
        made.append(shape)
        return np.ndarray(shape, dtype)

    gradient = grad(logistic, argnums=(0, 1), jit=False, cache=False)
    kept = gradient.preallocate(0.3, 2.9, 40)
    first = kept(0.3, 2.9, 40)
    monkeypatch.setattr(buffers.np, "empty", empty)
    assert kept(0.3, 2.9, 40) == first
    assert made == []
    kept(0.3, 2.9, 41)
    assert made


def test_results_are_not_overwritten_by_the_next_call():
    kept = grad(smooth, jit=False, cache=False).preallocate(np.ones(4), 0.9, 2)
    first = kept(np.full(4, 0.5), 0.9, 2)
    copy = first.copy()
    kept(np.full(4, 0.7), 0.9, 2)
    assert np.array_equal(first, copy)


def test_other_types_are_refused():
    kept = grad(smooth, jit=False, cache=False).preallocate(np.ones(4), 0.9, 2)
    with pytest.raises(NotDifferentiable, match="other types"):
        kept(np.ones(4, np.float32), 0.9, 2)


def test_threads_have_tapes_of_their_own():
    gradient = grad(logistic, argnums=(0, 1), jit=False, cache=False)
    kept = gradient.preallocate(0.3, 2.9, 2000)
    expected = {x: gradient(x, 2.9, 2000) for x in (0.1, 0.2, 0.3, 0.4)}
    wrong = []

    def work(x):
        wrong.extend(x for _ in range(5) if kept(x, 2.9, 2000) != expected[x])

    threads = [threading.Thread(target=work, args=(x,)) for x in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.compiled
def test_compiled():
    gradient = value_and_grad(logistic, argnums=(0, 1))
    kept = gradient.preallocate(0.3, 2.9, 10)
    for n in (10, 1000, 10):
        assert kept(0.3, 2.9, n) == gradient(0.3, 2.9, n)
