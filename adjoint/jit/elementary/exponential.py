"""exp, expm1 and tanh.

`x = n log 2 + r` with |r| <= log(2) / 2 (Cody and Waite), exp(r) by a minimax polynomial,
`exp(x) = 2**n exp(r)`.
"""

from __future__ import annotations

from adjoint.jit.elementary.lanes import Lanes, fma, magnitude, polynomial, signed, where

LOG2_E = 1.4426950408889634
LOG_2 = 0.6931471803691238, 1.9082149292705877e-10
"""In two parts: an n of 11 bits times the first is exact."""

ROUND = 1.5 * 2.0**52 + 2046.0
"""Added, it rounds to an integer n, and leaves n + 2046 in the lowest bits."""

# (exp(r) - 1 - r) / r**2 on |r| <= log(2) / 2; relative error of exp(r) 2**-56
EXP = (
    0.5000000000000011,
    0.16666666666666413,
    0.041666666666530155,
    0.008333333333494465,
    0.0013888888943630203,
    0.0001984126950656995,
    2.4801493098808718e-05,
    2.7557586382069594e-06,
    2.7630248414611055e-07,
    2.5000058886363e-08,
)

# (exp(r) - 1 - r - r**2 / 2) / r**3; relative error of exp(r) - 1 2**-59
EXPM1 = (
    0.16666666666666677,
    0.041666666666666574,
    0.008333333333322158,
    0.0013888888888942787,
    0.00019841269884946972,
    2.4801587197932007e-05,
    2.7557245289016464e-06,
    2.755738732652268e-07,
    2.510868847272645e-08,
    2.087881543042382e-09,
)


def exp(x: Lanes) -> Lanes:
    """2**n in two factors, so that results below the normal range are rounded once."""
    x = where(x > 710.0, 710.0, x)
    x = where(x < -746.0, -746.0, x)
    bits, r, rest = _reduced(x)
    near = r + 1.0
    low = ((1.0 - near) + r) + fma(r * r, polynomial(r, EXP), rest)
    half = bits >> 1
    power = (half << 52).float()
    return fma(low, power, near * power) * ((bits - half) << 52).float()


def expm1(x: Lanes) -> Lanes:
    """Twice the half of it, because half of 2**n is never too large for a float."""
    clamped = where(x > 710.0, 710.0, x)
    clamped = where(clamped < -50.0, -50.0, clamped)
    high, low = _less_one(clamped, 0.5)
    return where(magnitude(x) < 2.0**-54, x, 2.0 * (high + low))


def tanh(x: Lanes) -> Lanes:
    """E / (E + 2) with E = expm1(2 |x|), both in two parts, and one correction of the quotient."""
    y = magnitude(x)
    y = where(y > 20.0, 20.0, y)
    high, low = _less_one(y + y, 1.0)
    above = high + low
    above_low = (high - above) + low
    below = above + 2.0
    is_large = above > 2.0
    larger, smaller = where(is_large, above, 2.0), where(is_large, 2.0, above)
    below_low = (larger - below) + smaller + above_low
    inverse = 1.0 / below
    quotient = above * inverse
    rest = fma(-quotient, below, above) + fma(-quotient, below_low, above_low)
    return signed(fma(rest, inverse, quotient), x)


def _less_one(x: Lanes, factor: float) -> tuple[Lanes, Lanes]:
    """factor * (exp(x) - 1) as a sum of two; the factor is 1 or 0.5."""
    bits, r, rest = _reduced(x)
    tail = fma(r * 0.5, r, fma(r * r * r, polynomial(r, EXPM1), rest))
    power = ((bits - (1023 if factor == 1.0 else 1024)) << 52).float()
    whole, part = power - factor, power * r
    lost = (power - whole) - factor
    high = whole + part
    return high, fma(power, tail, (whole - high) + part + lost)


def _reduced(x: Lanes) -> tuple[Lanes, Lanes, Lanes]:
    """n + 2046 in the lowest bits of an integer, r, and what r was rounded by."""
    rounded = fma(x, LOG2_E, ROUND)
    n = rounded - ROUND
    exact = fma(n, -LOG_2[0], x)
    r = fma(n, -LOG_2[1], exact)
    return rounded.bits(), r, fma(n, -LOG_2[1], exact - r)
