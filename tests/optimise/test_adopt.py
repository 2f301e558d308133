"""Products in the place of zeros that they would be copied to: which are, and which must not be."""

from __future__ import annotations

import numpy as np

from adjoint.emit import load, source_of
from adjoint.optimise.adopt import adopt_products
from tests.literal import body_text, definition, literal
from tests.optimise.test_loops import in_reverse

A = np.array([[0.5, -1.5], [2.0, 4.0]])


def bars(y, z_bar):
    x_bar = np.zeros_like(z_bar)
    s = y[0, 0] * 2.0
    x_bar_1 = np.dot(z_bar, y)
    t = s * z_bar[0, 0]
    for i in range(x_bar.shape[0]):
        for j in range(x_bar.shape[1]):
            x_bar[i, j] = x_bar_1[i, j]
    return x_bar[0, 1] + t


def bars_at_once(y, z_bar):
    s = y[0, 0] * 2.0
    x_bar = np.dot(z_bar, y)
    t = s * z_bar[0, 0]
    return x_bar[0, 1] + t


def test_changed():
    program = in_reverse(literal(bars, A, A))
    done = adopt_products(program)
    assert body_text(source_of(done)) == body_text(definition(bars_at_once))
    assert load(done)(A, A) == load(program)(A, A)


def test_what_a_user_wrote_stays():
    program = literal(bars, A, A)
    assert adopt_products(program) is program


def zeros_are_looked_at(y, z_bar):
    x_bar = np.zeros_like(z_bar)
    x_bar_1 = np.dot(z_bar, y)
    t = x_bar[0, 0]
    for i in range(x_bar.shape[0]):
        for j in range(x_bar.shape[1]):
            x_bar[i, j] = x_bar_1[i, j]
    return x_bar[0, 1] + t


def product_is_looked_at(y, z_bar):
    x_bar = np.zeros_like(z_bar)
    x_bar_1 = np.dot(z_bar, y)
    for i in range(x_bar.shape[0]):
        for j in range(x_bar.shape[1]):
            x_bar[i, j] = x_bar_1[i, j]
    return x_bar[0, 1] + x_bar_1[0, 0]


def is_added(y, z_bar):
    x_bar = np.zeros_like(z_bar)
    x_bar_1 = np.dot(z_bar, y)
    for i in range(x_bar.shape[0]):
        for j in range(x_bar.shape[1]):
            x_bar[i, j] += x_bar_1[i, j]
    return x_bar[0, 1]


def in_part(y, z_bar):
    x_bar = np.zeros_like(z_bar)
    x_bar_1 = np.dot(z_bar, y)
    for i in range(1, x_bar.shape[0]):
        for j in range(x_bar.shape[1]):
            x_bar[i, j] = x_bar_1[i, j]
    return x_bar[0, 1]


def transposed(y, z_bar):
    x_bar = np.zeros_like(z_bar)
    x_bar_1 = np.dot(z_bar, y)
    for i in range(x_bar.shape[0]):
        for j in range(x_bar.shape[1]):
            x_bar[i, j] = x_bar_1[j, i]
    return x_bar[0, 1]


def in_one_array_every_time(y, z_bar):
    x_bar = np.zeros_like(z_bar)
    for _k in range(2):
        x_bar_1 = np.dot(z_bar, y)
        for i in range(x_bar.shape[0]):
            for j in range(x_bar.shape[1]):
                x_bar[i, j] = x_bar_1[i, j]
    return x_bar[0, 1]


def has_a_second_name(y, z_bar):
    x_bar = np.zeros_like(z_bar)
    w = x_bar
    x_bar_1 = np.dot(z_bar, y)
    for i in range(x_bar.shape[0]):
        for j in range(x_bar.shape[1]):
            x_bar[i, j] = x_bar_1[i, j]
    return w[0, 1]


def test_kept():
    for function in (
        *(zeros_are_looked_at, product_is_looked_at, is_added, in_part, transposed),
        *(in_one_array_every_time, has_a_second_name),
    ):
        program = in_reverse(literal(function, A, A))
        assert adopt_products(program) is program, function.__name__
