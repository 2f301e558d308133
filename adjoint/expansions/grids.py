"""Grids of points: `meshgrid`, `indices`, `fromfunction`, and ranges whose ends vary."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.constants import element, is_whole
from adjoint.expansions.registry import expands, settled
from adjoint.expansions.views import line

# --------------------------------------------------------------------------- grids


@expands(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """`np.meshgrid`: a tuple with each vector along an axis of its own."""
    known_indexing(indexing)
    vectors = tuple(np.ravel(line(x)) for x in xi)
    places = tuple(range(len(vectors)))
    if indexing == "xy" and len(vectors) > 1:
        places = (1, 0) + places[2:]
    opened = tuple(
        x.reshape((1,) * place + (-1,) + (1,) * (len(vectors) - 1 - place))
        for x, place in zip(vectors, places, strict=True)
    )
    if sparse:
        return tuple(x.copy() for x in opened)
    shape = tuple(vectors[place].shape[0] for place in places)
    return tuple(np.broadcast_to(x, shape).copy() for x in opened)


@settled
def known_indexing(indexing: str) -> None:
    """Refuse what NumPy refuses."""
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")


@expands(np.indices)
def indices(dimensions: Any, dtype: Any = int, sparse: bool = False) -> Any:
    """`np.indices`: the index of each element, along each axis."""
    shape = tuple(dimensions)
    if sparse:
        return along_axes(shape, dtype)
    result = np.empty((len(shape),) + shape, element(dtype))
    for axis, numbers in enumerate(along_axes(shape, dtype)):
        result[axis] = numbers
    return result


def along_axes(shape: Any, dtype: Any) -> Any:
    """The numbers of each axis along it."""
    return tuple(
        np.arange(shape[axis])
        .astype(element(dtype))
        .reshape((1,) * axis + (-1,) + (1,) * (len(shape) - 1 - axis))
        for axis in tuple(range(len(shape)))
    )


@expands(np.fromfunction)
def fromfunction(function: Any, shape: Any, *, dtype: Any = float) -> Any:
    """`np.fromfunction`: a function of the indices."""
    return function(*tuple(np.indices(tuple(shape), dtype)[k] for k in tuple(range(len(shape)))))


def mgrid(parts: Any) -> Any:
    """`np.mgrid[…]`: the coordinates of each point, along each axis."""
    opened = ogrid(parts)
    if not isinstance(opened, tuple):
        return opened
    shape = tuple(numbers.shape[axis] for axis, numbers in enumerate(opened))
    result = np.empty((len(shape),) + shape, opened[0].dtype)
    for axis, numbers in enumerate(opened):
        result[axis] = numbers
    return result


def ogrid(parts: Any) -> Any:
    """`np.ogrid[…]`: the coordinates of each axis, along it."""
    if len(parts) == 1:
        return coordinates(parts[0])
    whole = tuple(coordinates(part) for part in parts)
    dtype = np.result_type(*whole)
    count = len(parts)
    return tuple(
        numbers.astype(element(dtype)).reshape((1,) * axis + (-1,) + (1,) * (count - 1 - axis))
        for axis, numbers in enumerate(whole)
    )


def coordinates(part: Any) -> Any:
    """From one number to before another, or as many as an imaginary step says."""
    start = 0 if part.start is None else part.start
    if part.step is None:
        return np.arange(start, part.stop)
    if isinstance(part.step, complex):
        return np.linspace(start, part.stop, how_many(part.step))
    return np.arange(start, part.stop, part.step)


@settled
def how_many(step: complex) -> int:
    """The number of points that an imaginary step stands for."""
    return int(abs(step))


# --------------------------------------------------------------------------- ranges


@expands(np.arange)
def arange(start, stop=None, step=1, dtype=None):
    """`np.arange`; the library's is that of integers and constants."""
    first, end = (0, start) if stop is None else (start, stop)
    if is_integral(first) and is_integral(end) and is_integral(step):
        if dtype is None:
            return np.arange(first, end, step)
        return np.arange(first, end, step).astype(element(dtype))
    count = max(int(np.ceil((end - first) / step)), 0)
    values = first + np.arange(count) * ((first + step) - first)
    return values.astype(element(np.result_type(first, end, step) if dtype is None else dtype))


def is_integral(value):
    """Whether a number is an integer, so that it does not vary."""
    return isinstance(value, int)


@expands(np.linspace)
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """`np.linspace`; numbers of steps are checked when running."""
    if num < 0:
        raise ValueError("Number of samples must be non-negative.")
    gaps = max(num - 1, 1) if endpoint else max(num, 1)
    step = (stop - start) / gaps
    if np.ndim(step) == 0:
        values = start + np.arange(num) * step
    else:
        values = start + np.arange(num).reshape((-1,) + (1,) * step.ndim) * step
    if endpoint and num > 1:
        values[-1] = stop
    placed = values if np.ndim(step) == 0 else np.moveaxis(values, 0, axis)
    found = placed if dtype is None else rounded(placed, dtype)
    return (found, step) if retstep else found


def rounded(values: Any, dtype: Any) -> Any:
    """As another type; downwards, if it is one of integers."""
    return (
        np.floor(values).astype(element(dtype))
        if is_whole(dtype)
        else values.astype(element(dtype))
    )


@expands(np.logspace)
def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """`np.logspace`: powers of a base."""
    values = base ** np.linspace(start, stop, num, endpoint, axis=axis)
    return values if dtype is None else values.astype(element(dtype))


@expands(np.geomspace)
def geomspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
) -> Any:
    """`np.geomspace` of numbers: equal ratios."""
    if start == 0 or stop == 0:
        raise ValueError("Geometric sequence cannot include zero")
    values = start * (stop / start) ** np.linspace(0.0, 1.0, num, endpoint)
    return values if dtype is None else values.astype(element(dtype))


@expands(np.vander)
def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:
    """`np.vander`: powers of the elements."""
    count = x.shape[0] if N is None else N
    result = np.empty((x.shape[0], count), np.result_type(x, int))
    for i in range(x.shape[0]):
        power = result.dtype.type(1)
        for j in range(count):
            result[i, j if increasing else count - 1 - j] = power
            power = power * x[i]
    return result
