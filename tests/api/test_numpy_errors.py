"""Bad input fails as in NumPy: its class of error, its words, and the user's line.

Each case is called plainly, and its error is what the gradient's must be, compiled or not, and on
the tape.
"""

from __future__ import annotations

import time
import traceback

import numpy as np
import pytest

from adjoint import grad, value_and_grad

ONES = np.ones


def added(a, b):
    return np.sum(a * 2.0 + b)


def multiplied_in_place(a, b):
    c = a * 1.0
    c *= b
    return np.sum(c)


def stored(a, b):
    c = np.zeros(4)
    c[:] = a
    return np.sum(c * b[0])


def chosen(a, b):
    return np.sum(np.where(a > 0.0, a, b))


def dotted(a, b):
    return np.sum(np.dot(a, b))


def product(a, b):
    return np.sum(a @ b)


def contracted(a, b):
    return np.sum(np.einsum("ij,jk->ik", a, b))


def joined(a, b):
    return np.sum(np.concatenate((a, b)))


def stacked(a, b):
    return np.sum(np.stack((a, b)))


def reshaped(a, b):
    return np.sum(a.reshape(2, -1)) + b[0]


def at_place(a, b):
    return a[int(b[0]) + 4]


def masked(a, b):
    return np.sum(a[b > 0.0])


def taken(a, b):
    return np.sum(np.take(a, np.array([0, 7]))) * b[0]


def largest(a, b):
    return np.max(a) * b[0]


def inverted(a, b):
    return np.sum(np.linalg.inv(a) @ b)


def solved(a, b):
    return np.sum(np.linalg.solve(a, b))


def root(a, b):
    return np.sum(np.linalg.cholesky(a)) * b[0]


def determinant(a, b):
    return np.linalg.det(a) * b[0]


def squared(a, b):
    return np.sum(np.linalg.matrix_power(a, 2)) * b[0]


def interpolated(a, b):
    return np.interp(0.5, a, b)


CASES = [
    (added, ONES(3), ONES(4)),
    (added, ONES((3, 4)), ONES((2, 4))),
    (multiplied_in_place, ONES(3), ONES(4)),
    (stored, ONES(3), ONES(3)),
    (chosen, ONES(3), ONES(4)),
    (dotted, ONES(3), ONES(4)),
    (dotted, ONES((2, 3)), ONES(4)),
    (product, ONES((2, 3)), ONES((4, 3))),
    (contracted, ONES((2, 3)), ONES((4, 3))),
    (joined, ONES((2, 2)), ONES((2, 3))),
    (stacked, ONES(2), ONES(3)),
    (reshaped, ONES(3), ONES(2)),
    (at_place, ONES(3), ONES(2)),
    (masked, ONES(3), ONES(2)),
    (taken, ONES(3), ONES(2)),
    (largest, ONES(0), ONES(2)),
    (inverted, ONES((2, 2)), ONES(2)),
    (inverted, ONES((2, 3)), ONES(3)),
    (solved, ONES((2, 2)), ONES(2)),
    (solved, np.eye(2), ONES(3)),
    (root, -np.eye(2), ONES(2)),
    (root, ONES((2, 3)), ONES(2)),
    (determinant, ONES((2, 3)), ONES(2)),
    (squared, ONES((2, 3)), ONES(2)),
    (interpolated, ONES(3), ONES(2)),
]
ON_TAPE = [case for case in CASES if case[0] not in (multiplied_in_place, stored)]
COMPILED = [CASES[0], CASES[16], CASES[20]]


def failure(call, a, b):
    """Class and words of a call's error, and the last line of this file that it passed."""
    with pytest.raises((ValueError, IndexError)) as caught:
        call(a, b)
    frames = traceback.extract_tb(caught.value.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == __file__]
    return type(caught.value), str(caught.value), lines[-1]


@pytest.mark.parametrize("function, a, b", CASES)
def test_uncompiled(function, a, b):
    gradient = grad(function, (0, 1), jit=False, cache=False)
    assert failure(gradient, a, b) == failure(function, a, b)


@pytest.mark.parametrize("function, a, b", ON_TAPE)
def test_on_the_tape(function, a, b):
    kind, words, line = failure(grad(function, (0, 1), mode="tape"), a, b)
    assert issubclass(kind, failure(function, a, b)[0])
    assert (words, line) == failure(function, a, b)[1:]


@pytest.mark.compiled
@pytest.mark.parametrize("function, a, b", COMPILED)
def test_compiled(function, a, b):
    assert failure(value_and_grad(function, (0, 1)), a, b) == failure(function, a, b)


# --------------------------------------------------------------------------- what is left alone


def after_a_store(a, b):
    a[0] = 2.0
    return np.sum(a + b)


def test_a_function_that_writes_to_its_arguments_is_not_run_again():
    a = ONES(3)
    kind, words, _ = failure(grad(after_a_store, jit=False, cache=False), a, ONES(4))
    assert kind is ValueError
    assert "could not be broadcast" in words


def printing(a, b):
    print("once")
    return np.sum(a + b)


def test_nor_is_one_that_prints(capsys):
    failure(grad(printing, jit=False, cache=False), ONES(3), ONES(4))
    assert capsys.readouterr().out == "once\n"


def late(a, b):
    total = 0.0
    for _ in range(100_000_000):
        total += 1e-9
    return total + np.sum(a + b)


@pytest.mark.compiled
def test_nor_is_a_long_one_waited_for():
    gradient = grad(late, cache=False)
    gradient(ONES(3), ONES(3))
    start = time.monotonic()
    failure(gradient, ONES(3), ONES(4))
    assert time.monotonic() - start < 30.0


def singular_only_in_the_adjoint(a, b):
    return np.linalg.det(a) * b[0]


def test_an_error_of_the_adjoint_alone_stays():
    gradient = grad(singular_only_in_the_adjoint, jit=False, cache=False)
    with pytest.raises(np.linalg.LinAlgError, match="Singular"):
        gradient(np.zeros((2, 2)), ONES(2))


def test_catching_many_errors_stays_cheap():
    gradient = grad(added, jit=False, cache=False)
    words = [failure(gradient, ONES(3), ONES(4))[1] for _ in range(25)]
    assert len(set(words)) == 2
