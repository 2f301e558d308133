"""Elements put into arrays, inserted and left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.constants import counted
from adjoint.expansions.registry import expands
from adjoint.expansions.repeating import picked
from adjoint.expansions.selecting import in_bounds, index_along
from adjoint.expansions.views import line

# --------------------------------------------------------------------------- a new array


@expands(np.delete)
def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """`np.delete`: without the elements, or slices, that an index selects."""
    given = np.ravel(arr) if axis is None else arr
    along = counted(axis or 0, given.ndim)
    keep = np.ones(given.shape[along], np.bool_)
    keep[obj] = False
    return picked(given, along, np.flatnonzero(keep))


@expands(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    """`np.insert`: before one index, or before each of several."""
    given = np.ravel(arr) if axis is None else arr
    along = counted(axis or 0, given.ndim)
    new = line(values).astype(given.dtype)
    if np.ndim(obj) == 0:
        return inserted(given, obj, as_slices(new, given.ndim, along), along)
    return inserted_each(given, np.asarray(obj), new, along)


def as_slices(new: Any, ndim: int, axis: int) -> Any:
    """The values with all axes; their first one is that along which they are inserted."""
    whole = new.reshape((1,) * (ndim - new.ndim) + tuple(new.shape))
    return np.moveaxis(whole, 0, axis)


def inserted(a: Any, place: int, new: Any, axis: int) -> Any:
    """Room is made at one place."""
    n, count = a.shape[axis], new.shape[axis]
    if place < -n or place > n:
        raise IndexError("index is out of bounds for its axis")
    start = place + n if place < 0 else place
    result = np.empty(a.shape[:axis] + (n + count,) + a.shape[axis + 1 :], a.dtype)
    before = (slice(None),) * axis
    result[before + (slice(None, start),)] = a[before + (slice(None, start),)]
    result[before + (slice(start, start + count),)] = new
    result[before + (slice(start + count, None),)] = a[before + (slice(start, None),)]
    return result


def inserted_each(a: Any, places: Any, new: Any, axis: int) -> Any:
    """Room is made at several places, all counted in the array as it was."""
    n, count = a.shape[axis], places.shape[0]
    counted_places = np.where(places < 0, places + n, places)
    order = np.argsort(counted_places, kind="mergesort")
    final = np.empty(count, np.int64)
    keep = np.ones(n + count, np.bool_)
    for k in range(count):
        final[order[k]] = counted_places[order[k]] + k
        keep[counted_places[order[k]] + k] = False
    result = np.empty(a.shape[:axis] + (n + count,) + a.shape[axis + 1 :], a.dtype)
    before = (slice(None),) * axis
    result[before + (final,)] = new
    result[before + (np.flatnonzero(keep),)] = a
    return result


# --------------------------------------------------------------------------- in place


def flat_view(a: Any) -> Any:
    """The elements in order, to be written to."""
    return a if a.ndim == 1 else a.reshape(-1)


@expands(np.put)
def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    """`np.put`: values, again from the first when they are used up."""
    flat = flat_view(a)
    places = in_bounds(np.ravel(line(ind)), flat.shape[0], mode)
    values = np.ravel(line(v))
    for k in range(places.shape[0]):
        flat[places[k]] = values[k % values.shape[0]]


@expands(np.put_along_axis)
def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    """`np.put_along_axis`."""
    if axis is None:
        flat_view(arr)[indices] = values
    else:
        arr[index_along(arr, indices, counted(axis, arr.ndim))] = values


@expands(np.place)
def place(arr: Any, mask: Any, vals: Any) -> None:
    """`np.place`: values where a mask holds, again from the first when they are used up."""
    flat = flat_view(arr)
    places = np.flatnonzero(mask)
    values = np.ravel(line(vals))
    for k in range(places.shape[0]):
        flat[places[k]] = values[k % values.shape[0]]


@expands(np.putmask)
def putmask(a: Any, mask: Any, values: Any) -> None:
    """`np.putmask`: values where a mask holds, each at its own place."""
    flat = flat_view(a)
    places = np.flatnonzero(mask)
    given = np.ravel(line(values))
    for k in range(places.shape[0]):
        flat[places[k]] = given[places[k] % given.shape[0]]


@expands(np.copyto)
def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """`np.copyto`: everywhere, or where a mask holds."""
    if isinstance(where, bool):
        dst[...] = src
    else:
        dst[...] = np.where(where, src, dst)


@expands(np.fill_diagonal)
def fill_diagonal(a: Any, val: Any) -> None:
    """`np.fill_diagonal` of matrices; values start again when they are used up."""
    values = np.ravel(line(val))
    for k in range(min(a.shape[0], a.shape[1])):
        a[k, k] = values[k % values.shape[0]]
