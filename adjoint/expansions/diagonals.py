"""Diagonals and triangles of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.constants import element
from adjoint.expansions.registry import expands


def offsets(n: int, m: int) -> Any:
    """Which diagonal each element of an n×m matrix is on."""
    return np.arange(m) - np.arange(n)[:, None]


@expands(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    """Zeros above the k-th diagonal."""
    return np.where(offsets(m.shape[-2 if m.ndim > 1 else 0], m.shape[-1]) <= k, m, nothing(m))


@expands(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    """Zeros below the k-th diagonal."""
    return np.where(offsets(m.shape[-2 if m.ndim > 1 else 0], m.shape[-1]) >= k, m, nothing(m))


def nothing(m: Any) -> Any:
    """A zero of an array's type."""
    return np.zeros(1, m.dtype)


@expands(np.tri)
def tri(N: int, M: Any = None, k: int = 0, dtype: Any = float) -> Any:
    """`np.tri`: ones at and below the k-th diagonal."""
    return (offsets(N, N if M is None else M) <= k).astype(element(dtype))


@expands(np.eye)
def eye(N: int, M: Any = None, k: int = 0, dtype: Any = float) -> Any:
    """`np.eye`: ones on the k-th diagonal."""
    return (offsets(N, N if M is None else M) == k).astype(element(dtype))


@expands(np.identity)
def identity(n: int, dtype: Any = float) -> Any:
    """`np.identity`."""
    return (offsets(n, n) == 0).astype(element(dtype))


@expands(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    """The diagonal of a matrix, or the matrix with this diagonal."""
    if v.ndim == 2:
        return np.diagonal(v, k)
    n = v.shape[0] + abs(k)
    result = np.zeros((n, n), v.dtype)
    for i in range(v.shape[0]):
        result[i + max(-k, 0), i + max(k, 0)] = v[i]
    return result


@expands(np.diagflat)
def diagflat(v: Any, k: int = 0) -> Any:
    """The matrix with these elements on its k-th diagonal."""
    return np.diag(np.ravel(np.asarray(v)), k)
