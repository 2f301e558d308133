"""Which loops run in threads, what becomes of the arrays they write to, and why."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import value_and_grad


def told(function, *args, argnums=0):
    """What is said of each loop."""
    gradient = value_and_grad(function, argnums, jit=False, cache=False, parallel=True)
    return gradient.explain(*args).threads


def kinds(loop):
    return {array.name: array.kind for array in loop.arrays}


X = np.linspace(0.1, 1.0, 12).reshape(4, 3)
W = np.array([0.5, 1.0, 1.5])


def energy(x, w):
    work = np.empty(x.shape[1])
    s = 0.0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            work[j] = np.sin(x[i, j]) * w[j]
        for j in range(x.shape[1]):
            s += work[j] * np.exp(work[0])
    return s


def test_shared_private_summed():
    (loop,) = told(energy, X, W, argnums=(0, 1))
    assert loop.parallel
    assert loop.why == "its iterations are independent but for sums: s"
    found = kinds(loop)
    tapes = {name for name in found if name.startswith("stored")}
    assert tapes
    assert {found.pop(name) for name in tapes} == {"private"}
    assert found == {"x_bar": "shared", "w_bar": "summed", "work": "private", "work_bar": "private"}


def test_explained_in_words():
    text = str(value_and_grad(energy, (0, 1), jit=False, cache=False, parallel=True).explain(X, W))
    assert "for i in range(x.shape[0]): parallel, its iterations are independent" in text
    assert "x_bar: shared, i is an index of all its elements" in text
    assert "w_bar: summed, it is only added to" in text
    assert "work: private, an iteration reads what itself has written" in text


def test_without_the_option_nothing_is_said():
    explained = value_and_grad(energy, jit=False, cache=False).explain(X, W)
    assert explained.threads == ()
    assert "threads" not in str(explained)


def recurrence(x):
    s = 1.0
    for i in range(x.shape[0]):
        s = np.sin(s * x[i, 0])
    return s


def neighbours(x):
    y = np.zeros(x.shape[0])
    for i in range(1, x.shape[0]):
        y[i] = np.sin(y[i - 1] + x[i, 0])
    return y[-1]


def counted_before(x, n):
    """The counts carry no derivative, so the loop is fused; but they pass between iterations."""
    count = np.zeros(2)
    s = 0.0
    for i in range(n):
        count[i % 2] += 1.0
        s += np.sin(x[i, 0]) * count[i % 2]
    return s


def from_the_end(x):
    """-1 and 3 are one cell."""
    y = np.zeros(x.shape[0])
    for i in range(-1, x.shape[0]):
        y[i] = np.sin(x[i, 0]) * (i + 2.0)
    return np.sum(y)


def left_early(x):
    s = 0.0
    for i in range(x.shape[0]):
        if x[i, 0] > 0.5:
            break
        s += np.sin(x[i, 0])
    return s


def last_value(x):
    t = 0.0
    for i in range(x.shape[0]):
        t = np.sin(x[i, 0])
    return t


def printed(x):
    s = 0.0
    for i in range(x.shape[0]):
        print(i)
        s += np.sin(x[i, 0])
    return s


def refused(x):
    s = 0.0
    for i in range(x.shape[0]):
        if x[i, 0] < 0.0:
            raise ValueError("negative")
        s += np.sin(x[i, 0])
    return s


def drawn(x):
    s = 0.0
    for i in range(x.shape[0]):
        s += np.sin(x[i, 0]) * np.random.normal()
    return s


def multiplied(x):
    s = 0.0
    for i in range(x.shape[0]):
        s += 2.0 * x[i, 0]
    return s


def partly_written(x):
    """An iteration may read what an earlier one has left."""
    work = np.zeros(3)
    s = 0.0
    for i in range(x.shape[0]):
        if i % 2 == 0:
            for j in range(3):
                work[j] = i * 1.0
        for j in range(3):
            s += np.sin(x[i, j]) * work[j]
    return s


SERIAL = [
    (recurrence, (X,), "s passes from one iteration to the next"),
    (neighbours, (X,), "what an iteration reads of y may come from another one"),
    (counted_before, (X, 4), "what an iteration reads of count may come from another one"),
    (from_the_end, (X,), "what an iteration reads of y may come from another one"),
    (left_early, (X,), "it can be left early"),
    (last_value, (X,), "t is read after it"),
    (printed, (X,), "it calls print for its effect"),
    (refused, (X,), "it raises exceptions"),
    (drawn, (X,), "it calls normal, which is not known to be safe in threads"),
    (multiplied, (X,), "an iteration does so little that threads would not help"),
    (partly_written, (X,), "what an iteration reads of work may come from another one"),
]


@pytest.mark.parametrize("function, args, why", SERIAL, ids=[f.__name__ for f, *_ in SERIAL])
def test_serial(function, args, why):
    loop, *_ = told(function, *args)
    assert not loop.parallel
    assert loop.why == why
    assert loop.arrays == ()


def two_names(x, flag):
    y = np.zeros(x.shape[0])
    z = y if flag > 0 else np.ones(x.shape[0])
    s = 0.0
    for i in range(x.shape[0]):
        s += np.sin(x[i, 0]) * z[x.shape[0] - 1 - i]
    return s


def test_arrays_that_are_only_read_may_have_two_names():
    assert told(two_names, X, 1)[-1].parallel
