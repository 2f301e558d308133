"""Reductions that leave out what is nan."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.reductions import into
from adjoint.expansions.registry import expands
from adjoint.expansions.statistics import squares


def may_be_nan(a: Any) -> bool:
    """Whether an array's type has nan; known when compiling."""
    return np.issubdtype(a.dtype, np.inexact)


def filled(a: Any, value: Any) -> Any:
    """The array with a value in place of nan."""
    return np.where(np.isnan(a), value, a) if may_be_nan(a) else a


def numbers(a: Any, axis: Any, keepdims: Any) -> Any:
    """How many elements are not nan."""
    return np.sum(np.logical_not(np.isnan(a)), axis=axis, keepdims=keepdims)


@expands(np.nansum)
def nansum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """`np.sum` with zeros for nan."""
    return np.sum(filled(a, 0), axis, dtype, out, keepdims, initial, where)


@expands(np.nanprod)
def nanprod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """`np.prod` with ones for nan."""
    return np.prod(filled(a, 1), axis, dtype, out, keepdims, initial, where)


@expands(np.nancumsum)
def nancumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """`np.cumsum` with zeros for nan."""
    return np.cumsum(filled(a, 0), axis, dtype, out)


@expands(np.nancumprod)
def nancumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """`np.cumprod` with ones for nan."""
    return np.cumprod(filled(a, 1), axis, dtype, out)


@expands(np.nanmean)
def nanmean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = None,
) -> Any:
    """The mean of what is a number; nan if nothing is."""
    if not may_be_nan(a):
        return np.mean(a, axis, dtype, out, keepdims, where=where)
    chosen = np.logical_not(np.isnan(a))
    if where is not None:
        chosen = np.logical_and(chosen, where)
    return np.mean(a, axis, dtype, out, keepdims, where=chosen)


@expands(np.nanvar)
def nanvar(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
) -> Any:
    """The variance of what is a number; nan if too little is."""
    if not may_be_nan(a):
        return np.var(a, axis, dtype, out, ddof, keepdims)
    x = a if dtype is None else a.astype(dtype)
    middle = np.nanmean(x, axis=axis, keepdims=True)
    deviations = np.where(np.isnan(x), 0, x - middle)
    freedom = numbers(x, axis, keepdims) - ddof
    total = np.sum(squares(deviations), axis=axis, keepdims=keepdims)
    if axis is None and not keepdims:
        return into(out, total / freedom if freedom > 0 else np.nan)
    return into(out, np.where(freedom > 0, total / np.maximum(freedom, 1), np.nan))


@expands(np.nanstd)
def nanstd(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
) -> Any:
    """√nanvar."""
    return into(out, np.sqrt(np.nanvar(a, axis, dtype, None, ddof, keepdims)))


@expands(np.nanmax)
def nanmax(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    """The largest number; nan if there is none."""
    if not may_be_nan(a):
        return np.max(a, axis, out, keepdims)
    top = np.max(filled(a, -np.inf), axis=axis, keepdims=keepdims)
    found = numbers(a, axis, keepdims)
    if axis is None and not keepdims:
        return into(out, top if found > 0 else np.nan)
    return into(out, np.where(found > 0, top, np.nan))


@expands(np.nanmin)
def nanmin(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    """The smallest number; nan if there is none."""
    if not may_be_nan(a):
        return np.min(a, axis, out, keepdims)
    bottom = np.min(filled(a, np.inf), axis=axis, keepdims=keepdims)
    found = numbers(a, axis, keepdims)
    if axis is None and not keepdims:
        return into(out, bottom if found > 0 else np.nan)
    return into(out, np.where(found > 0, bottom, np.nan))


@expands(np.nanargmax)
def nanargmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    """Where the largest number is."""
    if not may_be_nan(a):
        return into(out, np.argmax(a, axis=axis, keepdims=keepdims))
    if np.any(numbers(a, axis, True) == 0):
        raise ValueError("All-NaN slice encountered")
    return into(out, np.argmax(filled(a, -np.inf), axis=axis, keepdims=keepdims))


@expands(np.nanargmin)
def nanargmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    """Where the smallest number is."""
    if not may_be_nan(a):
        return into(out, np.argmin(a, axis=axis, keepdims=keepdims))
    if np.any(numbers(a, axis, True) == 0):
        raise ValueError("All-NaN slice encountered")
    return into(out, np.argmin(filled(a, np.inf), axis=axis, keepdims=keepdims))
