"""`np.linalg` and `scipy.linalg`: values, gradients, some of them compiled, refusals."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

from adjoint import grad
from tests.expansions.linear_cases import (
    COMPLEX,
    FACTORISATIONS,
    MORE_STACKS,
    NAMES,
    STACKS,
    SYSTEMS,
)
from tests.expansions.table import check_gradient, check_value, name_of

CASES = [*FACTORISATIONS, *STACKS, *MORE_STACKS, *COMPLEX, *NAMES, *SYSTEMS]
COMPILED = [
    *(*FACTORISATIONS[2:5], FACTORISATIONS[6], FACTORISATIONS[12], STACKS[7], SYSTEMS[9]),
    *(MORE_STACKS[0], MORE_STACKS[12], COMPLEX[0], COMPLEX[8], COMPLEX[15]),
]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_value_is_the_library_s(case):
    check_value(case)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_gradient_agrees_with_differences(case):
    check_gradient(case)


@pytest.mark.compiled
@pytest.mark.parametrize("case", COMPILED, ids=name_of)
def test_compiled_gradient_agrees_with_differences(case):
    check_gradient(case, jit=True)


def last_vectors(a):
    return np.sum(np.linalg.svd(a)[0])


def of_deficient_rank(a):
    return np.sum(np.linalg.lstsq(a, a[:, 0])[0])


def wide(a):
    return np.sum(np.linalg.qr(a)[1])


@pytest.mark.parametrize(
    "function, words",
    [
        (last_vectors, "full_matrices=False"),
        (of_deficient_rank, "full rank"),
        (wide, "as many rows as columns"),
    ],
)
def test_what_has_no_derivative_raises(function, words):
    with pytest.raises((ValueError, np.linalg.LinAlgError), match=words):
        grad(function, jit=False, cache=False)(np.ones((2, 3)))


def test_singular_values_have_a_slope_where_they_are_equal():
    found = grad(lambda a: np.sum(np.linalg.svdvals(a)), jit=False, cache=False)(np.eye(3))
    np.testing.assert_allclose(found, np.eye(3), atol=1e-12)


def test_the_exponential_agrees_with_scipy_s_derivative():
    random = np.random.default_rng(0)
    a, direction = random.normal(size=(2, 4, 4))
    slope = scipy.linalg.expm_frechet(a, direction, compute_expm=False)
    found = grad(lambda m: np.sum(scipy.linalg.expm(m)), jit=False, cache=False)(a)
    np.testing.assert_allclose(np.sum(found * direction), np.sum(slope), rtol=1e-10)


def test_equal_eigenvalues_have_a_slope_alone():
    found = grad(lambda a: np.sum(np.linalg.eigvals(a + 0j)).real, jit=False, cache=False)(
        np.eye(3)
    )
    np.testing.assert_allclose(found, np.eye(3), atol=1e-12)


def test_the_slope_of_eigenvectors_has_a_slope():
    def total(a):
        w, v = np.linalg.eig(a + 1j * a.T)
        return np.sum((w * v[0]).real)

    def slope(a):
        return np.sum(grad(total)(a) * np.arange(9.0).reshape(3, 3))

    a, step = np.random.default_rng(3).normal(size=(2, 3, 3))
    h = 1e-5
    along = grad(total, jit=False, cache=False)
    weights = np.arange(9.0).reshape(3, 3)
    numeric = np.sum((along(a + h * step) - along(a - h * step)) * weights) / (2 * h)
    found = np.sum(grad(slope, jit=False, cache=False)(a) * step)
    np.testing.assert_allclose(found, numeric, rtol=1e-6)
