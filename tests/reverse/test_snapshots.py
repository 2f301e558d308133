"""Arrays that are kept whole: once for all that reads them, and only where that is less."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import value_and_grad
from adjoint.emit import source_of
from adjoint.testing import numeric_gradient
from tests.reverse.test_storage import adjoint_of, recorded

N, M, STEPS = 4, 6, 3
VECTOR = np.linspace(0.2, 0.8, N)
MATRIX = np.linspace(-0.4, 0.6, M * N).reshape(M, N)


def shapes_of(function, *args):
    """Shapes of what the forward sweep keeps; the functions here make no arrays of their own."""
    return [shape for shape, _ in recorded(function, args).shapes]


def read_by_each_row(x, a, steps):
    s = 0.0
    for _ in range(steps):
        for i in range(a.shape[0]):
            for j in range(len(x)):
                s += a[i, j] * x[j] * x[j]
        for j in range(len(x)):
            x[j] = 0.5 * x[j] + 0.1 * a[0, j]
    return s


def read_by_two_loops(x, a, steps):
    s = 0.0
    for _ in range(steps):
        for j in range(len(x)):
            s += a[0, j] * x[j] * x[j]
        for j in range(len(x)):
            s += np.sin(x[j])
        for j in range(len(x)):
            x[j] = 0.5 * x[j] + 0.1 * a[0, j]
    return s


def read_before_all_loops(x, a, steps):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(len(x)):
            s += a[i, j] * x[j] * x[j]
    for j in range(len(x)):
        x[j] = 2.0
    return s


def read_with_what_covers_it(x, a, steps):
    """`x[0]` alone would not be worth a copy of all of `x`."""
    s = 0.0
    for _ in range(steps):
        for i in range(a.shape[0]):
            for j in range(len(x)):
                s += a[i, j] * x[j] * x[j]
        for i in range(a.shape[0]):
            s += np.exp(a[i, 0] * x[0])
        for j in range(len(x)):
            x[j] = 0.5 * x[j] + 0.1 * a[0, j]
    return s


ONE_COPY = [
    (read_by_each_row, (STEPS, N)),
    (read_by_two_loops, (STEPS, N)),
    (read_before_all_loops, (N,)),
]


@pytest.mark.parametrize("function, shape", ONE_COPY)
def test_one_copy_for_all_that_reads_an_array(function, shape):
    assert shapes_of(function, VECTOR, MATRIX, STEPS) == [shape]


def test_what_is_copied_anyway_serves_few_readers_too():
    assert (STEPS, N) in shapes_of(read_with_what_covers_it, VECTOR, MATRIX, STEPS)
    text = source_of(adjoint_of(read_with_what_covers_it, (VECTOR, MATRIX, STEPS)))
    assert text.count("all of x") == 1


def few_of_many(x, a, steps):
    """Three elements of an array that may be long."""
    s = 0.0
    for t in range(steps):
        for j in range(3):
            s += a[0, j] * x[j + t] * x[j + t]
        x[0] = 0.5 * s
        x[1] = 0.2
    return s


def one_row(x, a, steps):
    m = a * 1.0
    s = 0.0
    for _ in range(steps):
        for i in range(m.shape[0]):
            for j in range(len(x)):
                s += m[2, j] * x[j] * m[2, j] * i
        m[2] = x * s
    return s


def changed_in_between(x, a, steps):
    s = 0.0
    for _ in range(steps):
        for i in range(len(x)):
            for j in range(len(x)):
                s += a[i, j] * x[j] * x[j]
            x[i] = 0.1 * s
    return s


@pytest.mark.parametrize("function", [few_of_many, one_row, changed_in_between])
def test_no_copy_that_holds_more_than_is_read(function):
    assert "all of" not in source_of(adjoint_of(function, (VECTOR, MATRIX, STEPS)))


def of_a_loop_of_unknown_length(x, a):
    s = 0.0
    while s < 5.0:
        for i in range(a.shape[0]):
            for j in range(len(x)):
                s += x[j] * x[j] * (i + 1)
        for j in range(len(x)):
            x[j] = 0.5 * x[j] + 0.1 * s
    return s


def test_a_copy_for_each_trip_where_their_number_is_not_known():
    text = source_of(adjoint_of(of_a_loop_of_unknown_length, (VECTOR, MATRIX)))
    assert "with_piece" in text
    assert "all of x before line" in text


def refilled(x, rows, steps):
    work = np.zeros(rows.shape[1])
    s = 0.0
    for k in range(rows.shape[0]):
        for j in range(len(work)):
            work[j] = np.exp(rows[k, j] * x[j])
        for i in range(steps):
            for j in range(len(work)):
                s += work[j] * work[j] * i
        for j in range(len(work)):
            work[j] = np.sin(rows[k, j] * x[j])
        for j in range(len(work)):
            s += work[j] ** 3
    return s


def test_the_copy_in_a_fused_loop_is_made_once():
    """Allocated before the loop, filled in every iteration: a new array each time is slow."""
    text = source_of(adjoint_of(refilled, (VECTOR, MATRIX, STEPS)))
    assert "np.copy" not in text
    assert text.index("all of work") < text.index("for k in")


def steps_from_a_copy(x, a, steps):
    """Three values of each step's elements are worth keeping; all come from one array."""
    old = np.empty(len(x))
    for _ in range(steps):
        for j in range(len(x)):
            old[j] = x[j]
        for j in range(1, len(x)):
            x[j] = (old[j] - old[j - 1]) * (old[j] / 3.0) + (old[j] + 1.0) * (old[j - 1] - 2.0)
    return np.sum(x)


def one_value_of_two_arrays(x, a, steps):
    """To keep what is squared takes less than to keep both."""
    old = np.empty(len(x))
    older = np.empty(len(x))
    for k in range(steps):
        for j in range(len(x)):
            older[j] = old[j] if k else 0.5
        for j in range(len(x)):
            old[j] = x[j]
        for j in range(len(x)):
            x[j] = (old[j] - older[j]) ** 2 + 0.1
    return np.sum(x)


def test_a_copy_instead_of_what_is_computed_from_it():
    shapes = shapes_of(steps_from_a_copy, VECTOR, MATRIX, STEPS)
    assert shapes == [(N,), (STEPS, N)]  # the first is `old`


def test_no_copies_of_more_arrays_than_there_are_values():
    shapes = shapes_of(one_value_of_two_arrays, VECTOR, MATRIX, STEPS)
    assert shapes.count((STEPS, N)) == 1


@pytest.mark.parametrize("function", [steps_from_a_copy, one_value_of_two_arrays])
def test_gradients_from_copies(function):
    _, found = value_and_grad(function, jit=False)(VECTOR.copy(), MATRIX, STEPS)
    expected = numeric_gradient(function, (VECTOR, MATRIX, STEPS)).gradient
    np.testing.assert_allclose(found, expected, rtol=1e-8)
