"""Array code, one construct each, with the arguments that it is called with.

They are written the way users write; what a linter would simplify is the construct under test.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

CASES: list[tuple[Callable, tuple]] = []


def case(*arguments):
    """Register a function with tuples of arguments that it is called with."""

    def register(function):
        CASES.append((function, arguments))
        return function

    return register


def vector(n, start=0.0):
    """Numbers of both signs, no two alike."""
    return np.cos(np.arange(n) + start) * (1.0 + np.arange(n))


def matrix(n, m, start=0.0):
    return vector(n * m, start).reshape(n, m)


V0, V1, V5, W5 = vector(0), vector(1), vector(5), vector(5, 0.5)
M34, N34, M31, M14, M11 = matrix(3, 4), matrix(3, 4, 0.3), matrix(3, 1), matrix(1, 4), matrix(1, 1)
M03, M30, M43 = matrix(0, 3), matrix(3, 0), matrix(4, 3)
T234 = vector(24).reshape(2, 3, 4)
STRIDED = matrix(6, 8)[::2, ::2]
FORTRAN = np.asfortranarray(M34)
REVERSED = vector(5)[::-1]
INTS = np.array([3, -1, 4, 1, -5])
FLOAT32 = vector(5).astype(np.float32)


# --------------------------------------------------------------------------- elementwise


@case((V5, W5), (V0, V0), (V1, V1), (REVERSED, V5))
def arithmetic(x, y):
    return (x + y) * x - y / (x * x + 1.0) + (-x) + 2.0 * y


@case((V5, W5), (V5, V1), (V1, V5), (V1, V0), (V0, V1))
def one_axis_broadcast_when_run(x, y):
    return x * y + x


@case((M34, N34), (M31, M14), (M14, M31), (M11, M34), (M34, M11), (M31, M34), (M03, matrix(1, 3)))
def two_axes_broadcast_when_run(x, y):
    return x - 2.0 * y


@case((M34, vector(4)), (M34, V1), (M31, vector(4)), (M30, V1), (M30, V0), (STRIDED, vector(4)))
def row_broadcast(x, y):
    return x * y


@case((T234, M34), (T234, M31), (T234, vector(4)), (T234, V1))
def lower_dimensions_broadcast(x, y):
    return x + y


@case((T234, T234[:1]), (T234[:, :1], T234), (T234[..., :1], T234[:1, :1]))
def three_axes_broadcast_when_run(x, y):
    return x * y


@case((V5, 2.0), (V0, 1.0), (M34, -0.5), (STRIDED, 3.0), (FORTRAN, 3.0))
def scalar_operand(x, a):
    return a * x + 1.0 - x / a


@case((V5,), (V0,), (M34,), (FORTRAN,), (T234,))
def functions(x):
    return np.sin(x) * np.exp(-x * x) + np.sqrt(np.abs(x)) - np.tanh(x)


@case((V5, W5), (V0, V0), (np.array([1.0, np.nan]), np.array([np.nan, 2.0])))
def extremes_by_element(x, y):
    return np.maximum(x, y) + np.minimum(x, 2.0 * y)


@case((V5,), (M34,))
def choice_by_element(x):
    return np.where(x > 0.0, x * x, -x)


@case((V5,), (INTS,), (M34,))
def powers(x):
    return x**2 + x**3


@case((INTS,), (INTS[:0],))
def integers(n):
    return n // 2 + n % 3 - n * n


@case((FLOAT32, FLOAT32), (FLOAT32, V5))
def single_precision(x, y):
    """Without float constants: Numba widens an array of float32 times 2.0 to float64."""
    return (x + y) * x - y * np.sin(x)


@case((INTS, V5))
def mixed_types(n, x):
    return n * x + n


@case((V5,), (FLOAT32,), (INTS,))
def cast(x):
    return x.astype(np.float32)


@case((V5,), (M34,))
def builtin_abs(x):
    return abs(x) + 1.0


@case((np.array(2.5),), (np.array(-1.0),))
def zero_dimensional(x):
    return x * x + 1.0


@case((np.array(2.5), V5), (np.array(-1.0), V0))
def zero_dimensional_operand(x, y):
    return x * y


@case((V5,), (V0,))
def used_twice(x):
    t = np.exp(x)
    return t * t + t


@case((V5, W5))
def comparison_counts(x, y):
    return np.sum(x > y)


# --------------------------------------------------------------------------- slices and views


@case((vector(6),), (vector(2),), (vector(7),), (vector(12)[::2],))
def neighbours(x):
    return x[1:] - x[:-1]


@case((vector(7),), (vector(3),), (V0,), (V1,), (REVERSED,))
def stepped(x):
    return x[::2] * 2.0


@case((vector(7),), (vector(3),), (V0,), (V1,))
def backward(x):
    return x[::-1] + x


@case((vector(9),), (vector(4),), (V0,))
def backward_by_two(x):
    return x[::-2] * 1.0


@case((vector(9),), (vector(4),), (V0,))
def backward_between(x):
    return x[-2:1:-1] * 1.0


@case((vector(9),), (vector(3),), (V0,))
def bounds_beyond_the_end(x):
    return x[2:100] * x[-100:][2:]


@case((vector(9), 3), (vector(9), -3), (vector(2), 5), (vector(2), -5))
def variable_bound(x, k):
    return np.sum(x[k:]) - np.sum(x[:k])


@case((vector(9),), (vector(4),))
def view_of_a_view(x):
    y = x[1:]
    z = y[::2]
    return z[-1] * z[0] + np.sum(y[1:])


@case((M34,), (FORTRAN,), (STRIDED,), (M03.T,))
def columns(x):
    return x[:, 1:] - x[:, :1]


@case((M34, 1), (STRIDED, -1), (FORTRAN, 2))
def row_by_number(x, i):
    return x[i] * 2.0 + x[-1]


@case((M34, 1), (STRIDED, -1), (FORTRAN, 2))
def column_by_number(x, j):
    return x[:, j] * x[:, -1]


@case((T234,))
def ellipsis(x):
    return x[..., 1] + x[0, ..., 2]


@case((V5, W5), (V1, V5), (V0, V5))
def outer_by_new_axes(x, y):
    return x[:, None] * y[None, :]


@case((M34,), (FORTRAN,), (M03,), (STRIDED,))
def transposition(x):
    return x.T * 2.0


@case((M34, M43), (STRIDED, M43))
def transposed_operand(x, y):
    return x.T + y


@case((T234,))
def permuted_axes(x):
    return np.transpose(x, (2, 0, 1)) * 1.0


@case((V5, 2), (V5, -1))
def element(x, i):
    return x[i] * x[-2] + x[0]


@case((M34,))
def element_of_a_row(x):
    row = x[1]
    return row[2] * row[-1]


@case((vector(6),))
def index_changes_after_the_view(x):
    i = 1
    v = x[i:]
    w = x[i] * 1.0
    i = 4
    return v[0] + w + x[i]


# --------------------------------------------------------------------------- stores


@case((V5,), (V1,), (V0,), (vector(10)[::2],))
def store_all(x):
    x[:] = 2.0
    return x


@case((V5, W5), (REVERSED.copy(), V5), (V5, V1))
def store_array(x, y):
    x[:] = y * 2.0
    return np.sum(x)


@case((V5,), (vector(2),), (vector(10)[::2],))
def shift_down(a):
    a[1:] = a[:-1]
    return a


@case((V5,), (vector(2),), (vector(10)[::2],))
def shift_up(a):
    a[:-1] = a[1:]
    return a


@case((V5,), (V1,), (vector(6),))
def reverse_in_place(a):
    a[:] = a[::-1]
    return a


@case((vector(6),), (vector(3),))
def smooth_in_place(a):
    a[1:-1] = 0.5 * (a[:-2] + a[2:])
    return a


@case((vector(6),), (vector(3),))
def same_cells_both_sides(a):
    a[1:] = a[1:] * a[1:] + 1.0
    return a


@case((np.array([[1.0, 2.0], [3.0, 4.0]]),))
def transpose_in_place(a):
    a[:] = a.T
    return a


@case((M34,), (STRIDED,))
def row_from_another(a):
    a[0] = a[1] + a[-1]
    return a


@case((M34,), (FORTRAN,))
def broadcast_a_row_of_itself(a):
    a[:] = a - a[0]
    return a


@case((M34,), (FORTRAN,))
def store_a_column(a):
    a[:, 1] = 3.0 * a[:, 2]
    a[1, :] += 1.0
    return a


@case((V5,), (vector(8)[::2],), (V0,))
def stepped_store(a):
    a[::2] = 1.5
    a[1::2] += 2.0
    return a


@case((V5,))
def backward_store(a):
    a[::-1] = a * 1.0
    return a


@case((V5,), (vector(7),))
def backward_store_of_itself(a):
    a[::-1] = a
    return a


@case((V5, W5))
def in_place_operators(x, y):
    x += y
    x *= 2.0
    x -= y * y
    x /= 4.0
    return np.sum(x * y)


@case((V5,))
def accumulate_overlapping(x):
    x[1:] += x[:-1]
    return x


@case((V5,))
def in_place_through_a_second_name(x):
    y = x
    y += 1.0
    return x * y


@case((M34,))
def in_place_through_a_view(a):
    row = a[1]
    row += 10.0
    row[0] = -1.0
    return a


@case((V5,))
def number_is_rebound_not_changed(x):
    s = x[0]
    t = s
    t += 1.0
    return s * t


@case((V5,))
def value_before_the_store(x):
    y = x * 2.0
    x[0] = 100.0
    return y


@case((V5,))
def view_after_the_store(x):
    y = x[:2]
    x[0] = 100.0
    return y * 1.0


@case((V5,), (V1,))
def local_array(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = x[i] * i
    return y


@case((V5,))
def result_array_given(x):
    y = np.empty_like(x)
    np.sin(x, out=y)
    return y


@case((V5,))
def square_swapped_through_a_temporary(x):
    t = x.copy()
    x[0] = t[1]
    x[1] = t[0]
    return x


# --------------------------------------------------------------------------- reductions


@case((V5,), (V0,), (M34,), (STRIDED,), (FORTRAN,), (T234,), (INTS,), (FLOAT32,))
def sums(x):
    return np.sum(x) + x.sum()


@case((M34,), (M03,), (M30,), (STRIDED,), (FORTRAN,))
def sum_of_rows(x):
    return np.sum(x, axis=0)


@case((M34,), (M03,), (M30,), (STRIDED,))
def sum_of_columns(x):
    return x.sum(axis=-1)


@case((M34,), (M31,), (STRIDED,))
def keepdims(x):
    return x - np.sum(x, axis=1, keepdims=True)


@case((T234,))
def sum_over_two_axes(x):
    return np.sum(x, axis=(0, 2))


@case((M34,), (V5,))
def keepdims_of_all(x):
    return x + np.sum(x, keepdims=True)


@case((V5,), (M34,), (FLOAT32,))
def mean(x):
    return np.mean(x) + x.mean()


@case((INTS,))
def mean_of_integers(x):
    return np.mean(x)


@case((M34,), (STRIDED,))
def standardised(x):
    m = np.mean(x, axis=0)
    return (x - m) / np.sqrt(np.mean((x - m) ** 2, axis=0))


@case((V5,), (V0,), (M34,), (INTS,))
def products(x):
    return np.prod(x)


@case((V5,), (M34,), (STRIDED,), (INTS,))
def extremes(x):
    return np.max(x) - np.min(x)


@case((np.array([2.0, 2.0, 1.0, 1.0]),))
def extremes_of_equals(x):
    return np.max(x) - np.min(x)


@case((np.array([1.0, np.nan, 3.0]),), (np.array([np.nan, 1.0]),), (np.array([5.0, np.nan]),))
def extremes_of_nan(x):
    return np.max(x) + np.min(x)


@case((np.array([-np.inf, 1.0]),), (np.array([np.inf, np.inf]),))
def extremes_of_infinity(x):
    return x.max() + x.min() * 0.5


@case((M34,), (STRIDED,), (M31,))
def extremes_of_rows(x):
    return np.max(x, axis=1) - np.min(x, axis=1)


@case((M34,), (FORTRAN,))
def stable_softmax(x):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


@case((V5,), (V0,), (M34,), (FLOAT32,))
def norm(x):
    return np.linalg.norm(x)


@case((V5,), (V1,))
def builtins_of_an_array(x):
    return max(x) - min(x) + sum(x) + len(x)


@case((np.array(2.5),))
def reduction_of_a_number(x):
    return np.sum(x) + np.max(x)


@case((V5,))
def sum_of_an_expression(x):
    return np.sum(np.sin(x) * x) / x.size


# --------------------------------------------------------------------------- products


@case((V5, W5), (V0, V0), (V1, V1), (REVERSED, V5))
def inner(x, y):
    return np.dot(x, y) + x @ y


@case((M34, vector(4)), (M03, vector(3)), (M30, V0), (STRIDED, vector(4)), (FORTRAN, vector(4)))
def matrix_vector(a, x):
    return a @ x


@case((M34, vector(3)), (STRIDED, vector(3)), (FORTRAN, vector(3)))
def vector_matrix(a, x):
    return x @ a


@case((M34, M43), (FORTRAN, M43), (M34, np.asfortranarray(M43)), (M30, M03))
def matrix_matrix(a, b):
    return a @ b


@case((M34, N34))
def product_of_transposed(a, b):
    return np.dot(a, b.T) + np.dot(b, a.T)


@case((M34, vector(4)))
def product_with_an_expression(a, x):
    return a @ (x * x) + (2.0 * a) @ x


@case((np.eye(3) + 0.1, vector(3)))
def quadratic_form(a, x):
    return x @ a @ x


@case((V5, 2.0))
def dot_with_a_number(x, a):
    return np.dot(x, a)


# --------------------------------------------------------------------------- making arrays


@case((1.5, -2.0))
def displays(a, b):
    return np.array([a, b, a * b])


@case((1.5, -2.0))
def nested_displays(a, b):
    return np.array([[a, b], [b, a]]) @ np.array([1.0, a])


@case((V5, W5))
def display_of_arrays(x, y):
    return np.array([x, y])


@case((3,), (0,))
def creations(n):
    return np.ones(n) + np.zeros(n) * 2.0 + np.full(n, 1.5)


@case((V5,), (M34,), (FLOAT32,))
def creations_like(x):
    return np.ones_like(x) + np.zeros_like(x) + np.full_like(x, 2.0) * x


@case((M34,), (T234,))
def shapes(x):
    n = x.shape[0]
    return np.ones(x.shape) * x.size + n + x.ndim + len(x)


@case((V5,))
def copies(x):
    y = x.copy()
    z = np.copy(x)
    y[0] = 0.0
    z[1] = 0.0
    return x * y * z


@case((V5,))
def an_item(x):
    return x[:1].item() * x[2:3].item()


@case((V5,), (vector(3),))
def arrays_in_turn(x):
    """A name bound to a new array in each iteration."""
    y = x
    for _ in range(3):
        y = np.sin(y) + x
    return y


@case((V5, True), (V5, False))
def arrays_by_branch(x, flag):
    if flag:
        y = x * 2.0
    else:
        y = x + 1.0
    return y * x


@case((V5,))
def swapped_arrays(x):
    a = x * 1.0
    b = x * 2.0
    for _ in range(3):
        a, b = b, a + b
    return a - b


@case((M34,), (STRIDED,))
def rows_in_a_loop(x):
    s = 0.0
    for row in x:
        s += np.sum(row * row) + math.sin(row[0])
    return s


@case((V5,))
def loop_in_array_terms(x):
    while np.sum(x * x) > 1.0:
        x = x * 0.5
    return x
