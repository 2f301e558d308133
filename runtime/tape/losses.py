"""Losses, and outputs whose cotangent is a loss's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.runtime import kernels_nn
from adjoint.runtime.tape.array import Array
from adjoint.runtime.tape.function import record_call
from adjoint.runtime.tape.node import Node
from adjoint.runtime.tape.operations import FLAT
from adjoint.runtime.tape.selections import pick
from adjoint.runtime.tape.semantics import semantics
from adjoint.runtime.tape.state import state
from adjoint.runtime.tape.tensor import Tensor, raw


@semantics
def softmax_cross_entropy(data: Any, label: Any) -> Any:
    """Σ -log softmax(data)[label]."""
    return -np.sum(pick(kernels_nn.log_softmax(data, -1), label))


@semantics
def softmax_output(
    data: Any,
    label: Any = None,
    grad_scale: float = 1.0,
    ignore_label: float = -1.0,
    use_ignore: bool = False,
    multi_output: bool = False,
    normalization: str = "null",
    **_: Any,
) -> Any:
    """Softmax whose cotangent is that of the cross entropy, whatever the head gradient says."""
    axis = 1 if multi_output else -1
    places = np.expand_dims(np.asarray(raw(label)).astype(np.int64), axis)
    keep = (places != ignore_label) if use_ignore else np.ones(places.shape, bool)
    count = {"null": 1, "batch": data.shape[0], "valid": max(int(keep.sum()), 1)}[normalization]
    hot = np.zeros(data.shape, data.dtype)
    np.put_along_axis(hot, np.clip(places, 0, data.shape[axis] - 1), 1, axis)
    weight = (keep * (grad_scale / count)).astype(data.dtype)
    return _with_slope(
        Array(kernels_nn.softmax(data._data, axis)),
        data,
        lambda: (kernels_nn.softmax(data, axis) - hot) * weight,
    )


def _with_slope(result: Any, data: Any, slope: Callable[[], Any]) -> Any:
    """Record `result` with a cotangent of `data` that ignores the head gradient."""

    def vjp(bar: Any) -> list[Any]:
        bars = slope()
        return [bars if isinstance(bar, Tensor) else raw(bars)]

    record_call([data], [result], vjp, differentiable=True)
    return result


def _regression(link: Callable[[Any], Any], slope: Callable[[Any, Any], Any]) -> Any:
    @semantics
    def output(data: Any, label: Any, grad_scale: float = 1.0) -> Any:
        columns = data.size // data.shape[0] if data.ndim else 1
        target = np.reshape(np.asarray(raw(label)), data.shape).astype(data.dtype)
        scale = grad_scale / max(columns, 1)
        z = Array(np.array(link(data._data)))
        return _with_slope(z, data, lambda: slope(link(data), target) * scale)

    return output


linear_regression_output = _regression(np.positive, lambda z, y: z - y)
logistic_regression_output = _regression(kernels_nn.sigmoid, lambda z, y: z - y)
mae_regression_output = _regression(np.positive, lambda z, y: np.sign(z - y))


@semantics
def make_loss(data: Any, grad_scale: float = 1.0, **_: Any) -> Any:
    """data, with a cotangent of `grad_scale` whatever the head gradient says."""
    ones = np.full(data.shape, grad_scale, data.dtype)
    return _with_slope(Array(np.array(data._data)), data, lambda: Array(ones))


@semantics
def stop_gradient(data: Any) -> Any:
    """data, with no gradient: what it was computed from is reached, by nothing."""
    result = Array(np.array(data._data))
    if state.recording and data._node is not None and data._node.alive:
        result._node = Node(FLAT, (data._node,), (), result.shape, result._data.dtype)
    return result


@semantics
def moments(data: Any, axes: Any = None, keepdims: bool = False) -> Any:
    """Mean and biased variance."""
    axes = None if axes is None else axes if isinstance(axes, int) else tuple(axes)
    mean = np.mean(data, axis=axes, keepdims=keepdims)
    return [mean, np.var(data, axis=axes, keepdims=keepdims)]
