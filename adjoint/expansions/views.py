"""The axes of an array in another order, turned round, or new ones: views, as NumPy gives them.

Each is written with `np.transpose`, slices and `np.reshape`, whose results are known to be views.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from adjoint.expansions.registry import expands, settled

# --------------------------------------------------------------------------- other orders


@expands(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """`np.moveaxis` for constant axes."""
    return np.transpose(a, moved(a.ndim, source, destination))


@settled
def moved(ndim: int, source: Any, destination: Any) -> tuple[int, ...]:
    """The order of axes in which those of `source` stand at `destination`."""
    given = normalize_axis_tuple(source, ndim, "source")
    wanted = normalize_axis_tuple(destination, ndim, "destination")
    if len(given) != len(wanted):
        raise ValueError("`source` and `destination` arguments must have the same number of axes")
    order = [axis for axis in range(ndim) if axis not in given]
    for place, axis in sorted(zip(wanted, given, strict=True)):
        order.insert(place, axis)
    return tuple(order)


@expands(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """`np.rollaxis` for constant axes."""
    return np.transpose(a, rolled(a.ndim, axis, start))


@settled
def rolled(ndim: int, axis: int, start: int) -> tuple[int, ...]:
    """The order in which `axis` stands before the axis that is `start`."""
    axis = normalize_axis_index(axis, ndim)
    place = start + ndim if start < 0 else start
    order = [other for other in range(ndim) if other != axis]
    order.insert(place - 1 if axis < place else place, axis)
    return tuple(order)


@expands(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """`np.swapaxes` for constant axes."""
    return np.transpose(a, swapped(a.ndim, axis1, axis2))


@settled
def swapped(ndim: int, axis1: int, axis2: int) -> tuple[int, ...]:
    """The order in which two axes are exchanged."""
    order = list(range(ndim))
    first, second = normalize_axis_index(axis1, ndim), normalize_axis_index(axis2, ndim)
    order[first], order[second] = order[second], order[first]
    return tuple(order)


@expands(np.matrix_transpose, np.linalg.matrix_transpose)
def matrix_transpose(x: Any) -> Any:
    """Each matrix of a stack transposed."""
    return np.transpose(x, swapped(x.ndim, -1, -2))


# --------------------------------------------------------------------------- other directions


@expands(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    """`np.flip` for constant axes."""
    return m[backwards(m.ndim, axis)]


@settled
def backward_axes(ndim: int, axis: Any) -> tuple[bool, ...]:
    """For each axis whether it is turned round."""
    turned = range(ndim) if axis is None else normalize_axis_tuple(axis, ndim)
    return tuple(k in turned for k in range(ndim))


def backwards(ndim: int, axis: Any) -> Any:
    """The index that turns axes round."""
    return tuple(slice(None, None, -1 if turned else 1) for turned in backward_axes(ndim, axis))


@expands(np.flipud)
def flipud(m: Any) -> Any:
    """Backwards along the first axis."""
    return m[::-1]


@expands(np.fliplr)
def fliplr(m: Any) -> Any:
    """Backwards along the second axis."""
    return m[:, ::-1]


@expands(np.rot90)
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """`np.rot90` for constants."""
    turns, first, second = plane(m.ndim, k, axes)
    if turns == 0:
        return m[:]
    if turns == 2:
        return m[backwards(m.ndim, (first, second))]
    if turns == 1:
        return np.transpose(m[backwards(m.ndim, second)], swapped(m.ndim, first, second))
    return np.transpose(m, swapped(m.ndim, first, second))[backwards(m.ndim, second)]


@settled
def plane(ndim: int, k: int, axes: Any) -> tuple[int, int, int]:
    """How many quarter turns, and in the plane of which axes."""
    if len(axes) != 2:
        raise ValueError("len(axes) must be 2.")
    first, second = (normalize_axis_index(axis, ndim) for axis in axes)
    if first == second:
        raise ValueError("Axes must be different.")
    return k % 4, first, second


# --------------------------------------------------------------------------- new axes


@expands(np.atleast_1d)
def atleast_1d(*arys: Any) -> Any:
    """`np.atleast_1d` of one or several."""
    found = tuple(line(array) for array in arys)
    return found[0] if len(found) == 1 else found


@expands(np.atleast_2d)
def atleast_2d(*arys: Any) -> Any:
    """`np.atleast_2d` of one or several."""
    found = tuple(rows(array) for array in arys)
    return found[0] if len(found) == 1 else found


@expands(np.atleast_3d)
def atleast_3d(*arys: Any) -> Any:
    """`np.atleast_3d` of one or several."""
    found = tuple(layers(array) for array in arys)
    return found[0] if len(found) == 1 else found


def line(array: Any) -> Any:
    """A number as a vector."""
    if isinstance(array, (tuple, list)):
        return np.array(array)
    return array if np.ndim(array) > 0 else np.array((array,))


def rows(array: Any) -> Any:
    """A vector as a row."""
    given = line(array)
    return given[None, :] if given.ndim == 1 else given


def layers(array: Any) -> Any:
    """A matrix with an axis of its own behind."""
    given = rows(array)
    return given[:, :, None] if given.ndim == 2 else given


@expands(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """`np.expand_dims` for constant axes."""
    if np.ndim(a) == 0:
        return line(a).reshape((1,) * len(new_axes(0, axis)))
    given = np.asarray(a)
    return given[tuple(None if new else slice(None) for new in new_axes(given.ndim, axis))]


@settled
def new_axes(ndim: int, axis: Any) -> tuple[bool, ...]:
    """For each axis of the result whether it is new."""
    axes = axis if isinstance(axis, tuple) else (axis,)
    ndim = ndim + len(axes)
    new = normalize_axis_tuple(axes, ndim)
    return tuple(k in new for k in range(ndim))


# --------------------------------------------------------------------------- repeated axes


@expands(np.broadcast_arrays)
def broadcast_arrays(*args: Any) -> Any:
    """`np.broadcast_arrays`: each as a view of the common shape."""
    given = tuple(line(array) if np.ndim(array) == 0 else array for array in args)
    shape = tuple(given[0].shape)
    for array in given[1:]:
        shape = common_shape(shape, tuple(array.shape))
    return tuple(np.broadcast_to(array, shape) for array in given)


def common_shape(first: Any, second: Any) -> Any:
    """What two shapes are broadcast to."""
    if len(first) < len(second):
        return common_shape_of((1,) * (len(second) - len(first)) + first, second)
    return common_shape_of(first, (1,) * (len(first) - len(second)) + second)


def common_shape_of(first: Any, second: Any) -> Any:
    """What two shapes of as many axes are broadcast to."""
    return tuple(common_length(n, m) for n, m in zip(first, second, strict=True))


def common_length(n: int, m: int) -> int:
    """What two lengths are broadcast to."""
    if n != m and n != 1 and m != 1:
        raise ValueError("shape mismatch: objects cannot be broadcast to a single shape")
    return m if n == 1 else n
