"""Functions of vectors applied along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.constants import counted
from adjoint.expansions.registry import expands


@expands(np.apply_along_axis)
def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any) -> Any:
    """`np.apply_along_axis`; what the function gives for the first vector says what all are."""
    lines = np.moveaxis(arr, axis, -1)
    for n in tuple(lines.shape[:-1]):
        if n == 0:
            raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    first = np.asarray(func1d(lines[(0,) * (arr.ndim - 1)], *args))
    found = np.empty(tuple(lines.shape[:-1]) + tuple(first.shape), first.dtype)
    for index in np.ndindex(lines.shape[:-1]):
        found[index] = func1d(lines[index], *args)
    return found if first.ndim != 1 else np.moveaxis(found, -1, axis)


@expands(np.apply_over_axes)
def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    """A reduction over one axis after the other, each of which stays."""
    for axis in (axes,) if isinstance(axes, int) else axes:
        along = counted(axis, a.ndim)
        found = func(a, along)
        a = found if np.ndim(found) == a.ndim else np.expand_dims(found, along)
    return a
