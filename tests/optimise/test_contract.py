"""Arrays of which each iteration uses its own part only, and arrays of which it does not."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import value_and_grad
from adjoint.emit import load, source_of
from adjoint.optimise.contract import contract_arrays
from adjoint.program.verify import verify
from adjoint.testing import numeric_gradient
from tests.literal import body_text, literal
from tests.optimise.test_loops import in_reverse

A = np.array([[0.5, -1.5, 2.0], [4.0, 0.25, 1.0], [3.0, -2.0, 0.75]])


def rows(a):
    t = np.empty((a.shape[0], a.shape[1]))
    s = 0.0
    for i in range(a.shape[0]):
        u = 0.0
        for j in range(a.shape[1]):
            v = a[i, j] * 2.0
            t[i, j] = v
            u = u + v
        for k in range(a.shape[1]):
            s = s + t[i, k] * u
    return s


def rows_contracted(a):
    t = np.empty(a.shape[1])
    s = 0.0
    for i in range(a.shape[0]):
        u = 0.0
        for j in range(a.shape[1]):
            v = a[i, j] * 2.0
            t[j] = v
            u = u + v
        for k in range(a.shape[1]):
            s = s + t[k] * u
    return s


def sums(a):
    t = np.zeros(a.shape[0])
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            v = a[i, j] * 2.0
            t[i] += v
        s = s + t[i] * t[i]
    return s


def sums_contracted(a):
    s = 0.0
    for i in range(a.shape[0]):
        t = 0.0
        for j in range(a.shape[1]):
            v = a[i, j] * 2.0
            t += v
        s = s + t * t
    return s


def cleared(a):
    t = np.zeros_like(a)
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(1, a.shape[1]):
            t[i, j] = a[i, j]
        for k in range(a.shape[1]):
            s = s + t[i, k] * 3.0
    return s


def cleared_contracted(a):
    t = np.empty(a.shape[1])
    s = 0.0
    for i in range(a.shape[0]):
        for t_at_0 in range(a.shape[1]):
            t[t_at_0] = 0.0
        for j in range(1, a.shape[1]):
            t[j] = a[i, j]
        for k in range(a.shape[1]):
            s = s + t[k] * 3.0
    return s


CONTRACTED = [
    (rows, rows_contracted),
    (sums, sums_contracted),
    (cleared, cleared_contracted),
]


@pytest.mark.parametrize("before, after", CONTRACTED, ids=lambda f: f.__name__)
def test_contracted(before, after):
    program = literal(before, A)
    changed = contract_arrays(program, frozenset())
    verify(changed, "scalar", strict=False)
    assert body_text(source_of(changed)) == body_text(source_of(literal(after, A)))
    assert load(changed)(A) == load(program)(A)


def read_in_the_next_iteration(a):
    t = np.zeros((a.shape[0], a.shape[1]))
    s = 0.0
    for i in range(1, a.shape[0]):
        for j in range(a.shape[1]):
            t[i, j] = a[i, j]
            s = s + t[i - 1, j]
    return s


def read_in_another_nest(a):
    t = np.empty((a.shape[0], a.shape[1]))
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            t[i, j] = a[i, j]
    s = 0.0
    for i_1 in range(a.shape[0]):
        s = s + t[i_1, 0]
    return s


def carried_by_a_loop_around(a):
    t = np.zeros(a.shape[0])
    s = 0.0
    for _ in range(3):
        for i in range(a.shape[0]):
            s = s + t[i]
            t[i] = a[i, 0]
    return s


def counts_from_the_end(a):
    t = np.zeros(a.shape[0])
    s = 0.0
    for i in range(-2, 2):
        s = s + t[i]
        t[i] = a[i, 0]
    return s


def other_axis_for_one_use(a):
    t = np.zeros((a.shape[0], a.shape[1]))
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            t[i, j] = a[i, j]
            s = s + t[j, i]
    return s


def used_as_a_whole(a):
    t = np.zeros((a.shape[0], a.shape[1]))
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            t[i, j] = a[i, j]
    return np.sum(t)


def handed_out(a):
    t = np.zeros((a.shape[0], a.shape[1]))
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            t[i, j] = a[i, j]
    return t[0, 0] * len(t)


def element_from_the_end(a):
    t = np.zeros((a.shape[0], a.shape[1]))
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            t[i, j] = a[i, j]
    return t[-1, 0]


def element_written_after(a):
    t = np.zeros((a.shape[0], a.shape[1]))
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            t[i, j] = a[i, j]
    t[0, 0] = 1.0
    return t[0, 0]


def element_written_before(a):
    t = np.zeros((a.shape[0], a.shape[1]))
    t[0, 0] = 1.0
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s = s + t[i, j] * a[i, j]
    return s


def longer_than_it_was(a):
    n = 2
    t = np.zeros(n)
    n = 3
    s = 0.0
    for i in range(2):
        for _ in range(n):
            t[i] = t[i] + a[i, 0]
        s = s + t[i]
    return s


def as_long_as_another_iteration_made_it(a):
    s = 0.0
    b = np.zeros((2, 2))
    for k in range(3):
        n = 3 - k
        if k < 1:
            s = s + n
        t = np.zeros((3, n))
        for i in range(3):
            for j in range(n):
                t[i, j] = a[i, j]
            for l in range(n):
                s = s + t[i, l] * b[0, 0]
    return s


APART = [
    read_in_the_next_iteration, read_in_another_nest, carried_by_a_loop_around,
    counts_from_the_end, other_axis_for_one_use, used_as_a_whole, handed_out,
    element_from_the_end, element_written_after, element_written_before, longer_than_it_was,
    as_long_as_another_iteration_made_it,
]  # fmt: skip


@pytest.mark.parametrize("function", APART)
def test_kept(function):
    program = literal(function, A)
    assert contract_arrays(program, frozenset()) is program


def test_what_is_to_be_kept_is():
    program = literal(rows, A)
    assert contract_arrays(program, frozenset({"t"})) is program


def one_element(a):
    t = np.empty((a.shape[0], a.shape[1]))
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            t[i, j] = a[i, j] * 2.0
        for k in range(a.shape[1]):
            s = s + t[i, k] * t[i, k]
    return s + t[1, 2]


def test_an_element_that_is_read_after_the_loops():
    changed = contract_arrays(literal(one_element, A), frozenset())
    assert "np.empty(a.shape[1])" in source_of(changed)
    assert load(changed)(A) == one_element(A)
    with pytest.raises(IndexError):
        load(changed)(A[:1])


def cotangent_before(a):
    t = np.zeros((a.shape[0], a.shape[1]))
    t[1, 2] += 7.0
    t[0, 0] += 5.0
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            t[i, j] += a[i, j]
        for k in range(a.shape[1]):
            s = s + t[i, k] * t[i, k]
    return s


def test_cotangents_of_elements_before_the_loops():
    changed = contract_arrays(in_reverse(literal(cotangent_before, A)), frozenset())
    assert "np.empty(a.shape[1])" in source_of(changed)
    assert load(changed)(A) == cotangent_before(A)


def softmax_and_an_element(x):
    p = np.exp(x - np.max(x, axis=1)[:, None])
    p = p / np.sum(p, axis=1)[:, None]
    return np.sum(p**2) + p[1, 2] * p[0, 0] + 3.0 * p[1, 2]


def test_loops_around_an_update_of_one_element_are_fused():
    df = value_and_grad(softmax_and_an_element, jit=False)
    value, bar = df(A)
    np.testing.assert_allclose(value, softmax_and_an_element(A), rtol=1e-14)
    expected = numeric_gradient(softmax_and_an_element, (A,)).gradient
    np.testing.assert_allclose(bar, expected, rtol=1e-7, atol=1e-9)


@pytest.mark.compiled
def test_compiled():
    one = value_and_grad(softmax_and_an_element)(A)
    other = value_and_grad(softmax_and_an_element, jit=False)(A)
    np.testing.assert_allclose(one[0], other[0], rtol=1e-13)
    np.testing.assert_allclose(one[1], other[1], rtol=1e-12)
