"""Arrays filled with a value; those of a number are left to the library."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.constants import element
from adjoint.expansions.registry import expands


@expands(np.ndarray)
def ndarray(shape: Any, dtype: Any = float) -> Any:
    """`np.ndarray` of a shape: an array with nothing in it yet."""
    return np.empty(shape, element(dtype))


@expands(np.ndarray.fill)
def fill(a: Any, value: Any) -> None:
    """`a.fill(value)`."""
    a[...] = value


@expands(np.full)
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """`np.full` of a number or an array."""
    if np.ndim(fill_value) == 0:
        return np.full(shape, fill_value) if dtype is None else np.full(shape, fill_value, dtype)
    content = np.asarray(fill_value)
    result = np.empty(shape, element(content.dtype if dtype is None else dtype))
    result[...] = content
    return result


@expands(np.full_like)
def full_like(a: Any, fill_value: Any, dtype: Any = None) -> Any:
    """`np.full_like` of a number or an array."""
    result = np.empty(np.shape(a), element(a.dtype if dtype is None else dtype))
    result[...] = fill_value
    return result
