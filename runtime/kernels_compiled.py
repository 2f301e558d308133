"""Cotangents of library calls on whole arrays, in the part of NumPy that Numba compiles.

Each function takes the operands of the call and the cotangent of each item of its result, and
returns the cotangents of the operands in one tuple. What the call computed is computed again where
a formula needs it: operands may be kept for other reasons, results seldom are. Matrices are not
stacked; formulas are those of `kernels_linalg`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import register_jitable

Array = Any


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
    """The operand of z = cholesky(a), symmetric (Murray 2016, sec. 3.1, eq. 10)."""
    z = np.linalg.cholesky(a)
    product = np.tril(np.dot(z.T, z_bar))
    both = product + np.tril(product, -1).T
    inverse = np.linalg.inv(z)
    return (0.5 * np.dot(np.dot(inverse.T, both), inverse),)


@register_jitable
def eigh_bars(a: Array, w_bar: Array, v_bar: Array) -> tuple[Array]:
    """The operand of (w, v) = eigh(a), symmetric (Giles 2008, sec. 3.1).

    inf or nan for equal eigenvalues.
    """
    w, v = np.linalg.eigh(a)
    inner = np.dot(v.T, v_bar)
    for i in range(len(w)):
        for j in range(len(w)):
            if i == j:
                inner[i, i] = w_bar[i]
            else:
                inner[i, j] = inner[i, j] / (w[j] - w[i])
    bar = np.dot(np.dot(v, inner), v.T)
    return (0.5 * (bar + bar.T),)


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
