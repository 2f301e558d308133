"""Discrete Fourier transforms of the rows of a complex matrix, of any length, compiled by Numba.

Neither is scaled: z[k] = Σ x[j] exp(∓2πi jk / n). The matrix of the transform is symmetric, so each
is its own adjoint (cotangents are not conjugated, as everywhere here).

Lengths of small prime factors are transformed by Stockham's algorithm, one factor after the other;
others by Bluestein's: jk = (j² + k² - (k - j)²) / 2 makes the transform a convolution, which
transforms of a power of two compute.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import register_jitable

Array = Any
LARGEST_FACTOR = 13
"""Factors up to this one are transformed directly."""


@register_jitable
def forward(x: Array) -> Array:
    """The transform of each row."""
    return _rows(x, -1.0)


@register_jitable
def backward(x: Array) -> Array:
    """The inverse transform of each row, times its length."""
    return _rows(x, 1.0)


@register_jitable
def forward_bars(x: Array, z_bar: Array) -> tuple[Array]:
    """The operand of z = forward(x)."""
    return (_rows(z_bar, -1.0),)


@register_jitable
def backward_bars(x: Array, z_bar: Array) -> tuple[Array]:
    """The operand of z = backward(x)."""
    return (_rows(z_bar, 1.0),)


@register_jitable
def _rows(x: Array, sign: float) -> Array:
    rows, n = x.shape
    z = np.empty((rows, n), np.complex128)
    if rows == 0 or n == 0:
        return z
    factors = _factors(n)
    if factors[-1] <= LARGEST_FACTOR:
        turns = _turns(n, sign)
        for row in range(rows):
            z[row] = _stockham(x[row].astype(np.complex128), factors, turns)
    else:
        _bluestein(x, sign, z)
    return z


@register_jitable
def _factors(n: int) -> Array:
    """Prime factors in increasing order, but fours for pairs of twos; 1 for 1."""
    found = np.ones(64, np.int64)
    count, factor = 0, 4
    while n > 1:
        if n % factor == 0:
            found[count] = factor
            count += 1
            n //= factor
        elif factor == 4:
            factor = 2
        elif factor == 2:
            factor = 3
        elif factor * factor > n:
            factor = n
        else:
            factor += 2
    return np.sort(found[: max(count, 1)])


@register_jitable
def _turns(n: int, sign: float) -> Array:
    """exp(± 2πi k / n); the angle is reduced to an eighth of a turn, which keeps all digits."""
    turns = np.empty(n, np.complex128)
    for k in range(n):
        eighth = (8 * k) // n
        rest = 8 * k - eighth * n
        if eighth % 2 == 1:
            rest = n - rest
        angle = np.pi * rest / (4.0 * n)
        c, s = np.cos(angle), np.sin(angle)
        if eighth in (1, 2, 5, 6):
            c, s = s, c
        if eighth in (2, 3, 4, 5):
            c = -c
        if eighth >= 4:
            s = -s
        turns[k] = complex(c, sign * s)
    return turns


@register_jitable
def _stockham(x: Array, factors: Array, turns: Array) -> Array:
    """Decimation in frequency, in order without bit reversal (Van Loan 1992, sec. 1.7)."""
    n = len(x)
    y = np.empty_like(x)
    length, stride = n, 1  # `stride` interleaved transforms of `length` are left
    for p in factors:
        part = length // p
        for j in range(part):
            for k in range(p):
                for q in range(stride):
                    total = 0.0j
                    for r in range(p):
                        turn = turns[(r * k * part * stride) % n]
                        total += x[q + stride * (j + part * r)] * turn
                    y[q + stride * (p * j + k)] = total * turns[(j * k * stride) % n]
        x, y = y, x
        length, stride = part, stride * p
    return x


@register_jitable
def _bluestein(x: Array, sign: float, z: Array) -> None:
    rows, n = x.shape
    size = 1
    while size < 2 * n - 1:
        size *= 2
    half_turns = _turns(2 * n, sign)
    chirp = np.empty(n, np.complex128)
    for j in range(n):
        chirp[j] = half_turns[(j * j) % (2 * n)]
    filter_ = np.zeros(size, np.complex128)
    for j in range(n):
        filter_[j] = np.conj(chirp[j])
        filter_[-j] = np.conj(chirp[j])
    factors, there, back = _factors(size), _turns(size, -1.0), _turns(size, 1.0)
    filter_ = _stockham(filter_, factors, there)
    for row in range(rows):
        padded = np.zeros(size, np.complex128)
        padded[:n] = x[row] * chirp
        product = _stockham(padded, factors, there) * filter_
        z[row] = _stockham(product, factors, back)[:n] * chirp / size
