"""arcsin, arccos, arctan and arctan2: what is left after symmetries is `base + v`, base known in
two parts, and the sum of the larger parts has its rounding error added."""

from __future__ import annotations

from adjoint.jit.elementary.lanes import Lanes, fma, magnitude, polynomial, signed, where

HALF_PI = 1.5707963267948966, 6.123233995736766e-17

QUARTER_PI = 0.7853981633974483, 3.061616997868383e-17
"""In two parts: the first, of 50 bits, times 0 … 4 is exact."""

TAN_EIGHTH = 0.41421356237309503
RECIPROCAL = 0x7FDE623822FC16E6
"""Less the representation of a float, it is that of 1 / x, to a tenth."""

# (asin(t) - t) / t**3 in t**2 up to 1/4; relative error of asin(t) 2**-59
ASIN = (
    0.1666666666666676,
    0.07499999999970781,
    0.04464285717463011,
    0.0303819427068843,
    0.022372215013677435,
    0.017351611533610294,
    0.01398082645324558,
    0.011398862627613568,
    0.01078053816366621,
    0.003705302384157308,
    0.021710208359647546,
    -0.021003067908897104,
    0.03263118923068197,
)

# (atan(t) - t) / t**3 in t**2, t up to tan(pi/8); relative error of atan(t) 2**-57
ATAN = (
    -0.3333333333333319,
    0.1999999999995282,
    -0.14285714280121276,
    0.11111110779796514,
    -0.09090897655014195,
    0.0769205842916725,
    -0.06663084156020942,
    0.05847747069855547,
    -0.05038673491711639,
    0.038048735963173846,
    -0.017890082344979914,
)


def asin(x: Lanes) -> Lanes:
    """asin(t), or pi/2 - 2 asin(t) for |x| above 1/2."""
    is_large, t, tail = _halved(x)
    factor = where(is_large, t.like(-2.0), 1.0)
    base = [where(is_large, t.like(part), 0.0) for part in HALF_PI]
    return signed(_sum(base[0], factor * t, fma(factor, tail, base[1])), x)


def acos(x: Lanes) -> Lanes:
    """pi/2 - asin(x), 2 asin(t) for x above 1/2, pi - 2 asin(t) for x below -1/2."""
    is_large, t, tail = _halved(x)
    sign = signed(x.like(1.0), x)
    factor = where(is_large, 2.0 * sign, -sign)
    base = [where(is_large, part - part * sign, part) for part in HALF_PI]
    return _sum(base[0], factor * t, fma(factor, tail, base[1]))


def atan(x: Lanes) -> Lanes:
    """atan2(x, 1), for which nothing is too large or too small."""
    y = magnitude(x)
    is_large = y > 1.0
    smaller, larger = where(is_large, 1.0, y), where(is_large, y, 1.0)
    larger = where(larger > 2.0**60, 2.0**60, larger)
    zero = x.like(0.0)
    return signed(_angle(smaller, larger, is_large, zero < zero), x)


def atan2(y: Lanes, x: Lanes) -> Lanes:
    """The smaller of |y| and |x| divided by the larger. Right where `are_moderate`."""
    smaller, larger, is_steep = _ordered(y, x)
    return signed(_angle(smaller, larger, is_steep, x < 0.0), y)


def are_moderate(y: Lanes, x: Lanes) -> Lanes:
    """Where no step of a division is near the ends of the range; one of the two may be 0."""
    smaller, larger, _ = _ordered(y, x)
    is_small = (smaller > 2.0**-480) | smaller.same(0.0)
    return is_small & (larger > 2.0**-480) & (larger < 2.0**480)


def _ordered(y: Lanes, x: Lanes) -> tuple[Lanes, Lanes, Lanes]:
    y, x = magnitude(y), magnitude(x)
    is_steep = y > x
    return where(is_steep, x, y), where(is_steep, y, x), is_steep


def _halved(x: Lanes) -> tuple[Lanes, Lanes, Lanes]:
    """Whether |x| is above 1/2; t, which is |x| or sqrt((1 - |x|) / 2), and asin(t) - t."""
    y = magnitude(x)
    is_large = y > 0.5
    z = where(is_large, fma(y, -0.5, 0.5), x * x)
    root = z.intrinsic("llvm.sqrt")
    near = (RECIPROCAL - root.bits()).float()
    rest = where(is_large, fma(-root, root, z) * 0.5 * near, 0.0)
    t = where(is_large, root, y)
    return is_large, t, fma(t * z, polynomial(z, ASIN), rest)


def _angle(smaller: Lanes, larger: Lanes, is_steep: Lanes, is_behind: Lanes) -> Lanes:
    """The angle of a point of which the larger of two distances, and on which side, is known.

    `atan(q) = pi/4 + atan((q - 1) / (q + 1))` keeps t below tan(pi/8).
    """
    is_middle = smaller > larger * TAN_EIGHTH
    difference, total = smaller - larger, larger + smaller
    above = where(is_middle, difference, smaller)
    below = where(is_middle, total, larger)
    above_low = where(is_middle, smaller - (difference + larger), 0.0)
    below_low = where(is_middle, smaller - (total - larger), 0.0)
    inverse = 1.0 / below
    t = above * inverse
    z = t * t
    rest = (fma(-t, below, above) + fma(-t, below_low, above_low)) * inverse
    tail = fma(t * z, polynomial(z, ATAN), rest - z * rest)
    quarters = where(is_middle, t.like(1.0), 0.0)
    quarters = where(is_steep, 2.0 - quarters, quarters)
    quarters = where(is_behind, 4.0 - quarters, quarters)
    sign = where(is_steep ^ is_behind, t.like(-1.0), 1.0)
    return _sum(quarters * QUARTER_PI[0], sign * t, fma(quarters, QUARTER_PI[1], sign * tail))


def _sum(base: Lanes, t: Lanes, low: Lanes) -> Lanes:
    """`base + t + low`; base is 0 or larger than t."""
    high = base + t
    return high + (((base - high) + t) + low)
