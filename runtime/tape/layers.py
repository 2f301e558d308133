"""Layers: dense, dropout, normalisation, embedding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from adjoint.runtime.tape.array import Array
from adjoint.runtime.tape.node import mutations
from adjoint.runtime.tape.random import generator
from adjoint.runtime.tape.semantics import semantics
from adjoint.runtime.tape.state import state
from adjoint.runtime.tape.writing import memory


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
