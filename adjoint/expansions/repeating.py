"""Elements several times over: `tile`, `repeat`, `resize`, `pad`, `roll`.

Each takes, along one axis after the other, the elements at computed indices.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from adjoint.expansions.constants import counted
from adjoint.expansions.registry import expands, settled


def picked(a: Any, axis: int, indices: Any) -> Any:
    """The elements at indices of one axis."""
    return a[(slice(None),) * axis + (indices,)]


# --------------------------------------------------------------------------- as a whole


@expands(np.tile)
def tile(A: Any, reps: Any) -> Any:
    """`np.tile`: the array beside itself."""
    times = tuple(reps) if isinstance(reps, (tuple, list)) else (reps,)
    given = np.atleast_1d(A)
    return tiled(
        given.reshape((1,) * max(len(times) - given.ndim, 0) + tuple(given.shape)),
        (1,) * max(given.ndim - len(times), 0) + times,
    )


def tiled(a: Any, times: Any) -> Any:
    """As many repetitions as axes."""
    result = a.copy()
    for axis in tuple(range(a.ndim)):
        if not is_one(times[axis]):
            n = a.shape[axis]
            result = picked(result, axis, np.arange(n * times[axis]) % n)
    return result


def is_one(times: Any) -> bool:
    """Whether a number of repetitions is the constant 1."""
    return isinstance(times, int) and times == 1


@expands(np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    """`np.resize`: the elements again and again until the shape is full."""
    shape = tuple(new_shape) if isinstance(new_shape, (tuple, list)) else (new_shape,)
    flat = np.ravel(a)
    size = 1
    for n in shape:
        size = size * n
    return flat[np.arange(size) % flat.size].reshape(shape)


# --------------------------------------------------------------------------- one by one


@expands(np.repeat)
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """`np.repeat`: each element as often as one number says, or one for each."""
    given = np.ravel(np.atleast_1d(a)) if axis is None else np.asarray(a)
    along = counted(axis or 0, given.ndim)
    if np.ndim(repeats) == 0:
        return picked(given, along, np.arange(given.shape[along] * repeats) // repeats)
    return picked(given, along, each_repeated(given.shape[along], np.asarray(repeats)))


def each_repeated(length: int, repeats: Any) -> Any:
    """The indices of an axis, each as often as an array says."""
    times = repeats
    if times.shape[0] != length and times.shape[0] != 1:
        raise ValueError("operands could not be broadcast together")
    size = 0
    for k in range(length):
        size += times[k % times.shape[0]]
    indices = np.empty(size, np.int64)
    place = 0
    for k in range(length):
        for _ in range(times[k % times.shape[0]]):
            indices[place] = k
            place += 1
    return indices


@expands(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """`np.roll`: what leaves an axis at its end comes in again at its front."""
    if axis is None:
        total = sum(shift) if isinstance(shift, (tuple, list)) else shift
        return moved_round(a.ravel(), 0, total).reshape(a.shape)
    result = a
    for along, step in pairs(axes_of(axis, a.ndim), shift):
        result = moved_round(result, along, step)
    return result


def moved_round(a: Any, axis: int, step: int) -> Any:
    """Two slices change places: nothing to gather, and nothing that an adjoint has to store."""
    n = a.shape[axis]
    first = step % max(n, 1)
    before = (slice(None),) * axis
    result = np.empty_like(a)
    result[before + (slice(first, None),)] = a[before + (slice(0, n - first),)]
    result[before + (slice(0, first),)] = a[before + (slice(n - first, None),)]
    return result


@settled
def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """Axes, counted from the front; one may be named several times."""
    return normalize_axis_tuple(axis, ndim, allow_duplicate=True)


def pairs(axes: Any, shift: Any) -> Any:
    """Each axis with its shift."""
    if not isinstance(shift, (tuple, list)):
        return tuple((axis, shift) for axis in axes)
    if len(axes) == 1:
        return tuple((axes[0], step) for step in shift)
    return tuple(zip(axes, shift, strict=True))


# --------------------------------------------------------------------------- margins


@expands(np.pad)
def pad(array: Any, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> Any:
    """`np.pad` in the modes "constant", "edge", "reflect", "symmetric" and "wrap"."""
    known_mode(mode)
    widths = for_each_axis(pad_width, array.ndim)
    if mode == "constant":
        return in_frame(array, widths, for_each_axis(constant_values, array.ndim))
    result = array.copy()
    for axis in tuple(range(array.ndim)):
        before, after = widths[axis]
        n = array.shape[axis]
        places = np.arange(n + before + after) - before
        result = picked(result, axis, inside(places, n, mode))
    return result


@settled
def known_mode(mode: str) -> None:
    """Refuse the modes that are not written down here."""
    if mode not in ("constant", "edge", "reflect", "symmetric", "wrap"):
        raise ValueError(f"np.pad in mode {mode!r} is not supported")


def for_each_axis(given: Any, ndim: int) -> Any:
    """What stands before and after each axis, from any of the forms that NumPy takes."""
    if not isinstance(given, (tuple, list)):
        return ((given, given),) * ndim
    if not isinstance(given[0], (tuple, list)):
        return ((given[0], given[-1]),) * ndim
    items = tuple((item[0], item[-1]) for item in given)
    return items * ndim if len(items) == 1 else items


def in_frame(array: Any, widths: Any, values: Any) -> Any:
    """The array in the middle; margins of later axes cover those of earlier ones."""
    shape = tuple(n + sum(width) for n, width in zip(tuple(array.shape), widths, strict=True))
    result = np.empty(shape, array.dtype)
    inner = tuple(
        slice(width[0], width[0] + n) for n, width in zip(tuple(array.shape), widths, strict=True)
    )
    result[inner] = array
    for axis in tuple(range(array.ndim)):
        start, stop = widths[axis][0], widths[axis][0] + array.shape[axis]
        others = inner[:0] + (slice(None),) * axis
        result[others + (slice(None, start),) + inner[axis + 1 :]] = values[axis][0]
        result[others + (slice(stop, None),) + inner[axis + 1 :]] = values[axis][1]
    return result


def inside(places: Any, n: int, mode: str) -> Any:
    """The indices of elements that stand at places before, in and after an axis of length n."""
    if mode == "edge":
        return np.minimum(np.maximum(places, 0), n - 1)
    if mode == "wrap":
        return places % n
    if mode == "symmetric":
        turn = places % (2 * n)
        return np.minimum(turn, 2 * n - 1 - turn)
    turn = places % max(2 * n - 2, 1)
    return np.minimum(turn, 2 * n - 2 - turn)
