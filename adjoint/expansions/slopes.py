"""`np.gradient`: central differences inside, one-sided ones at the ends."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from adjoint.expansions.differences import along
from adjoint.expansions.registry import expands, settled


@settled
def axes_of_gradient(ndim: int, axis: Any, given: int) -> tuple[int, ...]:
    """The axes along which slopes are wanted."""
    axes = tuple(range(ndim)) if axis is None else normalize_axis_tuple(axis, ndim)
    if given not in (0, 1, len(axes)):
        raise TypeError("invalid number of arguments")
    return axes


@expands(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """The slopes along axes, for even spacing or for given coordinates."""
    axes = axes_of_gradient(f.ndim, axis, len(varargs))
    if len(varargs) == len(axes):
        spacings = varargs
    elif len(varargs) == 1:
        spacings = varargs * len(axes)
    else:
        spacings = (1.0,) * len(axes)
    values = f if np.issubdtype(f.dtype, np.inexact) else f.astype(np.float64)
    slopes = tuple(slope(values, h, k, edge_order) for k, h in zip(axes, spacings, strict=True))
    return slopes[0] if len(axes) == 1 else slopes


def slope(f: Any, spacing: Any, axis: int, edge_order: int) -> Any:
    """The slopes along one axis."""
    if f.shape[axis] < edge_order + 1:
        raise ValueError(
            "Shape of array too small to calculate a numerical gradient, at least "
            "(edge_order + 1) elements are required."
        )
    result = np.empty(f.shape, f.dtype)
    inside = along(f, axis, slice(1, -1))
    before, after = f[along(f, axis, slice(None, -2))], f[along(f, axis, slice(2, None))]
    if np.ndim(spacing) == 0:
        result[inside] = (after - before) / (2.0 * spacing)
        first = last = second = second_last = spacing
    else:
        steps = np.diff(spacing)
        first, last = steps[0], steps[-1]
        second, second_last = steps[1], steps[-2]
        h = steps.reshape((-1,) + (1,) * (f.ndim - 1 - axis))
        left, right = h[:-1], h[1:]
        both = left + right
        here = f[inside] * ((right - left) / (left * right))
        result[inside] = here - before * (right / (left * both)) + after * (left / (right * both))
    ends(result, f, axis, first, second, True, edge_order)
    ends(result, f, axis, last, second_last, False, edge_order)
    return result


def ends(result: Any, f: Any, axis: int, near: Any, far: Any, front: bool, edge_order: int) -> None:
    """Set the slopes at one end, whose nearest steps are `near` and `far`."""
    at = (0, 1, 2) if front else (-1, -2, -3)
    sign = 1.0 if front else -1.0
    end, next_ = f[along(f, axis, at[0])], f[along(f, axis, at[1])]
    if edge_order == 1:
        result[along(f, axis, at[0])] = sign * (next_ - end) / near
        return
    third = f[along(f, axis, at[2])]
    both = near + far
    result[along(f, axis, at[0])] = sign * (
        next_ * (both / (near * far))
        - end * ((near + both) / (near * both))
        - third * (near / (far * both))
    )
