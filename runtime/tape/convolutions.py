"""Convolution, its adjoint, and pooling: windows and matrix products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from adjoint.runtime import kernels_nn
from adjoint.runtime.tape.array import Array
from adjoint.runtime.tape.semantics import semantics


def _each(value: Any, n: int, default: int) -> tuple[int, ...]:
    if value is None or value == ():
        return (default,) * n
    return (int(value),) * n if isinstance(value, int) else tuple(value)


def padded(data: Any, margins: Sequence[tuple[int, int]], value: float = 0.0) -> Any:
    """A margin of one value around the last axes."""
    if not any(map(any, margins)):
        return data
    width = [(0, 0)] * (data.ndim - len(margins)) + list(margins)
    if value == 0.0:
        return np.pad(data, width)
    inside = tuple(slice(a, a + n) for (a, _), n in zip(width, data.shape, strict=True))
    mask = np.ones([a + n + b for (a, b), n in zip(width, data.shape, strict=True)], bool)
    mask[inside] = False
    return np.where(mask, value, np.pad(data, width))


@semantics
def convolution(
    data: Any,
    weight: Any,
    bias: Any = None,
    kernel: Any = None,
    stride: Any = None,
    dilate: Any = None,
    pad: Any = None,
    num_filter: int | None = None,
    num_group: int = 1,
    no_bias: bool = False,
    **_: Any,
) -> Any:
    """Correlate (N, C, …) with (F, C / groups, …): windows, then one matrix product."""
    n = data.ndim - 2
    data = padded(data, [(p, p) for p in _each(pad, n, 0)])
    stride, dilate = _each(stride, n, 1), _each(dilate, n, 1)
    axes = ([1, *range(n + 2, 2 * n + 2)], [1, *range(2, n + 2)])
    parts = []
    for x, w in _groups(data, 1, weight, num_group):
        seen = kernels_nn.windows(x, weight.shape[2:], stride, dilate)
        parts.append(np.moveaxis(np.tensordot(seen, w, axes), -1, 1))
    z = parts[0] if num_group == 1 else np.concatenate(parts, axis=1)
    return z if bias is None or no_bias else z + np.reshape(bias, (-1,) + (1,) * n)


def _groups(data: Any, axis: int, weight: Any, count: int) -> list[tuple[Any, Any]]:
    if count == 1:
        return [(data, weight)]
    return list(zip(np.split(data, count, axis), np.split(weight, count, 0), strict=True))


@semantics
def deconvolution(
    data: Any,
    weight: Any,
    bias: Any = None,
    kernel: Any = None,
    stride: Any = None,
    dilate: Any = None,
    pad: Any = None,
    adj: Any = None,
    num_filter: int | None = None,
    num_group: int = 1,
    no_bias: bool = True,
    **_: Any,
) -> Any:
    """The adjoint of a convolution: (N, C, …) with (C, F / groups, …)."""
    n = data.ndim - 2
    stride, dilate = _each(stride, n, 1), _each(dilate, n, 1)
    pad, adj = _each(pad, n, 0), _each(adj, n, 0)
    k = weight.shape[2:]
    sizes = [(data.shape[i + 2] - 1) * stride[i] + dilate[i] * (k[i] - 1) + 1 for i in range(n)]
    parts = []
    for x, w in _groups(data, 1, weight, num_group):
        spread = np.moveaxis(np.tensordot(x, w, ([1], [0])), n + 1, 1)
        parts.append(kernels_nn.overlap_add(spread, tuple(sizes), stride, dilate))
    z = parts[0] if num_group == 1 else np.concatenate(parts, axis=1)
    z = padded(z, [(0, a) for a in adj])
    whole = [m + a for m, a in zip(sizes, adj, strict=True)]
    z = z[(..., *(slice(p, m - p) for p, m in zip(pad, whole, strict=True)))]
    return z if bias is None or no_bias else z + np.reshape(bias, (-1,) + (1,) * n)


@semantics
def pooling(
    data: Any,
    kernel: Any = None,
    pool_type: str = "max",
    global_pool: bool = False,
    stride: Any = None,
    pad: Any = None,
    pooling_convention: str = "valid",
    count_include_pad: bool = True,
    **_: Any,
) -> Any:
    """Largest, mean or sum of each window; of equal largest elements the first gets the slope."""
    n = data.ndim - 2
    if global_pool:
        kernel, stride, pad = data.shape[2:], 1, 0
    kernel, stride, pad = _each(kernel, n, 1), _each(stride, n, 1), _each(pad, n, 0)
    margins = [
        (p, p + (-(size + 2 * p - k) % s if pooling_convention == "full" else 0))
        for size, k, s, p in zip(data.shape[2:], kernel, stride, pad, strict=True)
    ]
    lowest = -np.inf if pool_type == "max" else 0.0
    seen = _pool_windows(padded(data, margins, lowest), kernel, stride)
    if pool_type == "max":
        first = np.expand_dims(np.argmax(seen._data, axis=-1), -1)
        return np.take_along_axis(seen, first, -1)[..., 0]
    total = np.sum(seen, axis=-1)
    if pool_type == "sum":
        return total
    if count_include_pad:
        return total / float(np.prod(kernel))
    ones = padded(Array(np.ones_like(data._data)), margins)
    return total / np.sum(_pool_windows(ones, kernel, stride), axis=-1)


def _pool_windows(data: Any, kernel: tuple[int, ...], stride: tuple[int, ...]) -> Any:
    n = len(kernel)
    seen = kernels_nn.windows(data, kernel, stride, (1,) * n)
    return np.reshape(seen, (*seen.shape[:-n], -1))
