"""One array passed for several parameters, and written to."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.errors import ArgumentsOverlap


def both(x, y, w):
    y[0] = x[1] * w[2]
    x[2] = y[0] * x[0] + y[2]
    return np.sum(x * y)


def one(x, w):
    return both(x, x, w)


A = np.array([0.5, 1.0, 2.0])
W = np.array([1.0, 0.3, 2.0])


@pytest.mark.parametrize("jit", [False, pytest.param(True, marks=pytest.mark.compiled)])
def test_both_parameters_are_the_array(jit) -> None:
    x, alone = A.copy(), A.copy()
    value, (x_bar, y_bar, w_bar) = value_and_grad(both, argnums=(0, 1, 2), jit=jit)(x, x, W)
    expected, bars = value_and_grad(one, argnums=(0, 1), jit=jit)(alone, W)
    assert value == expected
    np.testing.assert_allclose(x_bar, bars[0], rtol=1e-14)
    np.testing.assert_allclose(y_bar, bars[0], rtol=1e-14)
    np.testing.assert_allclose(w_bar, bars[1], rtol=1e-14)
    np.testing.assert_array_equal(x, alone)


def test_different_arrays_go_on_as_before() -> None:
    gradient = grad(both, argnums=(0, 1), jit=False)
    x = A.copy()
    before = gradient(A.copy(), A.copy(), W)
    gradient(x, x, W)
    after = gradient(A.copy(), A.copy(), W)
    np.testing.assert_array_equal(before, after)


def test_three_at_once() -> None:
    x = A.copy()
    once = grad(lambda a: both(a, a, a), jit=False)(A.copy())
    np.testing.assert_allclose(grad(both, argnums=2, jit=False)(x, x, x), once, rtol=1e-14)


def test_parts_of_one_array_are_refused() -> None:
    x = np.arange(6.0)
    with pytest.raises(ArgumentsOverlap):
        grad(both, jit=False)(x[:3], x[1:4], W)
