"""What is computed twice is computed once, unless it is not the same or may change."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint.emit import load, source_of
from adjoint.optimise import tidy
from adjoint.optimise.repeats import remove_repeats
from adjoint.program.verify import verify
from tests.literal import body_text, literal

X = np.array([0.5, -1.5, 2.5, 4.0])
A = np.array([[0.5, -1.5, 2.0], [4.0, 0.25, 1.0]])


def totals(x):
    total = 0.0
    for i in range(x.shape[0]):
        t = x[i]
        total = total + t
    again = 0.0
    for j in range(x.shape[0]):
        u = x[j]
        again = again + u
    return total * again


def totals_once(x):
    total = 0.0
    for i in range(x.shape[0]):
        t = x[i]
        total = total + t
    return total * total


def means_of_rows(a):
    mean = np.empty(a.shape[0])
    for i in range(a.shape[0]):
        total = 0.0
        for j in range(a.shape[1]):
            total = total + a[i, j]
        mean[i] = total / a.shape[1]
    middle = np.empty(a.shape[0])
    for i_1 in range(a.shape[0]):
        total_1 = 0.0
        for j_1 in range(a.shape[1]):
            total_1 = total_1 + a[i_1, j_1]
        middle[i_1] = total_1 / a.shape[1]
    middle_0 = middle[0]
    return mean[1] - middle_0 * mean[0]


def means_of_rows_once(a):
    mean = np.empty(a.shape[0])
    for i in range(a.shape[0]):
        total = 0.0
        for j in range(a.shape[1]):
            total = total + a[i, j]
        mean[i] = total / a.shape[1]
    middle_0 = mean[0]
    return mean[1] - middle_0 * mean[0]


def built_in_two_steps(x):
    ends = np.empty(3)
    for i in range(3):
        ends[i] = i * x[0]
    t = x[0] > 0.0
    if t:
        ends[2] = x[1]
    edges = np.empty(3)
    for j in range(3):
        edges[j] = j * x[0]
    if t:
        edges[2] = x[1]
    return ends[2] - edges[1]


def built_in_two_steps_once(x):
    ends = np.empty(3)
    for i in range(3):
        ends[i] = i * x[0]
    t = x[0] > 0.0
    if t:
        ends[2] = x[1]
    return ends[2] - ends[1]


def checked_twice(x):
    t = x[0] < 0.0
    if t:
        print(1)
    s = 0.0
    for k in range(3):
        u = x[k] * 2.0
        if u > 1.0:
            v = np.sin(u)
        else:
            v = u
        if u > 1.0:
            w = np.sin(u)
        else:
            w = u
        s = s + v * w
    return s


def checked_twice_once(x):
    t = x[0] < 0.0
    if t:
        print(1)
    s = 0.0
    for k in range(3):
        u = x[k] * 2.0
        if u > 1.0:
            v = np.sin(u)
        else:
            v = u
        s = s + v * v
    return s


MERGED = [
    (totals, totals_once, X),
    (means_of_rows, means_of_rows_once, A),
    (built_in_two_steps, built_in_two_steps_once, X),
    (checked_twice, checked_twice_once, X),
]


@pytest.mark.parametrize("before, after, x", MERGED, ids=[b.__name__ for b, *_ in MERGED])
def test_merged(before, after, x):
    program = literal(before, x)
    changed = tidy(remove_repeats(program))
    verify(changed, "scalar", strict=False)
    assert body_text(source_of(changed)) == body_text(source_of(tidy(literal(after, x))))
    assert load(changed)(x) == load(program)(x)


def other_start(x):
    total = 0.0
    for i in range(x.shape[0]):
        total = total + x[i]
    again = 1.0
    for j in range(x.shape[0]):
        again = again + x[j]
    return total * again


def other_range(x):
    total = 0.0
    for i in range(x.shape[0]):
        total = total + x[i]
    again = 0.0
    for j in range(1, x.shape[0]):
        again = again + x[j]
    return total * again


def array_written_between(x):
    total = 0.0
    for i in range(x.shape[0]):
        total = total + x[i]
    x[0] = 7.0
    again = 0.0
    for j in range(x.shape[0]):
        again = again + x[j]
    return total * again


def variable_changed_between(x):
    w = 2.0
    total = 0.0
    for i in range(x.shape[0]):
        total = total + x[i] * w
    w = x[0]
    again = 0.0
    for j in range(x.shape[0]):
        again = again + x[j] * w
    return total * again


def first_result_changed_between(x):
    total = 0.0
    for i in range(x.shape[0]):
        total = total + x[i]
    total = total * 2.0
    again = 0.0
    for j in range(x.shape[0]):
        again = again + x[j]
    return total * again


def second_array_written_later(x):
    a = np.empty(4)
    for i in range(4):
        a[i] = x[i] * 2.0
    b = np.empty(4)
    for j in range(4):
        b[j] = x[j] * 2.0
    b[1] = 5.0
    return a[1] * b[1]


def first_array_written_later(x):
    a = np.empty(4)
    for i in range(4):
        a[i] = x[i] * 2.0
    b = np.empty(4)
    for j in range(4):
        b[j] = x[j] * 2.0
    a[1] = 5.0
    return a[1] * b[1]


def written_in_the_next_iteration(x):
    a = np.zeros(4)
    s = 0.0
    for k in range(2):
        for i in range(4):
            a[i] = a[i] + x[i]
        b = np.zeros(4)
        for j in range(4):
            b[j] = b[j] + x[j]
        s = s + a[0] * b[0]
    return s


def carried_by_the_loop_around(x):
    last = 0.0
    s = 0.0
    for k in range(3):
        a = last * 2.0
        last = x[k]
        b = last * 2.0
        s = s + a * b
    return s


def counters_of_two_loops(x):
    s = 0.0
    for i in range(3):
        t = x[i]
        for j in range(i):
            u = x[j]
            s = s + t * u
    return s


def draws(x):
    total = 0.0
    for i in range(3):
        total = total + np.random.normal(x[0])
    again = 0.0
    for j in range(3):
        again = again + np.random.normal(x[0])
    return total * again


def one_branch_only(x):
    a = 1.0
    if x[0] > 1.0:
        total = 0.0
        for i in range(3):
            total = total + x[i]
        a = total
    again = 0.0
    for j in range(3):
        again = again + x[j]
    return a * again


def other_length(x):
    a = np.zeros(3)
    for i in range(3):
        a[i] = x[i]
    b = np.zeros(4)
    for j in range(3):
        b[j] = x[j]
    return a[0] * b[3] + b.shape[0]


def in_single_precision(x):
    a = np.float32(0.0)
    for i in range(3):
        a = np.float32(a + x[i])
    b = 0.0
    for j in range(3):
        b = b + x[j]
    return a * b


KEPT = [
    other_start, other_range, array_written_between, variable_changed_between,
    first_result_changed_between, second_array_written_later, first_array_written_later,
    written_in_the_next_iteration, carried_by_the_loop_around, counters_of_two_loops, draws,
    one_branch_only, other_length, in_single_precision,
]  # fmt: skip


@pytest.mark.parametrize("function", KEPT)
def test_not_merged(function):
    program = literal(function, X)
    assert remove_repeats(program) is program


@pytest.mark.parametrize("function", KEPT)
def test_the_result_is_the_same(function):
    program = literal(function, X)
    results = []
    for each in (program, tidy(remove_repeats(program))):
        np.random.seed(0)
        results.append(load(each)(X.copy()))
    assert results[0] == results[1]


def test_an_array_that_is_returned_stays_apart():
    def both(x):
        a = np.empty(4)
        for i in range(4):
            a[i] = x[i] * 2.0
        b = np.empty(4)
        for j in range(4):
            b[j] = x[j] * 2.0
        return (a, b)

    kept = remove_repeats(literal(both, X))
    a, b = load(kept)(X)
    assert a is not b
