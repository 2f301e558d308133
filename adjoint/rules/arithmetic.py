"""Elementwise rules of arithmetic, powers and roots."""

from __future__ import annotations

import math
import operator

import numpy as np

from adjoint.rules.registry import vjp_rule


@vjp_rule(np.add, operator.add, operator.iadd, broadcasts=True, holomorphic=True)
def add(z, x, y, z_bar):
    """z = x + y."""
    x_bar = z_bar
    y_bar = z_bar
    return x_bar, y_bar


@vjp_rule(np.subtract, operator.sub, operator.isub, broadcasts=True, holomorphic=True)
def subtract(z, x, y, z_bar):
    """z = x - y."""
    x_bar = z_bar
    y_bar = -z_bar
    return x_bar, y_bar


@vjp_rule(np.multiply, operator.mul, operator.imul, broadcasts=True, holomorphic=True)
def multiply(z, x, y, z_bar):
    """z = x y."""
    x_bar = z_bar * y
    y_bar = z_bar * x
    return x_bar, y_bar


@vjp_rule(np.divide, operator.truediv, operator.itruediv, broadcasts=True, holomorphic=True)
def divide(z, x, y, z_bar):
    """z = x / y, so dz/dy = -x / y² = -z / y."""
    x_bar = z_bar / y
    y_bar = -(z_bar / y) * z
    return x_bar, y_bar


@vjp_rule(np.remainder, operator.mod, operator.imod, broadcasts=True)
def remainder(z, x, y, z_bar):
    """z = x - y floor(x / y); the quotient is constant between the jumps."""
    x_bar = z_bar
    y_bar = -(z_bar * (x // y))
    return x_bar, y_bar


@vjp_rule(np.fmod, math.fmod, broadcasts=True)
def fmod(z, x, y, z_bar):
    """z = x - y trunc(x / y)."""
    x_bar = z_bar
    y_bar = -(z_bar * np.trunc(x / y))
    return x_bar, y_bar


@vjp_rule(math.remainder, broadcasts=True)
def ieee_remainder(z, x, y, z_bar):
    """z = x - y rint(x / y)."""
    x_bar = z_bar
    y_bar = -(z_bar * np.rint(x / y))
    return x_bar, y_bar


@vjp_rule(np.power, np.float_power, operator.pow, operator.ipow, pow, math.pow, broadcasts=True)
def power(z, x, y, z_bar):
    """z = x**y, with JAX's conventions where the formula is 0/0.

    dz/dx = y x**(y-1), and 0 for y = 0, at x = 0 too: x**0 is 1 everywhere. It is finite for
    x <= 0 whenever z is. dz/dy = z log(x), and 0 at x = 0, where 0**y does not move; for x < 0 it
    is nan, for a power of a negative number is not real between integers.
    """
    x_bar = z_bar * (y * x ** np.where(y == 0, 1, y - 1))
    y_bar = z_bar * (z * np.log(np.where(x == 0, 1, x)))
    return x_bar, y_bar


@vjp_rule(np.negative, operator.neg, broadcasts=True, holomorphic=True)
def negative(z, x, z_bar):
    """z = -x."""
    x_bar = -z_bar
    return (x_bar,)


@vjp_rule(
    np.positive,
    operator.pos,
    float,
    np.float64,
    np.float32,
    broadcasts=True,
    holomorphic=True,
)
def positive(z, x, z_bar):
    """z = x, possibly in another precision; the caller casts the cotangent back."""
    x_bar = z_bar
    return (x_bar,)


@vjp_rule(np.absolute, np.fabs, abs, operator.abs, math.fabs, broadcasts=True)
def absolute(z, x, z_bar):
    """z = |x|; slope 0 at 0."""
    x_bar = z_bar * np.sign(x)
    return (x_bar,)


@vjp_rule(np.copysign, math.copysign, broadcasts=True)
def copysign(z, x, y, z_bar):
    """z = |x| with the sign of y; slope 0 at x = 0."""
    x_bar = z_bar * np.sign(x) * np.copysign(1.0, y)
    return (x_bar,)


@vjp_rule(np.nextafter, math.nextafter, broadcasts=True)
def nextafter(z, x, y, z_bar):
    """z = x and a little more, in the direction of y."""
    x_bar = z_bar
    return (x_bar,)


@vjp_rule(np.reciprocal, broadcasts=True, holomorphic=True)
def reciprocal(z, x, z_bar):
    """z = 1 / x."""
    x_bar = -(z_bar * z * z)
    return (x_bar,)


@vjp_rule(np.square, broadcasts=True, holomorphic=True)
def square(z, x, z_bar):
    """z = x²."""
    x_bar = z_bar * (2.0 * x)
    return (x_bar,)


@vjp_rule(np.sqrt, math.sqrt, broadcasts=True, holomorphic=True)
def sqrt(z, x, z_bar):
    """z = √x; slope inf at 0."""
    x_bar = z_bar * (0.5 / z)
    return (x_bar,)


@vjp_rule(np.cbrt, math.cbrt, broadcasts=True)
def cbrt(z, x, z_bar):
    """z = x^(1/3); slope inf at 0."""
    x_bar = z_bar / (3.0 * z * z)
    return (x_bar,)


@vjp_rule(np.hypot, math.hypot, broadcasts=True)
def hypot(z, x, y, z_bar):
    """z = √(x² + y²); slope nan at the origin, as for every norm here."""
    x_bar = z_bar * (x / z)
    y_bar = z_bar * (y / z)
    return x_bar, y_bar


@vjp_rule(np.ldexp, math.ldexp, broadcasts=True)
def ldexp(z, x, n, z_bar):
    """z = x 2ⁿ, n an integer."""
    x_bar = np.ldexp(z_bar, n)
    return (x_bar,)


@vjp_rule(np.degrees, np.rad2deg, math.degrees, broadcasts=True)
def degrees(z, x, z_bar):
    """z = 180 x / π."""
    x_bar = z_bar * 57.29577951308232
    return (x_bar,)


@vjp_rule(np.radians, np.deg2rad, math.radians, broadcasts=True)
def radians(z, x, z_bar):
    """z = π x / 180."""
    x_bar = z_bar * 0.017453292519943295
    return (x_bar,)
