"""`np.linalg` and `scipy.linalg`: values, gradients, some of them compiled, refusals."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

from adjoint import grad
from tests.expansions.linear_cases import (
    COMPLEX,
    COMPLEX_FACTORISATIONS,
    FACTORISATIONS,
    FORMS,
    MORE_STACKS,
    NAMES,
    STACKS,
    SYSTEMS,
)
from tests.expansions.table import check_gradient, check_value, name_of

REAL = [*FACTORISATIONS, *STACKS, *MORE_STACKS, *FORMS, *NAMES, *SYSTEMS]
CASES = [*REAL, *COMPLEX, *COMPLEX_FACTORISATIONS]
COMPILED = [
    *(*FACTORISATIONS[2:5], FACTORISATIONS[6], FACTORISATIONS[12], STACKS[7], SYSTEMS[9]),
    *(MORE_STACKS[0], MORE_STACKS[12], COMPLEX[0], COMPLEX[8], COMPLEX[15]),
    *COMPLEX_FACTORISATIONS[:1],
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


def last_columns(a):
    return np.sum(np.linalg.qr(a.T, "complete")[0])


def turning(a):
    return np.sum(np.linalg.eig(np.array([[a[0, 0], a[0, 1]], [-a[1, 0], a[1, 1]]]))[0])


@pytest.mark.parametrize(
    "function, words",
    [
        (last_vectors, "full_matrices=False"),
        (of_deficient_rank, "full rank"),
        (last_columns, "arbitrary"),
        (turning, "complex"),
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


def hermitian(n):
    parts = np.random.default_rng(4).normal(size=(2, n, n))
    half = parts[0] + 1j * parts[1]
    return half + half.conj().T


def test_what_does_not_notice_the_phases_has_a_slope_where_the_first_components_are_zero():
    # The blocks' vectors have components that are zero, so that nothing says what their phases are.
    a = np.zeros((4, 4), complex)
    a[:2, :2], a[2:, 2:] = hermitian(2), hermitian(2) + 5.0 * np.eye(2)

    def of_projections(a):
        v = np.linalg.eigh(a)[1]
        return np.sum(abs(v[1] * v[2] + v[0]) ** 2 * np.arange(4.0)) + np.sum(abs(v[3]) ** 4)

    def moved(h, d):
        return of_projections(a + h * d)

    found = grad(of_projections, jit=False, cache=False)(a)
    d = hermitian(4)
    slope = (moved(1e-6, d) - moved(-1e-6, d)) / 2e-6
    np.testing.assert_allclose(np.sum(found * d).real, slope, rtol=1e-6)


def test_a_phase_that_is_arbitrary_has_no_slope():
    a = np.diag([1.0, 2.0]) + 0j
    with pytest.raises(ValueError, match="phase"):
        grad(lambda a: np.sum(np.linalg.eigh(a)[1].imag), jit=False, cache=False)(a)
