# mypy: allow-untyped-defs
"""Functions of `scipy.special` in terms of NumPy and math, for files that need no SciPy.

A file gets a copy of those that it calls, each by the name that SciPy has for it. What they do for
numbers at which SciPy's are not finite is the same, but that poles of the gamma function are not
told from overflow. Functions that take a series or a table of their own, such as Bessel's, are not
here: a file cannot do without SciPy for them.
"""

from __future__ import annotations

import math

import numpy as np
from numba.extending import register_jitable

from adjoint.runtime.kernels_special import digamma

# --------------------------------------------------------------------------- error functions


@register_jitable(error_model="numpy")
def erf(x):
    """2 / √π times the integral of exp(-t²) from 0 to x."""
    return math.erf(x)


@register_jitable(error_model="numpy")
def erfc(x):
    """1 - erf x."""
    return math.erfc(x)


@register_jitable(error_model="numpy")
def ndtr(x):
    """The normal distribution function."""
    return 0.5 * math.erfc(-0.7071067811865476 * x)


# --------------------------------------------------------------------------- the gamma function


@register_jitable(error_model="numpy")
def gamma(x):
    """Γ(x)."""
    return math.gamma(x)


@register_jitable(error_model="numpy")
def gammaln(x):
    """log |Γ(x)|."""
    return math.lgamma(x)


@register_jitable(error_model="numpy")
def loggamma(x):
    """log Γ(x), real where Γ(x) is positive for a continuous reason: from 0 on."""
    return math.nan if x < 0.0 else math.lgamma(x)


@register_jitable(error_model="numpy")
def rgamma(x):
    """1 / Γ(x), which is 0 at the poles."""
    return 0.0 if x <= 0.0 and x == math.floor(x) else 1.0 / math.gamma(x)


@register_jitable(error_model="numpy")
def psi(x):
    """d/dx log |Γ(x)|."""
    return digamma(x)


@register_jitable(error_model="numpy")
def betaln(a, b):
    """log |B(a, b)|."""
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


# --------------------------------------------------------------------------- logarithms


@register_jitable(error_model="numpy")
def expit(x):
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + np.exp(-x))


@register_jitable(error_model="numpy")
def log_expit(x):
    """-log(1 + exp(-x))."""
    return x - np.log1p(np.exp(x)) if x < 0.0 else -np.log1p(np.exp(-x))


@register_jitable(error_model="numpy")
def logit(x):
    """log(x / (1 - x)), near 1/2 without the digits that the quotient loses."""
    if 0.3 <= x <= 0.65:
        s = 2.0 * (x - 0.5)
        return np.log1p(s) - np.log1p(-s)
    return np.log(x / (1.0 - x))


@register_jitable(error_model="numpy")
def xlogy(x, y):
    """x log y, 0 at x = 0 whatever y is, but for nan."""
    return 0.0 * x if x == 0.0 and y == y else x * np.log(y)


@register_jitable(error_model="numpy")
def xlog1py(x, y):
    """x log(1 + y), 0 at x = 0 whatever y is, but for nan."""
    return 0.0 * x if x == 0.0 and y == y else x * np.log1p(y)


@register_jitable(error_model="numpy")
def entr(x):
    """-x log x, 0 at 0 and -∞ left of it."""
    if x > 0.0:
        return -x * np.log(x)
    return 0.0 * x if x == 0.0 else -np.inf if x < 0.0 else x + 0.0


@register_jitable(error_model="numpy")
def rel_entr(x, y):
    """x log(x / y) where both are positive, 0 at x = 0, else ∞."""
    if x != x or y != y:
        return math.nan
    if x > 0.0 and y > 0.0:
        return x * np.log(x / y)
    return 0.0 if x == 0.0 and y >= 0.0 else np.inf


@register_jitable(error_model="numpy")
def kl_div(x, y):
    """x log(x / y) - x + y where both are positive, y at x = 0, else ∞."""
    if x != x or y != y:
        return math.nan
    if x > 0.0 and y > 0.0:
        return x * np.log(x / y) - x + y
    return y + 0.0 if x == 0.0 and y >= 0.0 else np.inf


# --------------------------------------------------------------------------- powers


@register_jitable(error_model="numpy")
def expm1(x):
    """exp(x) - 1."""
    return np.expm1(x)


@register_jitable(error_model="numpy")
def log1p(x):
    """log(1 + x)."""
    return np.log1p(x)


@register_jitable(error_model="numpy")
def exp2(x):
    """2 to the power x."""
    return np.exp2(x)


@register_jitable(error_model="numpy")
def exp10(x):
    """10 to the power x."""
    return 10.0**x


@register_jitable(error_model="numpy")
def cbrt(x):
    """The cube root."""
    return np.cbrt(x)


@register_jitable(error_model="numpy")
def exprel(x):
    """(exp(x) - 1) / x, 1 at 0."""
    if x == 0.0:
        return 1.0
    return np.inf if x > 717.0 else np.expm1(x) / x


@register_jitable(error_model="numpy")
def cosm1(x):
    """cos(x) - 1."""
    half = np.sin(0.5 * x)
    return -2.0 * half * half


# --------------------------------------------------------------------------- losses


@register_jitable(error_model="numpy")
def huber(delta, r):
    """r² / 2 up to delta, and its tangent beyond."""
    if delta < 0.0:
        return np.inf
    size = abs(r)
    return 0.5 * r * r if size <= delta else delta * (size - 0.5 * delta)


@register_jitable(error_model="numpy")
def pseudo_huber(delta, r):
    """delta² (√(1 + (r / delta)²) - 1)."""
    if delta < 0.0:
        return np.inf
    if delta == 0.0 or r == 0.0:
        return 0.0
    v = r / delta
    return delta * delta * np.expm1(0.5 * np.log1p(v * v))
