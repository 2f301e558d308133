"""Stand-ins for functions that give other shapes of an array, which Numba types only in part.

`layout` of their types matters: memory that is typed "C" is contiguous, in NumPy too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import types
from numba.extending import overload, register_jitable
from numba.np.numpy_support import as_dtype


def reshaped(a: Any, shape: Any) -> Any:
    """np.reshape: Numba's takes contiguous arrays only."""


def squeezed(a: Any, axis: Any) -> Any:
    """np.squeeze along given axes."""


def on_diagonal(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """np.diagonal: Numba has none."""


STAND_INS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.reshape: reshaped,
    np.squeeze: squeezed,
    np.diagonal: on_diagonal,
}


def _of_layout(ndim: int, dtype: Any, contiguous: bool) -> Callable[[], Any]:
    """What makes an array of a type; it is compiled, never run."""
    shape, element = (1,) * ndim, as_dtype(dtype).type
    if contiguous:
        return register_jitable(lambda: np.empty(shape, element))
    return register_jitable(lambda: np.empty(shape, element)[::-1])


def _count(axes: Any) -> int | None:
    """How many axes are given; None if that is not known when compiling."""
    if isinstance(axes, types.BaseTuple):
        return len(axes)
    return 1 if isinstance(axes, types.Integer | types.IntegerLiteral | int) else None


@overload(reshaped, prefer_literal=True, strict=False)
def _type_reshaped(a: Any, shape: Any) -> Any:
    count = _count(shape)
    if not isinstance(a, types.Array) or count is None:
        return None
    made = _of_layout(count, a.dtype, a.layout == "C")
    return lambda a, shape: made()


@overload(squeezed, prefer_literal=True, strict=False)
def _type_squeezed(a: Any, axis: Any) -> Any:
    count = _count(axis)
    if not isinstance(a, types.Array) or count is None or count >= a.ndim:
        return None
    made = _of_layout(a.ndim - count, a.dtype, a.layout == "C")
    return lambda a, axis: made()


@overload(on_diagonal, strict=False)
def _type_on_diagonal(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    if not isinstance(a, types.Array) or a.ndim < 2:
        return None
    made = _of_layout(a.ndim - 1, a.dtype, contiguous=False)
    return lambda a, offset=0, axis1=0, axis2=1: made()
