"""Shapes and selections: functions of `adjoint.nd`, many of them methods of `NDArray` as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from adjoint.runtime.tape.array import own_memory
from adjoint.runtime.tape.classic import NDArray, lifted
from adjoint.runtime.tape.convolutions import padded
from adjoint.runtime.tape.operations import call
from adjoint.runtime.tape.semantics import semantics
from adjoint.runtime.tape.tensor import raw

# --------------------------------------------------------------------------- shapes


def reshape(data: Any, shape: Any, reverse: bool = False, **_: Any) -> Any:
    """The same elements in another shape, by MXNet's codes."""
    return data.reshape(shape, reverse=reverse)


def flatten(data: Any, **_: Any) -> Any:
    """All axes but the first made one."""
    return data.flatten()


def transpose(data: Any, axes: Any = None) -> Any:
    """Axes in another order."""
    return own_memory(call(np.transpose, (data, axes or None)))


def swapaxes(data: Any, dim1: int = 0, dim2: int = 0) -> Any:
    """Two axes exchanged."""
    return own_memory(call(np.swapaxes, (data, dim1, dim2)))


def expand_dims(data: Any, axis: int) -> Any:
    """A further axis of length 1."""
    return call(np.expand_dims, (data, axis))


def squeeze(data: Any, axis: Any = None) -> Any:
    """Axes of length 1 removed."""
    axis = tuple(axis) if isinstance(axis, list) else axis
    if axis is None and data._data.size == 1:
        return call(np.reshape, (data, (1,)))
    return call(np.squeeze, (data, axis))


def broadcast_to(data: Any, shape: Any) -> Any:
    """Repeated to a shape; 0 copies a length."""
    target = tuple(n or own for n, own in zip(shape, data._data.shape, strict=True))
    return own_memory(call(np.broadcast_to, (data, target)))


def broadcast_like(lhs: Any, rhs: Any, **_: Any) -> Any:
    """Repeated to the shape of another array."""
    return own_memory(call(np.broadcast_to, (lhs, rhs._data.shape)))


def broadcast_axis(data: Any, axis: Any = (), size: Any = ()) -> Any:
    """Repeated along axes of length 1."""
    axis = (axis,) if isinstance(axis, int) else axis
    size = (size,) if isinstance(size, int) else size
    target = list(data._data.shape)
    for i, n in zip(axis, size, strict=True):
        target[i] = n
    return own_memory(call(np.broadcast_to, (data, tuple(target))))


def concat(*data: Any, dim: int = 1) -> Any:
    """One after the other along an axis."""
    parts = list(data[0]) if len(data) == 1 and isinstance(data[0], list | tuple) else list(data)
    return call(np.concatenate, (parts, dim))


def concatenate(arrays: Sequence[Any], axis: int = 0, always_copy: bool = True) -> Any:
    """One after the other along an axis."""
    return call(np.concatenate, (list(arrays), axis))


def stack(*data: Any, axis: int = 0) -> Any:
    """Side by side along a new axis."""
    parts = list(data[0]) if len(data) == 1 and isinstance(data[0], list | tuple) else list(data)
    return call(np.stack, (parts, axis))


def split(data: Any, num_outputs: int, axis: int = 1, squeeze_axis: bool = False) -> Any:
    """Equal parts along an axis."""
    parts = call(np.split, (data, num_outputs, axis))
    if squeeze_axis:
        parts = [call(np.squeeze, (part, axis)) for part in parts]
    return parts if num_outputs > 1 else parts[0]


def slice(data: Any, begin: Any, end: Any, step: Any = ()) -> Any:
    """A block of an array."""
    return data.slice(begin, end, step)


def slice_axis(data: Any, axis: int, begin: int, end: int | None) -> Any:
    """A range of one axis."""
    lead = (_all,) * (axis % data._data.ndim)
    return data[(*lead, _slice(begin, end))]


def slice_like(data: Any, shape_like: Any, axes: Any = ()) -> Any:
    """The first elements, as many as another array has."""
    chosen = [i % data._data.ndim for i in axes] or range(shape_like._data.ndim)
    return data[
        tuple(
            _slice(None, shape_like._data.shape[i]) if i in chosen else _all
            for i in range(data._data.ndim)
        )
    ]


_slice = type(np.s_[:])
_all = _slice(None)


def tile(data: Any, reps: Any) -> Any:
    """Repeated as a whole."""
    return call(np.tile, (data, reps))


def repeat(data: Any, repeats: int, axis: int | None = None) -> Any:
    """Each element repeated."""
    return call(np.repeat, (data, repeats, axis))


def flip(data: Any, axis: Any) -> Any:
    """Backwards along axes."""
    return own_memory(call(np.flip, (data, tuple(axis) if isinstance(axis, list) else axis)))


def pad(data: Any, mode: str, pad_width: Any, constant_value: float = 0.0) -> Any:
    """A margin around an array: two numbers for each axis."""
    width = [tuple(pad_width[i : i + 2]) for i in range(0, len(pad_width), 2)]
    if mode == "constant":
        return semantics(padded)(data, width, constant_value)
    return call(np.pad, (data, width), {"mode": mode})


def diag(data: Any, k: int = 0, **_: Any) -> Any:
    """The diagonal of a matrix, or the matrix with this diagonal."""
    return call(np.diag, (data, k))


# --------------------------------------------------------------------------- selection


def take(a: Any, indices: Any, axis: int = 0, mode: str = "clip") -> Any:
    """Slices along an axis, by number."""
    places = np.asarray(raw(indices)).astype(np.int64)
    return lifted(call(np.take, (a, places, axis), {"mode": mode}))


def sort(data: Any, axis: Any = -1, is_ascend: bool = True) -> Any:
    """In ascending or descending order."""
    result = call(np.sort, (data, axis))
    return result if is_ascend else own_memory(call(np.flip, (result, 0 if axis is None else axis)))


def argsort(data: Any, axis: int = -1, is_ascend: bool = True, dtype: Any = "float32") -> Any:
    """The places of the elements in order."""
    keys = data._data if is_ascend else -data._data
    return NDArray(np.argsort(keys, axis=axis, kind="stable").astype(dtype))


def where(condition: Any, x: Any, y: Any) -> Any:
    """x where the condition is not zero, else y; rows, if the condition is a vector."""
    test = raw(condition) != 0
    if test.ndim == 1 and x._data.ndim > 1:
        test = test.reshape((-1,) + (1,) * (x._data.ndim - 1))
    return call(np.where, (test, x, y), cls=NDArray)


def clip(data: Any, a_min: float, a_max: float) -> Any:
    """Within bounds; slope 1 at both."""
    return data.clip(a_min, a_max)


def unique(data: Any) -> Any:
    """The distinct values, in order."""
    return NDArray(np.unique(raw(data)))


def cast(data: Any, dtype: Any) -> Any:
    """In another precision."""
    return data.astype(dtype)


def identity(data: Any) -> Any:
    """A copy, recorded."""
    return call(np.copy, (data,))


def cumsum(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Running sums."""
    return call(np.cumsum, (a, axis))


__all__ = [
    name
    for name, value in globals().items()
    if getattr(value, "__module__", None) == __name__ and not name.startswith("_")
]
