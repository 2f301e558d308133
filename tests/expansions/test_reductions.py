"""Reductions, norms, order statistics, `einsum` and other products: values, gradients, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.errors import AdjointError, UnsupportedSyntax
from tests.expansions import reduction_cases as cases
from tests.expansions.table import check_gradient, check_value, name_of

COMPILED = [
    cases.SUMS[11],
    cases.EXTREMA[4],
    cases.SPREAD[8],
    cases.ORDER[10],
    cases.RUNNING[2],
    cases.WITH_NAN[3],
    cases.NORMS[7],
    cases.EINSUM[12],
    cases.PRODUCTS[22],
]


@pytest.mark.parametrize("case", cases.ALL, ids=name_of)
def test_value_is_numpy_s(case):
    check_value(case)


@pytest.mark.parametrize("case", cases.ALL, ids=name_of)
def test_gradient_agrees_with_differences(case):
    check_gradient(case)


@pytest.mark.compiled
@pytest.mark.parametrize("case", COMPILED, ids=name_of)
def test_compiled_gradient_agrees_with_differences(case):
    check_gradient(case, jit=True)


def gradient(function, *args, argnums=0):
    return grad(function, argnums, jit=False, cache=False)(*args)


def test_the_first_of_equal_extrema_has_the_slope():
    ties = np.array([1.0, 3.0, 3.0, -1.0, -1.0])
    assert gradient(lambda x: np.max(x), ties).tolist() == [0, 1, 0, 0, 0]
    assert gradient(lambda x: np.min(x), ties).tolist() == [0, 0, 0, 1, 0]
    assert gradient(lambda x: np.ptp(x), ties).tolist() == [0, 1, 0, -1, 0]


def with_index(x):
    return x[np.argmax(x)] + x[np.argmin(x)] * 10.0


def test_the_place_of_an_extremum_is_numpy_s_also_with_nan_and_ties():
    for values in ([1.0, 3.0, 3.0, 1.0], [1.0, np.nan, 0.0, np.nan]):
        x = np.array(values)
        expected = np.zeros(4)
        expected[np.argmax(x)] += 1.0
        expected[np.argmin(x)] += 10.0
        assert gradient(with_index, x).tolist() == expected.tolist()


def test_what_is_masked_out_has_no_slope():
    a = np.array([[1.0, np.nan], [np.inf, 2.0]])
    expected = np.isfinite(a).astype(float)
    assert np.array_equal(gradient(lambda a: np.sum(a, where=np.isfinite(a)), a), expected)
    assert np.array_equal(
        gradient(lambda a: np.mean(a, where=np.isfinite(a)), a), expected / expected.sum()
    )
    without = np.array([1.0, np.nan, 2.0])
    assert gradient(lambda x: np.nansum(x) * 2.0, without).tolist() == [2.0, 0.0, 2.0]


def test_a_median_of_nan_is_nan():
    value, _ = value_and_grad(lambda x: np.median(x), jit=False, cache=False)(np.array([1, np.nan]))
    assert np.isnan(value)


def test_empty_axes():
    x = np.zeros((0, 3))
    assert gradient(lambda x: np.sum(np.sum(x, axis=0)), x).shape == (0, 3)
    with pytest.raises(ValueError, match="zero-size array to reduction operation"):
        gradient(lambda x: np.sum(np.max(x, axis=0)), x)


@pytest.mark.parametrize(
    "function,error,words",
    [
        (lambda a: np.sum(np.einsum("ij,jk", a, a[0])), UnsupportedSyntax, "too many subscripts"),
        (lambda a: np.sum(np.einsum("i", a)), UnsupportedSyntax, "more dimensions than subscripts"),
        (lambda a: np.einsum("ij->k", a)[0], UnsupportedSyntax, "never appeared in an input"),
        (lambda a: np.sum(np.sum(a, axis=2)), UnsupportedSyntax, "axis 2 is out of bounds"),
        (lambda a: np.linalg.norm(a, 7), UnsupportedSyntax, "Invalid norm order for matrices"),
        (
            lambda a: np.quantile(a, a[0, 1] + 0.5),
            ValueError,
            r"Quantiles must be in the range \[0, 1\]",
        ),
        (lambda a: np.max(a, where=a > 0.0), UnsupportedSyntax, "does not have an identity"),
    ],
)
def test_what_does_not_fit_is_refused_in_numpy_s_words(function, error, words):
    with pytest.raises(error, match=words):
        gradient(function, np.arange(6.0).reshape(2, 3))


def test_lengths_that_do_not_fit_are_found_when_running():
    with pytest.raises(ValueError, match="broadcast"):
        gradient(lambda a, b: np.sum(np.einsum("ij,jk->k", a, b)), np.ones((2, 3)), np.ones((2, 3)))


def writes_to_a_view_of_einsum(a):
    d = np.einsum("ii->i", a)
    d[:] = 0.0
    return np.sum(a)


def test_writing_to_a_view_that_einsum_gives_is_refused():
    with pytest.raises(AdjointError, match="einsum gives a view"):
        gradient(writes_to_a_view_of_einsum, np.eye(3))
