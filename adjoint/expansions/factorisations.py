"""Factorisations of matrices and what is made of them; stacks of matrices, one after the other.

In its own expansion a function is the call that has an adjoint: of one matrix, and with as many
arguments as that takes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from adjoint.expansions.registry import expands, settled
from adjoint.expansions.statistics import squares
from adjoint.runtime.eigen import real_eig


class SVDResult(NamedTuple):
    """What `svd` returns."""

    U: Any
    S: Any
    Vh: Any


class QRResult(NamedTuple):
    """What `qr` returns."""

    Q: Any
    R: Any


class EigResult(NamedTuple):
    """What `eig` and `eigh` return."""

    eigenvalues: Any
    eigenvectors: Any


class SlogdetResult(NamedTuple):
    """What `slogdet` returns."""

    sign: Any
    logabsdet: Any


def matrices(a):
    """A matrix, or a stack of them, of floats or complex numbers."""
    two_axes(a.ndim)
    return a if is_inexact(a.dtype) else a.astype(np.float64)


@settled
def two_axes(ndim):
    """Refuse vectors."""
    if ndim < 2:
        raise ValueError(f"{ndim}-dimensional array given. Array must be at least two-dimensional")


@settled
def is_inexact(*kinds):
    """Whether one of some types is of floats or of complex numbers."""
    return any(np.issubdtype(kind, np.inexact) for kind in kinds)


@settled
def real_kind(dtype):
    """The type of the real and imaginary parts of numbers."""
    return np.finfo(dtype).dtype


def turned(a):
    """The transpose of each matrix, conjugated."""
    transposed = np.swapaxes(a, -1, -2)
    return np.conj(transposed) if np.iscomplexobj(a) else transposed.copy()


@expands(np.linalg.svd)
def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    """`np.linalg.svd` of each matrix; with all vectors only of square ones."""
    a = matrices(a)
    if compute_uv and full_matrices and a.shape[-2] != a.shape[-1]:
        raise ValueError("the last vectors of a full svd are arbitrary: pass full_matrices=False")
    if a.ndim == 2:
        if not compute_uv:
            return np.linalg.svd(a, False)[1]
        u, s, vh = np.linalg.svd(a, False)
        return SVDResult(u, s, vh)
    k = min(a.shape[-2], a.shape[-1])
    values = np.empty((*tuple(a.shape)[:-2], k), real_kind(a.dtype))
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
    return SVDResult(left, values, right)


@expands(np.linalg.qr)
def qr(a, mode="reduced"):
    """The reduced form, or r alone; the complete form of matrices that are not tall is this."""
    one_of_the_modes(mode)
    a = matrices(a)
    if mode == "complete" and a.shape[-2] > a.shape[-1]:
        raise ValueError("the last columns of a complete qr are arbitrary: leave out the mode")
    if a.ndim == 2:
        q, r = np.linalg.qr(a)
        return r if mode == "r" else QRResult(q, r)
    k = min(a.shape[-2], a.shape[-1])
    left = np.empty((*tuple(a.shape)[:-1], k), a.dtype)
    right = np.empty((*tuple(a.shape)[:-2], k, a.shape[-1]), a.dtype)
    for index in np.ndindex(a.shape[:-2]):
        q, r = np.linalg.qr(a[index])
        left[index] = q
        right[index] = r
    return right if mode == "r" else QRResult(left, right)


@settled
def one_of_the_modes(mode):
    """Refuse others."""
    if mode not in ("reduced", "r", "complete"):
        raise ValueError(f"Unrecognized mode '{mode}'")


@expands(np.linalg.svdvals)
def svdvals(x):
    """Singular values."""
    return np.linalg.svd(x, compute_uv=False)


@expands(np.linalg.eigvalsh)
def eigvalsh(a, UPLO="L"):
    """Eigenvalues of each symmetric matrix."""
    a = matrices(a)
    if a.ndim > 2:
        values = np.empty(a.shape[:-1], real_kind(a.dtype))
        for index in np.ndindex(a.shape[:-2]):
            values[index] = np.linalg.eigh(a[index], UPLO)[0]
        return values
    return np.linalg.eigh(a, UPLO)[0]


@expands(np.linalg.eigh)
def eigh(a, UPLO="L"):
    """Of each symmetric matrix, of which one triangle is looked at: in the call the lower one."""
    a = matrices(a)
    looked_at = a if UPLO == "L" or UPLO == "l" else turned(a)
    if a.ndim == 2:
        w, v = np.linalg.eigh(looked_at)
        return EigResult(w, v)
    values, vectors = np.empty(a.shape[:-1], real_kind(a.dtype)), np.empty_like(a)
    for index in np.ndindex(a.shape[:-2]):
        w, v = np.linalg.eigh(looked_at[index])
        values[index] = w
        vectors[index] = v
    return EigResult(values, vectors)


@expands(np.linalg.eig)
def eig(a):
    """Of each matrix; eigenvalues of a real one must be real, as Numba has it."""
    a = matrices(a)
    if a.ndim == 2:
        w, v = np.linalg.eig(a) if np.iscomplexobj(a) else real_eig(a)
        return EigResult(w, v)
    values, vectors = np.empty(a.shape[:-1], a.dtype), np.empty_like(a)
    for index in np.ndindex(a.shape[:-2]):
        w, v = np.linalg.eig(a[index]) if np.iscomplexobj(a) else real_eig(a[index])
        values[index] = w
        vectors[index] = v
    return EigResult(values, vectors)


@expands(np.linalg.eigvals)
def eigvals(a):
    """Eigenvalues of each matrix, in the order of `eig`."""
    return np.linalg.eig(a)[0]


@expands(np.linalg.pinv)
def pinv(a, rcond=None, hermitian=False, *, rtol=0.0):
    """The pseudo-inverse; singular values up to `rcond` times the largest count as zero."""
    a = matrices(a)
    least = 1e-15 if rcond is None else rcond
    if rtol is None:
        least = max(a.shape[-2], a.shape[-1]) * np.finfo(a.dtype).eps
    elif rtol != 0.0:
        least = rtol
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
    left = np.sum(squares(a @ x - b), axis=0, keepdims=b.ndim == 1)
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
    a = matrices(a)
    if a.ndim == 2:
        return np.linalg.inv(a)
    result = np.empty_like(a)
    for index in np.ndindex(a.shape[:-2]):
        result[index] = np.linalg.inv(a[index])
    return result


@expands(np.linalg.cholesky)
def cholesky(a, *, upper=False):
    """The lower triangular root of each matrix."""
    a = matrices(a)
    if a.ndim == 2:
        root = np.linalg.cholesky(a)
        return turned(root) if upper else root
    result = np.empty_like(a)
    for index in np.ndindex(a.shape[:-2]):
        root = np.linalg.cholesky(a[index])
        result[index] = turned(root) if upper else root
    return result


@expands(np.linalg.det)
def det(a):
    """The determinant of each matrix."""
    a = matrices(a)
    if a.ndim == 2:
        return np.linalg.det(a)
    result = np.empty(a.shape[:-2], a.dtype)
    for index in np.ndindex(a.shape[:-2]):
        result[index] = np.linalg.det(a[index])
    return result


@expands(np.linalg.slogdet)
def slogdet(a):
    """Sign and logarithm of the determinant of each matrix."""
    a = matrices(a)
    if a.ndim == 2:
        sign, log = np.linalg.slogdet(a)
        return SlogdetResult(sign, log)
    signs, logs = np.empty(a.shape[:-2], a.dtype), np.empty(a.shape[:-2], real_kind(a.dtype))
    for index in np.ndindex(a.shape[:-2]):
        signs[index], logs[index] = np.linalg.slogdet(a[index])
    return SlogdetResult(signs, logs)


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
    stack = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    matrices_of_all = np.broadcast_to(left, stack + left.shape[-2:])
    sides_of_all = np.broadcast_to(right, stack + right.shape[-2:])
    result = np.empty(stack + right.shape[-2:], kind)
    for index in np.ndindex(result.shape[:-2]):
        result[index] = np.linalg.solve(matrices_of_all[index], sides_of_all[index])
    return result
