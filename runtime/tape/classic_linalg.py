"""The functions of `adjoint.nd.linalg`."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.runtime.tape.network import semantics


def _turned(a: Any, transpose: bool) -> Any:
    return np.swapaxes(a, -1, -2) if transpose else a


@semantics
def gemm(
    A: Any,
    B: Any,
    C: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    alpha: float = 1.0,
    beta: float = 1.0,
) -> Any:
    """alpha A B + beta C."""
    return alpha * (_turned(A, transpose_a) @ _turned(B, transpose_b)) + beta * C


@semantics
def gemm2(
    A: Any, B: Any, transpose_a: bool = False, transpose_b: bool = False, alpha: float = 1.0
) -> Any:
    """alpha A B."""
    product = _turned(A, transpose_a) @ _turned(B, transpose_b)
    return product if alpha == 1.0 else alpha * product


@semantics
def potrf(A: Any) -> Any:
    """The lower Cholesky factor."""
    return np.linalg.cholesky(A)


@semantics
def inverse(A: Any) -> Any:
    """A⁻¹."""
    return np.linalg.inv(A)


@semantics
def det(A: Any) -> Any:
    """The determinant."""
    return np.linalg.det(A)


@semantics
def slogdet(A: Any) -> Any:
    """Sign and logarithm of the determinant."""
    return list(np.linalg.slogdet(A))


@semantics
def syrk(A: Any, transpose: bool = False, alpha: float = 1.0) -> Any:
    """alpha A Aᵀ."""
    turned = _turned(A, transpose)
    return alpha * (turned @ np.swapaxes(turned, -1, -2))


@semantics
def trsm(
    A: Any,
    B: Any,
    transpose: bool = False,
    rightside: bool = False,
    lower: bool = True,
    alpha: float = 1.0,
) -> Any:
    """Solve with a triangular matrix."""
    triangle = _turned(np.tril(A) if lower else np.triu(A), transpose)
    if rightside:
        solved = np.linalg.solve(np.swapaxes(triangle, -1, -2), np.swapaxes(alpha * B, -1, -2))
        return np.swapaxes(solved, -1, -2)
    return np.linalg.solve(triangle, alpha * B)


@semantics
def sumlogdiag(A: Any) -> Any:
    """Σ log of the diagonal."""
    return np.sum(np.log(np.diagonal(A, 0, -2, -1)), axis=-1)


@semantics
def extractdiag(A: Any, offset: int = 0) -> Any:
    """The diagonal."""
    return np.diagonal(A, offset, -2, -1)
