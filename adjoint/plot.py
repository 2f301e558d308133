"""Pictures of derivatives, drawn with matplotlib: `pip install numba-adjoint[plot]`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from adjoint.api import grad, jacobian
from adjoint.api.argnums import Argnum

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["curve", "sparsity"]


def curve(
    f: Callable[..., Any],
    interval: tuple[float, float],
    *,
    order: int = 1,
    points: int = 400,
    axes: Axes | None = None,
) -> Axes:
    """Draw a function of one number, and its derivatives.

    Parameters
    ----------
    f : a function of a float that returns a float.
    interval : where to draw it.
    order : of the highest derivative.
    points : at how many places it is computed.
    axes : where to draw; on new axes if left out.

    Returns
    -------
    Axes : with a line for the function and one for each derivative, named in a legend.

    Raises
    ------
    ImportError : there is no matplotlib.
    ValueError : `order` or `points` is too small, or the interval has no ends.
    AdjointError : as for `grad`.
    """
    axes = _new_axes() if axes is None else axes
    if order < 0 or points < 2 or not np.all(np.isfinite(interval)):
        raise ValueError("order has to be 0 or more, points 2 or more, and the interval finite")
    x = np.linspace(*interval, points)
    name = getattr(f, "__name__", "f").replace("<lambda>", "f")
    (parameter, *_) = inspect.signature(f).parameters
    function: Callable[..., Any] = f
    for k in range(order + 1):
        values = [float(function(place)) for place in x.tolist()]
        label = f"{name}{_PRIMES[k] if k < len(_PRIMES) else f'^({k})'}({parameter})"
        axes.plot(x, values, label=label, linestyle="-" if k == 0 else "--")
        function = grad(function)
    axes.set_xlabel(parameter)
    axes.axhline(0.0, color="0.6", linewidth=0.6, zorder=0)
    axes.legend()
    return axes


_PRIMES = ("", "′", "″", "‴")


def sparsity(
    f: Callable[..., Any], *args: Any, argnums: Argnum = 0, axes: Axes | None = None
) -> Axes:
    """Draw which entries of the Jacobian are not zero at these arguments.

    An item of the result or of the argument has the position that it has in `ravel()`.

    Parameters
    ----------
    f : a function that returns a float or an array of floats.
    *args : its arguments.
    argnums : position or name of the parameter to differentiate with respect to.
    axes : where to draw; on new axes if left out.

    Returns
    -------
    Axes : with a row for each item of the result, a column for each item of the argument.

    Raises
    ------
    ImportError : there is no matplotlib.
    AdjointError : as for `jacobian`.
    """
    axes = _new_axes() if axes is None else axes
    names = tuple(inspect.signature(f).parameters)
    position = names.index(argnums) if isinstance(argnums, str) else argnums
    columns = np.size(args[position])
    entries = np.reshape(jacobian(f, argnums)(*args), (-1, columns)) != 0.0
    axes.spy(entries, aspect="auto" if _is_flat(entries.shape) else "equal")
    axes.set_xlabel(f"{names[position]}, {columns} items")
    axes.set_ylabel(f"result, {len(entries)} items")
    shown = np.count_nonzero(entries)
    axes.set_title(f"{shown} of {entries.size} entries are not zero", fontsize="medium")
    return axes


def _is_flat(shape: tuple[int, ...]) -> bool:
    """Whether one side is so much longer that squares would be too small to see."""
    return max(shape) > 8 * max(min(shape), 1)


def _new_axes() -> Any:
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            "adjoint.plot draws with matplotlib: pip install numba-adjoint[plot]"
        ) from error
    return plt.figure(layout="constrained").add_subplot()
