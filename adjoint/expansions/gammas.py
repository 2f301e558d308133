"""SciPy's zeta and polygamma functions, and what is made of the gamma function."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.registry import expands
from adjoint.runtime import special

_BERNOULLI = (
    1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000,
    1 / 74724249600, -3617 / 10670622842880000,
)  # fmt: skip


@expands("scipy.special._basic.zeta")
def zeta(x: Any, q: Any = None, out: Any = None) -> Any:
    """Hurwitz's Σ (q + k)⁻ˣ: ten terms, and Euler and Maclaurin's formula for the others."""
    first = 1.0 if q is None else q
    if not (np.min(np.asarray(x)) > 1.0 and np.min(np.asarray(first)) > 0.0):
        raise ValueError("zeta is differentiated for x > 1 and q > 0, polygamma for x > 0")
    total = (first + 0.0) ** (-x)
    for k in (1, 2, 3, 4, 5, 6, 7, 8, 9):
        total = total + (first + k) ** (-x)
    end = first + 10.0
    power = end ** (-x)
    total = total + power * (end / (x - 1.0) + 0.5)
    factor = x * power / end
    for k in tuple(range(len(_BERNOULLI))):
        total = total + _BERNOULLI[k] * factor
        factor = factor * (x + (2 * k + 1)) * (x + (2 * k + 2)) / (end * end)
    return total


@expands("scipy.special._basic.polygamma")
def polygamma(n: Any, x: Any) -> Any:
    """The n-th derivative of digamma."""
    if n == 0:
        return special.psi(x)
    values = np.asarray(x) * 1.0
    sign = 1.0 if n % 2 == 1 else -1.0
    return sign * special.gamma(n + 1.0) * special.zeta(n + 1.0, values)


@expands("scipy.special._spfun_stats.multigammaln")
def multigammaln(a: Any, d: Any) -> Any:
    """The logarithm of the gamma function of d dimensions."""
    total = d * (d - 1) * 0.25 * np.log(np.pi)
    for j in tuple(range(1, d + 1)):
        total = total + special.gammaln(a + (1 - j) / 2)
    return total


@expands("scipy.special._basic.softplus")
def softplus(x: Any) -> Any:
    """log(1 + eˣ)."""
    return np.logaddexp(0.0, x)
