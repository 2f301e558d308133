"""Reductions and products: functions of `adjoint.nd`, many of them methods of `NDArray` as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.runtime.tape.classic import lifted
from adjoint.runtime.tape.operations import call

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


__all__ = [
    name
    for name, value in globals().items()
    if getattr(value, "__module__", None) == __name__ and not name.startswith("_")
]
