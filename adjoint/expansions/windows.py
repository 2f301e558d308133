"""Windows of a number of points, and windows that slide over an array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple
from numpy.lib.stride_tricks import sliding_window_view

from adjoint.expansions.registry import expands, settled

# --------------------------------------------------------------------------- of a number of points


def ramp(M: Any) -> Any:
    """From -1 to 1 in M points; 0 for a single one."""
    return np.arange(1 - M, M, 2) / max(M - 1, 1)


@expands(np.bartlett)
def bartlett(M: Any) -> Any:
    """A triangle."""
    return 1.0 - np.abs(ramp(M))


@expands(np.hanning)
def hanning(M: Any) -> Any:
    """½ + ½ cos."""
    return 0.5 + 0.5 * np.cos(np.pi * ramp(M))


@expands(np.hamming)
def hamming(M: Any) -> Any:
    """0.54 + 0.46 cos."""
    return 0.54 + 0.46 * np.cos(np.pi * ramp(M))


@expands(np.blackman)
def blackman(M: Any) -> Any:
    """Three terms of a series of cosines."""
    n = np.pi * ramp(M)
    return 0.42 + 0.5 * np.cos(n) + 0.08 * np.cos(2.0 * n)


@expands(np.kaiser)
def kaiser(M: Any, beta: Any) -> Any:
    """Modified Bessel functions of `beta`."""
    return np.i0(beta * np.sqrt(1.0 - ramp(M) ** 2)) / np.i0(1.0 * beta)


# --------------------------------------------------------------------------- that slide


@expands(sliding_window_view)
def sliding_windows(
    x: Any, window_shape: Any, axis: Any = None, *, subok: bool = False, writeable: bool = False
) -> Any:
    """Each window as axes behind the others, as a copy: NumPy's view must not be written to."""
    for along, width in windows(x.ndim, window_shape, axis, writeable):
        line = np.moveaxis(x, along, -1)
        count = line.shape[-1] - width + 1
        if count < 1:
            raise ValueError("window shape cannot be larger than input array shape")
        places = np.arange(count)[:, None] + np.arange(width)
        x = np.moveaxis(line[..., places], -2, along)
    return x


@settled
def windows(ndim: int, window_shape: Any, axis: Any, writeable: bool) -> tuple[Any, ...]:
    """The axes that windows slide along, each with the window's length."""
    if writeable:
        raise ValueError("a window that is written to is not supported")
    widths = tuple(window_shape) if np.iterable(window_shape) else (window_shape,)
    if min(widths, default=0) < 0:
        raise ValueError("`window_shape` cannot contain negative values")
    axes = tuple(range(ndim)) if axis is None else normalize_axis_tuple(axis, ndim, None, True)
    if len(axes) != len(widths):
        raise ValueError("Must provide matching length window_shape and axis")
    return tuple(zip(axes, widths, strict=True))
