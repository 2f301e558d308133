"""log and log1p.

`x = 2**k (1 + f)` with 1 + f between sqrt(1/2) and sqrt(2), `s = f / (2 + f)`, and
`log(1 + f) = 2 atanh(s) = f - f**2 / 2 + s (f**2 / 2 + R(s**2))` with a minimax polynomial R, as in
fdlibm.
"""

from __future__ import annotations

from adjoint.jit.elementary.lanes import Lanes, fma, magnitude, polynomial, where

SQRT_HALF, ONE = 0x3FE6A09E667F3BCD, 0x3FF0000000000000
"""The representations of floats."""

MANTISSA = (1 << 52) - 1
INTEGER = 0x4330000000000000
"""The representation of 2**52, to which an integer is added in its lowest bits."""

LOG_2 = 0.6931471803691238, 1.9082149292705877e-10
"""In two parts: an exponent times the first is exact."""

# (2 atanh(s) - 2 s) / s**3 in s**2; relative error of log(1 + f) 2**-58
ATANH = (
    0.6666666666666734,
    0.39999999999413965,
    0.28571428742562294,
    0.22222198553773811,
    0.1818356540772572,
    0.1531402110905928,
    0.14796261244035266,
)


def log(x: Lanes) -> Lanes:
    """Right where `is_normal`."""
    high, low, _, _ = _parts(x)
    return high + low


def is_normal(x: Lanes) -> Lanes:
    """Positive and neither infinite nor below the normal range."""
    return (x >= 2.0**-1022) & (x <= 1.7976931348623157e308)


def log1p(x: Lanes) -> Lanes:
    """log(u + c) where u is 1 + x rounded: log(u) + c / u. Right where `is_above`."""
    u = x + 1.0
    added = u - 1.0
    c = (1.0 - (u - added)) + (x - added)
    high, low, f, power = _parts(u)
    inverse = fma(f, fma(f, 0.83, -1.0), 1.0)  # of 1 + f, to 4 %: c is below an ulp
    return where(magnitude(x) < 2.0**-54, x, high + fma(c * power, inverse, low))


def is_above(x: Lanes) -> Lanes:
    """More than -1, and not so large that 2**-k is no normal number."""
    return (x > -1.0) & (x < 2.0**1000)


def _parts(x: Lanes) -> tuple[Lanes, Lanes, Lanes, Lanes]:
    """log(x) as a sum of two, f, and 2**-k."""
    shifted = x.bits() + (ONE - SQRT_HALF)
    exponent = shifted >> 52
    k = (exponent | INTEGER).float() - (2.0**52 + 1023.0)
    f = ((shifted & MANTISSA) + SQRT_HALF).float() - 1.0
    s = f / (f + 2.0)
    z = s * s
    half_square = f * f * 0.5
    curved = fma(s, fma(z, polynomial(z, ATANH), half_square), k * LOG_2[1]) - half_square
    whole = k * LOG_2[0]
    high = whole + f
    return high, ((whole - high) + f) + curved, f, ((2046 - exponent) << 52).float()
