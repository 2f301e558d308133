"""Operations of neural networks, for both array classes.

They are written with NumPy's functions on NumPy-like arrays, so every one is recorded and can be
differentiated any number of times; `semantics` carries arguments and results between the classes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from adjoint.runtime import kernels_nn
from adjoint.runtime.tape.array import Array
from adjoint.runtime.tape.function import record_call
from adjoint.runtime.tape.node import Node, mutations
from adjoint.runtime.tape.operations import FLAT, call
from adjoint.runtime.tape.random import generator
from adjoint.runtime.tape.state import state
from adjoint.runtime.tape.tensor import Tensor, raw
from adjoint.runtime.tape.writing import memory


def semantics(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run `function` on NumPy-like arrays; its results have the class of the first tensor."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        changed: list[tuple[Tensor, Array]] = []
        new_args = [_plain(a, changed) for a in args]
        new_kwargs = {k: _plain(v, changed) for k, v in kwargs.items()}
        result = function(*new_args, **new_kwargs)
        for old, new in changed:
            old._node = new._node  # it may have become protected
        return _classed(result, type(changed[0][0]) if changed else Array)

    return run


def _plain(value: Any, changed: list[tuple[Tensor, Array]]) -> Any:
    if isinstance(value, Tensor):
        if value.__class__ is Array:
            new = value
        else:
            new = Array(memory(value), value._node)
        changed.append((value, new))
        return new
    if value.__class__ in (tuple, list):
        return type(value)([_plain(item, changed) for item in value])
    return value


def _classed(result: Any, cls: type[Tensor]) -> Any:
    if isinstance(result, Tensor):
        if cls is Array:
            return result
        data = result._data
        if data.shape == ():  # classic arrays have at least one axis
            result = call(np.reshape, (result, (1,)))
        return cls(result._data, result._node)
    if isinstance(result, tuple | list):
        return type(result)([_classed(item, cls) for item in result])
    return result


# --------------------------------------------------------------------------- activations

relu = semantics(kernels_nn.relu)
sigmoid = semantics(kernels_nn.sigmoid)
softplus = semantics(kernels_nn.softplus)
erf = semantics(kernels_nn.erf)
gamma = semantics(kernels_nn.gamma)
gammaln = semantics(kernels_nn.gammaln)


@semantics
def softsign(data: Any) -> Any:
    """x / (1 + |x|)."""
    return data / (1.0 + abs(data))


@semantics
def activation(data: Any, act_type: str) -> Any:
    """The activation function of a name."""
    functions = {
        "relu": kernels_nn.relu,
        "sigmoid": kernels_nn.sigmoid,
        "tanh": np.tanh,
        "softrelu": kernels_nn.softplus,
        "softsign": softsign,
    }
    if act_type not in functions:
        raise ValueError(f"unknown act_type {act_type!r}; one of {sorted(functions)}")
    return functions[act_type](data)


@semantics
def leaky_relu(
    data: Any, gamma: Any = None, act_type: str = "leaky", slope: float = 0.25, **_: Any
) -> Any:
    """x where positive, else something smaller: leaky, prelu, elu, selu or gelu."""
    if act_type == "leaky":
        return np.where(data > 0, data, slope * data)
    if act_type == "prelu":
        if gamma.ndim == 1 and gamma.shape[0] > 1 and data.ndim > 2:
            gamma = np.reshape(gamma, (-1,) + (1,) * (data.ndim - 2))
        return np.where(data > 0, data, gamma * data)
    if act_type == "elu":
        return np.where(data > 0, data, slope * np.expm1(np.minimum(data, 0.0)))
    if act_type == "selu":
        negative = 1.6732632423543772 * np.expm1(np.minimum(data, 0.0))
        return 1.0507009873554805 * np.where(data > 0, data, negative)
    if act_type == "gelu":
        return 0.5 * data * (1.0 + kernels_nn.erf(data * 0.7071067811865476))
    raise ValueError(f"unknown act_type {act_type!r}")


@semantics
def softmax(
    data: Any,
    length: Any = None,
    axis: int = -1,
    temperature: float | None = None,
    use_length: bool = False,
    dtype: Any = None,
) -> Any:
    """eˣ / Σ eˣ along an axis; positions from `length` on are left out."""
    scaled = data if temperature in (None, 1.0) else data / temperature
    if use_length or length is not None:
        keep = _positions_before(length, scaled.shape, axis)
        scaled = np.where(keep, scaled, -np.inf)
    z = kernels_nn.softmax(scaled, axis)
    return z if dtype is None else z.astype(dtype)


def _positions_before(length: Any, shape: tuple[int, ...], axis: int) -> np.ndarray:
    axis = axis % len(shape)
    place = np.arange(shape[axis]).reshape([-1 if i == axis else 1 for i in range(len(shape))])
    limit = np.expand_dims(np.asarray(raw(length)), axis)
    return np.broadcast_to(place < limit, shape)


@semantics
def log_softmax(data: Any, axis: int = -1, temperature: float | None = None, **_: Any) -> Any:
    """Logarithm of `softmax`."""
    scaled = data if temperature in (None, 1.0) else data / temperature
    return kernels_nn.log_softmax(scaled, axis)


@semantics
def smooth_l1(data: Any, scalar: float = 1.0) -> Any:
    """½ (s x)² near zero, |x| - 1 / 2s² from 1/s² on."""
    square = scalar * scalar
    return np.where(
        abs(data) < 1.0 / square, (0.5 * square) * np.square(data), abs(data) - 0.5 / square
    )


# --------------------------------------------------------------------------- layers


@semantics
def fully_connected(
    data: Any,
    weight: Any,
    bias: Any = None,
    num_hidden: int | None = None,
    no_bias: bool = False,
    flatten: bool = True,
) -> Any:
    """data weightᵀ + bias; `flatten` makes one axis of all but the first."""
    if flatten and data.ndim != 2:
        data = np.reshape(data, (data.shape[0], -1))
    z = data @ np.transpose(weight)
    return z if bias is None or no_bias else z + bias


@semantics
def dropout(
    data: Any, p: float = 0.5, mode: str = "training", axes: Sequence[int] = (), **_: Any
) -> Any:
    """In training, zero with probability p and the rest scaled by 1 / (1 - p)."""
    if not (state.training or mode == "always") or p == 0:
        return np.positive(data)
    shape = [1 if i in axes else n for i, n in enumerate(data.shape)]
    mask = (generator().random(shape) >= p) / (1.0 - p) if p < 1 else np.zeros(shape)
    return data * mask.astype(data.dtype)


@semantics
def batch_norm(
    data: Any,
    gamma: Any,
    beta: Any,
    running_mean: Any,
    running_var: Any,
    eps: float = 1e-3,
    momentum: float = 0.9,
    fix_gamma: bool = True,
    use_global_stats: bool = False,
    output_mean_var: bool = False,
    axis: int = 1,
    **_: Any,
) -> Any:
    """Normalise each channel; in training by the batch, whose statistics are remembered."""
    axis = axis % data.ndim
    others = tuple(i for i in range(data.ndim) if i != axis)
    column = [-1 if i == axis else 1 for i in range(data.ndim)]
    if fix_gamma:
        _overwrite(gamma, np.ones(gamma.shape))
        gamma = np.ones_like(gamma)
    if state.training and not use_global_stats:
        mean = np.mean(data, axis=others)
        centred = data - np.reshape(mean, column)
        var = np.mean(np.square(centred), axis=others)
        _overwrite(running_mean, momentum * running_mean._data + (1 - momentum) * mean._data)
        _overwrite(running_var, momentum * running_var._data + (1 - momentum) * var._data)
    else:
        mean, var = (Array(s._data.copy()) for s in (running_mean, running_var))
        centred = data - np.reshape(mean, column)
    scale = gamma / np.sqrt(var + eps)
    z = centred * np.reshape(scale, column) + np.reshape(beta, column)
    return [z, mean, var] if output_mean_var else z


def _overwrite(target: Any, values: Any) -> None:
    # A layer's own state: written also while recording, where a user's write is refused.
    data = memory(target)
    data[...] = values
    mutations.note(data)


@semantics
def layer_norm(data: Any, gamma: Any, beta: Any, axis: int = -1, eps: float = 1e-5) -> Any:
    """Normalise along an axis."""
    column = [-1 if i == axis % data.ndim else 1 for i in range(data.ndim)]
    centred = data - np.mean(data, axis=axis, keepdims=True)
    var = np.mean(np.square(centred), axis=axis, keepdims=True)
    return centred / np.sqrt(var + eps) * np.reshape(gamma, column) + np.reshape(beta, column)


@semantics
def l2_normalization(data: Any, eps: float = 1e-10, mode: str = "instance") -> Any:
    """Divide by the 2-norm of each instance, channel or place."""
    axes = {
        "instance": tuple(range(1, data.ndim)),
        "channel": (1,),
        "spatial": tuple(range(2, data.ndim)),
    }[mode]
    return data / np.sqrt(np.sum(np.square(data), axis=axes, keepdims=True) + eps)


@semantics
def embedding(
    data: Any, weight: Any, input_dim: Any = None, output_dim: Any = None, **_: Any
) -> Any:
    """The rows of `weight` that `data` names."""
    return np.take(weight, data._data.astype(np.int64), axis=0, mode="clip")


# --------------------------------------------------------------------------- convolution


def _each(value: Any, n: int, default: int) -> tuple[int, ...]:
    if value is None or value == ():
        return (default,) * n
    return (int(value),) * n if isinstance(value, int) else tuple(value)


def _padded(data: Any, margins: Sequence[tuple[int, int]], value: float = 0.0) -> Any:
    if not any(map(any, margins)):
        return data
    width = [(0, 0)] * (data.ndim - len(margins)) + list(margins)
    if value == 0.0:
        return np.pad(data, width)
    inside = tuple(slice(a, a + n) for (a, _), n in zip(width, data.shape, strict=True))
    mask = np.ones([a + n + b for (a, b), n in zip(width, data.shape, strict=True)], bool)
    mask[inside] = False
    return np.where(mask, value, np.pad(data, width))


@semantics
def convolution(
    data: Any,
    weight: Any,
    bias: Any = None,
    kernel: Any = None,
    stride: Any = None,
    dilate: Any = None,
    pad: Any = None,
    num_filter: int | None = None,
    num_group: int = 1,
    no_bias: bool = False,
    **_: Any,
) -> Any:
    """Correlate (N, C, …) with (F, C / groups, …): windows, then one matrix product."""
    n = data.ndim - 2
    data = _padded(data, [(p, p) for p in _each(pad, n, 0)])
    stride, dilate = _each(stride, n, 1), _each(dilate, n, 1)
    axes = ([1, *range(n + 2, 2 * n + 2)], [1, *range(2, n + 2)])
    parts = []
    for x, w in _groups(data, 1, weight, num_group):
        seen = kernels_nn.windows(x, weight.shape[2:], stride, dilate)
        parts.append(np.moveaxis(np.tensordot(seen, w, axes), -1, 1))
    z = parts[0] if num_group == 1 else np.concatenate(parts, axis=1)
    return z if bias is None or no_bias else z + np.reshape(bias, (-1,) + (1,) * n)


def _groups(data: Any, axis: int, weight: Any, count: int) -> list[tuple[Any, Any]]:
    if count == 1:
        return [(data, weight)]
    return list(zip(np.split(data, count, axis), np.split(weight, count, 0), strict=True))


@semantics
def deconvolution(
    data: Any,
    weight: Any,
    bias: Any = None,
    kernel: Any = None,
    stride: Any = None,
    dilate: Any = None,
    pad: Any = None,
    adj: Any = None,
    num_filter: int | None = None,
    num_group: int = 1,
    no_bias: bool = True,
    **_: Any,
) -> Any:
    """The adjoint of a convolution: (N, C, …) with (C, F / groups, …)."""
    n = data.ndim - 2
    stride, dilate = _each(stride, n, 1), _each(dilate, n, 1)
    pad, adj = _each(pad, n, 0), _each(adj, n, 0)
    k = weight.shape[2:]
    sizes = [(data.shape[i + 2] - 1) * stride[i] + dilate[i] * (k[i] - 1) + 1 for i in range(n)]
    parts = []
    for x, w in _groups(data, 1, weight, num_group):
        spread = np.moveaxis(np.tensordot(x, w, ([1], [0])), n + 1, 1)
        parts.append(kernels_nn.overlap_add(spread, tuple(sizes), stride, dilate))
    z = parts[0] if num_group == 1 else np.concatenate(parts, axis=1)
    z = _padded(z, [(0, a) for a in adj])
    whole = [m + a for m, a in zip(sizes, adj, strict=True)]
    z = z[(..., *(slice(p, m - p) for p, m in zip(pad, whole, strict=True)))]
    return z if bias is None or no_bias else z + np.reshape(bias, (-1,) + (1,) * n)


@semantics
def pooling(
    data: Any,
    kernel: Any = None,
    pool_type: str = "max",
    global_pool: bool = False,
    stride: Any = None,
    pad: Any = None,
    pooling_convention: str = "valid",
    count_include_pad: bool = True,
    **_: Any,
) -> Any:
    """Largest, mean or sum of each window; of equal largest elements the first gets the slope."""
    n = data.ndim - 2
    if global_pool:
        kernel, stride, pad = data.shape[2:], 1, 0
    kernel, stride, pad = _each(kernel, n, 1), _each(stride, n, 1), _each(pad, n, 0)
    margins = [
        (p, p + (-(size + 2 * p - k) % s if pooling_convention == "full" else 0))
        for size, k, s, p in zip(data.shape[2:], kernel, stride, pad, strict=True)
    ]
    lowest = -np.inf if pool_type == "max" else 0.0
    seen = _pool_windows(_padded(data, margins, lowest), kernel, stride)
    if pool_type == "max":
        first = np.expand_dims(np.argmax(seen._data, axis=-1), -1)
        return np.take_along_axis(seen, first, -1)[..., 0]
    total = np.sum(seen, axis=-1)
    if pool_type == "sum":
        return total
    if count_include_pad:
        return total / float(np.prod(kernel))
    ones = _padded(Array(np.ones_like(data._data)), margins)
    return total / np.sum(_pool_windows(ones, kernel, stride), axis=-1)


def _pool_windows(data: Any, kernel: tuple[int, ...], stride: tuple[int, ...]) -> Any:
    n = len(kernel)
    seen = kernels_nn.windows(data, kernel, stride, (1,) * n)
    return np.reshape(seen, (*seen.shape[:-n], -1))


# --------------------------------------------------------------------------- selections


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


# --------------------------------------------------------------------------- losses


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
