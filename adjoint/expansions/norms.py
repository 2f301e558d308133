"""`np.linalg.norm` of all orders, of vectors and of matrices, along axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from adjoint.expansions.registry import expands, settled
from adjoint.expansions.statistics import squares


@settled
def axes_of(ndim: int, axis: Any, ord: Any) -> tuple[int, ...]:
    """The axes that a norm is over, counted from the front, if there is one of this order."""
    axes = tuple(range(ndim)) if axis is None else normalize_axis_tuple(axis, ndim)
    if len(axes) > 2:
        raise ValueError("Improper number of dimensions to norm.")
    if len(axes) == 1 and isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    if len(axes) == 2 and ord not in ("fro", "f", "nuc", 1, -1, 2, -2, np.inf, -np.inf):
        raise ValueError("Invalid norm order for matrices.")
    return axes


@expands(np.linalg.norm, given=("ord", "axis", "keepdims"))
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """The norm of a vector or matrix, or of each of those along one or two axes."""
    values = x if np.issubdtype(x.dtype, np.inexact) else x.astype(np.float64)
    if ord is None:
        return np.sqrt(np.sum(squares(values), axis=axis, keepdims=keepdims))
    axes = axes_of(x.ndim, axis, ord)
    if len(axes) == 1:
        return vector_norm(values, ord, axes[0], keepdims)
    return matrix_norm(values, ord, axes[0], axes[1], keepdims)


def vector_norm(x: Any, ord: Any, axis: int, keepdims: Any) -> Any:
    """(Σ |x|ᵖ)^(1/p), and its limits."""
    if ord == 2:
        return np.sqrt(np.sum(squares(x), axis=axis, keepdims=keepdims))
    if ord == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == 0:
        ones = np.ones_like(np.abs(x))
        return np.sum(np.where(x != 0, ones, 0), axis=axis, keepdims=keepdims)
    if ord == np.inf:
        return np.max(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == -np.inf:
        return np.min(np.abs(x), axis=axis, keepdims=keepdims)
    return np.sum(np.abs(x) ** ord, axis=axis, keepdims=keepdims) ** (1 / ord)


def matrix_norm(x: Any, ord: Any, row: int, column: int, keepdims: Any) -> Any:
    """Norms of matrices: by sums of rows and columns, or by singular values."""
    both = (row, column)
    if ord == "fro" or ord == "f":
        return np.sqrt(np.sum(squares(x), axis=both, keepdims=keepdims))
    if ord == 1:
        sums = np.sum(np.abs(x), axis=row, keepdims=True)
        return np.max(sums, axis=both, keepdims=keepdims)
    if ord == -1:
        sums = np.sum(np.abs(x), axis=row, keepdims=True)
        return np.min(sums, axis=both, keepdims=keepdims)
    if ord == np.inf:
        sums = np.sum(np.abs(x), axis=column, keepdims=True)
        return np.max(sums, axis=both, keepdims=keepdims)
    if ord == -np.inf:
        sums = np.sum(np.abs(x), axis=column, keepdims=True)
        return np.min(sums, axis=both, keepdims=keepdims)
    values = np.linalg.svd(np.moveaxis(x, both, (-2, -1)), compute_uv=False)
    if ord == "nuc":
        found = np.sum(values, axis=-1)
    elif ord == 2:
        found = np.max(values, axis=-1)
    else:
        found = np.min(values, axis=-1)
    return np.expand_dims(found, sorted_axes(both)) if keepdims else found


@settled
def sorted_axes(axes: tuple[int, ...]) -> tuple[int, ...]:
    """Axes in their order."""
    return tuple(sorted(axes))
