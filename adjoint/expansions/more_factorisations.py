"""`scipy.linalg`: factorisations by NumPy's functions of the same names."""

from __future__ import annotations

import numpy as np

from adjoint.expansions.registry import expands, settled


@settled
def only(name, given, *allowed):
    """Refuse arguments of which there is no other form here."""
    if given not in allowed:
        raise ValueError(f"{name}={given!r} is not supported, only {allowed[0]!r}")


@expands("scipy.linalg._misc.norm")
def norm(a, ord=None, axis=None, keepdims=False, check_finite=True):
    """The norm of a vector or matrix."""
    return np.linalg.norm(a, ord, axis, keepdims)


@expands("scipy.linalg._decomp.eigh")
def eigh(a, b=None, *, lower=True, eigvals_only=False, overwrite_a=False, check_finite=True):
    """Eigenvalues of a symmetric matrix; the signs of SciPy's vectors are another algorithm's."""
    only("b", b, None)
    only("eigvals_only", eigvals_only, True)
    return np.linalg.eigvalsh(a, "L" if lower else "U")


@expands("scipy.linalg._decomp.eigvalsh")
def eigvalsh(a, b=None, *, lower=True, overwrite_a=False, check_finite=True):
    """Eigenvalues of a symmetric matrix."""
    only("b", b, None)
    return np.linalg.eigvalsh(a, "L" if lower else "U")


@expands("scipy.linalg._decomp_svd.svd")
def svd(
    a,
    full_matrices=True,
    compute_uv=True,
    overwrite_a=False,
    check_finite=True,
    lapack_driver="gesdd",
):
    """Singular values and vectors."""
    return np.linalg.svd(a, full_matrices, compute_uv)


@expands("scipy.linalg._decomp_svd.svdvals")
def svdvals(a, overwrite_a=False, check_finite=True):
    """Singular values."""
    return np.linalg.svd(a, compute_uv=False)


@expands("scipy.linalg._decomp_qr.qr")
def qr(a, overwrite_a=False, lwork=None, mode="full", pivoting=False, check_finite=True):
    """The reduced factorisation, or the full one of a square matrix."""
    only("pivoting", pivoting, False)
    if mode == "economic":
        return np.linalg.qr(a)
    if a.shape[0] != a.shape[1]:
        raise ValueError("the full qr is differentiated for square matrices: mode='economic'")
    if mode == "r":
        return (np.linalg.qr(a, "r"),)
    only("mode", mode, "full")
    return np.linalg.qr(a)
