"""Sums in any order stay where a loop can be compiled to work on several elements, nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.testing import check_grads

X = np.linspace(0.5, 1.5, 7)
A = np.arange(12.0).reshape(3, 4)


def text_of(function, *args):
    return value_and_grad(function, cache=False, jit=False).source(*args)


def sums_of_rows(a):
    return np.sum(np.sum(a * a, axis=1))


def sum_of_exponentials(a):
    return np.sum(np.exp(a))


def own_loop(a):
    total = 0.0
    for i in range(a.shape[0]):
        total += a[i, 0] * a[i, 0]
    return total


def python_sum(a):
    return sum(a[0] * a[1])


def weighted(x):
    total = 0.0
    w = x[0] * x[0]
    for i in range(len(x)):
        total += x[i] * w
    return total * total


def recurrence(x):
    w = x[0]
    y = x[1]
    for i in range(len(x)):
        y = y * w + x[i]
    return y


def relaxation(x):
    w = x[0] * x[1]
    for i in range(1, len(x)):
        x[i] = x[i - 1] * w + x[i]
    return x[-1]


def masked(x):
    return np.sum(x[x > 0.8])


def test_sums_of_the_library_and_of_cotangents_are_in_any_order():
    assert text_of(sums_of_rows, A).count("unordered.add(") >= 1
    text = text_of(weighted, X)
    assert "w_bar = unordered.add(w_bar, " in text
    assert "total += " in text


@pytest.mark.parametrize(
    "function, arg",
    [
        (own_loop, A),
        (python_sum, A),
        (sum_of_exponentials, A),
        (recurrence, X),
        (relaxation, X),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_others_are_printed_as_additions(function, arg):
    assert "unordered" not in text_of(function, arg)


def test_choices_may_stand_in_such_a_loop():
    assert "unordered.add(" in text_of(masked, X)


@pytest.mark.parametrize("function", [weighted, masked, recurrence])
def test_gradients(function):
    check_grads(function, (X,))


def test_the_text_is_differentiated_as_it_is():
    def first_slope(x):
        return grad(weighted)(x)[0]

    gradient = grad(first_slope, jit=False, cache=False)
    assert "w_bar = unordered.add(w_bar, " in gradient.source(X)
    step = 1e-5 * np.eye(7)
    differences = [(first_slope(X + e) - first_slope(X - e)) / 2e-5 for e in step]
    np.testing.assert_allclose(gradient(X), differences, rtol=1e-6)
