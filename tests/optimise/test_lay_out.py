"""Arrays laid out in the order of the loops: which are, and which must not be."""

from __future__ import annotations

import numpy as np

from adjoint.emit import load, source_of
from adjoint.optimise.lay_out import lay_out_arrays
from adjoint.runtime import shapes
from tests.literal import body_text, definition, literal

A = np.arange(1.0, 17.0).reshape(4, 4)
CUBE = np.arange(1.0, 61.0).reshape(3, 4, 5)

CHANGED = []
KEPT = []


def changed(*args):
    """Register a class that holds `before` and `after`, and arguments."""

    def register(pair):
        CHANGED.append((pair.before, pair.after, args))
        return pair

    return register


def kept(*args):
    """Register a function that is left alone."""

    def register(function):
        KEPT.append((function, args))
        return function

    return register


def results(program, args):
    """What the program returns, and what it leaves in its arguments."""
    args = [arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args]
    found = load(program)(*args)
    return [*(found if isinstance(found, tuple) else (found,)), *args]


def test_changed():
    for before, after, args in CHANGED:
        program = literal(before, *args)
        done = lay_out_arrays(program, frozenset({"stored"}))
        assert body_text(source_of(done)) == body_text(definition(after))
        for one, other in zip(results(done, args), results(program, args), strict=True):
            np.testing.assert_array_equal(one, other)


def test_kept():
    for function, args in KEPT:
        program = literal(function, *args)
        assert lay_out_arrays(program, frozenset({"stored"})) is program, function.__name__


@changed(A, A)
class IsOnlyRead:
    def before(x, y):
        for i in range(x.shape[0]):
            for k in range(x.shape[1]):
                for j in range(x.shape[0]):
                    y[i, j] += x[i, k] * x[j, k]
        return y[0, 0]

    def after(x, y):
        x_T = np.ascontiguousarray(x.T)
        for i in range(x.shape[0]):
            for k in range(x.shape[1]):
                for j in range(x.shape[0]):
                    y[i, j] += x[i, k] * x_T[k, j]
        return y[0, 0]


@changed(A)
class IsWrittenTo:
    def before(x):
        for i in range(x.shape[1]):
            for k in range(x.shape[1]):
                for j in range(x.shape[0]):
                    x[j, i] += 0.5 * x[j, k]
        return x[0, 0]

    def after(x):
        x_T = np.empty((x.shape[1], x.shape[0]))
        for i_1 in range(x.shape[1]):
            for i_2 in range(x.shape[0]):
                x_T[i_1, i_2] = x[i_2, i_1]
        for i in range(x.shape[1]):
            for k in range(x.shape[1]):
                for j in range(x.shape[0]):
                    x_T[i, j] += 0.5 * x_T[k, j]
        for i_3 in range(x.shape[0]):
            for i_4 in range(x.shape[1]):
                x[i_3, i_4] = x_T[i_4, i_3]
        return x_T[0, 0]


@changed(A)
class IsMadeAndCopied:
    def before(x):
        y = np.zeros_like(x)
        z = np.zeros((x.shape[0], x.shape[1]))
        for k in range(y.shape[1]):
            for j in range(y.shape[0]):
                y[j, k] = 2.0
                z[j, k] = 3.0 * y[j, k]
        u = np.copy(y)
        v = np.zeros_like(z)
        for k in range(y.shape[1]):
            for j in range(y.shape[0]):
                u[j, k] = y[j, k] * u[j, k]
            for j in range(y.shape[1]):
                v[k, j] += z[k, j]
        return u[1, 2] + v[0, 1]

    def after(x):
        y_T = np.zeros((x.shape[1], x.shape[0]))
        z = np.zeros((x.shape[0], x.shape[1]))
        for k in range(y_T.shape[0]):
            for j in range(y_T.shape[1]):
                y_T[k, j] = 2.0
                z[j, k] = 3.0 * y_T[k, j]
        u_T = np.copy(y_T)
        v = np.zeros_like(z)
        for k in range(y_T.shape[0]):
            for j in range(y_T.shape[1]):
                u_T[k, j] = y_T[k, j] * u_T[k, j]
            for j in range(y_T.shape[0]):
                v[k, j] += z[k, j]
        return u_T[2, 1] + v[0, 1]


@changed(CUBE)
class HasThreeAxesAndIsReturned:
    def before(x):
        y = np.zeros((x.shape[0], x.shape[1], x.shape[2]))
        for step in range(x.shape[0]):
            for k in range(x.shape[2]):
                for i in range(x.shape[0]):
                    for j in range(x.shape[1]):
                        y[i, j, k] += 2.0 * step
        return y[0, 0, 0], y

    def after(x):
        y_moved = np.zeros((x.shape[2], x.shape[0], x.shape[1]))
        for step in range(x.shape[0]):
            for k in range(x.shape[2]):
                for i in range(x.shape[0]):
                    for j in range(x.shape[1]):
                        y_moved[k, i, j] += 2.0 * step
        y = np.empty((y_moved.shape[1], y_moved.shape[2], y_moved.shape[0]))
        for i_1 in range(y_moved.shape[1]):
            for i_2 in range(y_moved.shape[2]):
                for i_3 in range(y_moved.shape[0]):
                    y[i_1, i_2, i_3] = y_moved[i_3, i_1, i_2]
        return y_moved[0, 0, 0], y


@kept(A, A)
def walked_through_once(x, y):
    s = 0.0
    for k in range(x.shape[1]):
        for j in range(x.shape[0]):
            s += x[j, k]
            y[j, k] = 2.0
    return s


@kept(A, A)
def as_much_along_both(x, y):
    for i in range(x.shape[0]):
        for j in range(x.shape[0]):
            for k in range(x.shape[1]):
                x[i, j] += x[i, k] * x[k, j]
    return x[0, 0]


@kept(A, A)
def one_column_again_and_again(x, y):
    s = 0.0
    for i in range(x.shape[0]):
        for k in range(x.shape[1]):
            for j in range(x.shape[0]):
                s += x[j, 1] * y[i, k]
    return s


@kept(A, A)
def used_as_a_whole(x, y):
    z = np.zeros((x.shape[0], x.shape[1]))
    for i in range(x.shape[0]):
        for k in range(x.shape[1]):
            for j in range(x.shape[0]):
                z[j, k] += x[i, k]
    w = np.dot(z, y)
    return w[0, 0]


@kept(A, A)
def has_a_second_name(x, y):
    z = np.zeros((x.shape[0], x.shape[1]))
    w = z
    for i in range(x.shape[0]):
        for k in range(x.shape[1]):
            for j in range(x.shape[0]):
                z[j, k] += x[i, k]
    return w[0, 1]


@kept(A, A)
def made_twice(x, y):
    z = np.zeros((x.shape[0], x.shape[1]))
    for i in range(x.shape[0]):
        for k in range(x.shape[1]):
            for j in range(x.shape[0]):
                z[j, k] += x[i, k]
        z = np.zeros((x.shape[0], x.shape[1]))
    return z[0, 1]


@kept(A, A)
def holds_what_is_stored(x, y):
    stored = np.zeros((x.shape[0], x.shape[1]))
    for k in range(x.shape[1]):
        for j in range(x.shape[0]):
            stored[j, k] = 1.0
    return stored[0, 1]


@kept(A)
def written_to_where_an_error_may_be_raised(x):
    for i in range(x.shape[1]):
        for k in range(x.shape[1]):
            for j in range(x.shape[0]):
                x[j, i] += 0.5 * x[j, k]
        n = shapes.check_aligned(x.shape[0], x.shape[1])
        x[0, 0] = n * 0.5
    return x[0, 0]


@kept(A, A)
def given_to_what_may_write_to_it(x, y):
    for i in range(x.shape[0]):
        for k in range(x.shape[1]):
            for j in range(x.shape[0]):
                y[i, j] += x[i, k] * x[j, k]
    np.random.shuffle(x)
    return y[0, 0]
