"""Marks of functions and loops whose forward sweep is run again instead of being stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from numba.extending import register_jitable

F = TypeVar("F", bound=Callable[..., Any])
S = TypeVar("S", bound=Iterable[Any])
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


@register_jitable
def checkpointed(steps: S) -> S:
    """Mark a loop, `for t in checkpointed(range(n))`: it stores a few of its states.

    When a gradient is computed, the loop is reversed in pieces, from the last to the first. Each is
    run again from a state that was kept, or computed once more from an earlier one: a step is run
    at most four times in all, and memory grows with the cube root of the number of steps. The
    gradient is the same. Called plainly, it returns its argument.

    Examples
    --------
    >>> def logistic(x, r, n):
    ...     for _ in checkpointed(range(n)):
    ...         x = r * x * (1.0 - x)
    ...     return x
    >>> logistic(0.5, 2.0, 1000)
    0.5
    """
    return steps
