"""NumPy's elementwise functions with two results, or that Numba does not know."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adjoint.expansions.reductions import into
from adjoint.expansions.registry import expands, settled


@expands(np.divmod)
def quotient_and_remainder(x1: Any, x2: Any) -> Any:
    """`np.divmod`."""
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


@expands(np.modf, math.modf)
def modf(x: Any) -> Any:
    """The part after the point, which has the slope, and the one before it."""
    y = 1.0 * x
    return np.where(np.isinf(y), np.copysign(0.0, y), np.fmod(y, 1.0)), np.trunc(y)


@expands(np.frexp, math.frexp)
def frexp(x: Any) -> Any:
    """Mantissa and exponent; the exponent is constant between powers of two."""
    y = 1.0 * x
    proper = np.isfinite(y) & (y != 0.0)
    size = np.where(proper, np.abs(y), 0.5)
    near = (np.floor(np.log2(size)) + 1.0).astype(np.int32)
    mantissa = np.ldexp(size, -near)  # the logarithm is rounded, so it may be off by one
    above = np.where(mantissa >= 1.0, 1, 0)
    exponent = near + above - np.where(mantissa < 0.5, 1, 0)
    return np.where(proper, np.ldexp(y, -exponent), y), np.where(proper, exponent, 0)


@expands(np.isposinf)
def isposinf(x: Any, out: Any = None) -> Any:
    """Whether it is +inf."""
    return into(out, np.equal(x, np.inf))


@expands(np.isneginf)
def isneginf(x: Any, out: Any = None) -> Any:
    """Whether it is -inf."""
    return into(out, np.equal(x, -np.inf))


@expands(np.isreal)
def isreal(x: Any) -> Any:
    """Whether the imaginary part is zero."""
    return np.equal(np.imag(x), 0)


@expands(np.iscomplex)
def iscomplex(x: Any) -> Any:
    """Whether the imaginary part is not zero."""
    return np.not_equal(np.imag(x), 0)


@expands(np.heaviside)
def heaviside(x1: Any, x2: Any) -> Any:
    """0, x2 or 1 as x1 is negative, zero or positive."""
    return np.where(x1 == 0, x2, 0.5 * (np.sign(x1) + 1.0))


@expands(np.nan_to_num)
def nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    """Numbers for nan and inf, which have slope 0."""
    if np.iscomplexobj(x):
        real = replaced(np.real(x), nan, posinf, neginf)
        return real + 1j * replaced(np.imag(x), nan, posinf, neginf)
    return replaced(x, nan, posinf, neginf)


def replaced(x: Any, nan: Any, posinf: Any, neginf: Any) -> Any:
    """`np.nan_to_num` of real numbers; next to inf is the largest number of x's own type."""
    largest = np.nextafter(np.copysign(np.inf, x), 0.0)
    above = largest if posinf is None else posinf
    below = largest if neginf is None else neginf
    finite = np.where(x == np.inf, above, np.where(x == -np.inf, below, x))
    return np.where(np.isnan(x), nan, finite)


@expands(np.vecdot)
def vecdot(x1: Any, x2: Any, axis: int = -1) -> Any:
    """Products of vectors."""
    return np.sum(np.conj(x1) * x2, axis=axis)


@expands(np.matvec)
def matvec(x1: Any, x2: Any) -> Any:
    """Matrices times vectors."""
    return np.sum(x1 * x2[..., None, :], axis=-1)


@expands(np.vecmat)
def vecmat(x1: Any, x2: Any) -> Any:
    """Vectors times matrices."""
    return np.sum(np.conj(x1)[..., :, None] * x2, axis=-2)


@expands(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 6.283185307179586) -> Any:
    """Multiples of the period added where neighbours differ by more than half of it."""
    half = 0.5 * period
    least = half if discont is None else max(discont, half)
    steps = np.diff(p, axis=axis)
    wrapped = np.remainder(steps + half, period) - half
    wrapped = np.where((wrapped == -half) & (steps > 0), half, wrapped)
    moves = np.cumsum(np.where(np.abs(steps) < least, 0.0, wrapped - steps), axis=axis)
    straight = p.copy()
    rest = (slice(None),) * (axis % p.ndim) + (slice(1, None),)
    straight[rest] += moves
    return straight


@expands(np.astype)
def astype(x: Any, dtype: Any, *, copy: bool = True, device: Any = None) -> Any:
    """`x.astype(dtype)`."""
    return x.astype(dtype)


@expands(np.real_if_close)
def real_if_close(a: Any, tol: Any = 100) -> Any:
    """Real numbers as they are."""
    real_alone(np.iscomplexobj(a))
    return a


@settled
def real_alone(is_complex: bool) -> None:
    """Refuse complex numbers: whether NumPy's result is real depends on the values."""
    if is_complex:
        raise ValueError("whether np.real_if_close gives real numbers depends on them: use .real")
