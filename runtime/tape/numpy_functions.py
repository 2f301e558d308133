"""The functions of `adjoint.np`: NumPy's, on tensors, float32 unless told otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.runtime.tape.array import Array, integers, own_memory
from adjoint.runtime.tape.elementwise import general, operator_functions, unary_functions
from adjoint.runtime.tape.operations import call
from adjoint.runtime.tape.tensor import Tensor, raw

_NAMES = (
    *("maximum", "minimum", "fmax", "fmin", "hypot", "arctan2", "copysign", "ldexp", "fmod"),
    *("logaddexp", "heaviside", "remainder", "floor_divide", "true_divide", "float_power"),
    *("logical_and", "logical_or", "logical_xor", "logical_not", "bitwise_and", "bitwise_or"),
    *("bitwise_xor", "invert", "isnan", "isinf", "isfinite", "round", "around", "nan_to_num"),
    *("sum", "mean", "prod", "max", "min", "amax", "amin", "var", "std", "ptp", "median"),
    *("cumsum", "cumprod", "diff", "all", "any", "argmax", "argmin", "count_nonzero"),
    *("dot", "vdot", "inner", "outer", "tensordot", "einsum", "kron", "cross", "trace"),
    *("reshape", "ravel", "squeeze", "expand_dims", "atleast_1d", "atleast_2d", "atleast_3d"),
    *("tile", "repeat", "resize", "pad", "concatenate", "stack", "hstack", "vstack"),
    *("column_stack", "dstack", "append", "split", "array_split", "hsplit", "vsplit", "meshgrid"),
    *("triu", "tril", "diag", "diagonal", "diagflat", "take_along_axis", "compress", "extract"),
    *("delete", "sort", "argsort", "unique", "nonzero", "flatnonzero", "searchsorted", "argwhere"),
    *("bincount", "array_equal", "allclose", "isclose", "shape", "ndim", "size", "where"),
    *("tril_indices", "triu_indices", "unravel_index", "sinc"),
)
_COPIED = (
    *("transpose", "swapaxes", "moveaxis", "flip", "fliplr", "flipud", "rot90", "roll"),
    "broadcast_to",
)

functions: dict[str, Any] = {name: general(getattr(np, name)) for name in _NAMES}
functions |= unary_functions() | operator_functions()


def _copying(name: str) -> Any:
    function = general(getattr(np, name))

    def apply(*args: Any, **kwargs: Any) -> Any:
        return own_memory(function(*args, **kwargs))

    apply.__name__ = name
    apply.__doc__ = f"`numpy.{name}`, recorded; the result has memory of its own."
    return apply


functions |= {name: _copying(name) for name in _COPIED}


# --------------------------------------------------------------------------- creation


def array(object: Any, dtype: Any = None, ctx: Any = None, **_: Any) -> Any:
    """An array of numbers; float32 unless told otherwise, an array's copy keeps its precision."""
    if isinstance(object, Tensor):
        copied = call(np.copy, (object,), cls=Array)
        return copied if dtype is None else copied.astype(dtype)
    if isinstance(object, list | tuple):
        object = raw(object)
    return Array(np.array(object, dtype=np.float32 if dtype is None else dtype))


def zeros(shape: Any = (), dtype: Any = None, order: str = "C", ctx: Any = None) -> Any:
    """An array of zeros."""
    return Array(np.zeros(shape, dtype or np.float32))


def ones(shape: Any = (), dtype: Any = None, order: str = "C", ctx: Any = None) -> Any:
    """An array of ones."""
    return Array(np.ones(shape, dtype or np.float32))


def full(shape: Any, fill_value: Any, dtype: Any = None, ctx: Any = None, **_: Any) -> Any:
    """An array of one value."""
    return Array(np.full(shape, raw(fill_value), dtype or np.float32))


empty = zeros


def zeros_like(a: Any, dtype: Any = None, **_: Any) -> Any:
    """Zeros in the shape of an array."""
    return Array(np.zeros_like(raw(a), dtype=dtype))


def ones_like(a: Any, dtype: Any = None, **_: Any) -> Any:
    """Ones in the shape of an array."""
    return Array(np.ones_like(raw(a), dtype=dtype))


def full_like(a: Any, fill_value: Any, dtype: Any = None, **_: Any) -> Any:
    """One value in the shape of an array."""
    return Array(np.full_like(raw(a), raw(fill_value), dtype=dtype))


empty_like = zeros_like


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None, ctx: Any = None) -> Any:
    """Numbers at equal distances."""
    start, stop = (0, start) if stop is None else (start, stop)
    return Array(np.arange(start, stop, step).astype(dtype or np.float32))


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    ctx: Any = None,
) -> Any:
    """`num` numbers from start to stop."""
    values, step = np.linspace(start, stop, num, endpoint, retstep=True, axis=axis)
    result = Array(values.astype(dtype or np.float32))
    return (result, step) if retstep else result


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None, **_: Any) -> Any:
    """Ones on a diagonal."""
    return Array(np.eye(N, M, k, dtype=dtype or np.float32))


def identity(n: int, dtype: Any = None, ctx: Any = None) -> Any:
    """Ones on the diagonal."""
    return eye(n, dtype=dtype)


# --------------------------------------------------------------------------- others


def clip(a: Any, a_min: Any, a_max: Any, out: Any = None) -> Any:
    """Within bounds, None meaning none; slope 1 at both."""
    return a.clip(a_min, a_max)


def take(a: Any, indices: Any, axis: int | None = None, mode: str = "raise") -> Any:
    """Elements or slices by number."""
    return call(np.take, (a, integers(indices), axis), {"mode": mode})


def copy(a: Any) -> Any:
    """A copy, recorded."""
    return a.copy()


concat = functions["concatenate"]
linalg_functions = {
    name: general(getattr(np.linalg, name))
    for name in (
        *("norm", "inv", "pinv", "det", "slogdet", "solve", "cholesky", "eigh", "eigvalsh"),
        *("svd", "qr", "matrix_power", "matrix_rank"),
    )
}
