"""Elements in order. Of equal elements the order of `np.argsort` counts, also in the adjoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.constants import counted
from adjoint.expansions.registry import expands, settled
from adjoint.expansions.selecting import index_along


@expands(np.argsort)
def argsort(a: Any, axis: Any = -1, kind: Any = None) -> Any:
    """`np.argsort` along an axis; the library's is that of vectors."""
    method = "quicksort" if kind in (None, "quicksort") else "mergesort"
    if axis is None or a.ndim == 1:
        return np.argsort(np.ravel(a), kind=method)
    along = counted(axis, a.ndim)
    lines = np.moveaxis(a, along, -1)
    order = np.empty(lines.shape, np.int64)
    for index in np.ndindex(lines.shape[:-1]):
        order[index] = np.argsort(lines[index].copy(), kind=method)
    return np.moveaxis(order, -1, along)


@expands(np.sort)
def sort(a: Any, axis: Any = -1, kind: Any = None) -> Any:
    """`np.sort`: what `np.argsort` selects."""
    if axis is None or a.ndim == 1:
        flat = np.ravel(a)
        return flat[np.argsort(flat, kind=kind)]
    return a[index_along(a, np.argsort(a, axis, kind), counted(axis, a.ndim))]


@expands(np.ndarray.sort)
def sort_in_place(a: Any, axis: Any = -1, kind: Any = None) -> None:
    """`a.sort()`."""
    a[...] = np.sort(a, axis, kind)


@expands(np.partition)
def partition(a: Any, kth: Any, axis: Any = -1, kind: str = "introselect") -> Any:
    """`np.partition`: sorted altogether, so that every element is where it may be."""
    return np.sort(a, axis)


@expands(np.argpartition)
def argpartition(a: Any, kth: Any, axis: Any = -1, kind: str = "introselect") -> Any:
    """`np.argpartition`: sorted altogether."""
    return np.argsort(a, axis)


@expands(np.unique)
def unique(ar: Any) -> Any:
    """`np.unique`: the values in order, each once."""
    ordered = np.sort(ar, axis=None)
    count = min(ordered.shape[0], 1)
    for k in range(1, ordered.shape[0]):
        if ordered[k] != ordered[k - 1]:
            count += 1
    result = np.empty(count, ar.dtype)
    place = 0
    for k in range(ordered.shape[0]):
        if k == 0 or ordered[k] != ordered[k - 1]:
            result[place] = ordered[k]
            place += 1
    return result


@expands(np.lexsort)
def lexsort(keys: Any) -> Any:
    """`np.lexsort` of vectors: sorted by each key in turn, the last one counts most."""
    order = np.argsort(keys[0], kind="mergesort")
    for key in keys[1:]:
        order = order[np.argsort(key[order], kind="mergesort")]
    return order


@expands(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """By real parts, then by imaginary ones; a vector."""
    one_axis(a.ndim)
    if np.iscomplexobj(a):
        return a[np.lexsort((np.imag(a), np.real(a)))]
    return np.sort(a) + 0j


@settled
def one_axis(ndim: int) -> None:
    """Refuse matrices."""
    if ndim != 1:
        raise ValueError("np.sort_complex is supported for vectors")
