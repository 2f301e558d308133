"""Running sums and products along an axis: each cell from the one before."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from adjoint.expansions.constants import counted
from adjoint.expansions.differences import along
from adjoint.expansions.reductions import into
from adjoint.expansions.registry import expands, settled


@expands(np.cumsum)
def cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """z[i] = a[0] + … + a[i]."""
    terms = np.ravel(a) if axis is None else a
    front = counted(0 if axis is None else axis, terms.ndim)
    if terms.ndim == 1 and np.issubdtype(terms.dtype, np.inexact):
        line = terms if dtype is None else terms.astype(dtype)
        return into(out, np.cumsum(line))
    return into(out, sums(terms, front, dtype or summed(terms.dtype)))


@expands(np.cumprod)
def cumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """z[i] = a[0] … a[i]."""
    factors = np.ravel(a) if axis is None else a
    front = counted(0 if axis is None else axis, factors.ndim)
    if factors.ndim == 1 and np.issubdtype(factors.dtype, np.inexact):
        line = factors if dtype is None else factors.astype(dtype)
        return into(out, np.cumprod(line))
    return into(out, products(factors, front, dtype or summed(factors.dtype)))


@expands(np.cumulative_sum)
def cumulative_sum(
    x: Any, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: bool = False
) -> Any:
    """Running sums along the only axis or the one given; with `include_initial` from 0 on."""
    along_axis = only_axis(x.ndim, axis)
    found = np.cumsum(x, along_axis, dtype)
    if not include_initial:
        return into(out, found)
    start = np.zeros(before_first(found, along_axis), found.dtype)
    return into(out, np.concatenate((start, found), axis=along_axis))


@expands(np.cumulative_prod)
def cumulative_prod(
    x: Any, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: bool = False
) -> Any:
    """Running products along the only axis or the one given; with `include_initial` from 1 on."""
    along_axis = only_axis(x.ndim, axis)
    found = np.cumprod(x, along_axis, dtype)
    if not include_initial:
        return into(out, found)
    start = np.ones(before_first(found, along_axis), found.dtype)
    return into(out, np.concatenate((start, found), axis=along_axis))


@settled
def only_axis(ndim: int, axis: Any) -> int:
    """The axis, counted from the front; a matrix has to be given one."""
    if axis is None and ndim != 1:
        raise ValueError(
            "For arrays which have more than one dimension ``axis`` argument is required."
        )
    return normalize_axis_index(0 if axis is None else axis, ndim)


def before_first(found: Any, axis: int) -> Any:
    """The shape of one more element in front."""
    return tuple(1 if k == axis else found.shape[k] for k in tuple(range(found.ndim)))


def summed(dtype: Any) -> Any:
    """The type in which NumPy adds and multiplies: small integers in int64."""
    if np.issubdtype(dtype, np.unsignedinteger):
        return np.uint64
    if np.issubdtype(dtype, np.integer) or np.issubdtype(dtype, np.bool_):
        return np.int64
    return dtype


def sums(a: Any, axis: Any, dtype: Any) -> Any:
    """Running sums, each computed from the one before."""
    result = np.empty(a.shape, dtype)
    for k in range(a.shape[axis]):
        here = along(a, axis, k)
        if k == 0:
            result[here] = a[here]
        else:
            result[here] = result[along(a, axis, k - 1)] + a[here]
    return result


def products(a: Any, axis: Any, dtype: Any) -> Any:
    """Running products, each computed from the one before."""
    result = np.empty(a.shape, dtype)
    for k in range(a.shape[axis]):
        here = along(a, axis, k)
        if k == 0:
            result[here] = a[here]
        else:
            result[here] = result[along(a, axis, k - 1)] * a[here]
    return result
