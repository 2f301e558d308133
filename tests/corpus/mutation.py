"""In-place writes to arguments: the caller sees what the plain call does, the gradient is right."""

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.normal(size=5),), mutates=True, compiled=True, exact=True)
def scale_in_place(x):
    for i in range(len(x)):
        x[i] = x[i] * x[i]
    s = 0.0
    for i in range(len(x)):
        s += x[i] * x[i]
    return s


@program(lambda r: (r.normal(size=5), r.normal(size=5)), mutates=True, compiled=True, exact=True)
def add_to_an_argument(x, y):
    for i in range(len(x)):
        x[i] += y[i] * y[i]
    return x[0] * x[1] + x[4]


@program(lambda r: (r.normal(size=5), np.zeros(5)), argnums=(0,), mutates=True, exact=True)
def output_argument(x, out):
    s = 0.0
    for i in range(len(x)):
        out[i] = 3.0 * x[i]
        s += out[i] * out[i]
    return s


@program(lambda r: (r.normal(size=5),), mutates=True, exact=True)
def read_before_and_after_the_write(x):
    a = x[2] * x[2]
    x[2] = a * x[1]
    b = x[2] * x[2]
    x[2] = 1.0
    return a + b * x[0] + x[2]


@program(lambda r: (r.normal(size=6),), mutates=True, compiled=True, exact=True)
def shift_in_place(x):
    for i in range(len(x) - 1):
        x[i] = x[i + 1] + 0.5 * x[i]
    return x[0] * x[3] + x[5]


@program(lambda r: (r.normal(size=6),), mutates=True, exact=True)
def reversed_in_place(x):
    n = len(x)
    for i in range(n // 2):
        x[i], x[n - 1 - i] = x[n - 1 - i], x[i]
    s = 0.0
    for i in range(n):
        s = s * 0.7 + x[i] * x[i]
    return s


@program(lambda r: (r.normal(size=6),), mutates=True, compiled=True, exact=True)
def write_under_a_branch(x):
    s = 0.0
    for i in range(1, len(x)):
        if x[i - 1] > 0.0:
            x[i] = x[i] * x[i - 1]
        else:
            s += x[i] * x[i]
    return s + x[5] * x[4]


@program(lambda r: (r.normal(size=8),), mutates=True, exact=True)
def bubble_sort_pass(x):
    """A data-dependent permutation."""
    for i in range(len(x)):
        for j in range(len(x) - 1 - i):
            if x[j] > x[j + 1]:
                x[j], x[j + 1] = x[j + 1], x[j]
    s = 0.0
    for i in range(len(x)):
        s += x[i] * x[i] * (i + 1)
    return s


@program(lambda r: (r.normal(size=(4, 4)),), mutates=True, compiled=True, exact=True)
def matrix_scaled_by_its_diagonal(a):
    for i in range(4):
        d = 3.0 + a[i, i] * a[i, i]
        for j in range(4):
            a[i, j] /= d
    s = 0.0
    for i in range(4):
        for j in range(4):
            s += a[i, j] * a[j, i]
    return s


@program(lambda r: (r.normal(size=5), r.normal()), mutates=True)
def write_through_a_name(x, c):
    y = x
    y[0] = c * y[1]
    return x[0] * x[1] + y[2]


@program(lambda r: (r.normal(size=(3, 4)),), mutates=True, exact=True)
def write_through_a_row(a):
    for i in range(1, 3):
        row = a[i]
        for j in range(4):
            row[j] = row[j] * a[i - 1, j]
    return a[2, 0] + a[2, 1] * a[2, 3]


def normalise(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * x[i]
    for i in range(len(x)):
        x[i] = x[i] / s
    return s


@program(lambda r: (r.normal(size=4),), mutates=True, compiled=True, exact=True)
def callee_writes_to_the_argument(x):
    first = normalise(x)
    second = normalise(x)
    return first * x[0] + second * x[1]


@program(lambda r: (r.normal(size=4),), exact=True)
def rebinding_is_not_writing(x):
    """`x = x + 1` makes a new array; the caller's stays."""
    x = x + 1.0
    x[0] = x[1] * x[2]
    return x[0] * x[3]


@program(lambda r: (r.normal(size=4), r.normal(size=4)), mutates=True)
def augmented_assignment_of_an_array(x, y):
    """`x += y` writes to the caller's array."""
    x += y * y
    x *= 2.0
    return np.sum(x * x)


@program(lambda r: (r.normal(size=5), np.zeros(5)), mutates=True, exact=True)
def overwritten_argument_has_no_gradient(x, y):
    """The old content of `y` never counts."""
    for i in range(len(x)):
        y[i] = x[i]
    for i in range(1, len(x)):
        y[i] = y[i] * y[i - 1]
    return y[4]


@program(lambda r: (r.normal(size=5), 3), mutates=True, exact=True)
def early_return_after_writes(x, n):
    for i in range(len(x)):
        x[i] = x[i] * x[0]
        if i == n:
            return x[i] * x[1]
    return x[0]


@program(lambda r: (r.normal(size=6),), mutates=True, exact=True)
def written_by_a_while(x):
    i = 0
    while i < len(x) - 1 and abs(x[i]) < 4.0:
        x[i + 1] = x[i + 1] * x[i]
        i += 1
    return x[i] + x[2] * x[1]
