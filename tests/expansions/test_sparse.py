"""Sparse matrices: as arguments, as globals and made inside; what SciPy's own give; refusals."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from adjoint import grad, value_and_grad
from adjoint.errors import AdjointError, NotDifferentiable, UnsupportedSyntax
from adjoint.testing import numeric_gradient

RANDOM = np.random.default_rng(0)
DENSE = np.where(RANDOM.random((4, 3)) < 0.6, RANDOM.normal(size=(4, 3)), 0.0)
X, Y = RANDOM.normal(size=3), RANDOM.normal(size=4)
WIDE = RANDOM.normal(size=(3, 2))
CSR, COO = sp.csr_array(DENSE), sp.coo_array(DENSE)
TWICE = ((np.array([1.0, 2.0, 0.5, -1.0])), (np.array([2, 0, 2, 1]), np.array([1, 0, 1, 2])))
FORMATS = [sp.csr_array, sp.csr_matrix, sp.csc_array, sp.csc_matrix, sp.coo_array, sp.coo_matrix]


def vector(A, x):
    return np.sum(np.sin(A @ x))


def dense(A, X):
    return np.sum(np.sin(A @ X) * np.cos(A.dot(X)))


def normal_equations(A, x):
    return np.sum(np.sin(A.T @ (A @ x)))


def from_the_left(A, y):
    return np.sum(np.sin(y @ A)) + np.sum((np.outer(y, y) @ A) ** 2)


def arrays(A):
    kind = 2.0 if isinstance(A, (sp.csr_array, sp.csr_matrix)) else 1.0
    whole = np.sum(np.cos(A.toarray()))
    return kind * np.sum(A.data**3) * A.shape[0] + whole + A.nnz + A.ndim


def scaled(A, y):
    return np.sum(np.sin((-2.0 * A / y[0]).multiply(np.reshape(y, (4, 1))) @ np.ones(3)))


def star(A, x):
    product = A * x
    if sp.issparse(product):
        product = product.toarray()
    return np.sum(np.sin(product))


def diagonals(A):
    return np.sum(A.diagonal() ** 3) + np.sum(A.diagonal(-1) ** 2) + np.sum(A.diagonal(k=1))


CASES = [
    *((vector, X), (dense, WIDE), (normal_equations, X), (from_the_left, Y), (arrays,)),
    *((scaled, Y), (star, X), (diagonals,)),
]


def as_array(value):
    return value.toarray() if sp.issparse(value) else np.asarray(value)


def check(function, *args, jit=False):
    """Value and gradients, of the same classes and with the same patterns."""
    wrt = tuple(range(len(args)))
    value, bars = value_and_grad(function, wrt, jit=jit, cache=False)(*args)
    np.testing.assert_allclose(value, function(*args), rtol=1e-12)
    for k, bar in enumerate(bars):
        assert type(bar) is type(args[k])
        expected = numeric_gradient(function, args, k).gradient
        np.testing.assert_allclose(as_array(bar), as_array(expected), rtol=1e-7, atol=1e-8)
        if sp.issparse(bar):
            np.testing.assert_array_equal(bar.tocoo().row, args[k].tocoo().row)
            np.testing.assert_array_equal(bar.tocoo().col, args[k].tocoo().col)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0].__name__)
@pytest.mark.parametrize("make", FORMATS, ids=lambda make: make.__name__)
def test_matrices_are_arguments(make, case):
    function, *others = case
    check(function, make(DENSE), *others)


@pytest.mark.compiled
@pytest.mark.parametrize("make", [sp.csr_matrix, sp.coo_array], ids=lambda make: make.__name__)
def test_compiled_products(make):
    check(dense, make(DENSE), WIDE, jit=True)


def test_elements_that_are_stored_twice_count_twice():
    check(vector, sp.coo_array(TWICE, shape=(4, 3)), X)
    check(arrays, sp.coo_array(TWICE, shape=(4, 3)))


# ------------------------------------------------------------------------------ made inside


def made_of_rows(data, x):
    A = sp.csr_matrix((data, CSR.indices, CSR.indptr), shape=(4, 3))
    return np.sum(np.sin(A @ x))


def made_of_columns(data, y):
    A = sp.csc_array((data, CSR.indices, CSR.indptr))
    return np.sum(np.sin(A @ y))


def made_of_elements(data, x):
    A = sp.coo_matrix((data, (COO.row, COO.col)), shape=(4, 3))
    return np.sum(np.sin(A @ x)) + np.sum(A.T @ (A @ x))


def compressed(data, x):
    place = (np.array([2, 0, 2, 1]), np.array([1, 0, 1, 2]))
    A = sp.csr_array((data, place), shape=(4, 3))
    B = sp.coo_array((data, place), (4, 3)).tocsc()
    return np.sum(np.sin(A @ x)) + np.sum(A.data**2) + np.sum(B.data**3) + np.sum(B @ x)


def converted(data, x):
    A = sp.csr_array(sp.coo_array((data, ([2, 0, 2, 1], [1, 0, 1, 2]))), dtype=float)
    return np.sum(np.sin(A @ x))


@pytest.mark.parametrize(
    "function, data, x",
    [
        (made_of_rows, CSR.data, X),
        (made_of_columns, CSR.data, Y),
        (made_of_elements, COO.data, X),
        (compressed, TWICE[0], X),
        (converted, TWICE[0], X),
    ],
)
def test_matrices_are_made_inside(function, data, x):
    check(function, data, x)


def by_a_global(x, y):
    return np.sum(np.sin(CSR @ x) * y) + np.sum(COO.T @ y)


def test_matrices_are_globals():
    check(by_a_global, X, Y)


def test_numbers_of_a_global_matrix_are_read_at_each_call():
    A = sp.csr_array(DENSE)
    slope = grad(lambda x: np.sum(A @ x), jit=False, cache=False)
    np.testing.assert_allclose(slope(X), DENSE.sum(axis=0))
    A.data *= 2.0
    np.testing.assert_allclose(slope(X), 2.0 * DENSE.sum(axis=0))


def test_a_matrix_in_a_container_has_its_gradient_there():
    def loss(model, x):
        return np.sum((model["A"] @ x + model["b"]) ** 2)

    found = grad(loss, jit=False, cache=False)({"A": CSR, "b": Y}, X)
    left = 2.0 * (DENSE @ X + Y)
    np.testing.assert_allclose(found["A"].toarray(), np.outer(left, X) * (DENSE != 0.0))
    np.testing.assert_allclose(found["b"], left)


def test_float32_stays():
    found = grad(vector, jit=False, cache=False)(CSR.astype(np.float32), X.astype(np.float32))
    assert found.dtype == np.float32


# ------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    "function, words",
    [
        (lambda A: np.sum((A @ A.T).data), "product with another one"),
        (lambda A: np.sum((A + A).data), "sum of a sparse matrix"),
        (lambda A: A.sum(), "np.sum"),
        (lambda A: A[0, 0], "indexing of a sparse matrix"),
        (lambda A: np.sum(A.power(2).data), "`.power` of a csr_array"),
        (lambda A: np.sum(sp.csr_array(A.toarray()).data), "making one of a sparse matrix"),
        (lambda A: np.sum(A), "a csr_array is used"),
    ],
)
def test_it_is_refused_at_the_line(function, words):
    with pytest.raises(UnsupportedSyntax, match=words) as caught:
        grad(function, jit=False, cache=False)(CSR)
    assert caught.value.at is not None
    assert caught.value.at.source.filename == __file__


def test_other_formats_are_refused():
    with pytest.raises(AdjointError, match=r"lil_array.*\n.*\n.*\n.*tocsr|tocsr"):
        grad(vector, jit=False)(CSR.tolil(), X)


def test_the_tape_refuses_them():
    with pytest.raises(NotDifferentiable, match="sparse matrix"):
        grad(vector, mode="tape")(CSR, X)


def test_the_gradient_inside_a_function_is_refused():
    inner = grad(vector)
    with pytest.raises(UnsupportedSyntax, match="sparse matrix is taken inside"):
        grad(lambda x: np.sum(inner(CSR, x).data), jit=False, cache=False)(X)


def test_lengths_that_do_not_fit_are_errors_as_in_scipy():
    with pytest.raises(ValueError, match="dimension mismatch"):
        grad(vector, jit=False, cache=False)(CSR, Y)
    short = np.ones(2)
    for function in (made_of_rows, made_of_elements):
        with pytest.raises(ValueError, match="same"):
            grad(function, jit=False, cache=False)(short, X)
