"""The mark of functions whose forward sweep is run again instead of being stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
_MARK = "__adjoint_checkpoint__"


def checkpoint(function: F) -> F:
    """Mark a function: its calls stay calls, and store nothing but their arguments.

    When a gradient is computed, the reverse sweep runs the function again on the arguments that
    each call had, and reverses that. A loop of `n` steps then keeps `n` states instead of all
    that happened in between, for the price of one more run of each step. Called plainly, the
    function is what it was.

    Examples
    --------
    >>> import numpy as np
    >>> @checkpoint
    ... def step(u, c):
    ...     v = u.copy()
    ...     v[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    ...     return v
    >>> step(np.array([0.0, 1.0, 0.0]), 0.25)
    array([0. , 0.5, 0. ])
    """
    marked: Any = function if not hasattr(function, "py_func") else function.py_func
    setattr(marked, _MARK, True)
    return function


def is_checkpoint(function: object) -> bool:
    """Whether a function, or what a dispatcher compiles, is marked."""
    return getattr(getattr(function, "py_func", function), _MARK, False) is True
