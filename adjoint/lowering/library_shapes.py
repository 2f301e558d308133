"""Which axes of its arguments the lengths of a library call's result are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from adjoint.runtime import fourier

Axes = tuple[tuple[int, int], ...]
"""For each axis of a result: position of an argument, and an axis of it."""

_LIKE_FIRST = {np.linalg.inv, np.linalg.cholesky, np.sort, np.cumsum, np.cumprod}
_LIKE_FIRST |= {fourier.forward, fourier.backward}


def axes_of_result(function: Callable[..., Any], ndims: Sequence[int], item: int) -> Axes | None:
    """Where the lengths of an item of what a call returns come from (0 if it is one array).

    Parameters
    ----------
    ndims : numbers of dimensions of the arguments, 0 for scalars.
    """
    if function is np.dot and all(0 < ndim < 3 for ndim in ndims):
        return (*((0, 0),) * (ndims[0] - 1), *((1, 1),) * (ndims[1] - 1))
    if function is np.outer and tuple(ndims) == (1, 1):
        return (0, 0), (1, 0)
    if function in _LIKE_FIRST and (ndims[0] < 2 or function not in (np.cumsum, np.cumprod)):
        return tuple((0, axis) for axis in range(ndims[0]))
    if function is np.linalg.solve and ndims[0] == 2:
        return tuple((1, axis) for axis in range(ndims[1]))
    if function is np.linalg.eigh and ndims[0] == 2:
        return ((0, 0), (0, 1)) if item else ((0, 0),)
    if function is np.linalg.pinv and ndims[0] == 2:
        return (0, 1), (0, 0)
    return None
