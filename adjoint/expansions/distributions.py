"""Log-densities and distribution functions of `scipy.stats`, by their formulas.

The parameters are SciPy's, which checks them more closely: a parameter out of range gives what the
formula gives. Outside the support a log-density is -inf and its slopes are 0; nan stays nan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from adjoint.expansions.frozen import frozen, rv_continuous_frozen, rv_discrete_frozen
from adjoint.expansions.registry import expands
from adjoint.runtime import special

HALF_LOG_2PI = 0.9189385332046727
LOG_2 = 0.6931471805599453
LOG_PI = 1.1447298858494002


def _methods(names: str, *distributions: str) -> tuple[str, ...]:
    """Full names of methods of continuous or discrete distributions."""
    module = "scipy.stats._discrete_distns" if "pmf" in names else "scipy.stats._continuous_distns"
    return tuple(f"{module}.{name}_gen.{names}" for name in distributions)


def _log_density(*distributions: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated log-density, and the density that follows from it."""

    def register(logarithm: Callable[..., Any]) -> Callable[..., Any]:
        def density(x: Any, *shapes: Any, **named: Any) -> Any:
            return np.exp(logarithm(x, *shapes, **named))

        expands(*_methods("pdf", *distributions))(density)
        return expands(*_methods("logpdf", *distributions))(logarithm)

    return register


def _log_mass(*distributions: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The same for distributions of integers."""

    def register(logarithm: Callable[..., Any]) -> Callable[..., Any]:
        def mass(k: Any, *shapes: Any, **named: Any) -> Any:
            return np.exp(logarithm(k, *shapes, **named))

        expands(*_methods("pmf", *distributions))(mass)
        return expands(*_methods("logpmf", *distributions))(logarithm)

    return register


# --------------------------------------------------------------------------- on the whole line


@_log_density("norm")
def norm(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The normal distribution."""
    y = (x - loc) / scale
    return -0.5 * y * y - HALF_LOG_2PI - np.log(scale)


@_log_density("t")
def student(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Student's distribution."""
    y = (x - loc) / scale
    half = 0.5 * (df + 1.0)
    norm = special.gammaln(half) - special.gammaln(0.5 * df) - 0.5 * (np.log(df) + LOG_PI)
    return norm - half * np.log1p(y * y / df) - np.log(scale)


@_log_density("laplace")
def laplace(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Laplace's distribution; slope 0 in the middle."""
    return -np.abs((x - loc) / scale) - LOG_2 - np.log(scale)


@_log_density("cauchy")
def cauchy(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Cauchy's distribution."""
    y = (x - loc) / scale
    return -np.log1p(y * y) - LOG_PI - np.log(scale)


@_log_density("logistic")
def logistic(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logistic distribution."""
    y = (x - loc) / scale
    return special.log_expit(y) + special.log_expit(-y) - np.log(scale)


@_log_density("gumbel_r")
def gumbel(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Gumbel's distribution of the largest."""
    y = (x - loc) / scale
    return -y - np.exp(-y) - np.log(scale)


# --------------------------------------------------------------------------- on part of the line


@_log_density("expon")
def exponential(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The exponential distribution."""
    y = (x - loc) / scale
    return np.where(y < 0.0, -np.inf, -y - np.log(scale))


@_log_density("gamma")
def gamma(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The gamma distribution."""
    y = (x - loc) / scale
    outside = y < 0.0
    safe = np.where(outside, 1.0, y)
    inside = special.xlogy(a - 1.0, safe) - safe - special.gammaln(a) - np.log(scale)
    return np.where(outside, -np.inf, inside)


@_log_density("chi2")
def chi_squared(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The chi-squared distribution: a gamma distribution."""
    return gamma(x, 0.5 * df, loc, 2.0 * scale)


@_log_density("invgamma")
def inverse_gamma(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The distribution of the reciprocal of a gamma variable."""
    y = (x - loc) / scale
    outside = y <= 0.0
    safe = np.where(outside, 1.0, y)
    inside = -(a + 1.0) * np.log(safe) - special.gammaln(a) - 1.0 / safe - np.log(scale)
    return np.where(outside, -np.inf, inside)


@_log_density("beta")
def beta(x: Any, a: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The beta distribution."""
    y = (x - loc) / scale
    outside = (y < 0.0) | (y > 1.0)
    safe = np.where(outside, 0.5, y)
    powers = special.xlog1py(b - 1.0, -safe) + special.xlogy(a - 1.0, safe)
    return np.where(outside, -np.inf, powers - special.betaln(a, b) - np.log(scale))


@_log_density("lognorm")
def lognormal(x: Any, s: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The distribution of the exponential of a normal variable."""
    y = (x - loc) / scale
    outside = y <= 0.0
    t = np.log(np.where(outside, 1.0, y))
    inside = -0.5 * (t / s) * (t / s) - np.log(s) - t - HALF_LOG_2PI - np.log(scale)
    return np.where(outside, -np.inf, inside)


@_log_density("uniform")
def uniform(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The uniform distribution on [loc, loc + scale]."""
    y = (x - loc) / scale
    return np.where((y < 0.0) | (y > 1.0), -np.inf, 0.0 * y - np.log(scale))


@_log_density("halfnorm")
def half_normal(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The distribution of the size of a normal variable."""
    y = (x - loc) / scale
    return np.where(y < 0.0, -np.inf, norm(x, loc, scale) + LOG_2)


@_log_density("halfcauchy")
def half_cauchy(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The distribution of the size of a Cauchy variable."""
    y = (x - loc) / scale
    return np.where(y < 0.0, -np.inf, cauchy(x, loc, scale) + LOG_2)


@_log_density("weibull_min")
def weibull(x: Any, c: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Weibull's distribution of the smallest."""
    y = (x - loc) / scale
    outside = y < 0.0
    safe = np.where(outside, 1.0, y)
    inside = np.log(c) + special.xlogy(c - 1.0, safe) - safe**c - np.log(scale)
    return np.where(outside, -np.inf, inside)


@_log_density("pareto")
def pareto(x: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Pareto's distribution."""
    y = (x - loc) / scale
    outside = y < 1.0
    inside = np.log(b) - (b + 1.0) * np.log(np.where(outside, 1.0, y)) - np.log(scale)
    return np.where(outside, -np.inf, inside)


# --------------------------------------------------------------------------- of integers


@_log_mass("poisson")
def poisson(k: Any, mu: Any, loc: Any = 0) -> Any:
    """Poisson's distribution."""
    n = k - loc
    outside = (n < 0) | (n != np.floor(n))
    m = np.where(outside, 0, n)
    return np.where(outside, -np.inf, special.xlogy(m, mu) - special.gammaln(m + 1.0) - mu)


@_log_mass("binom")
def binomial(k: Any, n: Any, p: Any, loc: Any = 0) -> Any:
    """The number of successes in n trials."""
    taken = k - loc
    outside = (taken < 0) | (taken > n) | (taken != np.floor(taken))
    m = np.where(outside, 0, taken)
    ways = special.gammaln(n + 1.0) - special.gammaln(m + 1.0) - special.gammaln(n - m + 1.0)
    inside = ways + special.xlogy(m, p) + special.xlog1py(n - m, -p)
    return np.where(outside, -np.inf, inside)


@_log_mass("bernoulli")
def bernoulli(k: Any, p: Any, loc: Any = 0) -> Any:
    """One trial."""
    return binomial(k, 1, p, loc)


@_log_mass("nbinom")
def negative_binomial(k: Any, n: Any, p: Any, loc: Any = 0) -> Any:
    """The number of failures before the nth success."""
    lost = k - loc
    outside = (lost < 0) | (lost != np.floor(lost))
    m = np.where(outside, 0, lost)
    ways = special.gammaln(n + m) - special.gammaln(m + 1.0) - special.gammaln(n)
    return np.where(outside, -np.inf, ways + n * np.log(p) + special.xlog1py(m, -p))


@_log_mass("geom")
def geometric(k: Any, p: Any, loc: Any = 0) -> Any:
    """The number of trials up to the first success."""
    m = k - loc
    outside = (m <= 0) | (m != np.floor(m))
    return np.where(outside, -np.inf, special.xlog1py(m - 1.0, -p) + np.log(p))


# --------------------------------------------------------------------------- the normal ones


@expands(*_methods("cdf", "norm"))
def norm_cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Φ."""
    return special.ndtr((x - loc) / scale)


@expands(*_methods("sf", "norm"))
def norm_sf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """1 - Φ."""
    return special.ndtr((loc - x) / scale)


@expands(*_methods("logcdf", "norm"))
def norm_logcdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """log Φ."""
    return special.log_ndtr((x - loc) / scale)


@expands(*_methods("logsf", "norm"))
def norm_logsf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """log(1 - Φ)."""
    return special.log_ndtr((loc - x) / scale)


@expands(*_methods("ppf", "norm"))
def norm_ppf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The inverse of Φ."""
    return special.ndtri(q) * scale + loc


@expands("scipy.stats._multivariate.multivariate_normal_gen.logpdf")
def multivariate_normal(x: Any, mean: Any, cov: Any) -> Any:
    """The normal distribution of a vector, or of each row of a matrix."""
    moved = x - mean
    root = np.linalg.cholesky(cov)
    y = np.linalg.solve(root, moved.T)
    half_log_det = np.sum(np.log(np.diag(root)))
    return -0.5 * np.sum(y * y, axis=0) - half_log_det - x.shape[-1] * HALF_LOG_2PI


@expands("scipy.stats._multivariate.multivariate_normal_gen.pdf")
def multivariate_normal_pdf(x: Any, mean: Any, cov: Any) -> Any:
    """The density of it."""
    return np.exp(multivariate_normal(x, mean, cov))


# --------------------------------------------------------------------------- frozen


def _freezing(distribution: Any, kind: Any) -> Callable[..., Any]:
    """What `norm(0.0, 1.0)` is."""

    def freeze(*parameters: Any, **named: Any) -> Any:
        return kind(distribution, parameters, named)

    return freeze


for _distribution in vars(stats).values():
    if isinstance(_distribution, stats.rv_continuous):
        expands(_distribution)(_freezing(_distribution, rv_continuous_frozen))
    elif isinstance(_distribution, stats.rv_discrete):
        expands(_distribution)(_freezing(_distribution, rv_discrete_frozen))
expands(stats.multivariate_normal)(_freezing(stats.multivariate_normal, frozen))
