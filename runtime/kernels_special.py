# mypy: allow-untyped-defs
"""Derivatives of the gamma function, elementwise and compilable.

Plain NumPy, built from operations that have rules: a rule that calls one of these can be
differentiated again.
"""

from __future__ import annotations

import numpy as np
from numba.core import types
from numba.extending import overload, register_jitable


def chosen(test, x, y):
    """`np.where`, of which Numba makes an array also if all are numbers."""
    return np.where(test, x, y)


@overload(chosen)
def _compiled_choice(test, x, y):
    if isinstance(test, types.Array):
        return lambda test, x, y: np.where(test, x, y)  # noqa: PLW0108
    return lambda test, x, y: x if test else y


@register_jitable(error_model="numpy")
def digamma(x):
    """Logarithmic derivative of the gamma function, d/dx log |Γ(x)|.

    Left of 1/2 by reflection, ψ(x) = ψ(1-x) - π/tan(πx); right of it eight steps of
    ψ(x) = ψ(x+1) - 1/x and then the asymptotic series (Abramowitz & Stegun 6.3.5-7, 6.3.18).
    Absolute error below 1e-14 for moderate x.
    """
    left = x < 0.5
    y = chosen(left, 1.0 - x, x)
    steps = 1.0 / y + 1.0 / (y + 1.0) + 1.0 / (y + 2.0) + 1.0 / (y + 3.0)
    steps = steps + 1.0 / (y + 4.0) + 1.0 / (y + 5.0) + 1.0 / (y + 6.0) + 1.0 / (y + 7.0)
    w = y + 8.0
    t = 1.0 / (w * w)
    series = 1 / 132 - t * (691 / 32760 - t * (1 / 12 - t * (3617 / 8160)))
    series = t * (1 / 12 - t * (1 / 120 - t * (1 / 252 - t * (1 / 240 - t * series))))
    psi = np.log(w) - 0.5 / w - series - steps
    # The quarter keeps the branch that is not chosen away from the poles.
    return chosen(left, psi - np.pi / np.tan(np.pi * chosen(left, x, 0.25)), psi)


@register_jitable(error_model="numpy")
def trigamma(x):
    """Derivative of `digamma` (Abramowitz & Stegun 6.4.7, 6.4.12), by the same steps."""
    left = x < 0.5
    y = chosen(left, 1.0 - x, x)
    steps = y**-2.0 + (y + 1.0) ** -2.0 + (y + 2.0) ** -2.0 + (y + 3.0) ** -2.0
    steps = steps + (y + 4.0) ** -2.0 + (y + 5.0) ** -2.0 + (y + 6.0) ** -2.0 + (y + 7.0) ** -2.0
    w = y + 8.0
    t = 1.0 / (w * w)
    series = 1 / 30 - t * (5 / 66 - t * (691 / 2730 - t * (7 / 6 - t * (3617 / 510))))
    series = t * (1 / 6 - t * (1 / 30 - t * (1 / 42 - t * series)))
    psi = 1.0 / w + 0.5 * t + series / w + steps
    sine = np.sin(np.pi * chosen(left, x, 0.25))
    return chosen(left, (np.pi / sine) ** 2.0 - psi, psi)
