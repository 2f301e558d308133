"""The user's sums keep their order to the last bit; those of library functions need not."""

from __future__ import annotations

import re

import numba
import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.runtime import unordered

R = np.random.default_rng(5)
A, X = R.normal(size=(7, 103)), R.normal(size=103)
njit = numba.njit(error_model="numpy")


def own_dot(a, x):
    total = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            total += a[i, j] * x[j]
    return total


def own_sum(a, x):
    return sum(a[0] * x)


def library_dot(a, x):
    return np.sum(a @ x)


def squared_length(a, x):
    return np.sum((a @ x) ** 2)


def squared_slope(a, x):
    slope = grad(squared_length, 1)(a, x)
    return np.sum(slope * slope)


def machine_code(function, *args):
    entry, _ = value_and_grad(function, (0, 1), cache=False).find(args)
    primal = entry.compiled("primal")
    return primal.inspect_llvm(primal.signatures[0])


@pytest.mark.compiled
@pytest.mark.parametrize("function", [own_dot, own_sum])
def test_sums_of_the_user_keep_their_order(function):
    expected = njit(own_dot)(A[:1], X) if function is own_sum else njit(own_dot)(A, X)
    assert value_and_grad(function, (0, 1)).primal(A, X) == expected
    assert value_and_grad(function, (0, 1))(A, X)[0] == expected
    assert value_and_grad(function, (0, 1), jit=False)(A, X)[0] == expected


@pytest.mark.compiled
def test_sums_of_the_library_add_several_elements_at_once():
    """Packed additions of doubles, `fadd reassoc <4 x double>`, on any processor with vectors."""
    packed = re.compile(r" fadd [^\n]*<\d+ x double>")
    assert packed.search(machine_code(library_dot, A, X))
    assert not packed.search(machine_code(own_dot, A, X))
    value, bars = value_and_grad(library_dot, (0, 1))(A, X)
    assert value == pytest.approx(np.sum(A @ X), rel=1e-12)
    np.testing.assert_allclose(bars[0], np.broadcast_to(X, A.shape), rtol=1e-13)
    np.testing.assert_allclose(bars[1], A.sum(axis=0), rtol=1e-12)


@pytest.mark.compiled
def test_nan_and_infinities_are_what_they_are_in_numpy():
    gradient = value_and_grad(library_dot, (0, 1))
    x = X.copy()
    for bad, found in ((np.nan, np.nan), (np.inf, np.inf), (-np.inf, -np.inf)):
        x[50] = bad
        np.testing.assert_equal(gradient.primal(np.abs(A), x), found)
    x[51] = np.inf  # and the other infinity beside it
    assert np.isnan(gradient.primal(np.abs(A), x))


@pytest.mark.compiled
def test_second_derivative():
    got = grad(squared_slope, 1)(A, X)
    gram = A.T @ A
    np.testing.assert_allclose(got, 8.0 * gram @ (gram @ X), rtol=1e-11)


@pytest.mark.compiled
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128, np.int64])
def test_addition_of_every_type(dtype):
    def total(x):
        s = x[0] - x[0]
        for i in range(len(x)):
            s = unordered.add(s, x[i])
        return s

    x = np.arange(101).astype(dtype)
    assert njit(total)(x) == total(x) == 5050
