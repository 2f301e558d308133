"""Sums over bins, running extrema, values between points, and sliding products."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.constants import counted
from adjoint.expansions.reductions import into
from adjoint.expansions.registry import expands, settled

# --------------------------------------------------------------------------- bins


@expands(np.bincount)
def bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    """`np.bincount`: how often each number occurs, or the sum of its weights."""
    numbers = np.asarray(x)
    length = minlength
    for k in range(numbers.shape[0]):
        if numbers[k] < 0:
            raise ValueError("'list' argument must have no negative elements")
        length = max(length, numbers[k] + 1)
    if weights is None:
        counts = np.zeros(length, np.int64)
        for k in range(numbers.shape[0]):
            counts[numbers[k]] += 1
        return counts
    sums = np.zeros(length)
    if weights.shape[0] != numbers.shape[0]:
        raise ValueError("The weights and list don't have the same length.")
    for k in range(numbers.shape[0]):
        sums[numbers[k]] += weights[k]
    return sums


@expands(np.histogram)
def histogram(
    a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """`np.histogram` of a number of bins, or between edges; weights are differentiated."""
    values = np.ravel(np.asarray(a))
    edges = edges_of(values, bins, range)
    counts = binned(values, edges, bins, weights)
    if density:
        return counts / np.diff(edges) / np.sum(counts), edges
    return counts, edges


def edges_of(values: Any, bins: Any, bounds: Any) -> Any:
    """The edges of the bins."""
    if np.ndim(bins) > 0:
        return np.asarray(bins)
    if bounds is None:
        low, high = np.min(values), np.max(values)
    else:
        low, high = bounds[0], bounds[1]
    if low > high:
        raise ValueError("max must be larger than min in range parameter.")
    beyond = 0.5 if low == high else 0.0
    return np.linspace(low - beyond, high + beyond, bins + 1)


def binned(values: Any, edges: Any, bins: Any, weights: Any) -> Any:
    """The number, or weight, of values between neighbouring edges; the last edge belongs in."""
    last = edges.shape[0] - 1
    density = density_of(edges, bins)
    places = np.empty(values.shape[0], np.int64)  # the same for counts and for sums of weights
    for k in range(values.shape[0]):
        places[k] = bin_of(values[k], edges, density)
    if weights is None:
        counts = np.zeros(last, np.int64)
        for k in range(values.shape[0]):
            if places[k] >= 0:
                counts[places[k]] += 1
        return counts
    given = np.ravel(weights)
    if given.shape[0] != values.shape[0]:
        raise ValueError("weights should have the same shape as a.")
    sums = np.zeros(last, given.dtype)
    for k in range(values.shape[0]):
        if places[k] >= 0:
            sums[places[k]] += given[k]
    return sums


def density_of(edges: Any, bins: Any) -> Any:
    """How many bins there are in a unit of length; 0 if that is not the same everywhere."""
    if np.ndim(bins) > 0:
        return 0.0
    last = edges.shape[0] - 1
    return last / (edges[last] - edges[0])


def bin_of(value: Any, edges: Any, density: Any) -> Any:
    """The bin that a value is in; -1 if in none. The last edge belongs to the last bin.

    The place between even edges is computed, and then moved to where the edges say, as they are
    rounded.
    """
    last = edges.shape[0] - 1
    place = -1
    if value >= edges[0] and value <= edges[last]:
        offset = (value - edges[0]) * density
        if density > 0.0 and offset < last:  # neither of which is nan
            place = int(offset)
            if value < edges[place]:
                place -= 1
            elif place < last - 1 and value >= edges[place + 1]:
                place += 1
        else:
            place = min(np.searchsorted(edges, value, side="right") - 1, last - 1)
    return place


@expands(np.histogram_bin_edges)
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """The edges that `np.histogram` would use."""
    return edges_of(np.ravel(np.asarray(a)), bins, range)


@expands(np.histogram2d)
def histogram2d(
    x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """`np.histogram2d`; weights are differentiated, and edges where they depend on points."""
    xs, ys = np.asarray(x), np.asarray(y)
    if xs.shape[0] != ys.shape[0]:
        raise ValueError("x and y must have the same length.")
    bounds = (None, None) if range is None else range
    x_edges = edges_of(xs, side(bins, 0), bounds[0])
    y_edges = edges_of(ys, side(bins, 1), bounds[1])
    given = None if weights is None else np.asarray(weights)
    sums = binned_pairs(xs, ys, (x_edges, y_edges), bins, given)
    if density:
        areas = np.diff(x_edges)[:, None] * np.diff(y_edges)
        return sums / areas / np.sum(sums), x_edges, y_edges
    return sums, x_edges, y_edges


def binned_pairs(xs: Any, ys: Any, edges: Any, bins: Any, weights: Any) -> Any:
    """The number, or weight, of points in each rectangle between edges."""
    x_edges, y_edges = edges
    across, along = density_of(x_edges, side(bins, 0)), density_of(y_edges, side(bins, 1))
    sums = np.zeros((x_edges.shape[0] - 1, y_edges.shape[0] - 1))
    for k in range(xs.shape[0]):
        row, column = bin_of(xs[k], x_edges, across), bin_of(ys[k], y_edges, along)
        if row >= 0 and column >= 0:
            sums[row, column] += 1.0 if weights is None else weights[k]
    return sums


def side(bins: Any, axis: int) -> Any:
    """The bins of one axis: a pair has them for each, anything else is for both."""
    if isinstance(bins, np.ndarray) and bins.shape[0] == 2:
        raise ValueError("an array of two is read as numbers of bins: pass a tuple")
    return bins[axis] if isinstance(bins, (tuple, list)) and len(bins) == 2 else bins


@expands(np.histogramdd)
def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """`np.histogramdd`, of as many columns as there are in a tuple of them, or bins for."""
    columns = columns_of(sample, bins)
    edges = edges_of_all(columns, bins, range)
    numbers = bins_of_all(columns, bins)
    densities = tuple(density_of(e, n) for e, n in zip(edges, numbers, strict=True))
    given = None if weights is None else np.asarray(weights)
    sums = np.zeros(tuple(e.shape[0] - 1 for e in edges))
    for k, _ in enumerate(columns[0]):
        place = tuple(
            bin_of(column[k], e, each)
            for column, e, each in zip(columns, edges, densities, strict=True)
        )
        if min(place) >= 0:
            sums[place] += 1.0 if given is None else given[k]
    return (by_volume(sums, edges) if density else sums), edges


def columns_of(sample: Any, bins: Any) -> Any:
    """The coordinates of points, an array for each axis."""
    if isinstance(sample, (tuple, list)):
        return tuple(np.asarray(column) for column in sample)
    if sample.ndim == 1:
        return (sample,)
    known_count(isinstance(bins, (tuple, list)))
    if sample.shape[1] != len(bins):
        raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
    return tuple(sample[:, axis] for axis in tuple(range(len(bins))))


@settled
def known_count(known: bool) -> None:
    """Refuse points of which it is not known how many coordinates they have."""
    if not known:
        raise ValueError(
            "how many axes the histogram has is known only when running: give bins as a tuple of "
            "one for each column, or the columns as a tuple"
        )


def bins_of_all(columns: Any, bins: Any) -> Any:
    """The bins of each axis."""
    if isinstance(bins, (tuple, list)):
        return tuple(bins)
    return tuple(bins for _ in columns)


def edges_of_all(columns: Any, bins: Any, bounds: Any) -> Any:
    """The edges along each axis."""
    given = tuple(None for _ in columns) if bounds is None else bounds
    each = zip(columns, bins_of_all(columns, bins), given, strict=True)
    return tuple(edges_of(column, number, pair) for column, number, pair in each)


def by_volume(sums: Any, edges: Any) -> Any:
    """Densities of what is in the cells between edges."""
    density = sums / np.sum(sums)
    for axis in tuple(range(len(edges))):
        beside = tuple(range(1, len(edges) - axis))
        density = density / np.expand_dims(np.diff(edges[axis]), beside)
    return density


# --------------------------------------------------------------------------- along an axis


@expands(np.add.reduceat)
def reduceat(array: Any, indices: Any, axis: int = 0) -> Any:
    """`np.add.reduceat`: sums from each index to the next."""
    along = counted(axis, array.ndim)
    lines = np.moveaxis(array, along, 0)
    bounds = np.asarray(indices)
    count, n = bounds.shape[0], lines.shape[0]
    sums = np.zeros((count,) + lines.shape[1:], array.dtype)
    for k in range(count):
        start = bounds[k]
        stop = bounds[k + 1] if k + 1 < count else n
        if start < 0 or start >= n:
            raise IndexError("index out-of-bounds in add.reduceat")
        for place in range(start, max(stop, start + 1)):
            sums[k] += lines[place]
    return np.moveaxis(sums, 0, along)


@expands(np.add.accumulate)
def add_accumulate(array: Any, axis: int = 0) -> Any:
    """Running sums."""
    return np.cumsum(array, axis)


@expands(np.multiply.accumulate)
def multiply_accumulate(array: Any, axis: int = 0) -> Any:
    """Running products."""
    return np.cumprod(array, axis)


@expands(np.maximum.accumulate)
def maximum_accumulate(array: Any, axis: int = 0) -> Any:
    """Running maxima."""
    return accumulated(np.maximum, array, axis)


@expands(np.minimum.accumulate)
def minimum_accumulate(array: Any, axis: int = 0) -> Any:
    """Running minima."""
    return accumulated(np.minimum, array, axis)


def accumulated(function: Any, array: Any, axis: int) -> Any:
    """Each element combined with the result before it."""
    along = counted(axis, array.ndim)
    result = np.moveaxis(array, along, 0).copy()
    for k in range(1, result.shape[0]):
        result[k] = function(result[k - 1], result[k])
    return np.moveaxis(result, 0, along)


# --------------------------------------------------------------------------- reduced


@expands(np.hypot.reduce)
def hypot_reduce(array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """Lengths, one component after the other."""
    return into(out, combined(np.hypot, array, axis, dtype))


@expands(np.subtract.reduce)
def subtract_reduce(array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """The first without all others."""
    return into(out, combined(np.subtract, array, axis, dtype))


@expands(np.divide.reduce)
def divide_reduce(array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """The first divided by all others."""
    return into(out, combined(np.divide, array, axis, dtype))


@expands(np.fmax.reduce)
def fmax_reduce(array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """The largest that is a number."""
    return into(out, combined(np.fmax, array, axis, dtype))


@expands(np.fmin.reduce)
def fmin_reduce(array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """The smallest that is a number."""
    return into(out, combined(np.fmin, array, axis, dtype))


def combined(function: Any, array: Any, axis: int, dtype: Any) -> Any:
    """All elements along an axis, each combined with the result of those before."""
    given = array if dtype is None else array.astype(dtype)
    lines = np.moveaxis(given, counted(axis, given.ndim), 0)
    result = lines[0] * 1
    for k in range(1, lines.shape[0]):
        result = function(result, lines[k])
    return result


# --------------------------------------------------------------------------- between points


@expands(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    """`np.interp`: straight lines between points."""
    points, heights = np.asarray(xp), np.asarray(fp)
    if points.shape[0] != heights.shape[0]:
        raise ValueError("fp and xp are not of the same length.")
    if points.shape[0] == 0:
        raise ValueError("array of sample points is empty")
    below = heights[0] if left is None else left
    above = heights[-1] if right is None else right
    if np.ndim(x) == 0:
        return between(x, points, heights, below, above)
    places = np.asarray(x)
    result = np.empty(places.shape, heights.dtype)
    for index in np.ndindex(places.shape):
        result[index] = between(places[index], points, heights, below, above)
    return result


def between(x: Any, xp: Any, fp: Any, below: Any, above: Any) -> Any:
    """The height at one place."""
    last = xp.shape[0] - 1
    if x < xp[0]:
        height = below * 1.0
    elif x > xp[last]:
        height = above * 1.0
    elif x == xp[last]:
        height = fp[last] * 1.0
    else:
        k = np.searchsorted(xp, x, side="right") - 1
        height = (fp[k + 1] - fp[k]) / (xp[k + 1] - xp[k]) * (x - xp[k]) + fp[k]
    return height


# --------------------------------------------------------------------------- sliding products


@expands(np.convolve)
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """`np.convolve`: sums of products of one vector with the other backwards."""
    known_mode(mode)
    left, right = np.asarray(a), np.asarray(v)
    n, m = left.shape[0], right.shape[0]
    return slid(left, right, (min(n, m) - 1) // 2, mode)


@expands(np.correlate)
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """`np.correlate`: sums of products, the second vector conjugated."""
    known_mode(mode)
    left, right = np.asarray(a), np.asarray(v)
    n, m = left.shape[0], right.shape[0]
    return slid(left, np.conj(right)[::-1], (m - 1) // 2 if m <= n else n // 2, mode)


@settled
def known_mode(mode: str) -> None:
    """Refuse what NumPy refuses."""
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"mode must be 'full', 'same' or 'valid' (got {mode!r})")


def slid(a: Any, v: Any, middle: int, mode: str) -> Any:
    """The products of all overlaps, or of those that start in the middle, or of whole ones."""
    n, m = a.shape[0], v.shape[0]
    if n == 0 or m == 0:
        raise ValueError("a vector cannot be empty")
    shorter, longer = min(n, m), max(n, m)
    if mode == "full":
        first, count = 0, n + m - 1
    elif mode == "same":
        first, count = middle, longer
    else:
        first, count = shorter - 1, longer - shorter + 1
    result = np.zeros(count, np.result_type(a, v))
    for p in range(count):
        place = p + first
        for k in range(max(0, place - m + 1), min(place + 1, n)):
            result[p] += a[k] * v[place - k]
    return result
