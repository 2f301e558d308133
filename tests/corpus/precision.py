"""float32 stays float32 as in NumPy 2, and what turns one kind of number into another."""

from __future__ import annotations

import math

import numpy as np

from tests.corpus.registry import program


def _single(r, *shape):
    return r.normal(size=shape).astype(np.float32)


_TOLERANCE = 2e-5  # of a gradient in float32


@program(lambda r: (np.float32(0.7),), exact=True, compiled=True, tolerance=_TOLERANCE)
def python_numbers_give_way(x):
    return 2.0 * x * x + 0.1 - x / 3


@program(lambda r: (np.float32(0.7),), compiled=True, tolerance=_TOLERANCE)
def module_math_gives_doubles(x):
    return math.sin(x) * 0.1 + math.exp(-x) * x


@program(lambda r: (_single(r, 7),), exact=True, compiled=True, tolerance=_TOLERANCE)
def accumulated_from_a_python_zero(x):
    s = 0.0
    for i in range(len(x)):
        s += 0.1 * x[i] * i
    return s


@program(lambda r: (_single(r, 5),), exact=True, compiled=True, tolerance=_TOLERANCE)
def compared_with_python_numbers(x):
    s = 0.0
    for i in range(len(x)):
        if x[i] > 0.1:
            s += x[i] * x[i]
        else:
            s -= x[i] * 2
    return s


@program(lambda r: (_single(r, 6), 0.3), exact=True, tolerance=_TOLERANCE)
def a_python_float_as_an_argument(x, w):
    return w * x[0] * x[1] + w**2


@program(lambda r: (np.float32(0.7),), tolerance=_TOLERANCE)
def numpy_scalars_are_strong(x):
    return np.sqrt(2.0) * x * 0.1


@program(lambda r: (_single(r, 5), r.normal(size=5)), exact=True, compiled=True,
         tolerance=_TOLERANCE)  # fmt: skip
def single_and_double(x, y):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * y[i] * 0.1
    return s


@program(lambda r: (np.float32(0.7),), exact=True, compiled=True, tolerance=_TOLERANCE)
def casts_of_scalars(x):
    double = np.float64(x) * 0.1
    return np.float32(double) * 3.0 + float(x) * 0.1


@program(lambda r: (_single(r, 4),), tolerance=_TOLERANCE)
def casts_of_arrays(x):
    y = x.astype(np.float64) * 0.1
    z = y.astype(np.float32) * 0.7
    return y[0] * y[1] + np.sum(z * x)


@program(lambda r: (_single(r, 6),), mutates=True, compiled=True, tolerance=_TOLERANCE)
def in_place(x):
    x *= 0.3
    x += 0.1
    x[0] = 0.7 * x[1]
    return x[0] * x[1] * 0.1 + np.sum(np.tanh(0.5 * x[2:]))


@program(lambda r: (_single(r, 4, 3), _single(r, 3)), compiled=True, tolerance=_TOLERANCE)
def layer_of_single_precision(w, x):
    h = np.maximum(w @ x + 0.1, 0.0) * 0.9
    return np.mean(h * h) + 0.5 * np.dot(x, x)


@program(lambda r: (np.float32(0.7),), exact=True, tolerance=_TOLERANCE)
def iterated_until_large(x):
    n = 0
    s = x
    while s < 10.0:
        s = s * 1.5 + 0.1
        n += 1
    return s * n


@program(lambda r: (np.float32(0.7),), exact=True, tolerance=_TOLERANCE)
def chosen(x):
    y = (x if x > 0.1 else 0.1) * 0.3
    return max(y, 0.05) + min(x, 3) + abs(x - 1.3) + np.maximum(x, 0.2)


# ------------------------------------------------------------------- integers, booleans, quotients


@program(lambda r: (7.3, 2.1), exact=True, compiled=True)
def quotient_and_remainder(x, y):
    q, rest = divmod(x, y)
    return (x // y) * x + (x % y) * y + q * rest + (-x) % y


@program(lambda r: (3.4, 2), exact=True)
def integers_are_constants(x, n):
    k = int(x)
    return x * k + n // 2 * x + (n % 3) * x**2 + float(n) * x + bool(n) * x + (x > 1) * x


@program(lambda r: (2.37,), compiled=True)
def rounded(x):
    return round(x) * x + round(x, 1) * x**2 + np.round(x) + np.floor(x) * np.ceil(x) * x


@program(lambda r: (2.37, np.arange(4)), compiled=True)
def integer_arrays_with_floats(x, counts):
    s = 0
    for i in range(len(counts)):
        s = s + counts[i] * x
    total = 0
    for i in range(4):
        total += i
        total += 0.5 * x
    return s * total + np.sum(counts * x) / counts[3]


@program(lambda r: (r.normal(size=5),), exact=True)
def masks_are_numbers(x):
    positive = x > 0
    return np.sum(positive * x * x) + np.sum((x < 0.5).astype(np.float64) * x)
