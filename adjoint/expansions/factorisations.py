"""Factorisations of matrices and what is made of them; stacks of matrices, one after the other.

In its own expansion a function is the call that has an adjoint: of one matrix, and with as many
arguments as that takes.
"""

from __future__ import annotations

import numpy as np

from adjoint.expansions.registry import expands


@expands(np.linalg.svd)
def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    """`np.linalg.svd` of one matrix; with all vectors only of square ones."""
    if not compute_uv:
        return np.linalg.svd(a, False)[1]
    if full_matrices and a.shape[0] != a.shape[1]:
        raise ValueError("the last vectors of a full svd are arbitrary: pass full_matrices=False")
    u, s, vh = np.linalg.svd(a, False)
    return u, s, vh


@expands(np.linalg.qr)
def qr(a, mode="reduced"):
    """The reduced form, of as many rows as columns or more; or r alone."""
    q, r = np.linalg.qr(a)
    if mode == "r":
        return r
    if mode != "reduced":
        raise ValueError("qr is differentiated in the modes 'reduced' and 'r'")
    return q, r


@expands(np.linalg.svdvals)
def svdvals(x):
    """Singular values."""
    return np.linalg.svd(x, compute_uv=False)


@expands(np.linalg.eigvalsh)
def eigvalsh(a, UPLO="L"):
    """Eigenvalues of a symmetric matrix."""
    return np.linalg.eigh(a, UPLO)[0]


@expands(np.linalg.eigh)
def eigh(a, UPLO="L"):
    """Of a symmetric matrix, of which one triangle is looked at."""
    return np.linalg.eigh(a) if UPLO == "L" else np.linalg.eigh(np.ascontiguousarray(a.T))


@expands(np.linalg.pinv)
def pinv(a, rcond=None, hermitian=False):
    """The pseudo-inverse; singular values up to `rcond` times the largest count as zero."""
    return np.linalg.pinv(a, 1e-15 if rcond is None else rcond)


@expands(np.linalg.lstsq)
def lstsq(a, b, rcond=None):
    """What minimises |a x - b|, the sums of squares left, the rank and the singular values."""
    values = np.linalg.svd(a, compute_uv=False)
    m, n = a.shape[0], a.shape[1]
    least = values[0] * (np.finfo(np.float64).eps * max(m, n) if rcond is None else rcond)
    rank = 0
    for value in values:
        if value > least:
            rank += 1
    if rank < min(m, n):
        raise np.linalg.LinAlgError("lstsq is differentiated for matrices of full rank")
    x = np.linalg.pinv(a) @ b
    left = np.sum((a @ x - b) ** 2, axis=0, keepdims=b.ndim == 1)
    return x, left[: len(left) if m > n else 0], rank, values


@expands(np.linalg.cond)
def cond(x, p=None):
    """The condition number in a norm."""
    if p is None or p == 2:
        values = np.linalg.svd(x, compute_uv=False)
        return values[0] / values[-1]
    if p == -2:
        values = np.linalg.svd(x, compute_uv=False)
        return values[-1] / values[0]
    return np.linalg.norm(x, p) * np.linalg.norm(np.linalg.inv(x), p)


@expands(np.linalg.matrix_power)
def matrix_power(a, n):
    """A matrix times itself, by squaring."""
    square = np.zeros_like(a)
    square[:] = np.linalg.inv(a) if n < 0 else a
    result = np.eye(a.shape[0], dtype=square.dtype)
    left = abs(n)
    while left > 0:
        if left % 2 == 1:
            result = result @ square
        left = left // 2
        if left > 0:
            square = square @ square
    return result


# --------------------------------------------------------------------------- stacks


@expands(np.linalg.inv)
def inv(a):
    """The inverse of each matrix."""
    if a.ndim == 2:
        return np.linalg.inv(a)
    result = np.empty_like(a)
    for index in np.ndindex(a.shape[:-2]):
        result[index] = np.linalg.inv(a[index])
    return result


@expands(np.linalg.cholesky)
def cholesky(a, *, upper=False):
    """The lower triangular root of each matrix."""
    if a.ndim == 2:
        return np.linalg.cholesky(a).T if upper else np.linalg.cholesky(a)
    result = np.empty_like(a)
    for index in np.ndindex(a.shape[:-2]):
        root = np.linalg.cholesky(a[index])
        result[index] = root.T if upper else root
    return result


@expands(np.linalg.det)
def det(a):
    """The determinant of each matrix."""
    if a.ndim == 2:
        return np.linalg.det(a)
    result = np.empty(a.shape[:-2], a.dtype)
    for index in np.ndindex(a.shape[:-2]):
        result[index] = np.linalg.det(a[index])
    return result


@expands(np.linalg.slogdet)
def slogdet(a):
    """Sign and logarithm of the determinant of each matrix."""
    if a.ndim == 2:
        return np.linalg.slogdet(a)
    signs, logs = np.empty(a.shape[:-2], a.dtype), np.empty(a.shape[:-2], a.dtype)
    for index in np.ndindex(a.shape[:-2]):
        signs[index], logs[index] = np.linalg.slogdet(a[index])
    return signs, logs


@expands(np.linalg.solve)
def solve(a, b):
    """`np.linalg.solve`; stacks on either side, or on both of the same shape."""
    if a.ndim == 2 and b.ndim <= 2:
        return np.linalg.solve(a, b)
    if b.ndim == 1:
        single = np.empty(a.shape[:-1], a.dtype)
        for index in np.ndindex(a.shape[:-2]):
            single[index] = np.linalg.solve(a[index], b)
        return single
    if a.ndim == 2:
        right = np.empty_like(b)
        for index in np.ndindex(b.shape[:-2]):
            right[index] = np.linalg.solve(a, b[index])
        return right
    if b.ndim == 2:
        each = np.empty(a.shape[:-2] + b.shape, a.dtype)
        for index in np.ndindex(a.shape[:-2]):
            each[index] = np.linalg.solve(a[index], b)
        return each
    if a.shape[:-2] != b.shape[:-2]:
        raise ValueError("stacks of matrices are solved for stacks of the same shape")
    both = np.empty_like(b)
    for index in np.ndindex(a.shape[:-2]):
        both[index] = np.linalg.solve(a[index], b[index])
    return both
