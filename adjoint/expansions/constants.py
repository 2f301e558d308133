"""Questions about axes and dtypes that expansions ask when compiling."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from adjoint.expansions.registry import settled


@settled
def counted(axis: int, ndim: int) -> int:
    """The axis, counted from the front."""
    return normalize_axis_index(axis, ndim)


@settled
def element(dtype: Any) -> Any:
    """The class of an array's elements, from any of the forms that name a dtype."""
    return np.dtype(dtype).type


@settled
def is_whole(dtype: Any) -> bool:
    """Whether a dtype is of integers."""
    return np.issubdtype(dtype, np.integer)
