"""Indices of places: of what is not zero, of triangles, of open meshes, from numbers and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.diagonals import offsets
from adjoint.expansions.registry import expands


@expands(np.nonzero)
def nonzero(a: Any) -> Any:
    """`np.nonzero`: a vector of indices for each axis, as a tuple that is known to be one."""
    found = np.nonzero(a)
    return tuple(found[k] for k in tuple(range(a.ndim)))


@expands(np.triu_indices)
def triu_indices(n: int, k: int = 0, m: Any = None) -> Any:
    """Where the upper triangle is."""
    return np.nonzero(offsets(n, n if m is None else m) >= k)


@expands(np.mask_indices)
def mask_indices(n: int, mask_func: Any, k: Any = 0) -> Any:
    """Where a function of a square matrix and an offset, as `np.triu`, leaves elements."""
    return np.nonzero(mask_func(np.ones((n, n)), k))


@expands(np.tril_indices)
def tril_indices(n: int, k: int = 0, m: Any = None) -> Any:
    """Where the lower triangle is."""
    return np.nonzero(offsets(n, n if m is None else m) <= k)


@expands(np.triu_indices_from)
def triu_indices_from(arr: Any, k: int = 0) -> Any:
    """Where the upper triangle of a matrix is."""
    return np.nonzero(offsets(arr.shape[0], arr.shape[1]) >= k)


@expands(np.tril_indices_from)
def tril_indices_from(arr: Any, k: int = 0) -> Any:
    """Where the lower triangle of a matrix is."""
    return np.nonzero(offsets(arr.shape[0], arr.shape[1]) <= k)


@expands(np.diag_indices)
def diag_indices(n: int, ndim: int = 2) -> Any:
    """Where the diagonal is."""
    return (np.arange(n),) * ndim


@expands(np.diag_indices_from)
def diag_indices_from(arr: Any) -> Any:
    """Where the diagonal of an array is."""
    return (np.arange(arr.shape[0]),) * arr.ndim


@expands(np.ix_)
def ix_(*args: Any) -> Any:
    """`np.ix_`: vectors of indices, each along an axis of its own."""
    vectors = tuple(listed(arg) for arg in args)
    count = len(vectors)
    return tuple(
        vector.reshape((1,) * axis + (-1,) + (1,) * (count - 1 - axis))
        for axis, vector in enumerate(vectors)
    )


def listed(arg: Any) -> Any:
    """A vector of indices; of a mask, where it holds."""
    given = np.asarray(arg)
    return np.flatnonzero(given) if given.dtype == np.bool_ else given


@expands(np.unravel_index)
def unravel_index(indices: Any, shape: Any) -> Any:
    """`np.unravel_index`: from the number of an element to its index."""
    rest = np.asarray(indices) if np.ndim(indices) > 0 else indices
    found = ()
    for n in shape[::-1]:
        found = (rest % n, *found)
        rest = rest // n
    return found


@expands(np.ravel_multi_index)
def ravel_multi_index(multi_index: Any, dims: Any) -> Any:
    """`np.ravel_multi_index`: from an index to the number of the element."""
    number = 0
    for along, n in zip(multi_index, dims, strict=True):
        number = number * n + (np.asarray(along) if np.ndim(along) > 0 else along)
    return number
