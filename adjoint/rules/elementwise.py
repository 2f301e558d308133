"""Rules of scalar functions, which are NumPy's elementwise ones as well.

The compiler reads these bodies and writes them into loops over scalars, where `np.where` becomes
a conditional; the tape calls them on arrays. So a body holds only operators, NumPy's ufuncs and
`np.where`, and it reads the result `z` where that saves a transcendental function. Constants are
Python floats, which do not promote float32.

At kinks: `abs` and everything like it has slope 0; of two equal values `maximum` and `minimum`
choose the left one; `clip` has slope 1 at both bounds. Rounding, signs and comparisons are
piecewise constant. Outside its domain a derivative is what its formula gives (inf or nan).
"""

from __future__ import annotations

import cmath
import math
import operator

import numpy as np

from adjoint.program import primitives
from adjoint.rules.registry import complex_rule, piecewise_constant, vjp_rule
from adjoint.runtime import kernels

# --------------------------------------------------------------------------- arithmetic


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


# --------------------------------------------------------------------------- complex numbers


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


# --------------------------------------------------------------------------- choices


@vjp_rule(np.maximum, max, broadcasts=True)
def maximum(z, x, y, z_bar):
    """z = the larger; the left one where they are equal."""
    x_bar = np.where(x >= y, z_bar, 0.0)
    y_bar = np.where(x >= y, 0.0, z_bar)
    return x_bar, y_bar


@vjp_rule(np.minimum, min, broadcasts=True)
def minimum(z, x, y, z_bar):
    """z = the smaller; the left one where they are equal."""
    x_bar = np.where(x <= y, z_bar, 0.0)
    y_bar = np.where(x <= y, 0.0, z_bar)
    return x_bar, y_bar


@vjp_rule(np.fmax, broadcasts=True)
def fmax(z, x, y, z_bar):
    """z = the larger, nan counting as missing; the left one where they are equal."""
    left = (x >= y) | (y != y)
    x_bar = np.where(left, z_bar, 0.0)
    y_bar = np.where(left, 0.0, z_bar)
    return x_bar, y_bar


@vjp_rule(np.fmin, broadcasts=True)
def fmin(z, x, y, z_bar):
    """z = the smaller, nan counting as missing; the left one where they are equal."""
    left = (x <= y) | (y != y)
    x_bar = np.where(left, z_bar, 0.0)
    y_bar = np.where(left, 0.0, z_bar)
    return x_bar, y_bar


@vjp_rule(np.clip, broadcasts=True)
def clip(z, a, a_min, a_max, z_bar):
    """z = a within [a_min, a_max]; at both bounds the slope goes to a."""
    a_bar = np.where((a >= a_min) & (a <= a_max), z_bar, 0.0)
    a_min_bar = np.where((a < a_min) & (a_min <= a_max), z_bar, 0.0)
    a_max_bar = np.where((a > a_max) | (a_min > a_max), z_bar, 0.0)
    return a_bar, a_min_bar, a_max_bar


@vjp_rule(np.where, primitives.select, broadcasts=True, holomorphic=True)
def where(z, condition, x, y, z_bar):
    """z = x where the condition holds, else y."""
    x_bar = np.where(condition, z_bar, 0.0)
    y_bar = np.where(condition, 0.0, z_bar)
    return x_bar, y_bar


@vjp_rule(np.heaviside, broadcasts=True)
def heaviside(z, x, y, z_bar):
    """z = 0, y or 1 as x is negative, zero or positive: piecewise constant in x."""
    y_bar = np.where(x == 0, z_bar, 0.0)
    return (y_bar,)


# --------------------------------------------------------------------------- slope zero

piecewise_constant(
    *(operator.lt, operator.le, operator.eq, operator.ne, operator.ge, operator.gt),
    *(np.less, np.less_equal, np.equal, np.not_equal, np.greater_equal, np.greater),
    *(operator.and_, operator.or_, operator.xor, operator.not_, operator.invert),
    *(operator.is_, operator.is_not, operator.contains, operator.truth),
    *(np.logical_and, np.logical_or, np.logical_xor, np.logical_not),
    *(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert),
    *(primitives.logical_and, primitives.logical_or, primitives.dim),
)
piecewise_constant(
    *(operator.floordiv, operator.ifloordiv, np.floor_divide),
    *(operator.lshift, operator.rshift, np.left_shift, np.right_shift),
    *(np.floor, np.ceil, np.trunc, np.rint, np.round, np.around, np.fix, np.sign, np.signbit),
    *(math.floor, math.ceil, math.trunc, round, int, bool, np.bool_),
    *(np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64),
    *(np.isnan, np.isinf, np.isfinite, math.isnan, math.isinf, math.isfinite),
    *(cmath.isnan, cmath.isinf, cmath.isfinite, np.iscomplexobj, np.isrealobj),
    *(np.angle, cmath.phase),  # of real numbers
    *(np.gcd, np.lcm, math.gcd, math.lcm, math.factorial, math.comb, math.perm, math.isqrt),
    *(np.spacing, np.isclose, math.isclose),
)
