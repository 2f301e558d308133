"""Cotangents of library calls on whole arrays, in the part of NumPy that Numba compiles.

Each function takes the operands of the call and the cotangent of each item of its result, and
returns the cotangents of the operands in one tuple. What the call computed is computed again where
a formula needs it: operands may be kept for other reasons, results seldom are. The cotangent of an
item that nothing depends on is an array without elements. Matrices are not stacked; formulas are
those of `kernels_linalg`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import register_jitable

Array = Any


@register_jitable
def _given(bar: Array, item: Array) -> Array:
    """The cotangent of an item of a result: zeros if nothing depends on it."""
    if bar.size == 0:
        return np.zeros(item.shape, item.dtype)
    return np.ascontiguousarray(bar)


@register_jitable
def outer_bars(a: Array, b: Array, z_bar: Array) -> tuple[Array, Array]:
    """Operands of z[i, j] = a[i] b[j], two vectors."""
    return np.dot(z_bar, b), np.dot(z_bar.T, a)


@register_jitable
def solve_bars(a: Array, b: Array, z_bar: Array) -> tuple[Array, Array]:
    """Operands of z = solve(a, b): b_bar = a⁻ᵀ z_bar, a_bar = -b_bar zᵀ (Giles 2008, 2.3.1)."""
    z = np.linalg.solve(a, b)
    b_bar = np.linalg.solve(a.T, z_bar)
    if b.ndim == 1:
        return -np.outer(b_bar, z), b_bar
    return -np.dot(b_bar, z.T), b_bar


@register_jitable
def inv_bars(a: Array, z_bar: Array) -> tuple[Array]:
    """The operand of z = inv(a): -zᵀ z_bar zᵀ (Giles 2008, sec. 2.2.3)."""
    z = np.linalg.inv(a)
    return (-np.dot(np.dot(z.T, z_bar), z.T),)


@register_jitable
def det_bars(a: Array, z_bar: float) -> tuple[Array]:
    """The operand of z = det(a): z_bar z a⁻ᵀ (Giles 2008, sec. 2.2.4); singular ones raise."""
    return (z_bar * np.linalg.det(a) * np.linalg.inv(a).T,)


@register_jitable
def slogdet_bars(a: Array, sign_bar: float, log_bar: float) -> tuple[Array]:
    """The operand of (sign, log |det a|): a⁻ᵀ; the sign is piecewise constant."""
    return (log_bar * np.linalg.inv(a).T,)


@register_jitable
def cholesky_bars(a: Array, z_bar: Array) -> tuple[Array]:
    """The operand of z = cholesky(a), Hermitian (Murray 2016, sec. 3.1, eq. 10).

    The formula is of conjugated cotangents, transposes are conjugated; the diagonal of z is real.
    """
    z = np.linalg.cholesky(a)
    below = np.tril(np.dot(np.conj(z.T), np.conj(z_bar)), -1)
    slopes = np.diag(np.dot(np.conj(z.T), np.conj(z_bar)))
    both = below + np.conj(below.T)
    for i in range(len(slopes)):
        both[i, i] = slopes[i].real
    inverse = np.linalg.inv(z)
    return (0.5 * np.conj(np.dot(np.dot(np.conj(inverse.T), both), inverse)),)


@register_jitable
def eigh_bars(a: Array, w_bar: Array, v_bar: Array) -> tuple[Array]:
    """The operand of (w, v) = eigh(a), symmetric (Giles 2008, sec. 3.1).

    inf or nan for equal eigenvalues.
    """
    w, v = np.linalg.eigh(a)
    inner = np.dot(v.T, _given(v_bar, v))
    slopes = _given(w_bar, w)
    for i in range(len(w)):
        for j in range(len(w)):
            if i == j:
                inner[i, i] = slopes[i]
            elif v_bar.size == 0:
                inner[i, j] = 0.0  # eigenvalues alone have a slope where they are equal
            else:
                inner[i, j] = inner[i, j] / (w[j] - w[i])
    bar = np.dot(np.dot(v, inner), v.T)
    return (0.5 * (bar + bar.T),)


@register_jitable
def eig_bars(a: Array, w_bar: Array, v_bar: Array) -> tuple[Array]:
    """The operand of (w, v) = eig(a), a complex.

    What LAPACK does to a vector is differentiated too: its length is 1, its largest component real.
    """
    w, v = np.linalg.eig(a)
    free = _given(v_bar, v).copy()  # of vectors of any length and phase
    if v_bar.size > 0:
        for j in range(len(w)):
            along = np.sum(v_bar[:, j] * v[:, j])
            largest = np.argmax(np.abs(v[:, j]))
            free[:, j] -= along.real * np.conj(v[:, j])
            free[largest, j] -= 1j * along.imag / v[largest, j].real
    return (_eigen_bar(w, v, _given(w_bar, w), free, v_bar.size > 0),)


@register_jitable
def real_eig_bars(a: Array, w_bar: Array, v_bar: Array) -> tuple[Array]:
    """The operand of (w, v) = eig(a), all real; the vectors have length 1."""
    w, v = np.linalg.eig(a)
    free = _given(v_bar, v).copy()  # of vectors of any length
    for j in range(len(w)):
        free[:, j] -= np.sum(free[:, j] * v[:, j]) * v[:, j]
    return (_eigen_bar(w, v, _given(w_bar, w), free, v_bar.size > 0),)


@register_jitable
def _eigen_bar(w: Array, v: Array, w_bar: Array, v_bar: Array, of_vectors: bool) -> Array:
    """v⁻ᵀ m_bar vᵀ (Giles 2008, sec. 3.1).

    inf or nan for equal eigenvalues, unless only the values are asked for.
    """
    m_bar = np.diag(w_bar)
    if of_vectors:
        inner = np.dot(v.T, v_bar)
        for i in range(len(w)):
            for j in range(len(w)):
                if i != j:
                    m_bar[i, j] = inner[i, j] / (w[j] - w[i])
    return np.linalg.solve(v.T, np.dot(m_bar, v.T))


@register_jitable
def svd_bars(a: Array, full: bool, u_bar: Array, s_bar: Array, vh_bar: Array) -> tuple[Array]:
    """The operand of (u, s, vh) = svd(a), reduced (Townsend 2016).

    inf or nan for equal or zero singular values, unless only the values are asked for.
    """
    u, s, vh = np.linalg.svd(a, False)
    inner = np.diag(_given(s_bar, s))
    if u_bar.size + vh_bar.size == 0:
        return (np.dot(np.dot(u, inner), vh),)
    left, right = _given(u_bar, u), _given(vh_bar, vh).T
    uu, vv = np.dot(u.T, left), np.dot(vh, right)
    for i in range(len(s)):
        for j in range(len(s)):
            if i != j:
                gap = (s[j] - s[i]) * (s[j] + s[i])
                both = (uu[i, j] - uu[j, i]) * s[j] + (vv[i, j] - vv[j, i]) * s[i]
                inner[i, j] += both / gap
    bar = np.dot(np.dot(u, inner), vh)
    if u.shape[0] > len(s):
        bar = bar + np.dot((left - np.dot(u, uu)) / s, vh)
    if vh.shape[1] > len(s):
        bar = bar + np.dot(u / s, (right - np.dot(vh.T, vv)).T)
    return (bar,)


@register_jitable
def qr_bars(a: Array, q_bar: Array, r_bar: Array) -> tuple[Array]:
    """The operand of (q, r) = qr(a) (Walter & Lehmann 2018).

    Of more columns than rows, the first ones make q, and r is qᵀ a.
    """
    q, r = np.linalg.qr(a)
    n = q.shape[1]
    q_given, r_given = _given(q_bar, q), _given(r_bar, r)
    if a.shape[1] == n:
        return (_square_qr_bar(q, r, q_given, r_given),)
    bar = np.empty_like(a)
    beside = np.ascontiguousarray(r_given[:, n:])
    bar[:, n:] = np.dot(q, beside)
    q_given = q_given + np.dot(a[:, n:], beside.T)
    first = np.ascontiguousarray(r[:, :n])
    bar[:, :n] = _square_qr_bar(q, first, q_given, np.ascontiguousarray(r_given[:, :n]))
    return (bar,)


@register_jitable
def _square_qr_bar(q: Array, r: Array, q_bar: Array, r_bar: Array) -> Array:
    """The same where r is square."""
    m = np.dot(r, r_bar.T) - np.dot(q_bar.T, q)
    both = np.tril(m) + np.tril(m, -1).T
    return np.linalg.solve(r, (q_bar + np.dot(q, both)).T).T


@register_jitable
def pinv_bars(a: Array, rcond: float, z_bar: Array) -> tuple[Array]:
    """The operand of z = pinv(a), where the rank stays (Golub & Pereyra 1973, eq. 4.12)."""
    z = np.linalg.pinv(a, rcond)
    zt, g = np.ascontiguousarray(z.T), np.ascontiguousarray(z_bar.T)
    bar = -np.dot(np.dot(zt, z_bar), zt)
    bar = bar + np.dot(g - np.dot(a, np.dot(z, g)), np.dot(z, zt))
    return (bar + np.dot(np.dot(zt, z), g - np.dot(np.dot(g, z), a)),)


@register_jitable
def sort_bars(a: Array, z_bar: Array) -> tuple[Array]:
    """The operand of z = sort(a); of equal elements the order of the stable sort counts."""
    order = np.argsort(a, kind="mergesort")
    a_bar = np.empty_like(z_bar)
    for i in range(len(order)):
        a_bar[order[i]] = z_bar[i]
    return (a_bar,)


@register_jitable
def cumsum_bars(a: Array, z_bar: Array) -> tuple[Array]:
    """The operand of z = cumsum(a), of a vector: sums from each element to the end."""
    return (np.cumsum(z_bar[::-1])[::-1],)


@register_jitable
def cumprod_bars(a: Array, z_bar: Array) -> tuple[Array]:
    """The operand of z = cumprod(a), of a vector: right where elements are zero.

    With s[i] = z_bar[i] + a[i+1] s[i+1], the part of the sum from i on without what is before it.
    """
    a_bar = np.empty_like(z_bar)
    rest = z_bar[:1].sum() * 0.0
    for i in range(len(a) - 1, -1, -1):
        rest = z_bar[i] + (a[i + 1] * rest if i + 1 < len(a) else 0.0 * rest)
        a_bar[i] = rest
    before = 1.0
    for i in range(len(a)):
        a_bar[i] *= before
        before *= a[i]
    return (a_bar,)
