"""`scipy.linalg`: systems with triangles, bands and factors that are there already; made matrices.

Triangular systems are loops of substitution, as the reference algorithms have them.
"""

from __future__ import annotations

import numpy as np

from adjoint.expansions.registry import expands

# --------------------------------------------------------------------------- triangles


@expands("scipy.linalg._basic.solve_triangular")
def solve_triangular(
    a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=True
):
    """The solution of a x = b, of which only one triangle of `a` is looked at."""
    if trans == 0 or trans == "N":
        return substituted(a, b, lower, unit_diagonal)
    other = turned(a) if trans == 2 or trans == "C" else a.T
    return substituted(other, b, not lower, unit_diagonal)


def substituted(a, b, lower, unit_diagonal):
    """Row by row, from the one with a single unknown."""
    n = a.shape[0]
    x = np.empty(b.shape, np.result_type(a, b, np.float64))
    for step in range(n):
        i = step if lower else n - 1 - step
        x[i] = b[i]
        for k in range(step):
            j = k if lower else n - 1 - k
            x[i] -= a[i, j] * x[j]
        if not unit_diagonal:
            x[i] /= a[i, i]
    return x


@expands("scipy.linalg._decomp_cholesky.cholesky")
def cholesky(a, lower=False, overwrite_a=False, check_finite=True):
    """The upper triangular root unless told."""
    return np.linalg.cholesky(a) if lower else turned(np.linalg.cholesky(a)).copy()


@expands("scipy.linalg._decomp_cholesky.cho_factor")
def cho_factor(a, lower=False, overwrite_a=False, check_finite=True):
    """A root, and which triangle it is; the other holds what `a` does."""
    root = np.linalg.cholesky(a)
    if lower:
        return np.where(np.tri(a.shape[0]) > 0.0, root, a), True
    return np.where(np.tri(a.shape[0]).T > 0.0, turned(root), a), False


@expands("scipy.linalg._decomp_cholesky.cho_solve")
def cho_solve(c_and_lower, b, overwrite_b=False, check_finite=True):
    """With the root that `cho_factor` gives."""
    c, lower = c_and_lower
    if lower:
        return substituted(turned(c), substituted(c, b, True, False), False, False)
    return substituted(c, substituted(turned(c), b, True, False), False, False)


def turned(a):
    """The transpose, conjugated."""
    return np.conj(a.T) if np.iscomplexobj(a) else a.T


@expands("scipy.linalg._decomp_lu.lu_factor")
def lu_factor(a, overwrite_a=False, check_finite=True):
    """Both factors in one matrix, and the row that each row was exchanged with."""
    n = a.shape[0]
    lu = a.copy()
    pivots = np.zeros(n, np.int32)
    for k in range(n):
        p = k
        for i in range(k + 1, n):
            if abs(lu[i, k]) > abs(lu[p, k]):
                p = i
        pivots[k] = p
        for j in range(n):
            held = lu[k, j]
            lu[k, j] = lu[p, j]
            lu[p, j] = held
        for i in range(k + 1, n):
            lu[i, k] /= lu[k, k]
            for j in range(k + 1, n):
                lu[i, j] -= lu[i, k] * lu[k, j]
    return lu, pivots


@expands("scipy.linalg._decomp_lu.lu_solve")
def lu_solve(lu_and_piv, b, trans=0, overwrite_b=False, check_finite=True):
    """With the factors that `lu_factor` gives."""
    lu, pivots = lu_and_piv
    n = lu.shape[0]
    if trans == 0:
        middle = substituted(lu, exchanged(b, pivots, n, True), True, True)
        return substituted(lu, middle, False, False)
    middle = substituted(lu.T, b, True, False)
    return exchanged(substituted(lu.T, middle, False, True), pivots, n, False)


def exchanged(b, pivots, n, forward):
    """The rows of a right side exchanged, first to last or back."""
    x = b.astype(np.result_type(b, np.float64))
    for step in range(n):
        k = step if forward else n - 1 - step
        held = x[k].copy() if b.ndim > 1 else x[k]
        x[k] = x[pivots[k]]
        x[pivots[k]] = held
    return x


@expands("scipy.linalg._basic.solve_banded")
def solve_banded(l_and_u, ab, b, overwrite_ab=False, overwrite_b=False, check_finite=True):
    """The solution of a x = b; the diagonals of `a` are the rows of `ab`."""
    lower, upper = l_and_u
    n = ab.shape[1]
    a = np.zeros((n, n), np.result_type(ab, np.float64))
    for i in range(n):
        for j in range(max(0, i - lower), min(n, i + upper + 1)):
            a[i, j] = ab[upper + i - j, j]
    return np.linalg.solve(a, b)


@expands("scipy.linalg._basic.solve")
def solve(
    a,
    b,
    lower=False,
    overwrite_a=False,
    overwrite_b=False,
    check_finite=True,
    assume_a=None,
    transposed=False,
):
    """The solution of a x = b; of matrices that are said to be symmetric, one triangle counts."""
    if assume_a in ("sym", "symmetric", "pos", "positive definite"):
        half = np.tril(a) if lower else np.triu(a)
        return np.linalg.solve(half + half.T - np.diag(np.diag(a)), b)
    if assume_a not in (None, "gen", "general"):
        raise ValueError("scipy.linalg.solve is differentiated for assume_a 'gen', 'sym' and 'pos'")
    return np.linalg.solve(a.T if transposed else a, b)


@expands("scipy.linalg._basic.inv")
def inv(a, overwrite_a=False, check_finite=True):
    """The inverse."""
    return np.linalg.inv(a)


@expands("scipy.linalg._basic.det")
def det(a, overwrite_a=False, check_finite=True):
    """The determinant."""
    return np.linalg.det(a)


# --------------------------------------------------------------------------- made matrices


@expands("scipy.linalg._special_matrices.toeplitz")
def toeplitz(c, r=None):
    """Constant diagonals: the first column, and the first row."""
    row = c if r is None else r
    a = np.empty((len(c), len(row)), c.dtype)
    for i in range(len(c)):
        for j in range(len(row)):
            a[i, j] = row[j - i] if j > i else c[i - j]
    return a


@expands("scipy.linalg._special_matrices.block_diag")
def block_diag(*arrs):
    """Matrices along the diagonal."""
    blocks = tuple(np.atleast_2d(a) for a in arrs)
    n, m = 0, 0
    for block in blocks:
        n += block.shape[0]
        m += block.shape[1]
    result = np.zeros((n, m))
    i, j = 0, 0
    for block in blocks:
        result[i : i + block.shape[0], j : j + block.shape[1]] = block
        i += block.shape[0]
        j += block.shape[1]
    return result


# --------------------------------------------------------------------------- exponential

_COEFFICIENTS = (
    64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0,
    129060195264000.0, 10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0,
    40840800.0, 960960.0, 16380.0, 182.0, 1.0,
)  # fmt: skip
_LARGEST = 5.371920351148152


@expands("scipy.linalg._matfuncs.expm")
def expm(A):
    """Scaling, a Padé approximant of order 13, squaring (Higham 2005, algorithm 2.3)."""
    norm = np.max(np.sum(np.abs(A), axis=0))
    squarings = 0
    while norm > _LARGEST:
        norm = norm / 2.0
        squarings += 1
    a = A / 2.0**squarings
    c = _COEFFICIENTS
    one = np.eye(A.shape[0])
    a2 = a @ a
    a4 = a2 @ a2
    a6 = a4 @ a2
    odd = a6 @ (c[13] * a6 + c[11] * a4 + c[9] * a2)
    odd = a @ (odd + c[7] * a6 + c[5] * a4 + c[3] * a2 + c[1] * one)
    even = a6 @ (c[12] * a6 + c[10] * a4 + c[8] * a2)
    even = even + c[6] * a6 + c[4] * a4 + c[2] * a2 + c[0] * one
    result = np.linalg.solve(even - odd, even + odd)
    for _ in range(squarings):
        result = result @ result
    return result
