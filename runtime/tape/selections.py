"""Operations that choose elements by number or order."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.runtime.tape.array import Array
from adjoint.runtime.tape.semantics import semantics
from adjoint.runtime.tape.tensor import raw


@semantics
def one_hot(
    indices: Any, depth: int, on_value: float = 1.0, off_value: float = 0.0, dtype: Any = "float32"
) -> Any:
    """Rows with one element on."""
    hot = np.arange(depth) == np.expand_dims(indices._data.astype(np.int64), -1)
    return Array(np.where(hot, on_value, off_value).astype(dtype))


@semantics
def pick(data: Any, index: Any, axis: int = -1, keepdims: bool = False, mode: str = "clip") -> Any:
    """One element along an axis for each place."""
    n = data.shape[axis]
    places = np.asarray(raw(index)).astype(np.int64)
    places = places % n if mode == "wrap" else np.clip(places, 0, n - 1)
    if places.ndim < data.ndim:
        places = np.expand_dims(places, axis)
    z = np.take_along_axis(data, places, axis)
    return z if keepdims else np.squeeze(z, axis)


@semantics
def gather_nd(data: Any, indices: Any) -> Any:
    """data[indices[0], indices[1], …]."""
    places = np.asarray(raw(indices)).astype(np.int64)
    return data[tuple(places)]


@semantics
def topk(
    data: Any,
    axis: int | None = -1,
    k: int = 1,
    ret_typ: str = "indices",
    is_ascend: bool = False,
    dtype: Any = "float32",
) -> Any:
    """The k largest (smallest) elements, their places, both, or a mask of them."""
    if axis is None:
        data, axis = np.reshape(data, (-1,)), 0
    keys = data._data if is_ascend else -data._data
    order = np.argsort(keys, axis=axis, kind="stable")
    places = np.take(order, np.arange(k if k > 0 else data.shape[axis]), axis=axis)
    if ret_typ == "mask":
        mask = np.zeros(data.shape, data.dtype)
        np.put_along_axis(mask, places, 1, axis)
        return Array(mask)
    indices = Array(places.astype(dtype))
    if ret_typ == "indices":
        return indices
    value = np.take_along_axis(data, places, axis)
    return value if ret_typ == "value" else [value, indices]


@semantics
def sequence_mask(
    data: Any,
    sequence_length: Any = None,
    use_sequence_length: bool = False,
    value: float = 0.0,
    axis: int = 0,
) -> Any:
    """`value` from each sequence's end on; the batch is the other one of the first two axes."""
    if not use_sequence_length or sequence_length is None:
        return np.positive(data)
    place = np.arange(data.shape[axis])
    length = np.asarray(raw(sequence_length))
    keep = place[:, None] < length if axis == 0 else place < length[:, None]
    keep = keep.reshape(keep.shape + (1,) * (data.ndim - 2))
    return np.where(keep, data, value)


@semantics
def batch_dot(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False) -> Any:
    """Matrix products of two stacks."""
    left = np.swapaxes(a, -1, -2) if transpose_a else a
    return left @ (np.swapaxes(b, -1, -2) if transpose_b else b)
