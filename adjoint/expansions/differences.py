"""Differences, sums of trapezoids, and what else goes from neighbour to neighbour."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.constants import counted
from adjoint.expansions.registry import expands


def along(x: Any, axis: int, part: slice) -> Any:
    """The index that takes a part of one axis and all of the others."""
    return (slice(None),) * counted(axis, x.ndim) + (part,)


def edge(a: Any, axis: int, value: Any) -> Any:
    """What is put before or behind an array; a number is one more element along the axis."""
    if np.ndim(value) > 0:
        return value
    place = axis % a.ndim
    return np.full(tuple(1 if k == place else a.shape[k] for k in tuple(range(a.ndim))), value)


@expands(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """`np.diff`, of what `prepend` and `append` make longer at the ends."""
    if n == 0:
        return a
    if prepend is not None:
        a = np.concatenate((edge(a, axis, prepend), a), axis=axis)
    if append is not None:
        a = np.concatenate((a, edge(a, axis, append)), axis=axis)
    for _ in tuple(range(n)):
        a = a[along(a, axis, slice(1, None))] - a[along(a, axis, slice(None, -1))]
    return a


@expands(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """`np.ediff1d`: of all elements in a row, with what stands before and behind."""
    steps = np.diff(np.ravel(ary))
    if to_begin is not None:
        steps = np.concatenate((np.ravel(np.atleast_1d(to_begin)), steps))
    if to_end is not None:
        steps = np.concatenate((steps, np.ravel(np.atleast_1d(to_end))))
    return steps


@expands(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The sum of `(y[i] + y[i + 1]) / 2` times the steps."""
    middle = (y[along(y, axis, slice(1, None))] + y[along(y, axis, slice(None, -1))]) / 2.0
    if x is None:
        return np.sum(middle * dx, axis=axis)
    if x.ndim == 1:
        steps = np.diff(x).reshape((-1,) + (1,) * (y.ndim - 1 - axis % y.ndim))
        return np.sum(middle * steps, axis=axis)
    return np.sum(middle * np.diff(x, axis=axis), axis=axis)
