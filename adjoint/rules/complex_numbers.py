"""Elementwise rules of functions of complex numbers.

Functions whose formula is the same for real numbers have theirs there, marked `holomorphic`.
"""

from __future__ import annotations

import cmath
import operator

import numpy as np

from adjoint.rules.arithmetic import positive, sqrt
from adjoint.rules.registry import complex_rule
from adjoint.rules.transcendental import (
    arctan,
    arctanh,
    cos,
    cosh,
    exp,
    log,
    log10,
    sin,
    sinh,
    tan,
    tanh,
)


@complex_rule(np.real)
def real(z, val, z_bar):
    """z = Re x."""
    val_bar = z_bar
    return (val_bar,)


@complex_rule(np.imag)
def imag(z, val, z_bar):
    """z = Im x = Re(-i x)."""
    val_bar = -1j * z_bar
    return (val_bar,)


@complex_rule(np.conj)
def conj(z, x, z_bar):
    """z = Re x - i Im x."""
    x_bar = np.conj(z_bar)
    return (x_bar,)


@complex_rule(complex)
def cartesian(z, x, y=0.0, z_bar=1.0):
    """z = x + i y."""
    x_bar = z_bar
    y_bar = 1j * z_bar
    return x_bar, y_bar


@complex_rule(np.absolute, abs, operator.abs)
def modulus(z, x, z_bar):
    """z = √(x x*), so dz = Re(x* dx) / z; slope 0 at 0."""
    x_bar = z_bar * (np.conj(x) / np.where(z == 0, 1, z))
    return (x_bar,)


@complex_rule(np.angle, cmath.phase)
def angle(z, x, z_bar):
    """z = Im log x; slope nan at 0."""
    x_bar = -1j * z_bar / x
    return (x_bar,)


@complex_rule(cmath.rect)
def rect(z, r, phi, z_bar):
    """z = r exp(i φ)."""
    r_bar = z_bar * np.exp(1j * phi)
    phi_bar = 1j * z_bar * z
    return r_bar, phi_bar


@complex_rule(np.power, np.float_power, operator.pow, operator.ipow, pow)
def complex_power(z, x, y, z_bar):
    """z = x**y, with the conventions of `power`; of a negative number the complex logarithm."""
    x_bar = z_bar * (y * x ** np.where(y == 0, 1, y - 1))
    y_bar = z_bar * (z * np.log(np.where(x == 0, 1, x) + 0j))
    return x_bar, y_bar


@complex_rule(np.arcsin, cmath.asin)
def complex_arcsin(z, x, z_bar):
    """x = sin z, on every branch, which a root of 1 - x² would have to choose."""
    x_bar = z_bar / np.cos(z)
    return (x_bar,)


@complex_rule(np.arccos, cmath.acos)
def complex_arccos(z, x, z_bar):
    """x = cos z."""
    x_bar = -(z_bar / np.sin(z))
    return (x_bar,)


@complex_rule(np.arcsinh, cmath.asinh)
def complex_arcsinh(z, x, z_bar):
    """x = sinh z."""
    x_bar = z_bar / np.cosh(z)
    return (x_bar,)


@complex_rule(np.arccosh, cmath.acosh)
def complex_arccosh(z, x, z_bar):
    """x = cosh z."""
    x_bar = z_bar / np.sinh(z)
    return (x_bar,)


complex_rule(np.complex64, np.complex128)(positive)
_IN_CMATH = (exp, log, log10, sqrt, sin, cos, tan, arctan, sinh, cosh, tanh, arctanh)
for _rule in _IN_CMATH:
    complex_rule(getattr(cmath, _rule.__name__.replace("arc", "a")))(_rule)
