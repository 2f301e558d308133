"""Factorisations of matrices and what is made of them; stacks of matrices, one after the other.

In its own expansion a function is the call that has an adjoint: of one matrix, and with as many
arguments as that takes.
"""

from __future__ import annotations

import numpy as np

from adjoint.expansions.registry import expands, settled


@expands(np.linalg.svd)
def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    """`np.linalg.svd` of each matrix; with all vectors only of square ones."""
    if compute_uv and full_matrices and a.shape[-2] != a.shape[-1]:
        raise ValueError("the last vectors of a full svd are arbitrary: pass full_matrices=False")
    if a.ndim == 2:
        if not compute_uv:
            return np.linalg.svd(a, False)[1]
        u, s, vh = np.linalg.svd(a, False)
        return u, s, vh
    k = min(a.shape[-2], a.shape[-1])
    values = np.empty((*tuple(a.shape)[:-2], k), a.dtype)
    if not compute_uv:
        for index in np.ndindex(a.shape[:-2]):
            values[index] = np.linalg.svd(a[index], False)[1]
        return values
    left = np.empty((*tuple(a.shape)[:-1], k), a.dtype)
    right = np.empty((*tuple(a.shape)[:-2], k, a.shape[-1]), a.dtype)
    for index in np.ndindex(a.shape[:-2]):
        u, s, vh = np.linalg.svd(a[index], False)
        left[index] = u
        values[index] = s
        right[index] = vh
    return left, values, right


@expands(np.linalg.qr)
def qr(a, mode="reduced"):
    """The reduced form, of as many rows as columns or more; or r alone."""
    if mode not in ("reduced", "r"):
        raise ValueError("qr is differentiated in the modes 'reduced' and 'r'")
    if a.ndim == 2:
        q, r = np.linalg.qr(a)
        return r if mode == "r" else (q, r)
    k = min(a.shape[-2], a.shape[-1])
    left = np.empty((*tuple(a.shape)[:-1], k), a.dtype)
    right = np.empty((*tuple(a.shape)[:-2], k, a.shape[-1]), a.dtype)
    for index in np.ndindex(a.shape[:-2]):
        q, r = np.linalg.qr(a[index])
        left[index] = q
        right[index] = r
    return right if mode == "r" else (left, right)


@expands(np.linalg.svdvals)
def svdvals(x):
    """Singular values."""
    return np.linalg.svd(x, compute_uv=False)


@expands(np.linalg.eigvalsh)
def eigvalsh(a, UPLO="L"):
    """Eigenvalues of each symmetric matrix."""
    if a.ndim > 2:
        values = np.empty(a.shape[:-1], a.dtype)
        for index in np.ndindex(a.shape[:-2]):
            values[index] = np.linalg.eigh(a[index], UPLO)[0]
        return values
    return np.linalg.eigh(a, UPLO)[0]


@expands(np.linalg.eigh)
def eigh(a, UPLO="L"):
    """Of each symmetric matrix, of which one triangle is looked at: in the call the lower one."""
    looked_at = a if UPLO == "L" else np.swapaxes(a, -1, -2).copy()
    if a.ndim == 2:
        return np.linalg.eigh(looked_at)
    values, vectors = np.empty(a.shape[:-1], a.dtype), np.empty_like(a)
    for index in np.ndindex(a.shape[:-2]):
        w, v = np.linalg.eigh(looked_at[index])
        values[index] = w
        vectors[index] = v
    return values, vectors


@expands(np.linalg.eig)
def eig(a):
    """Of each complex matrix."""
    complex_matrix("eig", a.dtype)
    if a.ndim == 2:
        w, v = np.linalg.eig(a)
        return w, v
    values, vectors = np.empty(a.shape[:-1], a.dtype), np.empty_like(a)
    for index in np.ndindex(a.shape[:-2]):
        w, v = np.linalg.eig(a[index])
        values[index] = w
        vectors[index] = v
    return values, vectors


@expands(np.linalg.eigvals)
def eigvals(a):
    """Eigenvalues of each complex matrix, in the order of `eig`."""
    complex_matrix("eigvals", a.dtype)
    if a.ndim == 2:
        return np.linalg.eig(a)[0]
    values = np.empty(a.shape[:-1], a.dtype)
    for index in np.ndindex(a.shape[:-2]):
        values[index] = np.linalg.eig(a[index])[0]
    return values


@settled
def complex_matrix(name, dtype):
    """Refuse real matrices: whether NumPy's result is complex depends on the values."""
    if not np.issubdtype(dtype, np.complexfloating):
        raise ValueError(
            f"whether the eigenvalues of a real matrix are complex is known only when running: "
            f"write np.linalg.{name}(a + 0j), which always gives complex ones"
        )


@expands(np.linalg.pinv)
def pinv(a, rcond=None, hermitian=False):
    """The pseudo-inverse; singular values up to `rcond` times the largest count as zero."""
    least = 1e-15 if rcond is None else rcond
    if a.ndim == 2:
        return np.linalg.pinv(a, least)
    result = np.empty((*tuple(a.shape)[:-2], a.shape[-1], a.shape[-2]), a.dtype)
    for index in np.ndindex(a.shape[:-2]):
        result[index] = np.linalg.pinv(a[index], least)
    return result


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
    """The condition number of each matrix in a norm."""
    if p is None or p == 2:
        values = np.linalg.svd(x, compute_uv=False)
        return values[..., 0] / values[..., -1]
    if p == -2:
        values = np.linalg.svd(x, compute_uv=False)
        return values[..., -1] / values[..., 0]
    norm = np.linalg.norm(x, p, (-2, -1))
    return norm * np.linalg.norm(np.linalg.inv(x), p, (-2, -1))


@expands(np.linalg.matrix_power)
def matrix_power(a, n):
    """Each matrix times itself, by squaring."""
    square = np.zeros_like(a)
    square[...] = np.linalg.inv(a) if n < 0 else a
    result = np.zeros_like(a)
    result[...] = np.eye(a.shape[-1], dtype=a.dtype)
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
        root = np.linalg.cholesky(a)
        return upper_root(root) if upper else root
    result = np.empty_like(a)
    for index in np.ndindex(a.shape[:-2]):
        root = np.linalg.cholesky(a[index])
        result[index] = upper_root(root) if upper else root
    return result


def upper_root(root):
    """The transpose, conjugated."""
    return np.conj(root.T) if np.iscomplexobj(root) else root.T


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
    kind = np.result_type(a, b, np.float32 if is_inexact(a.dtype, b.dtype) else np.float64)
    left = a if a.dtype == kind else a.astype(kind)
    right = b if b.dtype == kind else b.astype(kind)
    if left.ndim == 2 and right.ndim <= 2:
        return np.linalg.solve(left, right)
    if right.ndim == 1:
        single = np.empty(left.shape[:-1], kind)
        for index in np.ndindex(left.shape[:-2]):
            single[index] = np.linalg.solve(left[index], right)
        return single
    if left.ndim == 2:
        result = np.empty_like(right)
        for index in np.ndindex(right.shape[:-2]):
            result[index] = np.linalg.solve(left, right[index])
        return result
    if right.ndim == 2:
        each = np.empty(left.shape[:-2] + right.shape, kind)
        for index in np.ndindex(left.shape[:-2]):
            each[index] = np.linalg.solve(left[index], right)
        return each
    if left.shape[:-2] != right.shape[:-2]:
        raise ValueError("stacks of matrices are solved for stacks of the same shape")
    both = np.empty_like(right)
    for index in np.ndindex(left.shape[:-2]):
        both[index] = np.linalg.solve(left[index], right[index])
    return both


@settled
def is_inexact(kind, other):
    """Whether one of two types is of floats or of complex numbers."""
    return np.issubdtype(kind, np.inexact) or np.issubdtype(other, np.inexact)
