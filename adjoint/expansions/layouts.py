"""`order="F"`: the last axis is the slowest, as in the array transposed.

Layout is part of a result: of an array that lies so, `ravel` gives a copy and not a view.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.constants import element
from adjoint.expansions.registry import expands, settled
from adjoint.program import primitives


@settled
def is_fortran(order: Any) -> bool:
    """Whether an order is that of Fortran; those that ask how an array lies are refused."""
    if order in ("C", "F", None):
        return bool(order == "F")
    raise ValueError(f"order={order!r} depends on how the array lies in memory: name 'C' or 'F'")


@settled
def keeps_fortran(order: Any) -> bool:
    """The same of a copy, which lies as the original does by default."""
    return is_fortran("C" if order == "K" else order)


# --------------------------------------------------------------------------- other shapes


@expands(np.reshape, given=("order", "copy"))
def reshape(a: Any, shape: Any, order: str = "C", *, copy: Any = None) -> Any:
    """`np.reshape` that reads and writes elements in either order."""
    given = a.copy() if copy else a
    if is_fortran(order):
        lengths = shape[::-1] if isinstance(shape, tuple) else shape
        return np.transpose(np.reshape(np.transpose(given), lengths))
    return np.reshape(given, shape)


@expands(np.ravel, given=("order",))
def ravel(a: Any, order: str = "C") -> Any:
    """`np.ravel` in either order."""
    return np.ravel(np.transpose(a)) if is_fortran(order) else np.ravel(a)


@expands(np.ndarray.flatten)
def flatten(a: Any, order: str = "C") -> Any:
    """`a.flatten()`: a copy always."""
    return np.copy(np.ravel(a, order)) if is_fortran(order) else np.copy(np.ravel(a))


@expands(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    """`np.squeeze` along axes that are named; which have length 1 is known when running."""
    if axis is None:
        known_axes(np.ndim(a))
        return a
    return np.squeeze(a, axis)


@settled
def known_axes(ndim: int) -> None:
    """Refuse to squeeze all axes of length 1, unless there are none at all."""
    if ndim:
        raise ValueError("which axes have length 1 is known when running: name them, axis=…")


# --------------------------------------------------------------------------- new arrays


@expands(np.zeros, given=("order",))
def zeros(shape: Any, dtype: Any = float, order: str = "C") -> Any:
    """`np.zeros` that lies in either order."""
    if is_fortran(order) and isinstance(shape, tuple):
        return np.transpose(np.zeros(shape[::-1], element(dtype)))
    return np.zeros(shape, element(dtype))


@expands(np.ones, given=("order",))
def ones(shape: Any, dtype: Any = None, order: str = "C") -> Any:
    """`np.ones` that lies in either order."""
    if is_fortran(order) and isinstance(shape, tuple):
        return np.transpose(np.ones(shape[::-1], element(dtype)))
    return np.ones(shape, element(dtype))


@expands(np.empty, given=("order",))
def empty(shape: Any, dtype: Any = float, order: str = "C") -> Any:
    """`np.empty` that lies in either order."""
    if is_fortran(order) and isinstance(shape, tuple):
        return np.transpose(np.empty(shape[::-1], element(dtype)))
    return np.empty(shape, element(dtype))


@expands(np.copy, given=("order",))
def copy(a: Any, order: str = "K") -> Any:
    """`np.copy`, and the method, whose result lies in either order."""
    return np.transpose(np.copy(np.transpose(a))) if keeps_fortran(order) else np.copy(a)


@expands(np.array, given=("order", "copy", "ndmin"))
def array(
    object: Any, dtype: Any = None, *, copy: Any = True, order: str = "K", ndmin: int = 0
) -> Any:
    """`np.array`: a copy, unless none is asked for, of as many axes at least."""
    found = np.array(object) if copy else np.asarray(object)
    if dtype is not None and element(dtype) is not element(found.dtype):
        found = found.astype(element(dtype))
    if keeps_fortran(order):
        found = np.copy(found, order)
    return found[(None,) * missing(ndmin, found.ndim)] if missing(ndmin, found.ndim) else found


@expands(np.asarray, np.asanyarray, given=("dtype",))
def asarray(a: Any, dtype: Any = None) -> Any:
    """`np.asarray`: a copy only if the type is another one."""
    found = np.asarray(a)
    if dtype is None or np.ndim(found) == 0 or element(dtype) is element(found.dtype):
        return found if dtype is None or np.ndim(found) else found.astype(element(dtype))
    return found.astype(element(dtype))


@expands(primitives.astype, given=("order", "casting", "subok", "copy"))
def astype(
    x: Any,
    dtype: Any,
    order: str = "K",
    casting: str = "unsafe",
    subok: bool = True,
    copy: Any = True,
) -> Any:
    """`x.astype(…)` whose result lies in either order, or is the array itself."""
    if np.ndim(x) and not copy and element(dtype) is element(x.dtype):
        return x
    found = x.astype(element(dtype))
    return np.copy(found, order) if keeps_fortran(order) else found


@settled
def missing(wanted: int, ndim: int) -> int:
    """How many axes are wanted in front."""
    return max(wanted - ndim, 0)


def _write_down(like: Any, new: Any) -> None:
    """Write down `np.zeros_like` and its kin with an order or a shape of its own."""

    @expands(like, given=("order", "shape"))
    def made_like(
        a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None
    ) -> Any:
        lengths = tuple(a.shape) if shape is None else shape
        kind = element(a.dtype if dtype is None else dtype)
        return new(lengths, kind, "F" if keeps_fortran(order) else "C")


for _like, _new in ((np.zeros_like, np.zeros), (np.ones_like, np.ones), (np.empty_like, np.empty)):
    _write_down(_like, _new)
