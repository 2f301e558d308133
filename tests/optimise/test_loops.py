"""Loops turned round, fused and split: what is, and what must not be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from adjoint import value_and_grad
from adjoint.emit import load, source_of
from adjoint.optimise.first_store import store_first
from adjoint.optimise.forward import run_forward
from adjoint.optimise.fuse_loops import fuse_loops
from adjoint.optimise.join_tests import join_tests
from adjoint.optimise.reciprocals import multiply_by_reciprocals
from adjoint.optimise.split_scatters import split_scatters
from adjoint.program.walk import map_blocks
from adjoint.runtime import shapes
from tests.literal import body_text, definition, literal


def in_reverse(program):
    """The program as if all of it belonged to a reverse sweep."""

    def marked(block):
        return tuple(replace(map_blocks(stmt, marked), reverse=True) for stmt in block)

    return replace(program, body=marked(program.body))


X = np.array([0.5, -1.5, 2.5, 4.0])
A = np.array([[0.5, -1.5, 2.0], [4.0, 0.25, 1.0], [3.0, -2.0, 0.75]])

CHANGED = []
KEPT = []


def changed(change, *args):
    """Register a class that holds `before` and `after`, and arguments."""

    def register(pair):
        CHANGED.append((change, pair.before, pair.after, args))
        return pair

    return register


def kept(change, *args):
    """Register a function that a pass leaves alone."""

    def register(function):
        KEPT.append((change, function, args))
        return function

    return register


def results(program, args):
    """What the program returns, and what it leaves in its arguments."""
    args = [arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args]
    return [load(program)(*args), *args]


def test_changed():
    for change, before, after, args in CHANGED:
        program = in_reverse(literal(before, *args))
        done = change(program)
        assert body_text(source_of(done)) == body_text(definition(after))
        for one, other in zip(results(done, args), results(program, args), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-14)


def test_kept():
    for change, function, args in KEPT:
        program = in_reverse(literal(function, *args))
        assert change(program) is program, function.__name__


def test_the_order_of_sums_of_the_primal_stays():
    def total(x, s):
        for i in range(3, -1, -1):
            s += x[i]
        return s

    program = literal(total, X, 0.0)
    backward = replace(program, body=tuple(replace(s, reverse=True) for s in program.body))
    assert run_forward(backward) is backward  # the addition is not marked
    assert run_forward(in_reverse(program)) is not program


# ----------------------------------------------------------------- direction


@changed(run_forward, X, X)
class Independent:
    def before(x, y):
        for i in range(x.shape[0] - 1, 0, -1):
            t = x[i]
            y[i] = t * 2.0
            x[i] = 0.0
        return y[0]

    def after(x, y):
        for i in range(1, x.shape[0]):
            t = x[i]
            y[i] = t * 2.0
            x[i] = 0.0
        return y[0]


@changed(run_forward, X, A)
class OnlyAddsToWhatOthersAddTo:
    def before(x, a):
        s = 0.0
        for i in range(2, -1, -1):
            for j in range(2, -1, -1):
                t = a[i, j]
                x[j] += t
                x[j + 1] += t
                s += t
        return s

    def after(x, a):
        s = 0.0
        for i in range(3):
            for j in range(3):
                t = a[i, j]
                x[j] += t
                x[j + 1] += t
                s += t
        return s


@changed(run_forward, A, X)
class RowByRow:
    def before(a, x):
        for i in range(2, -1, -1):
            for j in range(2, 0, -1):
                a[i, j - 1] = a[i, j] * 2.0
        return x[0]

    def after(a, x):
        for i in range(3):
            for j in range(2, 0, -1):
                a[i, j - 1] = a[i, j] * 2.0
        return x[0]


@kept(run_forward, X)
def reads_what_others_write(x):
    for i in range(3, 0, -1):
        x[i - 1] += x[i]
    return x[0]


@kept(run_forward, X)
def the_last_write_wins(x):
    for i in range(3, -1, -1):
        x[0] = x[i] + 1.0
    return x[1]


@kept(run_forward, X)
def a_variable_is_read_afterwards(x):
    t = 0.0
    for i in range(3, -1, -1):
        t = x[i]
    return t


@kept(run_forward, X)
def a_value_passes_on(x):
    t = 0.0
    for i in range(3, -1, -1):
        x[i] = t
        t = x[i] + 1.0
    return x[0]


@kept(run_forward, X)
def the_index_may_count_from_the_end(x):
    for i in range(2, -3, -1):
        x[i] = x[i] * 2.0 + i
    return x[0]


@kept(run_forward, A)
def a_view_of_what_it_reads(a):
    row = a[0]
    for i in range(2, -1, -1):
        row[i] = a[0, 2 - i]
    return a[0, 0]


@kept(run_forward, X)
def draws(x):
    for i in range(3, -1, -1):
        x[i] = np.random.normal()
    return 0.0


# ----------------------------------------------------------------- fusion


@changed(fuse_loops, X, X)
class SameElement:
    def before(x, y):
        t = np.zeros(4)
        for i in range(4):
            t[i] = x[i] * 2.0
        s = 0.0
        for j in range(4):
            y[j] += t[j]
            s += y[j]
        return s

    def after(x, y):
        t = np.zeros(4)
        s = 0.0
        for i in range(4):
            t[i] = x[i] * 2.0
            y[i] += t[i]
            s += y[i]
        return s


@changed(fuse_loops, A, X)
class RowsButNotColumns:
    def before(a, x):
        for i in range(3):
            s = 0.0
            for j in range(3):
                s += a[i, j]
            x[i] = s
        for k in range(3):
            for l in range(3):
                a[k, l] += x[k]
        return x[0]

    def after(a, x):
        for i in range(3):
            s = 0.0
            for j in range(3):
                s += a[i, j]
            x[i] = s
            for l in range(3):
                a[i, l] += x[i]
        return x[0]


@changed(fuse_loops, X, X)
class AnElementBetweenThem:
    """It is read as well after both, and a cotangent is added to it as well before both."""

    def before(x, y):
        t = np.zeros(4)
        w = np.zeros(4)
        for i in range(4):
            t[i] = x[i] * 2.0
            w[i] += x[i]
        u = t[2]
        w[1] += 3.0
        for j in range(4):
            y[j] += t[j] * w[j]
        return u * y[1]

    def after(x, y):
        t = np.zeros(4)
        w = np.zeros(4)
        w[1] += 3.0
        for i in range(4):
            t[i] = x[i] * 2.0
            w[i] += x[i]
            y[i] += t[i] * w[i]
        u = t[2]
        return u * y[1]


@kept(fuse_loops, X, X)
def read_before_it_is_added_to(x, y):
    w = np.zeros(4)
    for i in range(4):
        w[i] += x[i]
    u = w[1]
    w[1] += 3.0
    for j in range(4):
        y[j] += w[j]
    return u * y[1]


@kept(fuse_loops, X, X)
def added_to_what_the_first_reads(x, y):
    w = np.zeros(4)
    s = 0.0
    for i in range(4):
        w[i] += x[i]
        s += w[1]
    w[1] += 3.0
    for j in range(4):
        y[j] += w[j]
    return s * y[1]


@kept(fuse_loops, X, X)
def added_to_what_the_first_stores(x, y):
    w = np.zeros(4)
    for i in range(4):
        w[i] = x[i]
    w[1] += 3.0
    for j in range(4):
        y[j] += w[j]
    return y[1]


@kept(fuse_loops, X, X)
def adds_what_the_first_computes(x, y):
    w = np.zeros(4)
    s = 0.0
    for i in range(4):
        w[i] += x[i]
        s += x[i]
    w[1] += s
    for j in range(4):
        y[j] += w[j]
    return y[1]


@kept(fuse_loops, X, X)
def read_before_the_second_writes_to_it(x, y):
    w = np.zeros(4)
    for i in range(4):
        w[i] = x[i]
    u = w[1]
    for j in range(4):
        w[j] = y[j] + w[j]
    return w[1] * u


@changed(fuse_loops, X, X)
class TwoNamesOfOneLength:
    def before(x, y):
        n = x.shape[0]
        for i in range(n):
            y[i] = x[i] * 2.0
        for j in range(x.shape[0]):
            y[j] += x[j]
        return y[0]

    def after(x, y):
        n = x.shape[0]
        for i in range(n):
            y[i] = x[i] * 2.0
            y[i] += x[i]
        return y[0]


@changed(fuse_loops, *[X] * 5)
class WhatIsPassedOnBecomesVariables:
    def before(a, b, c, x, y):
        s = np.empty(4)
        t = np.empty(4)
        for i in range(4):
            s[i] = a[i] + b[i]
            t[i] = c[i] * 2.0
        for i in range(4):
            x[i] = s[i] * t[i]
        for i in range(4):
            y[i] = t[i] + a[i] + b[i]
        return x[0]

    def after(a, b, c, x, y):
        s = np.empty(4)
        t = np.empty(4)
        for i in range(4):
            s[i] = a[i] + b[i]
            t[i] = c[i] * 2.0
            x[i] = s[i] * t[i]
            y[i] = t[i] + a[i] + b[i]
        return x[0]


@kept(fuse_loops, *[X] * 5)
def too_many_arrays_stay(a, b, c, x, y):
    s = np.empty(4)
    t = np.empty(4)
    for i in range(4):
        s[i] = a[i] + b[i] + c[i]
        t[i] = c[i] * 2.0
    for i in range(4):
        x[i] = s[i] * t[i]
        y[i] = t[i] + a[i]
    return x[0] + s[1] + t[2]


@kept(fuse_loops, X, X, 2)
def the_array_gets_another_length(x, y, k):
    n = x.shape[0]
    x = np.zeros(k)
    for i in range(n):
        y[i] = y[i] * 2.0
    for j in range(x.shape[0]):
        y[j] += x[j]
    return y[0]


@kept(fuse_loops, X, X)
def looks_at_the_neighbour(x, y):
    for i in range(3):
        x[i] = x[i] * 2.0
    for j in range(3):
        y[j] = x[j + 1]
    return y[0]


@kept(fuse_loops, X, X)
def the_first_overwrites_what_the_second_wrote(x, y):
    for i in range(3):
        y[i] = x[i] * 2.0
    for j in range(3):
        x[j + 1] = 0.0
    return y[0]


@kept(fuse_loops, X, X)
def needs_the_whole_sum(x, y):
    s = 0.0
    for i in range(3):
        s += x[i]
    for j in range(3):
        y[j] = x[j] * s
    return y[0]


@kept(fuse_loops, X, X)
def something_between_looks_at_it(x, y):
    for i in range(3):
        x[i] = x[i] * 2.0
    t = x[2]
    for j in range(3):
        y[j] = x[j] * t
    return y[0]


@kept(fuse_loops, X, X)
def another_range(x, y):
    for i in range(3):
        y[i] = x[i]
    for j in range(2):
        y[j] += x[j]
    return y[0]


@kept(fuse_loops, X, X)
def raises_after_the_first(x, y):
    for i in range(3):
        y[i] = x[i]
    n = shapes.check_aligned(3, 3)
    for j in range(3):
        y[j] += x[j] * n
    return y[0]


@kept(fuse_loops, X, X)
def the_counter_is_read_afterwards(x, y):
    for i in range(3):
        y[i] = x[i]
    for j in range(3):
        y[j] += x[j]
    return y[0] + j


# ----------------------------------------------------------------- scatters


@changed(split_scatters, X, X)
class ReadAndCleared:
    def before(x, y):
        for i in range(2):
            k = i + 1
            t = x[k]
            x[k] = 0.0
            u = t * 0.5
            y[i] += u
            y[k] += u
        return x[0]

    def after(x, y):
        for i in range(2):
            k = i + 1
            t = x[k]
            u = t * 0.5
            y[i] += u
        for i in range(2):
            k = i + 1
            t = x[k]
            x[k] = 0.0
            u = t * 0.5
            y[k] += u
        return x[0]


@kept(split_scatters, X, X)
def costly(x, y):
    for i in range(2):
        t = np.exp(x[i])
        y[i] += t
        y[i + 1] += t
    return x[0]


@kept(split_scatters, X, X)
def reads_what_it_adds_to(x, y):
    for i in range(2):
        t = y[i] + x[i]
        y[i] += t
        y[i + 1] += t
    return x[0]


@kept(split_scatters, X, X)
def carries_on(x, y):
    t = 0.0
    for i in range(2):
        y[i] += t
        y[i + 1] += t
        t = t + x[i]
    return t


@kept(split_scatters, X, X, 2)
def changes_its_bound(x, y, n):
    for i in range(n):
        n = i
        t = x[n]
        y[i] += t
        y[i + 1] += t
    return x[0]


@kept(split_scatters, X, A)
def down_a_column(x, a):
    for i in range(2):
        t = x[i]
        a[i, 0] += t
        a[i + 1, 0] += t
    return x[0]


# ----------------------------------------------------------------- first stores


@changed(store_first, X, A)
class AddedToOnce:
    def before(x, a):
        t = np.zeros((3, 3))
        for i in range(3):
            for j in range(3):
                t[i, j] += a[i, j]
                u = t[i, j]
                t[i, j] = 0.0
                x[j] += u
            for k in range(3):
                t[i, k] += 1.0
        return t[2, 1]

    def after(x, a):
        t = np.zeros((3, 3))
        for i in range(3):
            for j in range(3):
                t[i, j] = a[i, j]
                u = t[i, j]
                t[i, j] = 0.0
                x[j] += u
            for k in range(3):
                t[i, k] += 1.0
        return t[2, 1]


@kept(store_first, X, A)
def several_iterations_add_to_one_element(x, a):
    t = np.zeros(3)
    for i in range(3):
        for j in range(3):
            t[j] += a[i, j]
    return t[0]


@kept(store_first, X)
def the_next_element_is_added_to_before(x):
    t = np.zeros(4)
    for i in range(3):
        t[i] += x[i]
        t[i + 1] += 1.0
    return t[1]


@kept(store_first, X)
def it_adds_what_is_there(x):
    t = np.zeros(4)
    for i in range(3):
        t[i] += t[i] + x[i]
    return t[1]


@kept(store_first, X)
def under_another_name_too(x):
    t = np.zeros(4)
    u = t
    u[1] = 3.0
    for i in range(3):
        t[i] += x[i]
    return t[1]


@kept(store_first, X)
def made_once_and_added_to_in_every_round(x):
    t = np.zeros(4)
    for k in range(2):
        for i in range(3):
            t[i] += x[i] * k
    return t[1]


# ----------------------------------------------------------------- tests


@changed(join_tests, X, 2.0)
class SameTest:
    def before(x, w):
        big = w > 1.0
        s = 0.0
        if big:
            s = x[0]
        else:
            s = x[1]
        t = 0.0
        if big:
            t = s * 2.0
        return t

    def after(x, w):
        big = w > 1.0
        s = 0.0
        t = 0.0
        if big:
            s = x[0]
            t = s * 2.0
        else:
            s = x[1]
        return t


@kept(join_tests, X, 2.0)
def the_test_is_another_one(x, w):
    big = w > 1.0
    s = 0.0
    if big:
        s = x[0]
        big = s > 0.0
    if big:
        s = s * 2.0
    return s


@kept(join_tests, X, 2.0)
def something_between_depends_on_it(x, w):
    big = w > 1.0
    s = 0.0
    if big:
        s = x[0]
    t = s + 1.0
    if big:
        s = t * 2.0
    return s


@kept(join_tests, X, 2.0)
def a_store_between(x, w):
    big = w > 1.0
    s = 0.0
    if big:
        s = x[0]
    x[0] = 1.0
    if big:
        s = s + x[0]
    return s


def contract(program):
    return fuse_loops(program, contract=True)


@changed(contract, X, A)
class OverALoopThatHasNothingToDoWithIt:
    def before(x, a):
        for _ in range(2):
            s = np.empty(4)
            for i in range(4):
                s[i] = x[i] * 2.0
            n = 3
            for j in range(3):
                a[j, 0] = s[j] + 1.0
            t = np.empty(4)
            for l in range(4):
                t[l] = s[l] + 1.0
            for m in range(3):
                a[m, 1] = t[m] + n
        return a[1, 1]

    def after(x, a):
        for _ in range(2):
            s = np.empty(4)
            t = np.empty(4)
            for i in range(4):
                s[i] = x[i] * 2.0
                t[i] = s[i] + 1.0
            n = 3
            for j in range(3):
                a[j, 0] = s[j] + 1.0
                a[j, 1] = t[j] + n
        return a[1, 1]


@kept(contract, X, A)
def what_is_between_reads_what_is_overwritten(x, a):
    for _ in range(2):
        s = np.empty(4)
        for i in range(4):
            s[i] = x[i] * 2.0
        for j in range(3):
            a[j, 0] = s[j] + x[j]
        for l in range(4):
            x[l] = s[l] + 1.0
    return a[1, 1]


@kept(contract, X, A)
def what_is_between_makes_what_is_read(x, a):
    for _ in range(2):
        s = np.empty(4)
        for i in range(4):
            s[i] = x[i] * 2.0
        for j in range(3):
            a[j, 0] = s[j]
        t = a[1, 0]
        for l in range(4):
            x[l] = s[l] + t
    return a[1, 1]


@kept(contract, X, A)
def what_is_between_reads_a_variable_that_both_assign(x, a):
    for _ in range(2):
        s = np.empty(4)
        for i in range(4):
            t = x[i] * 2.0
            s[i] = t
        for j in range(3):
            a[j, 0] = t
        for l in range(4):
            t = s[l]
            x[l] = t
    return a[1, 1]


# ----------------------------------------------------------------- reciprocals


@changed(multiply_by_reciprocals, X, X, 3.0)
class CotangentsDividedByOneNumber:
    def before(x, y, h):
        for i in range(3):
            a = y[i]
            y[i] = 0.0
            t = a / h
            s = -t
            r = s / h
            x[i] += t
            x[i + 1] += r
            y[i + 1] += t
        return x[0] + y[1]

    def after(x, y, h):
        t_1 = np.reciprocal(h)
        for i in range(3):
            a = y[i]
            y[i] = 0.0
            t = a * t_1
            s = -t
            r = s * t_1
            x[i] += t
            x[i + 1] += r
            y[i + 1] += t
        return x[0] + y[1]


@kept(multiply_by_reciprocals, X, X, 3.0)
def divides_what_is_no_cotangent(x, y, h):
    for i in range(3):
        a = y[i]
        t = a / h
        x[i] += t
    return x[0]


@kept(multiply_by_reciprocals, X, X)
def another_denominator_each_time(x, y):
    for i in range(3):
        h = y[i]
        a = x[i]
        t = a / h
        x[i] += t
    return x[0]


@kept(multiply_by_reciprocals, X, X, 3.0)
def the_denominator_may_not_be_there(x, n, h):
    if h > 2.0:
        d = h * h
    for i in range(3):
        a = x[i]
        t = a / d
        x[i] += t
    return x[0]


@kept(multiply_by_reciprocals, X, X, 3.0)
def a_value_of_the_primal_on_one_path(x, y, h):
    for i in range(3):
        a = x[i]
        if a > 0.0:
            a = y[i]
        t = a / h
        x[i] += t
    return x[0]


def test_docstrings_show_what_the_passes_do():
    for module in (
        *("first_store", "forward", "fuse_loops", "join_tests", "reciprocals", "split_scatters"),
    ):
        assert "→" in __import__(f"adjoint.optimise.{module}", fromlist=["_"]).__doc__


def smoothed(x, h):
    y = x.copy()
    for _ in range(3):
        for i in range(1, len(y)):
            y[i] = (y[i] * y[i] + y[i - 1]) / h
    return np.sum(y)


def test_a_loop_without_iterations_divides_by_nothing():
    """Python's own division by 0.0 would raise an error before the loop."""
    gradient = value_and_grad(smoothed, jit=False)
    assert "np.reciprocal(h)" in gradient.source(X, 2.0)
    with np.errstate(divide="ignore"):
        value, slope = gradient(np.zeros(0), 0.0)
    assert value == 0.0
    assert slope.shape == (0,)
