"""Elementwise rules of functions that choose an operand, and functions of slope zero.

Of two equal values `maximum` and `minimum` choose the left one; `clip` has slope 1 at both bounds.
Rounding, signs and comparisons are piecewise constant.
"""

from __future__ import annotations

import cmath
import math
import operator

import numpy as np

from adjoint.program import primitives
from adjoint.rules.registry import piecewise_constant, vjp_rule
from adjoint.runtime import extrema

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


@vjp_rule(extrema.larger, broadcasts=True)
def larger(z, x, y, z_bar):
    """z = the larger, nan counting as such; the left one where they are equal."""
    right = (y > x) | (y != y)
    x_bar = np.where(right, 0.0, z_bar)
    y_bar = np.where(right, z_bar, 0.0)
    return x_bar, y_bar


@vjp_rule(extrema.smaller, broadcasts=True)
def smaller(z, x, y, z_bar):
    """z = the smaller, nan counting as such; the left one where they are equal."""
    right = (y < x) | (y != y)
    x_bar = np.where(right, 0.0, z_bar)
    y_bar = np.where(right, z_bar, 0.0)
    return x_bar, y_bar


@vjp_rule(extrema.found, broadcasts=True)
def found(z, extremum, element, z_bar):
    """z = the element."""
    element_bar = z_bar * 1.0
    return (element_bar,)


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
