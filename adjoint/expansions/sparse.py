"""Sparse matrices of `scipy.sparse`: classes that stand for SciPy's, written down in Python.

An instance is its numbers, which are differentiated, and its pattern, which is not. Products with
dense vectors and matrices are loops over the stored elements, so elements that are stored twice
count twice, as in SciPy. Arrays (`csr_array`) and matrices (`csr_matrix`) differ in what `*` means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from adjoint.expansions.registry import expands, settled, stands_in


@settled
def unsupported(what: str, instead: str) -> None:
    """Refuse what a sparse matrix is not asked for here."""
    raise ValueError(f"{what} of a sparse matrix is not supported: {instead}")


class Sparse:
    """What the formats have in common; each has `data`, `shape`, `times`, `with_data`, `tocoo`."""

    ndim = 2
    is_matrix = False

    @property
    def dtype(self):
        return self.data.dtype

    @property
    def nnz(self):
        return self.data.shape[0]

    @property
    def T(self):
        return self.transpose()

    def dot(self, other):
        if np.ndim(other) == 0:
            return self.with_data(self.data * other)
        return self @ other

    def __matmul__(self, other):
        if isinstance(other, Sparse):
            unsupported("a product with another one", "write A @ (B @ x), or B.toarray()")
        if np.ndim(other) == 0:
            raise ValueError("Scalar operands are not allowed, use '*' instead")
        if np.ndim(other) > 2:
            unsupported("a product with an array of more than two axes", "write a loop over them")
        if self.shape[1] != other.shape[0]:
            raise ValueError("matmul: dimension mismatch with signature (n,k),(k,m)->(n,m)")
        return self.times(other)

    def __rmatmul__(self, other):
        if np.ndim(other) == 0:
            raise ValueError("Scalar operands are not allowed, use '*' instead")
        return (self.transpose() @ other.T).T

    def __mul__(self, other):
        if self.is_matrix and (isinstance(other, Sparse) or np.ndim(other) > 0):
            return self @ other
        return self.multiply(other)

    def __rmul__(self, other):
        if self.is_matrix and np.ndim(other) > 0:
            return other @ self
        return self.multiply(other)

    def multiply(self, other):
        if isinstance(other, Sparse):
            unsupported("a product with another one", "write A.multiply(B.toarray())")
        if np.ndim(other) == 0:
            return self.with_data(self.data * other)
        factors = np.broadcast_to(other, (self.shape[0], self.shape[1]))
        coo = self.tocoo()
        return coo.with_data(coo.data * factors[coo.row, coo.col])

    def __truediv__(self, other):
        if isinstance(other, Sparse) or np.ndim(other) > 0:
            unsupported("a quotient with an array", "divide A.data, or A.toarray()")
        return self.with_data(self.data / other)

    def __neg__(self):
        return self.with_data(-self.data)

    def __add__(self, other):
        unsupported("a sum", "write A @ x + B @ x, A.toarray() + b, or change A.data")

    def __radd__(self, other):
        unsupported("a sum", "write A @ x + B @ x, A.toarray() + b, or change A.data")

    def __sub__(self, other):
        unsupported("a difference", "write A @ x - B @ x, A.toarray() - b, or change A.data")

    def __rsub__(self, other):
        unsupported("a difference", "write A @ x - B @ x, A.toarray() - b, or change A.data")

    def __getitem__(self, index):
        unsupported("indexing", "write A.toarray()[…], or index A.data")

    def copy(self):
        return self.with_data(self.data.copy())

    def toarray(self):
        coo = self.tocoo()
        result = np.zeros((self.shape[0], self.shape[1]), self.data.dtype)
        for k in range(coo.data.shape[0]):
            result[coo.row[k], coo.col[k]] += coo.data[k]
        return result

    def todense(self):
        if self.is_matrix:
            unsupported("todense, an np.matrix,", "write A.toarray()")
        return self.toarray()

    def diagonal(self, k=0):
        coo = self.tocoo()
        rows, columns = self.shape[0] + min(k, 0), self.shape[1] - max(k, 0)
        result = np.zeros(max(min(rows, columns), 0), self.data.dtype)
        for n in range(coo.data.shape[0]):
            if coo.col[n] - coo.row[n] == k:
                result[min(coo.row[n], coo.col[n])] += coo.data[n]
        return result

    def sum(self, axis=None):  # SciPy's also joins elements that are stored twice, in place
        unsupported("a sum", "write np.sum(A.data), or A @ np.ones(A.shape[1])")


def empty_product(data, rows, x):
    """Zeros in the shape and type of a matrix of so many rows times `x`."""
    if np.ndim(x) == 1:
        return np.zeros(rows, np.result_type(data, x))
    return np.zeros((rows, x.shape[1]), np.result_type(data, x))


# --------------------------------------------------------------------------- by rows


@stands_in("scipy.sparse._csr.csr_array")
@dataclass(eq=False)
class csr_array(Sparse):
    data: Any
    indices: Any
    indptr: Any
    shape: Any

    format = "csr"

    def times(self, x):
        result = empty_product(self.data, self.shape[0], x)
        for i in range(self.shape[0]):
            for k in range(self.indptr[i], self.indptr[i + 1]):
                result[i] += self.data[k] * x[self.indices[k]]
        return result

    def with_data(self, data):
        return csr_array(data, self.indices, self.indptr, self.shape)

    def transpose(self):
        return csc_array(self.data, self.indices, self.indptr, (self.shape[1], self.shape[0]))

    def tocoo(self):
        return coo_array(self.data, spread(self.indptr), self.indices, self.shape)

    def tocsr(self):
        return self


@stands_in("scipy.sparse._csr.csr_matrix")
@dataclass(eq=False)
class csr_matrix(csr_array):
    is_matrix = True

    def with_data(self, data):
        return csr_matrix(data, self.indices, self.indptr, self.shape)

    def transpose(self):
        return csc_matrix(self.data, self.indices, self.indptr, (self.shape[1], self.shape[0]))

    def tocoo(self):
        return coo_matrix(self.data, spread(self.indptr), self.indices, self.shape)


def spread(indptr):
    """The number of each element's row."""
    result = np.empty(indptr[-1], np.int64)
    for i in range(indptr.shape[0] - 1):
        result[indptr[i] : indptr[i + 1]] = i
    return result


# --------------------------------------------------------------------------- by columns


@stands_in("scipy.sparse._csc.csc_array")
@dataclass(eq=False)
class csc_array(Sparse):
    data: Any
    indices: Any
    indptr: Any
    shape: Any

    format = "csc"

    def times(self, x):
        result = empty_product(self.data, self.shape[0], x)
        for j in range(self.shape[1]):
            for k in range(self.indptr[j], self.indptr[j + 1]):
                result[self.indices[k]] += self.data[k] * x[j]
        return result

    def with_data(self, data):
        return csc_array(data, self.indices, self.indptr, self.shape)

    def transpose(self):
        return csr_array(self.data, self.indices, self.indptr, (self.shape[1], self.shape[0]))

    def tocoo(self):
        return coo_array(self.data, self.indices, spread(self.indptr), self.shape)

    def tocsc(self):
        return self


@stands_in("scipy.sparse._csc.csc_matrix")
@dataclass(eq=False)
class csc_matrix(csc_array):
    is_matrix = True

    def with_data(self, data):
        return csc_matrix(data, self.indices, self.indptr, self.shape)

    def transpose(self):
        return csr_matrix(self.data, self.indices, self.indptr, (self.shape[1], self.shape[0]))

    def tocoo(self):
        return coo_matrix(self.data, self.indices, spread(self.indptr), self.shape)


# --------------------------------------------------------------------------- element by element


@stands_in("scipy.sparse._coo.coo_array")
@dataclass(eq=False)
class coo_array(Sparse):
    data: Any
    row: Any
    col: Any
    shape: Any

    format = "coo"

    @property
    def coords(self):
        return self.row, self.col

    def times(self, x):
        result = empty_product(self.data, self.shape[0], x)
        for k in range(self.data.shape[0]):
            result[self.row[k]] += self.data[k] * x[self.col[k]]
        return result

    def with_data(self, data):
        return coo_array(data, self.row, self.col, self.shape)

    def transpose(self):
        return coo_array(self.data, self.col, self.row, (self.shape[1], self.shape[0]))

    def tocoo(self):
        return self

    def tocsr(self):
        data, indices, indptr = compressed(self.data, self.row, self.col, self.shape[0])
        return csr_array(data, indices, indptr, self.shape)

    def tocsc(self):
        data, indices, indptr = compressed(self.data, self.col, self.row, self.shape[1])
        return csc_array(data, indices, indptr, self.shape)


@stands_in("scipy.sparse._coo.coo_matrix")
@dataclass(eq=False)
class coo_matrix(coo_array):
    is_matrix = True

    def with_data(self, data):
        return coo_matrix(data, self.row, self.col, self.shape)

    def transpose(self):
        return coo_matrix(self.data, self.col, self.row, (self.shape[1], self.shape[0]))

    def tocsr(self):
        data, indices, indptr = compressed(self.data, self.row, self.col, self.shape[0])
        return csr_matrix(data, indices, indptr, self.shape)

    def tocsc(self):
        data, indices, indptr = compressed(self.data, self.col, self.row, self.shape[1])
        return csc_matrix(data, indices, indptr, self.shape)


def compressed(data, major, minor, length):
    """Elements in the order of rows and columns, those of one place summed; where rows start."""
    order = np.lexsort((minor, major))
    places = np.empty(data.shape[0], np.int64)
    indices = np.empty(data.shape[0], np.int64)
    indptr = np.zeros(length + 1, np.int64)
    count = 0
    for n in range(data.shape[0]):
        k, before = order[n], order[max(n - 1, 0)]
        if n == 0 or major[k] != major[before] or minor[k] != minor[before]:
            indices[count] = minor[k]
            indptr[major[k] + 1] += 1
            count += 1
        places[n] = count - 1
    for i in range(length):
        indptr[i + 1] += indptr[i]
    sums = np.zeros(count, data.dtype)
    for n in range(data.shape[0]):
        sums[places[n]] += data[order[n]]
    return sums, indices[:count].copy(), indptr


# --------------------------------------------------------------------------- made


@expands("scipy.sparse._base.issparse", "scipy._lib._sparse.issparse")
def issparse(x):
    """Whether this is a sparse matrix."""
    return isinstance(x, Sparse)


def parts(arg1, dtype, copy):
    """What a matrix is made of: its numbers, and two arrays that say where they are."""
    if not isinstance(arg1, tuple):
        unsupported("making one", "pass (data, indices, indptr) or (data, (row, col))")
    if not isinstance(arg1[1], tuple) and len(arg1) == 2:
        unsupported("making an empty one", "pass (data, indices, indptr) or (data, (row, col))")
    data = np.asarray(arg1[0]) if dtype is None else np.asarray(arg1[0]).astype(dtype)
    place = arg1[1] if len(arg1) == 2 else (arg1[1], arg1[2])
    return (data.copy() if copy else data), np.asarray(place[0]), np.asarray(place[1])


def compressed_parts(arg1, shape, dtype, copy, by_row):
    """Numbers, indices and starts, and the shape."""
    data, first, second = parts(arg1, dtype, copy)
    if len(arg1) == 2:
        lengths = shape_of_elements(data, first, second, shape)
        if by_row:
            return *compressed(data, first, second, lengths[0]), lengths
        return *compressed(data, second, first, lengths[1]), lengths
    if first.shape[0] != data.shape[0]:
        raise ValueError("indices and data should have the same size")
    count = second.shape[0] - 1
    if shape is None:
        across = np.max(first) + 1
        lengths = (count, across) if by_row else (across, count)
    else:
        lengths = (shape[0], shape[1])
    if count != (lengths[0] if by_row else lengths[1]):
        raise ValueError("index pointer size should be one more than the number of rows or columns")
    if second[0] != 0:
        raise ValueError("index pointer should start with 0")
    if second[-1] > data.shape[0]:
        raise ValueError(
            "Last value of index pointer should be less than the size of index and data arrays"
        )
    return data[: second[-1]], first, second, lengths


def shape_of_elements(data, row, col, shape):
    """The shape that is given, or the smallest that holds all elements."""
    if row.shape[0] != data.shape[0] or col.shape[0] != data.shape[0]:
        raise ValueError("all index and data arrays must have the same length")
    if shape is None:
        return np.max(row) + 1, np.max(col) + 1
    if data.shape[0] > 0:
        if np.max(row) >= shape[0] or np.max(col) >= shape[1]:
            raise ValueError("axis index exceeds matrix dimension")
        if np.min(row) < 0 or np.min(col) < 0:
            raise ValueError("negative axis index found")
    return shape[0], shape[1]


@expands("scipy.sparse._csr.csr_array")
def make_csr_array(arg1, shape=None, dtype=None, copy=False):
    """`csr_array`, of its parts, of elements, or of another sparse matrix."""
    if isinstance(arg1, Sparse):
        made = arg1.tocsr()
        return csr_array(made.data.copy(), made.indices, made.indptr, made.shape)
    data, indices, indptr, lengths = compressed_parts(arg1, shape, dtype, copy, True)
    return csr_array(data, indices, indptr, lengths)


@expands("scipy.sparse._csr.csr_matrix")
def make_csr_matrix(arg1, shape=None, dtype=None, copy=False):
    """The same of a matrix."""
    made = make_csr_array(arg1, shape, dtype, copy)
    return csr_matrix(made.data, made.indices, made.indptr, made.shape)


@expands("scipy.sparse._csc.csc_array")
def make_csc_array(arg1, shape=None, dtype=None, copy=False):
    """`csc_array`, of its parts, of elements, or of another sparse matrix."""
    if isinstance(arg1, Sparse):
        made = arg1.tocsc()
        return csc_array(made.data.copy(), made.indices, made.indptr, made.shape)
    data, indices, indptr, lengths = compressed_parts(arg1, shape, dtype, copy, False)
    return csc_array(data, indices, indptr, lengths)


@expands("scipy.sparse._csc.csc_matrix")
def make_csc_matrix(arg1, shape=None, dtype=None, copy=False):
    """The same of a matrix."""
    made = make_csc_array(arg1, shape, dtype, copy)
    return csc_matrix(made.data, made.indices, made.indptr, made.shape)


@expands("scipy.sparse._coo.coo_array")
def make_coo_array(arg1, shape=None, dtype=None, copy=False):
    """`coo_array`, of its elements or of another sparse matrix."""
    if isinstance(arg1, Sparse):
        made = arg1.tocoo()
        return coo_array(made.data.copy(), made.row, made.col, made.shape)
    if isinstance(arg1, tuple) and len(arg1) != 2:
        unsupported("making one", "pass (data, (row, col))")
    data, row, col = parts(arg1, dtype, copy)
    return coo_array(data, row, col, shape_of_elements(data, row, col, shape))


@expands("scipy.sparse._coo.coo_matrix")
def make_coo_matrix(arg1, shape=None, dtype=None, copy=False):
    """The same of a matrix."""
    made = make_coo_array(arg1, shape, dtype, copy)
    return coo_matrix(made.data, made.row, made.col, made.shape)
