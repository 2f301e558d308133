"""The functions of `adjoint.nd`, many of them methods of `NDArray` as well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from adjoint.runtime.tape.array import _own
from adjoint.runtime.tape.classic import NDArray, lifted
from adjoint.runtime.tape.convolutions import padded
from adjoint.runtime.tape.operations import call
from adjoint.runtime.tape.semantics import semantics
from adjoint.runtime.tape.tensor import Tensor, raw

# --------------------------------------------------------------------------- creation


def array(source_array: Any, ctx: Any = None, dtype: Any = None) -> NDArray:
    """An array of numbers; float32 unless told otherwise, an array's copy keeps its precision."""
    if isinstance(source_array, Tensor):
        copied = call(np.copy, (source_array,), cls=NDArray)
        return lifted(copied if dtype is None else copied.astype(dtype))
    if isinstance(source_array, list | tuple):
        source_array = raw(source_array)
    data = np.array(source_array, dtype=np.float32 if dtype is None else dtype)
    return NDArray(data.reshape(1) if data.shape == () else data)


def _shape(shape: Any) -> tuple[int, ...]:
    return (int(shape),) if isinstance(shape, int | np.integer) else tuple(shape)


def zeros(shape: Any, ctx: Any = None, dtype: Any = "float32", **_: Any) -> NDArray:
    """An array of zeros."""
    return NDArray(np.zeros(_shape(shape), dtype or "float32"))


def ones(shape: Any, ctx: Any = None, dtype: Any = "float32", **_: Any) -> NDArray:
    """An array of ones."""
    return NDArray(np.ones(_shape(shape), dtype or "float32"))


def full(shape: Any, val: float, ctx: Any = None, dtype: Any = "float32", **_: Any) -> NDArray:
    """An array of one value."""
    return NDArray(np.full(_shape(shape), val, dtype or "float32"))


empty = zeros


def zeros_like(data: Any, **_: Any) -> NDArray:
    """Zeros in the shape of an array."""
    return NDArray(np.zeros_like(raw(data)))


def ones_like(data: Any, **_: Any) -> NDArray:
    """Ones in the shape of an array."""
    return NDArray(np.ones_like(raw(data)))


def arange(
    start: float,
    stop: float | None = None,
    step: float = 1.0,
    repeat: int = 1,
    infer_range: Any = None,
    ctx: Any = None,
    dtype: Any = "float32",
) -> NDArray:
    """Numbers at equal distances, each `repeat` times."""
    start, stop = (0, start) if stop is None else (start, stop)
    return NDArray(np.repeat(np.arange(start, stop, step), repeat).astype(dtype or "float32"))


def linspace(
    start: float,
    stop: float,
    num: int,
    endpoint: bool = True,
    ctx: Any = None,
    dtype: Any = "float32",
) -> NDArray:
    """`num` numbers from start to stop."""
    return NDArray(np.linspace(start, stop, num, endpoint).astype(dtype or "float32"))


def eye(N: int, M: int = 0, k: int = 0, ctx: Any = None, dtype: Any = "float32") -> NDArray:
    """Ones on a diagonal."""
    return NDArray(np.eye(N, M or N, k, dtype=dtype or "float32"))


# --------------------------------------------------------------------------- reductions


def _axes(axis: Any, exclude: bool, ndim: int) -> Any:
    if axis is None or axis == ():
        return None
    if isinstance(axis, list):
        axis = tuple(axis)
    if not exclude:
        return axis
    chosen = {i % ndim for i in (axis if isinstance(axis, tuple) else (axis,))}
    return tuple(i for i in range(ndim) if i not in chosen)


def _reduction(function: Callable[..., Any]) -> Callable[..., Any]:
    def reduce(
        data: Any, axis: Any = None, keepdims: bool = False, exclude: bool = False, **kwargs: Any
    ) -> Any:
        axis = _axes(axis, exclude, data._data.ndim)
        if isinstance(axis, tuple) and len(axis) == data._data.ndim and not keepdims:
            axis = None
        kwargs = kwargs | {"axis": axis}
        if keepdims:
            kwargs["keepdims"] = True
        return lifted(call(function, (data,), kwargs))

    reduce.__name__ = function.__name__
    reduce.__doc__ = f"`numpy.{function.__name__}`; the result has at least one axis."
    return reduce


sum = _reduction(np.sum)
mean = _reduction(np.mean)
max = _reduction(np.max)
min = _reduction(np.min)
prod = _reduction(np.prod)
var = _reduction(np.var)
std = _reduction(np.std)
sum_axis, max_axis, min_axis = sum, max, min


def norm(data: Any, ord: int = 2, axis: Any = None, keepdims: bool = False, **_: Any) -> Any:
    """The 1- or 2-norm of all elements or along axes."""
    if ord == 1:
        return sum(call(np.absolute, (data,)), axis, keepdims)
    if axis is None:
        flat = data if data._data.ndim == 1 else call(np.reshape, (data, (-1,)))
        result = lifted(call(np.linalg.norm, (flat,)))
        return call(np.reshape, (result, (1,) * data._data.ndim)) if keepdims else result
    axis = tuple(axis) if isinstance(axis, list) else axis
    return lifted(call(np.linalg.norm, (data, None, axis, keepdims)))


def _place(function: Callable[..., Any]) -> Callable[..., Any]:
    def find(data: Any, axis: Any = None, keepdims: bool = False) -> Any:
        result = lifted(call(function, (data,), {"axis": axis, "keepdims": keepdims}))
        result._data = result._data.astype(np.float32)
        return result

    find.__name__ = function.__name__
    find.__doc__ = f"`numpy.{function.__name__}` as float32."
    return find


argmax, argmin = _place(np.argmax), _place(np.argmin)


# --------------------------------------------------------------------------- products


def dot(lhs: Any, rhs: Any, transpose_a: bool = False, transpose_b: bool = False, **_: Any) -> Any:
    """Sum over the last axis of one and the first axis of the other."""
    left = call(np.transpose, (lhs,)) if transpose_a else lhs
    right = call(np.transpose, (rhs,)) if transpose_b else rhs
    if right._data.ndim > 2:
        return call(np.tensordot, (left, right, ([-1], [0])))
    return lifted(call(np.dot, (left, right)))


def add_n(*args: Any) -> Any:
    """The sum of arrays."""
    total = args[0]
    for arg in args[1:]:
        total = total + arg
    return total


# --------------------------------------------------------------------------- shapes


def reshape(data: Any, shape: Any, reverse: bool = False, **_: Any) -> Any:
    """The same elements in another shape, by MXNet's codes."""
    return data.reshape(shape, reverse=reverse)


def flatten(data: Any, **_: Any) -> Any:
    """All axes but the first made one."""
    return data.flatten()


def transpose(data: Any, axes: Any = None) -> Any:
    """Axes in another order."""
    return _own(call(np.transpose, (data, axes or None)))


def swapaxes(data: Any, dim1: int = 0, dim2: int = 0) -> Any:
    """Two axes exchanged."""
    return _own(call(np.swapaxes, (data, dim1, dim2)))


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
    return _own(call(np.broadcast_to, (data, target)))


def broadcast_like(lhs: Any, rhs: Any, **_: Any) -> Any:
    """Repeated to the shape of another array."""
    return _own(call(np.broadcast_to, (lhs, rhs._data.shape)))


def broadcast_axis(data: Any, axis: Any = (), size: Any = ()) -> Any:
    """Repeated along axes of length 1."""
    axis = (axis,) if isinstance(axis, int) else axis
    size = (size,) if isinstance(size, int) else size
    target = list(data._data.shape)
    for i, n in zip(axis, size, strict=True):
        target[i] = n
    return _own(call(np.broadcast_to, (data, tuple(target))))


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
    return _own(call(np.flip, (data, tuple(axis) if isinstance(axis, list) else axis)))


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
    return result if is_ascend else _own(call(np.flip, (result, 0 if axis is None else axis)))


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


_IMPORTED = ("annotations", "Callable", "Sequence", "Any", "np", "padded", "NDArray", "lifted")
__all__ = [
    name
    for name in globals()
    if not name.startswith("_") and name not in (*_IMPORTED, "call", "semantics", "Tensor", "raw")
]
