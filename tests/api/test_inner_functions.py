"""Gradients of functions that are defined inside the one that is differentiated."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import grad, value_and_grad

X = np.array([0.3, 1.2, -0.7])
Y = np.array([1.5, 0.4, 0.9])
PLAIN = {"jit": False, "cache": False}


def potential(x, y):
    return np.sum(np.sin(x) * y)


def squares(x, y):
    return np.sum(grad(lambda t: potential(t, y))(x) ** 2)


def squares_by_hand(x, y):
    return np.sum((np.cos(x) * y) ** 2)


def with_loops(x, y):
    scale = x[0] * 2.0

    def inner(t, w):
        s = 0.0
        for i in range(len(t)):
            s += t[i] * t[i] * w * scale * y[i]
        return s

    t_bar, w_bar = grad(inner, argnums=(0, 1))(x, 3.0)
    return np.sum(t_bar) + w_bar


def with_loops_by_hand(x, y):
    scale = x[0] * 2.0
    return np.sum(6.0 * x * scale * y) + np.sum(x * x * scale * y)


def in_a_loop(x, y):
    slope = grad(lambda t: t * t * t * y[0])
    s = 0.0
    for i in range(3):
        s += slope(x[i])
    return s


def in_a_loop_by_hand(x, y):
    return np.sum(3.0 * x * x * y[0])


def with_its_value(x, y):
    value, t_bar = value_and_grad(lambda t: np.sum(t**3 * y))(x)
    return value + t_bar[0]


def with_its_value_by_hand(x, y):
    return np.sum(x**3 * y) + 3.0 * x[0] ** 2 * y[0]


def bound_later(x, y):
    factor = 1.0
    slope = grad(lambda t: t * t * factor)
    factor = y[0]
    return slope(x[0])


def bound_later_by_hand(x, y):
    return 2.0 * x[0] * y[0]


def second(x, y):
    return grad(lambda t: grad(lambda u: u**3 * t * y[0])(t))(x[0])


def second_by_hand(x, y):
    return 9.0 * x[0] ** 2 * y[0]


def closed_over(scale, function):
    def total(x, y):
        return np.sum(grad(lambda t: scale * function(t, y))(x))

    return total


def closed_over_by_hand(x, y):
    return np.sum(2.5 * np.cos(x) * y)


CASES = [
    (squares, squares_by_hand),
    (with_loops, with_loops_by_hand),
    (in_a_loop, in_a_loop_by_hand),
    (with_its_value, with_its_value_by_hand),
    (bound_later, bound_later_by_hand),
    (second, second_by_hand),
    (closed_over(2.5, potential), closed_over_by_hand),
]


def agree(function, by_hand, **options):
    found = value_and_grad(function, (0, 1), **options)(X, Y)
    expected = value_and_grad(by_hand, (0, 1), **PLAIN)(X, Y)
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-12)
    for one, other in zip(found[1], expected[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("function, by_hand", CASES)
def test_agrees_with_the_slope_written_out(function, by_hand):
    agree(function, by_hand, **PLAIN)


@pytest.mark.compiled
def test_compiled():
    agree(with_loops, with_loops_by_hand)


def test_what_is_captured_is_read_again():
    scale = 2.0

    def total(x):
        return grad(lambda t: scale * t * t)(x)

    gradient = grad(total, **PLAIN)
    assert gradient(1.5) == 4.0
    scale = 3.0
    assert gradient(1.5) == 6.0
