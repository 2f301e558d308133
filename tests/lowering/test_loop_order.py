"""Sums read elements one beside the other, whatever shape an array is seen in."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import value_and_grad
from adjoint.testing import check_grads

R = np.random.default_rng(3)
A, X, Y = R.normal(size=(4, 9)), R.normal(size=4), R.normal(size=9)


def text_of(function, *args):
    return value_and_grad(function, cache=False, jit=False).source(*args)


def of_columns(a):
    return np.sum(np.sum(a * a, axis=0) ** 2)


def mean_of_columns(a):
    return np.sum((a - np.mean(a, axis=0, keepdims=True)) ** 2)


def of_rows(a):
    return np.sum(np.sum(a * a, axis=1) ** 2)


def transposed_product(a):
    return np.sum((a.T @ X) ** 2)


def product(a):
    return np.sum((a @ Y) ** 2)


def contraction(a):
    return np.sum(np.einsum("ij,j,i->j", a, Y, X) ** 2)


def reshaped(a):
    return np.sum(np.sum(a.reshape(2, 2, 9), axis=1) ** 2)


def of_float32(a):
    return np.sum(np.sum(a.astype(np.float32), axis=0))


def scaled_rows(a):
    return np.sum(np.sum(a / np.sqrt(1.0 + X[:, None] ** 2) * a[:, :1], axis=1) ** 2)


def of_a_number_without_axes(a):
    return np.sum(np.sum(a * np.array(2.0), axis=0) ** 2)


def own_sums(a):
    a[:, 1:] -= a[:, :1] * a[:, 1:]
    return np.sum(a)


ROWS_ADDED = [of_columns, mean_of_columns, transposed_product]
ROWS_SUMMED = [of_rows, product, of_float32]


@pytest.mark.parametrize("function", ROWS_ADDED)
def test_rows_are_added_to_the_result(function):
    assert "[j] += " in text_of(function, A) or "[0, j] += " in text_of(function, A)


@pytest.mark.parametrize("function", ROWS_SUMMED)
def test_rows_are_summed_up(function):
    assert "unordered.add(total, " in text_of(function, A)


@pytest.mark.parametrize(
    "function",
    [
        *ROWS_ADDED,
        of_rows,
        product,
        contraction,
        reshaped,
        scaled_rows,
        own_sums,
        of_a_number_without_axes,
    ],
)
def test_values_and_gradients(function):
    value, _ = value_and_grad(function, jit=False)(A.copy())
    np.testing.assert_allclose(value, function(A.copy()), rtol=1e-13)
    check_grads(function, (A.copy(),), modes=("python", "numeric"))


def test_an_empty_sum_is_zero():
    empty = np.ones((0, 9))
    assert value_and_grad(mean_of_columns, jit=False)(np.ones((3, 0)))[0] == 0.0
    assert value_and_grad(of_columns, jit=False)(empty)[0] == 0.0
    assert value_and_grad(scaled_rows, jit=False)(np.ones((4, 1)))[0] > 0.0


def test_columns_that_are_laid_out_as_rows_are_summed_up():
    laid_out = np.asfortranarray(A)
    assert "unordered.add(total, " in text_of(of_columns, laid_out)
    value, bar = value_and_grad(of_columns, jit=False)(laid_out)
    assert value == pytest.approx(of_columns(A), rel=1e-13)
    np.testing.assert_allclose(bar, 4.0 * np.sum(A * A, axis=0) * A, rtol=1e-13)


def test_invariants_are_computed_before_the_loop():
    lines = [line.strip() for line in text_of(scaled_rows, A).splitlines()]
    square_root = next(k for k, line in enumerate(lines) if "np.sqrt(" in line)
    loop = next(k for k, line in enumerate(lines) if line.startswith("for j in range"))
    assert square_root < loop
    assert any("_bar = unordered.add(" in line for line in lines)
