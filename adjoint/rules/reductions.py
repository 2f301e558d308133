"""Rules of reductions and running sums over the axes of an array.

Parameter names and defaults are NumPy's. `dtype` changes the precision of the result; the caller
casts the cotangent back.
"""

from __future__ import annotations

import numpy as np

from adjoint.rules.registry import piecewise_constant, vjp_rule
from adjoint.runtime import kernels


@vjp_rule(np.sum, holomorphic=True)
def sum(z, a, axis=None, dtype=None, out=None, keepdims=False, z_bar=None):
    """z = Σ a."""
    a_bar = kernels.spread(a, z_bar, axis, keepdims)
    return (a_bar,)


@vjp_rule(np.mean, holomorphic=True)
def mean(z, a, axis=None, dtype=None, out=None, keepdims=False, z_bar=None):
    """z = Σ a / n."""
    a_bar = kernels.spread(a, z_bar / kernels.count(a, axis), axis, keepdims)
    return (a_bar,)


@vjp_rule(np.prod, holomorphic=True)
def prod(z, a, axis=None, dtype=None, out=None, keepdims=False, z_bar=None):
    """z = Π a; right where elements are zero."""
    a_bar = kernels.restore_axes(z_bar, axis, keepdims) * kernels.product_of_others(a, axis)
    return (a_bar,)


@vjp_rule(np.max, np.min)
def extremum(z, a, axis=None, out=None, keepdims=False, z_bar=None):
    """z = max a or min a; every element that equals it gets the whole cotangent."""
    equal = a == kernels.restore_axes(z, axis, keepdims)
    a_bar = np.where(equal, kernels.restore_axes(z_bar, axis, keepdims), 0.0)
    return (a_bar,)


@vjp_rule(np.ptp)
def ptp(z, a, axis=None, out=None, keepdims=False, z_bar=None):
    """z = max a - min a; ties as for `max` and `min`."""
    high = a == np.max(a, axis=axis, keepdims=True)
    low = a == np.min(a, axis=axis, keepdims=True)
    bar = kernels.restore_axes(z_bar, axis, keepdims)
    a_bar = np.where(high, bar, 0.0) - np.where(low, bar, 0.0)
    return (a_bar,)


@vjp_rule(np.var)
def var(z, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, z_bar=None):
    """z = Σ (a - mean)² / (n - ddof)."""
    scale = 2.0 / (kernels.count(a, axis) - ddof)
    bar = kernels.restore_axes(z_bar, axis, keepdims)
    a_bar = (scale * bar) * (a - np.mean(a, axis=axis, keepdims=True))
    return (a_bar,)


@vjp_rule(np.std)
def std(z, a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, z_bar=None):
    """z = √var; slope nan where all elements are equal."""
    scale = 1.0 / (kernels.count(a, axis) - ddof)
    bar = kernels.restore_axes(z_bar / z, axis, keepdims)
    a_bar = (scale * bar) * (a - np.mean(a, axis=axis, keepdims=True))
    return (a_bar,)


@vjp_rule(np.cumsum, holomorphic=True)
def cumsum(z, a, axis=None, dtype=None, out=None, z_bar=None):
    """z[i] = a[0] + … + a[i]."""
    a_bar = np.reshape(kernels.reversed_cumsum(z_bar, 0 if axis is None else axis), np.shape(a))
    return (a_bar,)


@vjp_rule(np.cumprod, holomorphic=True)
def cumprod(z, a, axis=None, dtype=None, out=None, z_bar=None):
    """z[i] = a[0] … a[i]; right where elements are zero."""
    a_bar = kernels.cumprod_bar(z, a, axis, z_bar)
    return (a_bar,)


@vjp_rule(np.diff, holomorphic=True)
def diff(z, a, n=1, axis=-1, z_bar=None):
    """z[i] = a[i+1] - a[i], n times."""
    a_bar = kernels.undo_diff(z_bar, n, axis)
    return (a_bar,)


piecewise_constant(
    *(np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.count_nonzero),
    *(np.all, np.any, np.allclose, np.array_equal, np.array_equiv),
)
