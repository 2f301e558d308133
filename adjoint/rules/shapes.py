"""Rules of functions that move, join, split and repeat elements, and of array creation.

Their results are linear in their arguments, and most cotangents are the inverse movement.
"""

from __future__ import annotations

import numpy as np

from adjoint.rules.registry import piecewise_constant, vjp_rule
from adjoint.runtime import kernels

# --------------------------------------------------------------------------- the same elements


@vjp_rule(np.reshape, holomorphic=True)
def reshape(z, a, shape=None, order="C", z_bar=None):
    """z has the elements of a in the same order."""
    a_bar = np.reshape(z_bar, np.shape(a), order=order)
    return (a_bar,)


@vjp_rule(np.ravel, holomorphic=True)
def ravel(z, a, order="C", z_bar=None):
    """z has the elements of a in one row."""
    a_bar = np.reshape(z_bar, np.shape(a), order=order)
    return (a_bar,)


@vjp_rule(np.squeeze, holomorphic=True)
def squeeze(z, a, axis=None, z_bar=None):
    """z is a without axes of length 1."""
    a_bar = np.reshape(z_bar, np.shape(a))
    return (a_bar,)


@vjp_rule(np.expand_dims, holomorphic=True)
def expand_dims(z, a, axis, z_bar):
    """z is a with further axes of length 1."""
    a_bar = np.reshape(z_bar, np.shape(a))
    return (a_bar,)


@vjp_rule(np.atleast_1d, np.atleast_2d, np.atleast_3d, holomorphic=True)
def atleast(z, a, z_bar):
    """z has the elements of a and more axes."""
    a_bar = np.reshape(z_bar, np.shape(a))
    return (a_bar,)


@vjp_rule(np.copy, np.array, np.asarray, np.ascontiguousarray, np.asfortranarray, holomorphic=True)
def copy(z, a, z_bar):
    """z = a."""
    a_bar = z_bar
    return (a_bar,)


@vjp_rule(np.transpose, holomorphic=True)
def transpose(z, a, axes=None, z_bar=None):
    """z is a with its axes in another order."""
    a_bar = np.transpose(z_bar, None if axes is None else np.argsort(axes))
    return (a_bar,)


@vjp_rule(np.swapaxes, holomorphic=True)
def swapaxes(z, a, axis1, axis2, z_bar):
    """z is a with two axes exchanged."""
    a_bar = np.swapaxes(z_bar, axis1, axis2)
    return (a_bar,)


@vjp_rule(np.moveaxis, holomorphic=True)
def moveaxis(z, a, source, destination, z_bar):
    """z is a with axes at other places."""
    a_bar = np.moveaxis(z_bar, destination, source)
    return (a_bar,)


@vjp_rule(np.flip, holomorphic=True)
def flip(z, m, axis=None, z_bar=None):
    """z is m backwards."""
    m_bar = np.flip(z_bar, axis)
    return (m_bar,)


@vjp_rule(np.fliplr, holomorphic=True)
def fliplr(z, m, z_bar):
    """z is m backwards along axis 1."""
    m_bar = np.fliplr(z_bar)
    return (m_bar,)


@vjp_rule(np.flipud, holomorphic=True)
def flipud(z, m, z_bar):
    """z is m backwards along axis 0."""
    m_bar = np.flipud(z_bar)
    return (m_bar,)


@vjp_rule(np.rot90, holomorphic=True)
def rot90(z, m, k=1, axes=(0, 1), z_bar=None):
    """z is m turned k times."""
    m_bar = np.rot90(z_bar, -k, axes)
    return (m_bar,)


@vjp_rule(np.roll, holomorphic=True)
def roll(z, a, shift, axis=None, z_bar=None):
    """z[i + shift] = a[i], around the end."""
    a_bar = np.roll(z_bar, -np.asarray(shift), axis)
    return (a_bar,)


# --------------------------------------------------------------------------- some elements


@vjp_rule(np.triu, holomorphic=True)
def triu(z, m, k=0, z_bar=None):
    """z is m with zeros below the k-th diagonal."""
    m_bar = np.triu(z_bar, k)
    return (m_bar,)


@vjp_rule(np.tril, holomorphic=True)
def tril(z, m, k=0, z_bar=None):
    """z is m with zeros above the k-th diagonal."""
    m_bar = np.tril(z_bar, k)
    return (m_bar,)


@vjp_rule(np.diagonal, holomorphic=True)
def diagonal(z, a, offset=0, axis1=0, axis2=1, z_bar=None):
    """z[…, i] = a[i, i + offset, …]."""
    sources = np.diagonal(kernels.positions(a), offset, axis1, axis2)
    a_bar = kernels.ungather(a, sources, z_bar)
    return (a_bar,)


@vjp_rule(np.diag, holomorphic=True)
def diag(z, v, k=0, z_bar=None):
    """z is the diagonal of a matrix, or the matrix with this diagonal."""
    v_bar = kernels.diag_bar(v, k, z_bar)
    return (v_bar,)


@vjp_rule(np.diagflat, holomorphic=True)
def diagflat(z, v, k=0, z_bar=None):
    """z is the matrix with the elements of v on its k-th diagonal."""
    v_bar = np.reshape(np.diag(z_bar, k), np.shape(v))
    return (v_bar,)


# --------------------------------------------------------------------------- repeated elements


@vjp_rule(np.broadcast_to, holomorphic=True)
def broadcast_to(z, array, shape, z_bar):
    """z repeats array along new axes and axes of length 1."""
    array_bar = kernels.unbroadcast(z_bar, np.shape(array))
    return (array_bar,)


@vjp_rule(np.tile, holomorphic=True)
def tile(z, A, reps, z_bar):
    """z repeats A as a whole."""
    A_bar = kernels.untile(A, reps, z_bar)
    return (A_bar,)


@vjp_rule(np.repeat, holomorphic=True)
def repeat(z, a, repeats, axis=None, z_bar=None):
    """z repeats each element of a."""
    a_bar = kernels.ungather(a, np.repeat(kernels.positions(a), repeats, axis), z_bar)
    return (a_bar,)


@vjp_rule(np.resize, holomorphic=True)
def resize(z, a, new_shape, z_bar):
    """z repeats the elements of a until it is full."""
    a_bar = kernels.ungather(a, np.resize(kernels.positions(a), new_shape), z_bar)
    return (a_bar,)


@vjp_rule(np.pad, holomorphic=True)
def pad(z, array, pad_width, mode="constant", z_bar=None):
    """z is array with a margin: constant, or copies of its own elements."""
    array_bar = kernels.unpad(array, pad_width, mode, z_bar)
    return (array_bar,)


# --------------------------------------------------------------------------- joining, splitting


@vjp_rule(np.concatenate, holomorphic=True)
def concatenate(z, arrays, axis=0, z_bar=None):
    """z is the arrays one after the other along an axis."""
    arrays_bar = kernels.unconcatenate(arrays, axis, z_bar)
    return (arrays_bar,)


@vjp_rule(np.stack, holomorphic=True)
def stack(z, arrays, axis=0, z_bar=None):
    """z is the arrays side by side along a new axis."""
    arrays_bar = kernels.unstack(arrays, axis, z_bar)
    return (arrays_bar,)


@vjp_rule(np.hstack, holomorphic=True)
def hstack(z, tup, z_bar):
    """z is the arrays one after the other along axis 1 (0 for vectors)."""
    tup_bar = kernels.unconcatenate_as(np.atleast_1d, tup, z_bar.ndim > 1, z_bar)
    return (tup_bar,)


@vjp_rule(np.vstack, holomorphic=True)
def vstack(z, tup, z_bar):
    """z is the arrays one below the other; a vector is a row."""
    tup_bar = kernels.unconcatenate_as(np.atleast_2d, tup, 0, z_bar)
    return (tup_bar,)


@vjp_rule(np.column_stack, holomorphic=True)
def column_stack(z, tup, z_bar):
    """z is the arrays beside each other; a vector is a column."""
    tup_bar = kernels.unconcatenate_as(kernels.as_column, tup, 1, z_bar)
    return (tup_bar,)


@vjp_rule(np.dstack, holomorphic=True)
def dstack(z, tup, z_bar):
    """z is the arrays behind each other along axis 2."""
    tup_bar = kernels.unconcatenate_as(np.atleast_3d, tup, 2, z_bar)
    return (tup_bar,)


@vjp_rule(np.append, holomorphic=True)
def append(z, arr, values, axis=None, z_bar=None):
    """z is arr and then values, flattened if there is no axis."""
    bars = kernels.unappend(arr, values, axis, z_bar)
    arr_bar = bars[0]
    values_bar = bars[1]
    return arr_bar, values_bar


@vjp_rule(np.split, np.array_split, holomorphic=True)
def split(z, ary, indices_or_sections, axis=0, z_bar=None):
    """z is ary cut into a list along an axis."""
    ary_bar = np.concatenate(z_bar, axis)
    return (ary_bar,)


@vjp_rule(np.hsplit, holomorphic=True)
def hsplit(z, ary, indices_or_sections, z_bar):
    """z is ary cut along axis 1 (0 for vectors)."""
    ary_bar = np.concatenate(z_bar, 1 if ary.ndim > 1 else 0)
    return (ary_bar,)


@vjp_rule(np.vsplit, holomorphic=True)
def vsplit(z, ary, indices_or_sections, z_bar):
    """z is ary cut along axis 0."""
    ary_bar = np.concatenate(z_bar, 0)
    return (ary_bar,)


@vjp_rule(np.meshgrid, holomorphic=True)
def meshgrid(z, *xi, indexing="xy", z_bar=None):
    """z holds, for each vector, its value at each point of the grid."""
    xi_bar = kernels.unmeshgrid(xi, indexing, z_bar)
    return (xi_bar,)


piecewise_constant(
    *(len, range, np.shape, np.ndim, np.size, isinstance, type),
    *(np.zeros, np.ones, np.empty, np.eye, np.identity, np.arange, np.indices, np.tri),
    *(np.zeros_like, np.ones_like, np.empty_like, np.result_type, np.iscomplexobj, np.isrealobj),
    *(np.tril_indices, np.triu_indices, np.diag_indices, np.unravel_index, np.ravel_multi_index),
    *(np.may_share_memory, np.shares_memory, np.finfo, np.broadcast_shapes),
)
