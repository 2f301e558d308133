"""Variances, weighted averages, covariances."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.reductions import count, into
from adjoint.expansions.registry import expands


def squares(x: Any) -> Any:
    """|x|²."""
    if np.iscomplexobj(x):
        return np.square(x.real) + np.square(x.imag)
    return np.square(x)


@expands(np.var)
def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = None,
    mean: Any = None,
    correction: Any = None,
) -> Any:
    """Σ |a - mean|² / (n - ddof), of the elements where `where` holds."""
    freedom = ddof if correction is None else correction
    x = a if dtype is None else a.astype(dtype)
    if where is None:
        middle = mean
        if mean is None:
            middle = np.mean(x) if axis is None else np.mean(x, axis=axis, keepdims=True)
        total = np.sum(squares(x - middle), axis=axis, keepdims=keepdims)
        number = count(x, axis) - freedom
        return into(out, total / (number if number > 0 else 0))
    middle = np.mean(x, axis=axis, keepdims=True, where=where) if mean is None else mean
    total = np.sum(np.where(where, squares(x - middle), 0), axis=axis, keepdims=keepdims)
    ones = np.where(where, np.ones(x.shape, total.dtype), 0)
    numbers = np.sum(ones, axis=axis, keepdims=keepdims) - freedom
    return into(out, total / np.maximum(numbers, 0))


@expands(np.std)
def std(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = None,
    mean: Any = None,
    correction: Any = None,
) -> Any:
    """√var; the slope is nan where all elements are equal."""
    variance = np.var(
        a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction
    )
    return into(out, np.sqrt(variance))


@expands(np.average)
def average(
    a: Any,
    axis: Any = None,
    weights: Any = None,
    returned: bool = False,
    *,
    keepdims: Any = False,
) -> Any:
    """Σ w a / Σ w."""
    if weights is None:
        middle = np.mean(a, axis=axis, keepdims=keepdims)
        if returned:
            return middle, middle * 0.0 + count(a, axis)
        return middle
    if weights.ndim == a.ndim:
        w = weights
    else:
        if axis is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        if weights.ndim != 1:
            raise ValueError(
                "Shape of weights must be consistent with shape of a along specified axis."
            )
        w = weights.reshape((-1,) + (1,) * (a.ndim - 1 - axis % a.ndim))
    scale = np.sum(w * np.ones(a.shape, a.dtype), axis=axis, keepdims=keepdims)
    if np.any(scale == 0.0):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    middle = np.sum(a * w, axis=axis, keepdims=keepdims) / scale
    if returned:
        return middle, scale
    return middle


@expands(np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    """The covariances of the rows (or columns), each a variable."""
    freedom = ddof if ddof is not None else (0 if bias else 1)
    x = variables(m, rowvar)
    if y is not None:
        x = np.concatenate((x, variables(y, rowvar)), axis=0)
    x = x if dtype is None else x.astype(dtype)
    if fweights is None and aweights is None:
        deviations = x - np.mean(x, axis=1, keepdims=True)
        scaled = deviations / (x.shape[1] - freedom)
    else:
        if fweights is None:
            w = aweights
        elif aweights is None:
            w = fweights
        else:
            w = fweights * aweights
        total = np.sum(w)
        if aweights is None:
            factor = total - freedom
        else:
            factor = total - freedom * np.sum(w * aweights) / total
        deviations = x - (np.sum(x * w, axis=1) / total)[:, None]
        scaled = deviations * w / factor
    result = scaled @ np.conj(deviations).T
    if m.ndim == 1 and y is None:
        return result[0, 0]
    return result


def variables(m: Any, rowvar: bool) -> Any:
    """The observations with a row for each variable."""
    if m.ndim == 1:
        return m[None, :] * 1.0
    return m * 1.0 if rowvar else m.T * 1.0


@expands(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """Covariances divided by both standard deviations."""
    c = np.cov(x, y, rowvar, dtype=dtype)
    if np.ndim(c) == 0:
        return c / c
    deviations = np.sqrt(np.real(np.diagonal(c)))
    return np.clip(c / deviations[:, None] / deviations[None, :], -1.0, 1.0)
