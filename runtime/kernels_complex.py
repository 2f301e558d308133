"""Cotangents of factorisations of complex matrices, in the part of NumPy that Numba compiles.

As `kernels_compiled`, and by its convention dL = Re(z_bar dz): the formulas, which are for real
matrices in `kernels_linalg`, hold of conjugated cotangents with conjugated transposes. Vectors of
`eigh` and `svd` have a phase each that the equations leave open and LAPACK settles: the first
component of one of them is real, as is the diagonal of r in `qr`. Results that depend on the phases
are differentiated as LAPACK's; others do not notice (Wan & Zhang 2019, "Automatic differentiation
for complex valued SVD"; Seeger et al. 2017, "Auto-differentiating linear algebra").
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import register_jitable

Array = Any


@register_jitable
def _turned(a: Array) -> Array:
    """The conjugate transpose."""
    return np.conj(np.ascontiguousarray(a.T))


@register_jitable
def _given(bar: Array, item: Array) -> Array:
    """The conjugated cotangent of an item of a result: zeros if nothing depends on it."""
    if bar.size == 0:
        return np.zeros(item.shape, item.dtype)
    return np.conj(np.ascontiguousarray(bar))


@register_jitable
def _add_phases(bar: Array, vectors: Array, along: Array, size: Array) -> None:
    """Add to conjugated cotangents of vectors that a phase keeps the first components real.

    Parameters
    ----------
    along : slope of the result along the phase of each vector.
    size : of the terms that `along` is a sum of, for their rounding.

    Raises
    ------
    ValueError : the result depends on a phase that is arbitrary.
    """
    precision = 100.0 * np.finfo(size.dtype).eps * len(vectors)
    for j in range(len(along)):
        first = vectors[0, j]
        if abs(along[j]) > precision * size[j]:
            if abs(first.real) <= precision or abs(first.imag) > precision * abs(first.real):
                raise ValueError(
                    "the result depends on the phase of an eigenvector or singular vector, which "
                    "is arbitrary"
                )
            bar[0, j] -= 1j * (along[j] / first.real)


@register_jitable
def slogdet_bars(a: Array, sign_bar: complex, log_bar: float) -> tuple[Array]:
    """The operand of (sign, log |det a|), sign = det a / |det a|."""
    sign = np.linalg.slogdet(a)[0]
    a_bar = np.empty_like(a)
    a_bar[...] = (log_bar + 1j * (sign_bar * sign).imag) * np.linalg.inv(a).T
    return (a_bar,)


@register_jitable
def eigh_bars(a: Array, w_bar: Array, v_bar: Array) -> tuple[Array]:
    """The operand of (w, v) = eigh(a), Hermitian (Giles 2008, sec. 3.1).

    inf or nan for equal eigenvalues, unless only the values are asked for.
    """
    w, v = np.linalg.eigh(a)
    inner = np.zeros(v.shape, v.dtype)
    if v_bar.size > 0:
        given = _given(v_bar, v)
        terms = np.conj(v) * given
        _add_phases(given, v, np.sum(terms.imag, axis=0), np.sum(np.abs(terms), axis=0))
        inner = np.dot(_turned(v), given)
        for i in range(len(w)):
            for j in range(len(w)):
                if i != j:
                    inner[i, j] = inner[i, j] / (w[j] - w[i])
    for i in range(len(w)):
        inner[i, i] = w_bar[i] if w_bar.size > 0 else 0.0
    bar = np.dot(np.dot(v, inner), _turned(v))
    return (0.5 * (np.conj(bar) + bar.T),)


@register_jitable
def svd_bars(a: Array, full: bool, u_bar: Array, s_bar: Array, vh_bar: Array) -> tuple[Array]:
    """The operand of (u, s, vh) = svd(a), reduced (Wan & Zhang 2019, eq. 15).

    inf or nan for equal or zero singular values, unless only the values are asked for.
    """
    u, s, vh = np.linalg.svd(a, False)
    v = _turned(vh)
    inner = np.zeros((len(s), len(s)), u.dtype)
    for i in range(len(s)):
        inner[i, i] = s_bar[i] if s_bar.size > 0 else 0.0
    if u_bar.size + vh_bar.size == 0:
        return (np.conj(np.dot(np.dot(u, inner), vh)),)
    left, right = _given(u_bar, u), _given(np.conj(vh_bar.T), v)
    terms, others = np.conj(u) * left, np.conj(v) * right
    along = np.sum(terms.imag, axis=0) + np.sum(others.imag, axis=0)
    size = np.sum(np.abs(terms), axis=0) + np.sum(np.abs(others), axis=0)
    if u.shape[0] >= v.shape[0]:
        _add_phases(right, v, along, size)
    else:
        _add_phases(left, u, along, size)
    uu, vv = np.dot(_turned(u), left), np.dot(vh, right)
    for i in range(len(s)):
        for j in range(len(s)):
            if i == j:
                inner[i, i] += 1j * (uu[i, i].imag / s[i])
            else:
                gap = (s[j] - s[i]) * (s[j] + s[i])
                both = (uu[i, j] - np.conj(uu[j, i])) * s[j]
                inner[i, j] += (both + (vv[i, j] - np.conj(vv[j, i])) * s[i]) / gap
    bar = np.dot(np.dot(u, inner), vh)
    if u.shape[0] > len(s):
        bar = bar + np.dot((left - np.dot(u, uu)) / s, vh)
    if v.shape[0] > len(s):
        bar = bar + np.dot(u / s, _turned(right - np.dot(v, vv)))
    return (np.conj(bar),)


@register_jitable
def qr_bars(a: Array, q_bar: Array, r_bar: Array) -> tuple[Array]:
    """The operand of (q, r) = qr(a), r with a real diagonal (Walter & Lehmann 2018).

    Of more columns than rows, the first ones make q, and r is qᴴ a.
    """
    q, r = np.linalg.qr(a)
    n = q.shape[1]
    left, right = _given(q_bar, q), _given(r_bar, r)
    bar = np.zeros(a.shape, a.dtype)
    if a.shape[1] > n:
        beside = np.ascontiguousarray(right[:, n:])
        bar[:, n:] = np.dot(q, beside)
        left = left + np.dot(np.ascontiguousarray(a[:, n:]), _turned(beside))
    square = np.ascontiguousarray(r[:, :n])
    m = np.dot(square, _turned(right[:, :n])) - np.dot(_turned(left), q)
    both = np.tril(m, -1) + _turned(np.tril(m, -1))
    for i in range(n):
        both[i, i] = m[i, i].real
    bar[:, :n] = _turned(np.linalg.solve(square, _turned(left + np.dot(q, both))))
    return (np.conj(bar),)


@register_jitable
def pinv_bars(a: Array, rcond: float, z_bar: Array) -> tuple[Array]:
    """The operand of z = pinv(a), where the rank stays (Golub & Pereyra 1973, eq. 4.12)."""
    z = np.linalg.pinv(a, rcond)
    zt, g = _turned(z), np.ascontiguousarray(z_bar.T)
    bar = -np.dot(np.dot(zt, np.conj(z_bar)), zt)
    bar = bar + np.dot(g - np.dot(a, np.dot(z, g)), np.dot(z, zt))
    return (np.conj(bar + np.dot(np.dot(zt, z), g - np.dot(np.dot(g, z), a))),)
