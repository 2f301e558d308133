"""Activation functions, and softmax."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.runtime import kernels_nn
from adjoint.runtime.tape.semantics import semantics
from adjoint.runtime.tape.tensor import raw

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
    functions: dict[str, Any] = {
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
