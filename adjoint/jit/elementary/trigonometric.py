"""sin and cos.

`x = n pi/2 + r` with |r| <= pi/4, pi/2 in three parts (Cody and Waite): that product of n with the
first is subtracted exactly. The quadrant chooses between minimax polynomials of both functions.
"""

from __future__ import annotations

from adjoint.jit.elementary.lanes import Lanes, fma, magnitude, polynomial, where

HALF_PI = 1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33
TWO_BY_PI = 0.6366197723675814
ROUND = 1.5 * 2.0**52
"""Added, it rounds to an integer n, and leaves n in the lowest bits."""

# (sin(r) - r) / r**3 and (cos(r) - 1 + r**2 / 2) / r**4 in r**2; relative errors 2**-56 and 2**-59
SIN = (
    -0.1666666666666663,
    0.008333333333322108,
    -0.00019841269829580163,
    2.7557313618016408e-06,
    -2.5050747218068665e-08,
    1.5896197629347646e-10,
)
COS = (
    0.041666666666666595,
    -0.001388888888887304,
    2.4801587288841384e-05,
    -2.7557314176236193e-07,
    2.087570041559226e-09,
    -1.1358513927243534e-11,
)


def sin(x: Lanes) -> Lanes:
    """Right where `is_moderate`."""
    return where(magnitude(x) < 2.0**-27, x, _turned(x, 0))


def cos(x: Lanes) -> Lanes:
    """Right where `is_moderate`."""
    return _turned(x, 1)


def is_moderate(x: Lanes) -> Lanes:
    """Where three parts of pi/2 are enough."""
    return magnitude(x) < 2.0**28


def _turned(x: Lanes, quadrants: int) -> Lanes:
    """sin(x + quadrants * pi/2)."""
    rounded = fma(x, TWO_BY_PI, ROUND)
    n = rounded - ROUND
    exact = fma(n, -HALF_PI[0], x)
    product = n * HALF_PI[1]
    r = exact - product
    low = ((exact - r) - product) - fma(n, HALF_PI[1], -product)
    low = fma(n, -HALF_PI[2], low)
    quadrant = rounded.bits() + quadrants
    is_odd = (quadrant & 1).same(1)
    result = where(is_odd, _cos(r, low), _sin(r, low))
    return (result.bits() ^ ((quadrant & 2) << 62)).float()


def _sin(r: Lanes, low: Lanes) -> Lanes:
    z = r * r
    return r + fma(z * r, polynomial(z, SIN), fma(z, -0.5, 1.0) * low)


def _cos(r: Lanes, low: Lanes) -> Lanes:
    z = r * r
    half = z * 0.5
    whole = 1.0 - half
    return whole + (((1.0 - whole) - half) + fma(z * z, polynomial(z, COS), -(r * low)))
