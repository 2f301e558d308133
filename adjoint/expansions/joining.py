"""Arrays one after the other, side by side, one below the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.constants import counted, element
from adjoint.expansions.registry import expands
from adjoint.expansions.views import line, rows


def check_lengths(expected: Any, found: Any) -> None:
    """Check that arrays to be joined are equally long along the other axes."""
    for n, m in zip(expected, found, strict=True):
        if n != m:
            raise ValueError(
                "all the input array dimensions except for the concatenation axis must match "
                "exactly"
            )


def join(parts: Any, axis: int, dtype: Any) -> Any:
    """Arrays of the same number of axes, one after the other along one of them."""
    first = parts[0]
    along = counted(axis, first.ndim)
    length = first.shape[along]
    for part in parts[1:]:
        length += part.shape[along]
        check_lengths(first.shape[:along], part.shape[:along])
        check_lengths(first.shape[along + 1 :], part.shape[along + 1 :])
    joined = np.empty(first.shape[:along] + (length,) + first.shape[along + 1 :], element(dtype))
    start = 0
    for part in parts:
        stop = start + part.shape[along]
        joined[(slice(None),) * along + (slice(start, stop),)] = part
        start = stop
    return joined


@expands(np.concatenate)
def concatenate(arrays: Any, axis: Any = 0, *, dtype: Any = None) -> Any:
    """`np.concatenate` of a tuple or list of arrays, or of the items of an array."""
    if isinstance(arrays, np.ndarray):
        return join_items(arrays, axis, dtype)
    parts = tuple(np.asarray(part) for part in arrays)
    if axis is None:
        parts = tuple(np.ravel(part) for part in parts)
    return join(parts, axis or 0, dtype or np.result_type(*parts))


def join_items(arrays: Any, axis: Any, dtype: Any) -> Any:
    """The items of an array, one after the other: its first axis goes in front of another."""
    given = arrays.astype(element(dtype)) if dtype is not None else arrays.copy()
    if axis is None:
        return given.ravel()
    along = counted(axis, arrays.ndim - 1)
    shape = arrays.shape[1:]
    return np.moveaxis(given, 0, along).reshape(shape[:along] + (-1,) + shape[along + 1 :])


@expands(np.stack)
def stack(arrays: Any, axis: int = 0, out: None = None, *, dtype: Any = None) -> Any:
    """`np.stack`: joined along a new axis."""
    if isinstance(arrays, np.ndarray):
        return np.moveaxis(arrays.astype(element(dtype or arrays.dtype)), 0, axis)
    if np.ndim(arrays[0]) == 0:
        return np.array(arrays) if dtype is None else np.array(arrays, element(dtype))
    parts = tuple(np.asarray(part) for part in arrays)
    for part in parts[1:]:
        for n, m in zip(tuple(parts[0].shape), tuple(part.shape), strict=True):
            if n != m:
                raise ValueError("all input arrays must have the same shape")
    parts = tuple(np.expand_dims(part, axis) for part in parts)
    return join(parts, axis, dtype or np.result_type(*parts))


@expands(np.hstack)
def hstack(tup: Any, *, dtype: Any = None) -> Any:
    """`np.hstack`: along the second axis, vectors along the only one."""
    if isinstance(tup, np.ndarray):
        return (
            tup.astype(element(dtype or tup.dtype)) if tup.ndim == 1 else side_by_side(tup, dtype)
        )
    parts = tuple(np.atleast_1d(part) for part in tup)
    axis = 0 if parts[0].ndim == 1 else 1
    return join(parts, axis, dtype or np.result_type(*parts))


def side_by_side(arrays: Any, dtype: Any) -> Any:
    """`np.hstack` of the items of an array."""
    return join_items(arrays, 0 if arrays.ndim == 2 else 1, dtype)


@expands(np.vstack)
def vstack(tup: Any, *, dtype: Any = None) -> Any:
    """`np.vstack`: along the first axis; vectors are rows."""
    if isinstance(tup, np.ndarray):
        rows = tup.astype(element(dtype or tup.dtype))
        return rows.reshape(-1, 1) if tup.ndim == 1 else rows.reshape((-1,) + rows.shape[2:])
    parts = tuple(np.atleast_2d(part) for part in tup)
    return join(parts, 0, dtype or np.result_type(*parts))


@expands("numpy.row_stack")
def row_stack(tup: Any, *, dtype: Any = None) -> Any:
    """The old name of `np.vstack`."""
    return np.vstack(tup, dtype=dtype)


@expands(np.dstack)
def dstack(tup: Any) -> Any:
    """`np.dstack`: along the third axis."""
    parts = tuple(np.atleast_3d(part) for part in tup)
    return join(parts, 2, np.result_type(*parts))


@expands(np.column_stack)
def column_stack(tup: Any) -> Any:
    """`np.column_stack`: vectors are columns, side by side."""
    parts = tuple(column(part) for part in tup)
    return join(parts, 1, np.result_type(*parts))


def column(part: Any) -> Any:
    """A vector as a matrix of one column."""
    line = np.atleast_1d(part)
    return line[:, None] if line.ndim == 1 else line


@expands(np.block)
def block(arrays: Any) -> Any:
    """`np.block` of an array, a list, or a list of rows of blocks."""
    if not isinstance(arrays, list):
        return np.copy(line(arrays))
    if not isinstance(arrays[0], list):
        return np.concatenate(tuple(line(part) for part in arrays), axis=-1)
    rows_of_blocks = tuple(
        np.concatenate(tuple(rows(part) for part in row), axis=-1) for row in arrays
    )
    return np.concatenate(rows_of_blocks, axis=-2)


@expands(np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """`np.append`: of the elements of both, if there is no axis."""
    parts = (np.atleast_1d(arr), np.atleast_1d(values))
    if axis is None:
        parts = tuple(np.ravel(part) for part in parts)
    return join(parts, axis or 0, np.result_type(*parts))


@expands(np.fromiter)
def fromiter(iter: Any, dtype: Any, count: int = -1) -> Any:
    """`np.fromiter` of numbers."""
    found = np.array(list(iter)).astype(element(dtype))
    return found if count == -1 else found[:count]
