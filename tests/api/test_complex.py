"""Complex numbers at the edges: what a gradient is, what type it has, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.errors import NoRule, NotDifferentiable, UnsupportedSyntax
from adjoint.testing import check_grads, numeric_gradient


def modulus(z):
    return abs(z - (1 + 2j))


def only_the_real_part(z):
    return 2.0 * z.real


@pytest.mark.parametrize("jit", [False, pytest.param(True, marks=pytest.mark.compiled)])
def test_gradient_is_that_of_jax(jit):
    assert abs(grad(modulus, jit=jit)(4 + 6j) - (0.6 - 0.8j)) < 1e-15


@pytest.mark.parametrize("jit", [False, pytest.param(True, marks=pytest.mark.compiled)])
@pytest.mark.parametrize(
    "z, kind",
    [(4 + 6j, complex), (np.complex128(4 + 6j), complex), (np.complex64(4), np.complex64)],
)
def test_gradient_has_the_type_of_its_argument(jit, z, kind):
    assert type(grad(only_the_real_part, jit=jit)(z)) is kind


def test_a_real_function_of_complex_and_real_arrays():
    def mixed(z, x):
        return np.sum((z * x).imag)

    value, (z_bar, x_bar) = value_and_grad(mixed, (0, 1), jit=False)(
        np.array([1 + 2j, 3j]), np.array([2.0, -1.0])
    )
    assert value == 1.0
    assert np.array_equal(z_bar, [-2j, 1j])
    assert np.array_equal(x_bar, [2.0, 3.0])


def test_numeric_gradient_of_a_complex_argument():
    numeric = numeric_gradient(modulus, (4 + 6j,))
    assert abs(numeric.gradient - (0.6 - 0.8j)) < 1e-9
    check_grads(modulus, (4 + 6j,), modes=("python", "numeric"))


# ---------------------------------------------------------------------------------- refusals


def complex_result(z):
    return z * z


def sign_of_complex(z):
    return np.sign(z).real


def writes_a_part(x):
    z = np.zeros(2, dtype=complex)
    z.real[0] = x
    return abs(z[0])


def seen_as_reals(z):
    return np.sum(z.view(np.float64))


@pytest.mark.parametrize(
    "function, arg, error, words",
    [
        (complex_result, 1j, NotDifferentiable, "complex128"),
        (sign_of_complex, 1j, NoRule, "sign"),
        (writes_a_part, 0.3, UnsupportedSyntax, "stored to"),
        (seen_as_reals, np.array([1j]), UnsupportedSyntax, "view"),
    ],
)
def test_what_is_refused(function, arg, error, words):
    with pytest.raises(error, match=words) as raised:
        grad(function, jit=False)(arg)
    assert raised.value.at.line > function.__code__.co_firstlineno
