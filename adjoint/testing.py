"""Numeric derivatives to test analytic ones against.

In goes a function and a point, out comes its gradient by finite differences with an estimate of
their error. It calls the plain function only, so it is independent of everything that this package
generates.

The method is Ridders' (C. Ridders 1982, "Accurate computation of F'(x) and F'(x) F''(x)", Adv. Eng.
Software 4): central differences at geometrically shrinking steps, extrapolated to step zero. It is
good to 1e-9 relative or better where the function is smooth within the first step, and says so
itself where it is not.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

_SHRINK = 1.6  # ratio of successive steps
_LEVELS = 10  # steps tried: from `step` down to step / 1.6**9 = step / 69


@dataclass(frozen=True)
class Numeric:
    """A numeric derivative.

    Attributes
    ----------
    gradient : float or array of the argument's shape.
    error : estimate of the absolute error, same shape.
    """

    gradient: Any
    error: Any


def numeric_gradient(
    function: Callable[..., Any],
    args: Sequence[Any],
    argnum: int = 0,
    *,
    step: float = 0.02,
    before: Callable[[], object] | None = None,
) -> Numeric:
    """Gradient of `function(*args)` with respect to the float argument at position `argnum`.

    Parameters
    ----------
    function : called with fresh copies of the arguments, so it may write to them. An array result
        counts as the sum of its elements.
    args : the point; float32 arguments are widened to float64, where differences mean something.
    argnum : position of a float, or of an array of floats.
    step : the first step, relative to max(1, |x|). A kink nearer than the smallest step,
        `step / 69`, spoils the result, and shows as a large `error`.
    before : called before each evaluation (seeds a random generator, say).

    Examples
    --------
    >>> numeric = numeric_gradient(lambda x: x**3, (2.0,))
    >>> abs(numeric.gradient - 12.0) < 1e-9
    True
    >>> numeric.error < 1e-8
    True
    """
    point = [_widened(arg) for arg in args]

    def along(index: tuple[int, ...], shift: float) -> float:
        shifted = copy.deepcopy(point)
        if isinstance(shifted[argnum], np.ndarray):
            shifted[argnum][index] += shift
        else:
            shifted[argnum] += shift
        if before is not None:
            before()
        return float(np.sum(function(*shifted)))

    shape = np.shape(point[argnum])
    gradient, error = np.empty(shape), np.empty(shape)
    for index in np.ndindex(*shape):
        first = step * max(1.0, abs(float(np.asarray(point[argnum])[index])))
        gradient[index], error[index] = ridders(partial(along, index), first)
    if not shape and not isinstance(point[argnum], np.ndarray):
        return Numeric(float(gradient), float(error))
    return Numeric(gradient, error)


def ridders(along: Callable[[float], float], step: float) -> tuple[float, float]:
    """Derivative of `along` at 0 and an estimate of its error.

    Each row of Neville's tableau removes the next even power of the step; the entry that differs
    least from its two parents is returned.
    """
    best, error = np.nan, np.inf
    previous: list[float] = []
    for _ in range(_LEVELS):
        row = [(along(step) - along(-step)) / (2.0 * step)]
        factor = _SHRINK**2
        for order, coarser in enumerate(previous):
            row.append((row[order] * factor - coarser) / (factor - 1.0))
            factor *= _SHRINK**2
            change = max(abs(row[-1] - row[order]), abs(row[-1] - coarser))
            if change < error:
                best, error = row[-1], change
        previous = row
        step /= _SHRINK
    return best, error


def complex_step(function: Callable[..., Any], args: Sequence[Any], argnum: int = 0) -> Any:
    """Gradient by one evaluation at a purely imaginary step: exact to rounding.

    For functions made of analytic operations that take complex numbers: no abs, max, comparison of
    active values, `math.*` (Squire & Trapp 1998, "Using complex variables to estimate derivatives
    of real functions", SIAM Review 40).

    Examples
    --------
    >>> complex_step(lambda x: np.exp(x) / x, (2.0,)) == np.exp(2.0) / 4.0
    True
    """
    tiny = 1e-200  # its square underflows, so there is no truncation error at all
    shape = np.shape(args[argnum])
    gradient = np.empty(shape)
    for index in np.ndindex(*shape):
        shifted = copy.deepcopy(list(args))
        if isinstance(shifted[argnum], np.ndarray):
            shifted[argnum] = shifted[argnum].astype(complex)
            shifted[argnum][index] += 1j * tiny
        else:
            shifted[argnum] = complex(shifted[argnum], tiny)
        gradient[index] = np.imag(np.sum(function(*shifted))) / tiny
    return gradient if isinstance(args[argnum], np.ndarray) else float(gradient)


def _widened(arg: Any) -> Any:
    if isinstance(arg, np.ndarray):
        return arg.astype(np.float64) if arg.dtype == np.float32 else arg.copy()
    # a Python float would give way to a float32 constant of the function (NumPy 2's promotion)
    return np.float64(arg) if isinstance(arg, np.floating) else arg
