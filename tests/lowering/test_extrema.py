"""Extrema: nan and ties as NumPy has them, one pass where nothing needs to know the place."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.runtime import extrema
from adjoint.testing import check_grads, numeric_gradient

R = np.random.default_rng(11)
A = R.normal(size=(3, 5))
ARRAYS = {
    "plain": A,
    "nan": np.where(A > 1.0, np.nan, A),
    "two nan": np.array([[1.0, np.nan, 3.0], [np.nan, 2.0, 0.0]]),
    "all nan": np.full((2, 2), np.nan),
    "-inf": np.full((2, 3), -np.inf),
    "inf": np.array([[np.inf, 1.0], [-np.inf, np.inf]]),
    "single precision": A.astype(np.float32),
    "columns": np.asfortranarray(A),
    "one": np.array([[2.5]]),
}


def largest(a):
    return np.max(a)


def smallest(a):
    return np.min(a)


def largest_of_rows(a):
    return np.sum(np.max(a, axis=1) * np.arange(1.0, 1.0 + a.shape[0]))


def smallest_of_columns(a):
    return np.sum(np.min(a, axis=0, keepdims=True))


def largest_distance(a):
    return np.max(np.abs(a - a[0, 0])) + np.min(a[1:] ** 2)


def largest_difference(a):
    return np.max(a - 0.5 * a[0]) * np.min(-a)


def places(a):
    return a[0, 0] * (np.argmax(a) + 10.0 * np.argmin(a) + 100.0 * np.argmax(a[0] * 2.0))


def weighted_by_extrema(a, x):
    return np.sum(x) / (np.max(a) - np.min(a))


EXTREMA = [largest, smallest, largest_of_rows, smallest_of_columns, places]


@pytest.mark.parametrize("function", EXTREMA)
def test_value(function):
    df = value_and_grad(function, jit=False)
    for a in ARRAYS.values():
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(df(a)[0], function(a), rtol=1e-6)


@pytest.mark.compiled
@pytest.mark.parametrize("function", EXTREMA)
def test_compiled(function):
    compiled, plain = value_and_grad(function), value_and_grad(function, jit=False)
    for a in ARRAYS.values():
        with np.errstate(all="ignore"):
            expected = plain(a)
            np.testing.assert_allclose(compiled.primal(a), expected[0], rtol=1e-6)
        for one, other in zip(compiled(a), expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize("function", [*EXTREMA, largest_distance, largest_difference])
@pytest.mark.parametrize("optimise", [False, True])
def test_slope(function, optimise):
    found = grad(function, jit=False, optimise=optimise)(A)
    expected = numeric_gradient(function, (A,)).gradient
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)


def test_the_first_of_several_has_the_slope():
    a = np.array([[1.0, 3.0, 3.0], [3.0, 1.0, 1.0]])
    assert grad(largest, jit=False)(a).tolist() == [[0, 1, 0], [0, 0, 0]]
    assert grad(smallest, jit=False)(a).tolist() == [[1, 0, 0], [0, 0, 0]]
    a[1] = np.nan
    assert grad(largest, jit=False)(a).tolist() == [[0, 0, 0], [1, 0, 0]]


def test_integers_and_truth_values():
    def f(x, n, m):
        return x * np.max(n) + np.min(n) + np.max(m) * 2.0 + np.argmax(m)

    n, m = np.array([3, -7, 5], np.int32), np.array([False, True, True])
    assert value_and_grad(f, jit=False)(2.0, n, m) == (f(2.0, n, m), 5.0)


def test_nothing_has_no_extremum():
    for function in (largest, smallest, largest_of_rows):
        with pytest.raises(ValueError, match=r"zero-size|empty"):
            value_and_grad(function, jit=False)(np.empty((3, 0)))


def test_one_pass_where_no_slope_is_asked_for():
    text = grad(weighted_by_extrema, 1, jit=False).source(A, A[0])
    assert text.count("extrema.") == 2
    assert "place" not in text


def test_the_place_is_looked_for_where_it_gets_a_slope():
    assert "place" in grad(weighted_by_extrema, 0, jit=False).source(A, A[0])


def test_second_derivatives():
    def f(a):
        return np.max(a) ** 3 * a[0, 0]

    check_grads(f, (A,), modes=("python", "numeric"), order=2)


@pytest.mark.compiled
@pytest.mark.parametrize("function", [extrema.larger, extrema.smaller])
def test_what_generated_code_calls_is_differentiated(function):
    def f(x, y):
        return function(x, y) ** 2

    for x, y in ((1.0, 2.0), (2.0, 1.0), (-1.0, -3.0)):
        check_grads(f, (x, y), modes=("compiled", "python", "numeric"))
