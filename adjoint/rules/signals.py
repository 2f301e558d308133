# mypy: allow-untyped-defs
"""Rules of convolution, interpolation, averages and choices among several arrays."""

from __future__ import annotations

import numpy as np

from adjoint.rules.registry import piecewise_constant, vjp_rule
from adjoint.runtime import kernels, kernels_signal


@vjp_rule(np.convolve, holomorphic=True)
def convolve(z, a, v, mode="full", z_bar=None):
    """z[k] = Σ a[i] v[k - i]."""
    bars = kernels_signal.convolve_bars(a, v, mode, z_bar)
    a_bar = bars[0]
    v_bar = bars[1]
    return a_bar, v_bar


@vjp_rule(np.correlate)
def correlate(z, a, v, mode="valid", z_bar=None):
    """z[k] = Σ a[i + k] v[i]."""
    bars = kernels_signal.correlate_bars(a, v, mode, z_bar)
    a_bar = bars[0]
    v_bar = bars[1]
    return a_bar, v_bar


@vjp_rule(np.interp)
def interp(z, x, xp, fp, z_bar):
    """z = the value at x of the polygon through (xp, fp)."""
    bars = kernels_signal.interp_bars(x, xp, fp, z_bar)
    x_bar = bars[0]
    xp_bar = bars[1]
    fp_bar = bars[2]
    return x_bar, xp_bar, fp_bar


@vjp_rule(np.trapezoid, holomorphic=True)
def trapezoid(z, y, x=None, dx=1.0, axis=-1, z_bar=None):
    """z = Σ (x[i+1] - x[i]) (y[i+1] + y[i]) / 2."""
    bars = kernels_signal.trapezoid_bars(y, x, dx, axis, z_bar)
    y_bar = bars[0]
    x_bar = bars[1]
    return y_bar, x_bar


@vjp_rule(np.average, holomorphic=True)
def average(z, a, axis=None, weights=None, returned=False, keepdims=False, z_bar=None):
    """z = Σ w a / Σ w."""
    w = kernels_signal.mean_weights(a, weights)
    bars = kernels_signal.average_bars(a, w, axis, keepdims, z, z_bar)
    a_bar = bars[0]
    weights_bar = bars[1]
    return a_bar, weights_bar


@vjp_rule(np.choose, holomorphic=True)
def choose(z, a, choices, z_bar):
    """z = choices[a], element by element."""
    choices_bar = kernels_signal.choose_bars(a, choices, z_bar)
    return (choices_bar,)


@vjp_rule(np.select, holomorphic=True)
def select(z, condlist, choicelist, default=0, z_bar=None):
    """z = the choice of the first condition that holds."""
    number = kernels_signal.first_true(condlist)
    choicelist_bar = kernels_signal.choose_bars(number, choicelist, z_bar)
    default_bar = kernels.unbroadcast(np.where(number == -1, z_bar, 0.0), np.shape(default))
    return choicelist_bar, default_bar


@vjp_rule(np.nansum)
def nansum(z, a, axis=None, dtype=None, out=None, keepdims=False, z_bar=None):
    """z = Σ a over what is not nan."""
    a_bar = np.where(np.isnan(a), 0.0, kernels.spread(a, z_bar, axis, keepdims))
    return (a_bar,)


@vjp_rule(np.nanmean)
def nanmean(z, a, axis=None, dtype=None, out=None, keepdims=False, z_bar=None):
    """z = the mean of what is not nan."""
    there = ~np.isnan(a)
    count = np.sum(there, axis=axis, dtype=a.dtype, keepdims=True)
    a_bar = np.where(there, kernels.restore_axes(z_bar, axis, keepdims) / count, 0.0)
    return (a_bar,)


@vjp_rule(np.nanmax, np.nanmin)
def nanextremum(z, a, axis=None, out=None, keepdims=False, z_bar=None):
    """z = the largest or smallest of what is not nan; each that equals it gets everything."""
    equal = a == kernels.restore_axes(z, axis, keepdims)
    a_bar = np.where(equal, kernels.restore_axes(z_bar, axis, keepdims), 0.0)
    return (a_bar,)


@vjp_rule(np.partition)
def partition(z, a, kth, axis=-1, z_bar=None):
    """z = a with the kth element where sorting would put it."""
    a_bar = kernels_signal.unpartition(a, kth, axis, z_bar)
    return (a_bar,)


piecewise_constant(np.argpartition)
