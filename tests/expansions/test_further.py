"""Polynomials, windows, sets, running sums, transforms, functions of `math`: values, gradients."""

from __future__ import annotations

import math

import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.errors import UnsupportedSyntax
from tests.expansions import further_cases as cases
from tests.expansions.table import check_gradient, check_value, name_of

COMPILED = [cases.POLYNOMIALS[17], cases.TRANSFORMS[2], cases.WITHOUT_NAN[1], cases.OF_NUMBERS[5]]


@pytest.mark.parametrize("case", cases.ALL, ids=name_of)
def test_value_is_the_library_s(case):
    check_value(case)


@pytest.mark.parametrize("case", cases.ALL, ids=name_of)
def test_gradient_agrees_with_differences(case):
    check_gradient(case)


@pytest.mark.compiled
@pytest.mark.parametrize("case", COMPILED, ids=name_of)
def test_compiled_gradient_agrees_with_differences(case):
    check_gradient(case, jit=True)


VECTOR = np.array([0.5, 1.5, 2.5])


def gradient(function, *args):
    return grad(function, jit=False, cache=False)(*args)


@pytest.mark.parametrize(
    "function, words",
    [
        (lambda x: np.sum(np.roots(x).real), "write np.roots"),
        (lambda x: np.sum(np.linalg.eigvals(np.outer(x, x)).real), "write np.linalg.eigvals"),
        (lambda x: np.sum(np.poly(x * 1j).imag), "real zeros"),
        (lambda x: np.sum(np.polyfit(x, x, 1, full=True)[0]), "only the coefficients"),
        (lambda x: np.sum(np.polyder(x, -1)), "must be positive"),
        (lambda x: np.sum(np.cumulative_sum(np.outer(x, x))), "axis"),
        (lambda x: np.sum(np.real_if_close(x * 1j).imag), "depends on them"),
        (lambda x: np.sum(np.outer(x, x).tolist()[0]), "row by row"),
    ],
)
def test_it_is_refused_when_compiling(function, words):
    with pytest.raises(UnsupportedSyntax, match=words) as caught:
        gradient(function, VECTOR)
    assert caught.value.at is not None


@pytest.mark.parametrize(
    "function, words",
    [
        (lambda x: math.dist(x, x[1:]), "same number of dimensions"),
        (lambda x: np.sum(np.polyint(x, 3, x[:2])), "k must be"),
        (lambda x: np.sum(np.lib.stride_tricks.sliding_window_view(x, 4)), "cannot be larger"),
        (lambda x: np.nanquantile(x, x[1]), "range"),
    ],
)
def test_what_does_not_fit_is_an_error_as_in_the_library(function, words):
    for called in (function, grad(function, jit=False, cache=False)):
        with pytest.raises(ValueError, match=words):
            called(VECTOR)


def test_a_sum_of_floats_keeps_what_additions_round_off():
    def total(x):
        return math.fsum(x)

    terms = np.array([1e16, 1.0, 1e-8, -1e16, 1e-8])
    value, slope = value_and_grad(total, jit=False, cache=False)(terms)
    assert value == total(terms)
    assert slope.tolist() == [1.0] * 5
    assert value_and_grad(total, jit=False, cache=False)(np.array([np.inf, 1.0]))[0] == np.inf


def test_a_median_of_nothing_but_nan_is_nan():
    rows = np.array([[np.nan, np.nan, np.nan], [1.0, np.nan, 4.0]])
    value, slope = value_and_grad(lambda a: np.nanmedian(a, axis=1)[1], jit=False, cache=False)(
        rows
    )
    assert value == 2.5
    assert slope.tolist() == [[0, 0, 0], [0.5, 0, 0.5]]


def test_the_old_name_of_vstack():
    slope = gradient(lambda x: np.sum(np.vstack((x, x * x))), VECTOR)
    np.testing.assert_allclose(slope, 1.0 + 2.0 * VECTOR)
