"""Medians, quantiles and percentiles, by sorting."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from adjoint.expansions.reductions import into
from adjoint.expansions.registry import expands, settled


@settled
def axes_last(ndim: int, axis: Any) -> tuple[int, ...]:
    """The order of axes in which those that are reduced over come last."""
    last = normalize_axis_tuple(axis, ndim)
    return tuple(k for k in range(ndim) if k not in last) + last


@settled
def kept_axes(ndim: int, axis: Any) -> tuple[int, ...]:
    """The axes that are not reduced over."""
    gone = range(ndim) if axis is None else normalize_axis_tuple(axis, ndim)
    return tuple(k for k in range(ndim) if k not in gone)


def gathered(a: Any, axis: Any) -> Any:
    """The array with the axes that are reduced over as one, the last."""
    if axis is None or a.ndim == 1:
        return np.ravel(a)
    kept = tuple(a.shape[k] for k in kept_axes(a.ndim, axis))
    return np.ascontiguousarray(np.transpose(a, axes_last(a.ndim, axis))).reshape(kept + (-1,))


def kept_shape(a: Any, axis: Any) -> Any:
    """The shape of a reduction's result with `keepdims`."""
    kept = kept_axes(a.ndim, axis)
    return tuple(a.shape[k] if k in kept else 1 for k in tuple(range(a.ndim)))


@expands(np.median)
def median(
    a: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    keepdims: Any = False,
) -> Any:
    """The middle of the sorted elements, or the mean of the two there."""
    x = np.sort(gathered(a, axis), axis=-1)
    n = x.shape[-1]
    middle = 0.5 * (x[..., (n - 1) // 2] + x[..., n // 2])
    result = unless_nan(x[..., n - 1], middle)
    return into(out, shaped(a, axis, result) if keepdims else result)


def unless_nan(last: Any, value: Any) -> Any:
    """The value, but nan where the last of the sorted elements is: nan is sorted last."""
    if np.ndim(value) == 0:
        return np.nan if np.isnan(last) else value
    return np.where(np.isnan(last), np.nan, value)


def shaped(a: Any, axis: Any, result: Any) -> Any:
    """A result with the axes that were reduced over."""
    if np.ndim(result) == 0:
        return np.full(kept_shape(a, axis), result)
    return result.reshape(kept_shape(a, axis))


@expands(np.quantile)
def quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
) -> Any:
    """Quantiles between the sorted elements, as `method` says."""
    if np.ndim(q) == 0:
        check(q, "Quantiles must be in the range [0, 1]")
        return into(out, one_quantile(a, q, axis, method, keepdims))
    wanted = np.asarray(q)
    first = one_quantile(a, wanted[0], axis, method, keepdims)
    if np.ndim(first) == 0:
        result = np.empty(wanted.shape[0], np.result_type(first))
    else:
        result = np.empty((wanted.shape[0],) + np.shape(first), np.result_type(first))
    for k in range(wanted.shape[0]):
        check(wanted[k], "Quantiles must be in the range [0, 1]")
        result[k] = one_quantile(a, wanted[k], axis, method, keepdims)
    return into(out, result)


@expands(np.percentile)
def percentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
) -> Any:
    """`np.quantile` of hundredths."""
    if np.ndim(q) == 0:
        check(q / 100, "Percentiles must be in the range [0, 100]")
        return np.quantile(a, q / 100, axis, out, overwrite_input, method, keepdims)
    return np.quantile(a, np.asarray(q) / 100, axis, out, overwrite_input, method, keepdims)


def check(q: Any, message: str) -> None:
    """Refuse what is no part of a whole."""
    if not (q >= 0 and q <= 1):
        raise ValueError(message)


def one_quantile(a: Any, q: Any, axis: Any, method: str, keepdims: Any) -> Any:
    """The quantile at a single `q`."""
    x = np.sort(gathered(a, axis), axis=-1)
    n = x.shape[-1]
    place = q * (n - 1)
    below = int(np.floor(place))
    if method == "lower":
        found = x[..., below] * 1.0
    elif method == "higher":
        found = x[..., int(np.ceil(place))] * 1.0
    elif method == "nearest":
        found = x[..., int(np.round(place))] * 1.0
    elif method == "midpoint":
        found = 0.5 * (x[..., below] + x[..., int(np.ceil(place))])
    elif method == "linear":
        found = between(x[..., below], x[..., min(below + 1, n - 1)], place - below)
    else:
        found = unknown_method(method)
    result = unless_nan(x[..., n - 1], found)
    return shaped(a, axis, result) if keepdims else result


@settled
def unknown_method(method: str) -> float:
    """Refuse the methods that are not written down."""
    raise ValueError(f'the method {method!r} of quantiles is not supported; "linear" is')


def between(low: Any, high: Any, part: Any) -> Any:
    """The line from one value to the other, computed from the nearer end, as NumPy does."""
    if part < 0.5:
        return low + (high - low) * part
    return high - (high - low) * (1 - part)


# --------------------------------------------------------------------------- without nan


@expands(np.nanmedian)
def nanmedian(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    """The median of what is a number; nan if nothing is."""
    return np.nanquantile(a, 0.5, axis, out, overwrite_input, "linear", keepdims)


@expands(np.nanpercentile)
def nanpercentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
) -> Any:
    """`np.nanquantile` of hundredths."""
    if np.ndim(q) == 0:
        return np.nanquantile(a, q / 100, axis, out, overwrite_input, method, keepdims)
    return np.nanquantile(a, np.asarray(q) / 100, axis, out, overwrite_input, method, keepdims)


@expands(np.nanquantile)
def nanquantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
) -> Any:
    """Quantiles of what is a number; nan if nothing is."""
    if np.ndim(q) == 0:
        return into(out, one_nanquantile(a, q, axis, method, keepdims))
    wanted = np.asarray(q)
    first = one_nanquantile(a, wanted[0], axis, method, keepdims)
    if np.ndim(first) == 0:
        result = np.empty(wanted.shape[0])
    else:
        result = np.empty((wanted.shape[0],) + np.shape(first))
    for k in range(wanted.shape[0]):
        result[k] = one_nanquantile(a, wanted[k], axis, method, keepdims)
    return into(out, result)


def one_nanquantile(a: Any, q: Any, axis: Any, method: str, keepdims: Any) -> Any:
    """Row by row, each of what is left of it."""
    check(q, "Quantiles must be in the range [0, 1]")
    rows = gathered(a, axis) * 1.0
    if rows.ndim == 1:
        result = quantile_of_numbers(rows, q, method)
    else:
        result = np.empty(rows.shape[:-1])
        for index in np.ndindex(rows.shape[:-1]):
            result[index] = quantile_of_numbers(rows[index], q, method)
    return shaped(a, axis, result) if keepdims else result


def quantile_of_numbers(row: Any, q: Any, method: str) -> Any:
    """The quantile of a vector without its nan."""
    left = row[np.logical_not(np.isnan(row))]
    return np.quantile(left, q, method=method) if left.shape[0] > 0 else np.nan
