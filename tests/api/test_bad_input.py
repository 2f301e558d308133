"""Arguments that do not fit: NumPy's own exceptions, compiled and not, in words like NumPy's.

What depends on types alone is refused before anything runs, at the user's line.
"""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import grad
from adjoint.errors import UnsupportedSyntax

MATRIX = np.array([[2.0, 0.3], [0.3, 1.0]])
VECTOR = np.array([1.0, 2.0])


def singular_solve(a, b):
    return np.sum(np.linalg.solve(a * 0.0, b))


def singular_inverse(a, b):
    return np.sum(np.linalg.inv(a * 0.0))


def indefinite(a, b):
    return np.sum(np.linalg.cholesky(-a))


def not_square(a, b):
    return np.sum(np.linalg.inv(a[:1]))


def joined(a, b):
    return np.sum(np.concatenate((a, a[:, :1])))


def stacked(a, b):
    return np.sum(np.stack((a, a[:1])))


def reshaped(a, b):
    return np.sum(a.reshape(5, 1))


def product(a, b):
    return np.sum(a @ b[:1])


def product_of_matrices(a, b):
    return np.sum(a @ np.ones((3, 2)))


def dotted(a, b):
    return np.dot(b, np.concatenate((b, b)))


def broadcast(a, b):
    return np.sum(a + np.concatenate((b, b[:1])))


def stored(a, b):
    copy = a.copy()
    copy[0] = np.concatenate((b, b))
    return np.sum(copy)


CASES = [
    (singular_solve, np.linalg.LinAlgError, "[Ss]ingular"),
    (singular_inverse, np.linalg.LinAlgError, "[Ss]ingular"),
    (indefinite, np.linalg.LinAlgError, "Matrix is not positive definite"),
    (not_square, np.linalg.LinAlgError, "Last 2 dimensions of the array must be square"),
    (joined, ValueError, "except for the concatenation axis must match exactly"),
    (stacked, ValueError, "all input arrays must have the same shape"),
    (reshaped, ValueError, "cannot reshape array"),
    (product, ValueError, "not aligned|mismatch"),
    (product_of_matrices, ValueError, "not aligned|mismatch"),
    (dotted, ValueError, "not aligned"),
    (broadcast, ValueError, "operands could not be broadcast together"),
    (stored, ValueError, "could not broadcast input array"),
]


@pytest.mark.parametrize("function, kind, words", CASES)
def test_it_raises_what_numpy_raises(function, kind, words):
    with pytest.raises(kind, match=words):
        function(MATRIX, VECTOR)
    with pytest.raises(kind, match=words):
        grad(function, jit=False, cache=False)(MATRIX, VECTOR)


@pytest.mark.compiled
@pytest.mark.parametrize("function, kind, words", [CASES[k] for k in (0, 2, 6, 10)])
def test_machine_code_raises_it_too(function, kind, words):
    with pytest.raises(kind, match=words):
        grad(function)(MATRIX, VECTOR)


@pytest.mark.parametrize(
    "function",
    [
        lambda a: np.sum(np.sum(a, axis=2)),
        lambda a: np.sum(np.cumsum(a, axis=-3)),
        lambda a: np.sum(np.cumprod(a[0], axis=1)),
        lambda a: np.sum(np.diff(a, axis=4)),
        lambda a: np.sum(np.concatenate((a, a), axis=2)),
    ],
)
def test_an_axis_that_is_not_there_is_refused_at_the_line(function):
    with pytest.raises(np.exceptions.AxisError) as numpy_s:
        function(MATRIX)
    with pytest.raises(UnsupportedSyntax) as caught:
        grad(function, jit=False, cache=False)(MATRIX)
    assert str(numpy_s.value) in str(caught.value)
    assert caught.value.at.line == function.__code__.co_firstlineno
