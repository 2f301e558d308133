"""Rules of indexing and of functions that choose or order elements; random draws are constants."""

from __future__ import annotations

import math
import operator

import numpy as np

from adjoint.program.draws import draw
from adjoint.rules.registry import piecewise_constant, vjp_rule
from adjoint.runtime import kernels
from adjoint.runtime.stopping import stop_gradient


@vjp_rule(operator.getitem, holomorphic=True)
def getitem(z, a, index, z_bar):
    """z = a[index]; an element selected twice gets both cotangents."""
    a_bar = kernels.scatter_add(np.shape(a), index, z_bar)
    return (a_bar,)


@vjp_rule(kernels.scatter_add, holomorphic=True)
def scatter_add(z, shape, index, values, z_bar):
    """z = zeros with values added at index."""
    values_bar = z_bar[index]
    return (values_bar,)


@vjp_rule(np.take, holomorphic=True)
def take(z, a, indices, axis=None, out=None, mode="raise", z_bar=None):
    """z = a[…, indices, …]."""
    a_bar = kernels.untake(a, indices, axis, mode, z_bar)
    return (a_bar,)


@vjp_rule(np.take_along_axis, holomorphic=True)
def take_along_axis(z, arr, indices, axis=-1, z_bar=None):
    """z[…, i, …] = arr[…, indices[…, i, …], …]."""
    arr_bar = kernels.ungather(
        arr, np.take_along_axis(kernels.positions(arr), indices, axis), z_bar
    )
    return (arr_bar,)


@vjp_rule(np.compress, holomorphic=True)
def compress(z, condition, a, axis=None, z_bar=None):
    """z = the slices of a where the condition holds."""
    a_bar = kernels.ungather(a, np.compress(condition, kernels.positions(a), axis), z_bar)
    return (a_bar,)


@vjp_rule(np.extract, holomorphic=True)
def extract(z, condition, arr, z_bar):
    """z = the elements of arr where the condition holds."""
    arr_bar = kernels.ungather(arr, np.extract(condition, kernels.positions(arr)), z_bar)
    return (arr_bar,)


@vjp_rule(np.delete, holomorphic=True)
def delete(z, arr, obj, axis=None, z_bar=None):
    """z = arr without some slices."""
    arr_bar = kernels.ungather(arr, np.delete(kernels.positions(arr), obj, axis), z_bar)
    return (arr_bar,)


@vjp_rule(np.sort)
def sort(z, a, axis=-1, z_bar=None):
    """z = a in ascending order; of equal elements the order of the stable sort counts."""
    a_bar = kernels.unsort(a, axis, z_bar)
    return (a_bar,)


@vjp_rule(np.median)
def median(z, a, axis=None, out=None, overwrite_input=False, keepdims=False, z_bar=None):
    """z = the middle element, or the mean of the two in the middle."""
    a_bar = kernels.median_bar(a, axis, kernels.restore_axes(z_bar, axis, keepdims))
    return (a_bar,)


@vjp_rule(np.bincount)
def bincount(z, x, /, weights=None, minlength=0, z_bar=None):
    """z = sums of the weights of equal numbers."""
    weights_bar = z_bar[x]
    return (weights_bar,)


@vjp_rule(np.nan_to_num)
def nan_to_num(z, x, copy=True, nan=0.0, posinf=None, neginf=None, z_bar=None):
    """z = x where x is finite, else a constant."""
    x_bar = np.where(np.isfinite(x), z_bar, 0.0)
    return (x_bar,)


piecewise_constant(
    *(np.argsort, np.lexsort, np.searchsorted, np.digitize, np.nonzero, np.flatnonzero),
    *(np.argwhere, np.isin, np.iinfo, np.ix_, np.mask_indices),
    *(np.isposinf, np.isneginf, np.isreal, np.iscomplex, math.ulp),
    *(np.bartlett, np.blackman, np.hamming, np.hanning),  # of a number of points
    stop_gradient,
)
# A draw of integers does not vary with its parameters. Of the others only those without parameters
# are here: no gradient is to be lost silently that passes through a parameter of a draw.
piecewise_constant(
    *(np.random.seed, np.random.rand, np.random.randn, np.random.random, np.random.ranf),
    *(np.random.random_sample, np.random.sample, np.random.standard_normal),
    *(np.random.standard_exponential, np.random.standard_cauchy, np.random.default_rng),
    *(np.random.poisson, np.random.binomial, np.random.randint, np.random.geometric),
    *(np.random.multinomial,),
)
piecewise_constant(
    *map(draw, ("random", "standard_normal", "standard_exponential", "standard_cauchy")),
    *map(draw, ("integers", "poisson", "binomial", "geometric", "multinomial", "zipf")),
    *map(draw, ("logseries", "negative_binomial")),
)
