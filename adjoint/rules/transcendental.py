"""Elementwise rules of exponentials, logarithms, trigonometric functions, erf and gamma."""

from __future__ import annotations

import math

import numpy as np

from adjoint.rules.registry import vjp_rule
from adjoint.runtime import kernels

# --------------------------------------------------------------------------- exponential family


@vjp_rule(np.exp, math.exp, broadcasts=True, holomorphic=True)
def exp(z, x, z_bar):
    """z = eˣ."""
    x_bar = z_bar * z
    return (x_bar,)


@vjp_rule(np.exp2, math.exp2, broadcasts=True, holomorphic=True)
def exp2(z, x, z_bar):
    """z = 2ˣ; the constant is log 2."""
    x_bar = z_bar * (z * 0.6931471805599453)
    return (x_bar,)


@vjp_rule(np.expm1, math.expm1, broadcasts=True, holomorphic=True)
def expm1(z, x, z_bar):
    """z = eˣ - 1."""
    x_bar = z_bar * (z + 1.0)
    return (x_bar,)


@vjp_rule(np.log, math.log, broadcasts=True, holomorphic=True)
def log(z, x, z_bar):
    """z = log x."""
    x_bar = z_bar / x
    return (x_bar,)


@vjp_rule(np.log2, math.log2, broadcasts=True, holomorphic=True)
def log2(z, x, z_bar):
    """z = log₂ x; the constant is 1 / log 2."""
    x_bar = z_bar * (1.4426950408889634 / x)
    return (x_bar,)


@vjp_rule(np.log10, math.log10, broadcasts=True, holomorphic=True)
def log10(z, x, z_bar):
    """z = log₁₀ x; the constant is 1 / log 10."""
    x_bar = z_bar * (0.4342944819032518 / x)
    return (x_bar,)


@vjp_rule(np.log1p, math.log1p, broadcasts=True, holomorphic=True)
def log1p(z, x, z_bar):
    """z = log(1 + x)."""
    x_bar = z_bar / (1.0 + x)
    return (x_bar,)


@vjp_rule(np.logaddexp, broadcasts=True)
def logaddexp(z, x, y, z_bar):
    """z = log(eˣ + eʸ)."""
    x_bar = z_bar * np.exp(x - z)
    y_bar = z_bar * np.exp(y - z)
    return x_bar, y_bar


@vjp_rule(np.logaddexp2, broadcasts=True)
def logaddexp2(z, x, y, z_bar):
    """z = log₂(2ˣ + 2ʸ)."""
    x_bar = z_bar * np.exp2(x - z)
    y_bar = z_bar * np.exp2(y - z)
    return x_bar, y_bar


# --------------------------------------------------------------------------- trigonometric


@vjp_rule(np.sin, math.sin, broadcasts=True, holomorphic=True)
def sin(z, x, z_bar):
    """z = sin x."""
    x_bar = z_bar * np.cos(x)
    return (x_bar,)


@vjp_rule(np.cos, math.cos, broadcasts=True, holomorphic=True)
def cos(z, x, z_bar):
    """z = cos x."""
    x_bar = -(z_bar * np.sin(x))
    return (x_bar,)


@vjp_rule(np.tan, math.tan, broadcasts=True, holomorphic=True)
def tan(z, x, z_bar):
    """z = tan x."""
    x_bar = z_bar * (1.0 + z * z)
    return (x_bar,)


@vjp_rule(np.arcsin, math.asin, broadcasts=True)
def arcsin(z, x, z_bar):
    """z = arcsin x; slope inf at ±1. The factored root keeps its digits near ±1."""
    x_bar = z_bar / np.sqrt((1.0 - x) * (1.0 + x))
    return (x_bar,)


@vjp_rule(np.arccos, math.acos, broadcasts=True)
def arccos(z, x, z_bar):
    """z = arccos x; slope -inf at ±1."""
    x_bar = -(z_bar / np.sqrt((1.0 - x) * (1.0 + x)))
    return (x_bar,)


@vjp_rule(np.arctan, math.atan, broadcasts=True, holomorphic=True)
def arctan(z, x, z_bar):
    """z = arctan x."""
    x_bar = z_bar / (1.0 + x * x)
    return (x_bar,)


@vjp_rule(np.arctan2, math.atan2, broadcasts=True)
def arctan2(z, y, x, z_bar):
    """z is the angle of the point (x, y); slope nan at the origin."""
    r_bar = z_bar / (x * x + y * y)
    y_bar = r_bar * x
    x_bar = -(r_bar * y)
    return y_bar, x_bar


@vjp_rule(np.sinh, math.sinh, broadcasts=True, holomorphic=True)
def sinh(z, x, z_bar):
    """z = sinh x."""
    x_bar = z_bar * np.cosh(x)
    return (x_bar,)


@vjp_rule(np.cosh, math.cosh, broadcasts=True, holomorphic=True)
def cosh(z, x, z_bar):
    """z = cosh x."""
    x_bar = z_bar * np.sinh(x)
    return (x_bar,)


@vjp_rule(np.tanh, math.tanh, broadcasts=True, holomorphic=True)
def tanh(z, x, z_bar):
    """z = tanh x."""
    x_bar = z_bar * (1.0 - z * z)
    return (x_bar,)


@vjp_rule(np.arcsinh, math.asinh, broadcasts=True)
def arcsinh(z, x, z_bar):
    """z = arsinh x."""
    x_bar = z_bar / np.sqrt(x * x + 1.0)
    return (x_bar,)


@vjp_rule(np.arccosh, math.acosh, broadcasts=True)
def arccosh(z, x, z_bar):
    """z = arcosh x; slope inf at 1."""
    x_bar = z_bar / np.sqrt((x - 1.0) * (x + 1.0))
    return (x_bar,)


@vjp_rule(np.arctanh, math.atanh, broadcasts=True, holomorphic=True)
def arctanh(z, x, z_bar):
    """z = artanh x; slope inf at ±1."""
    x_bar = z_bar / ((1.0 - x) * (1.0 + x))
    return (x_bar,)


# --------------------------------------------------------------------------- special functions


@vjp_rule(np.sinc, broadcasts=True)
def sinc(z, x, z_bar):
    """z = sin(πx) / (πx), so dz/dx = (cos(πx) - z) / x.

    The difference cancels near 0; there the Taylor series -π²x/3 (1 - t/10 + t²/280), t = (πx)²,
    is exact to rounding.
    """
    t = 9.869604401089358 * x * x
    near = -3.289868133696453 * x * (1.0 - t * (0.1 - t * 0.0035714285714285713))
    far = (np.cos(3.141592653589793 * x) - z) / np.where(x == 0, 1, x)
    x_bar = z_bar * np.where(abs(x) < 0.01, near, far)
    return (x_bar,)


@vjp_rule(math.erf, broadcasts=True)
def erf(z, x, z_bar):
    """z = erf x; the constant is 2 / √π."""
    x_bar = z_bar * (1.1283791670955126 * np.exp(-(x * x)))
    return (x_bar,)


@vjp_rule(math.erfc, broadcasts=True)
def erfc(z, x, z_bar):
    """z = 1 - erf x; the constant is 2 / √π."""
    x_bar = -(z_bar * (1.1283791670955126 * np.exp(-(x * x))))
    return (x_bar,)


@vjp_rule(math.lgamma, broadcasts=True)
def lgamma(z, x, z_bar):
    """z = log |Γ(x)|."""
    x_bar = z_bar * kernels.digamma(x)
    return (x_bar,)


@vjp_rule(math.gamma, broadcasts=True)
def gamma(z, x, z_bar):
    """z = Γ(x)."""
    x_bar = z_bar * (z * kernels.digamma(x))
    return (x_bar,)


@vjp_rule(kernels.digamma, broadcasts=True)
def digamma(z, x, z_bar):
    """z = d/dx log |Γ(x)|."""
    x_bar = z_bar * kernels.trigamma(x)
    return (x_bar,)
