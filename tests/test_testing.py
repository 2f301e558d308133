"""The finite differences that everything else is compared with."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint.testing import complex_step, numeric_gradient

X = np.array([0.3, -1.2, 40.0])


def product(x, c):
    return np.prod(np.sin(x)) * c


def overwrite(x):
    x[0] = x[0] * x[1]
    return x[0] + x[2]


def test_gradient_of_an_array_argument():
    numeric = numeric_gradient(product, (X, 2.0), 0)
    expected = 2.0 * np.prod(np.sin(X)) / np.tan(X)
    assert numeric.gradient == pytest.approx(expected, rel=1e-9)
    assert np.all(abs(numeric.gradient - expected) <= 10 * numeric.error)


def test_gradient_of_a_number_is_a_number():
    assert type(numeric_gradient(product, (X, 2.0), 1).gradient) is float
    assert type(complex_step(product, (X, 2.0), 1)) is float


def test_array_result_counts_as_its_sum():
    assert numeric_gradient(lambda x: x * x, (X,)).gradient == pytest.approx(2.0 * X, rel=1e-9)


def test_function_that_writes_to_its_argument():
    x = X.copy()
    assert numeric_gradient(overwrite, (x,)).gradient == pytest.approx([x[1], x[0], 1.0], rel=1e-9)
    assert np.array_equal(x, X)


def test_error_tells_of_a_kink():
    assert numeric_gradient(abs, (1e-5,)).error > 1e-4
    assert numeric_gradient(abs, (0.1,)).error < 1e-9


def test_float32_is_widened():
    numeric = numeric_gradient(np.exp, (np.float32(1.0),))
    assert numeric.gradient == pytest.approx(np.e, rel=1e-9)


def test_complex_step_is_exact():
    expected = 2.0 * np.prod(np.sin(X)) / np.tan(X)
    assert complex_step(product, (X, 2.0), 0) == pytest.approx(expected, rel=1e-14)
