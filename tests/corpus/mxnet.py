"""The control-flow functions of MXNet's autograd documents, called with NumPy arrays.

`.norm()` and `.asscalar()` are methods of MXNet's arrays that the desugarer knows; NumPy's have
neither, so each comes with its plain form.
"""

import numpy as np

from tests.corpus.registry import program


def plain_f(a):
    b = a * 2
    while np.linalg.norm(b) < 1000:
        b = b * 2
    if np.sum(b) > 0:
        c = b
    else:
        c = 100 * b
    return c


@program(lambda r: (r.normal(size=3),), plain=plain_f, compiled=True)
def f(a):
    b = a * 2
    while b.norm().asscalar() < 1000:
        b = b * 2
    if b.sum().asscalar() > 0:
        c = b
    else:
        c = 100 * b
    return c


@program(lambda r: (np.array([-0.5, 0.1, -0.2]),), plain=plain_f)
def f_with_negative_sum(a):
    b = a * 2
    while b.norm().asscalar() < 1000:
        b = b * 2
    if b.sum().asscalar() > 0:
        c = b
    else:
        c = 100 * b
    return c


def plain_select(a):
    b = a * 2
    while np.linalg.norm(b) < 1000:
        b = b * 2
    return b[0] if np.sum(b) >= 0 else b[1]


@program(lambda r: (np.array([-0.5, 0.1]),), plain=plain_select, compiled=True)
def select_first_or_second(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    return b[0] if b.sum() >= 0 else b[1]


@program(lambda r: (np.array([0.7, 0.1]),))
def select_by_absolute_sum(a):
    b = a * 2
    while np.abs(b).sum() < 1000:
        b = b * 2
    return b[0] if b.sum() >= 0 else b[1]


def plain_item(a):
    b = a * 2
    while np.linalg.norm(b) < 1000:
        b = b * 2
    return np.sum(b) * b[0]


@program(lambda r: (r.normal(size=4),), plain=plain_item)
def norm_and_item(a):
    b = a * 2
    while b.norm().item() < 1000:
        b = b * 2
    return b.sum() * b[0]
