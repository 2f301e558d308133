"""Distributions of `scipy.stats` with their parameters given."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from adjoint import grad, value_and_grad
from adjoint.errors import AdjointError, UnsupportedSyntax
from adjoint.testing import numeric_gradient

X = np.array([0.3, 0.7, 1.2])
COUNTS = np.array([1, 2, 5])
ROOT = np.array([[2.0, 0.3], [0.3, 1.0]])
PRIOR = stats.norm(0.3, scale=1.2)


def of_several(x, m):
    total = 0.0
    for distribution in [stats.norm(m, 1.0), stats.t(4.0, m), stats.cauchy(loc=m)]:
        total += np.sum(distribution.logpdf(x))
    return total


CASES = [
    (lambda x, m, s: np.sum(stats.norm(m, s).logpdf(x)), X, 0.2, 1.3),
    (lambda x, m, s: np.sum(stats.norm(loc=m, scale=s).cdf(x) ** 2), X, 0.2, 1.3),
    (lambda x, m, s: np.sum(stats.norm(m).ppf(x / 2.0) * s), X, 0.2, 1.3),
    (lambda x, m, s: np.sum(stats.gamma(m, scale=s).pdf(x)), X, 2.2, 1.3),
    (lambda m: np.sum(stats.poisson(m).logpmf(COUNTS)), 2.2),
    (lambda p: np.sum(stats.binom(6, p).pmf(COUNTS)), 0.4),
    (lambda x, m: np.sum(PRIOR.logpdf(x)) * m + PRIOR.sf(m), X, 0.6),
    (lambda x, m, c: stats.multivariate_normal(m, c @ c.T).logpdf(x), X[:2], X[1:], ROOT),
    (
        lambda x, m, c: np.sum(stats.multivariate_normal(mean=m, cov=c @ c.T).pdf(np.outer(x, x))),
        *(X[:2], X[1:], ROOT),
    ),
    (of_several, X, 0.3),
]


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_value_and_gradient(case):
    function, *args = case
    wrt = tuple(range(len(args)))
    value, bars = value_and_grad(function, wrt, jit=False, cache=False)(*args)
    np.testing.assert_allclose(value, function(*args), rtol=1e-12)
    for k, bar in enumerate(bars):
        expected = numeric_gradient(function, args, k).gradient
        np.testing.assert_allclose(bar, expected, rtol=1e-7, atol=1e-9)


@pytest.mark.compiled
def test_compiled():
    found = grad(of_several)(X, 0.3)
    np.testing.assert_allclose(found, numeric_gradient(of_several, (X, 0.3)).gradient, rtol=1e-7)


def test_what_has_no_formula_is_refused():
    with pytest.raises(UnsupportedSyntax, match=r"`\.mean` of a rv_continuous_frozen"):
        grad(lambda m: stats.norm(m, 1.0).mean(), jit=False, cache=False)(0.3)
    with pytest.raises(AdjointError, match="without a formula"):
        grad(lambda m: stats.skewnorm(m).logpdf(0.3), jit=False, cache=False)(0.3)
