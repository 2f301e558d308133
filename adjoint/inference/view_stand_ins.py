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


def turned(m: Any, axis: Any = None) -> Any:
    """np.flip: Numba's takes no axis."""


def moved(a: Any, source: Any, destination: Any) -> Any:
    """np.moveaxis of one axis."""


def swapped(a: Any, axis1: Any, axis2: Any) -> Any:
    """np.swapaxes: Numba's result has no known layout."""


STAND_INS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.reshape: reshaped,
    np.squeeze: squeezed,
    np.flip: turned,
    np.moveaxis: moved,
    np.swapaxes: swapped,
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


@overload(turned, strict=False)
def _type_turned(m: Any, axis: Any = None) -> Any:
    if not isinstance(m, types.Array):
        return None
    return lambda m, axis=None: m[::-1]


@overload(moved, strict=False)
def _type_moved(a: Any, source: Any, destination: Any) -> Any:
    if not isinstance(a, types.Array) or not isinstance(source, types.Integer):
        return None
    return lambda a, source, destination: a[::-1]


@overload(swapped, strict=False)
def _type_swapped(a: Any, axis1: Any, axis2: Any) -> Any:
    if not isinstance(a, types.Array):
        return None
    return lambda a, axis1, axis2: a[::-1]
