"""Values that no derivative flows through."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numba import types
from numba.extending import overload

T = TypeVar("T")


def stop_gradient(x: T) -> T:
    """`x`, constant to every derivative.

    Parameters
    ----------
    x : a number, an array, or an array of the tape.

    Returns
    -------
    The number itself; a copy of an array; what `x.detach()` gives of an array of the tape.

    Examples
    --------
    >>> from adjoint import grad, stop_gradient
    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    value: Any = x
    if hasattr(value, "detach"):
        value = value.detach()
    elif isinstance(value, np.ndarray):
        value = value.copy()
    stopped: T = value
    return stopped


@overload(stop_gradient, strict=False)
def _compiled(x: Any) -> Any:
    if isinstance(x, types.Array):
        return lambda x: x.copy()
    return lambda x: x
