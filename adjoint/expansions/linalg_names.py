"""`np.linalg`'s names of functions that NumPy has elsewhere, and of sorts of `norm` and `solve`."""

from __future__ import annotations

import numpy as np

from adjoint.expansions.registry import expands


@expands(np.linalg.outer)
def outer(x1, x2, /):
    """Of two vectors."""
    return np.outer(x1, x2)


@expands(np.linalg.matmul)
def matmul(x1, x2, /):
    """The product of matrices, or of stacks of them."""
    return np.matmul(x1, x2)


@expands(np.linalg.cross)
def cross(x1, x2, /, *, axis=-1):
    """The cross product along an axis."""
    product = np.cross(np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1))
    return np.moveaxis(product, -1, axis)


@expands(np.linalg.tensordot)
def tensordot(x1, x2, /, *, axes=2):
    """The sum of products over axes."""
    return np.tensordot(x1, x2, axes)


@expands(np.linalg.vecdot)
def vecdot(x1, x2, /, *, axis=-1):
    """The product of vectors along an axis."""
    return np.vecdot(x1, x2, axis=axis)


@expands(np.linalg.trace)
def trace(x, /, *, offset=0, dtype=None):
    """The sum of the diagonal of each matrix."""
    values = x if dtype is None else x.astype(dtype)
    return np.trace(values, offset, -2, -1)


@expands(np.linalg.diagonal)
def diagonal(x, /, *, offset=0):
    """The diagonal of each matrix."""
    return np.diagonal(x, offset, -2, -1)


@expands(np.linalg.matrix_norm)
def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    """The norm of each matrix."""
    return np.linalg.norm(x, ord, (-2, -1), keepdims)


@expands(np.linalg.vector_norm)
def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    """The norm of vectors along an axis, or of all elements."""
    if axis is None:
        norm = np.linalg.norm(np.ravel(x), ord, 0, keepdims)
        return np.reshape(norm, (1,) * x.ndim) if keepdims else norm
    return np.linalg.norm(x, ord, axis, keepdims)


@expands(np.linalg.tensorinv)
def tensorinv(a, ind=2):
    """The inverse of what `tensordot` over `ind` axes does."""
    lengths = tuple(a.shape)
    rows = 1
    for n in lengths[:ind]:
        rows = rows * n
    return np.reshape(np.linalg.inv(np.reshape(a, (rows, -1))), lengths[ind:] + lengths[:ind])


@expands(np.linalg.tensorsolve)
def tensorsolve(a, b):
    """The solution of tensordot(a, x, x.ndim) = b."""
    unknown = tuple(a.shape)[b.ndim :]
    matrix = np.reshape(a, (b.size, -1))
    return np.reshape(np.linalg.solve(matrix, np.ravel(b)), unknown)
