"""Making arrays: the creation functions of `adjoint.nd`."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.runtime.tape.classic import NDArray, lifted
from adjoint.runtime.tape.operations import call
from adjoint.runtime.tape.tensor import Tensor, raw


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


__all__ = [
    name
    for name, value in globals().items()
    if getattr(value, "__module__", None) == __name__ and not name.startswith("_")
]
