"""What does not fit: NumPy's exception at run time, ours at the user's line before."""

import re

import numpy as np
import pytest

from adjoint.emit import load
from adjoint.errors import AdjointError, ShapeMismatch, UnsupportedSyntax
from tests.stages import lowered

V2, V3, V0 = np.ones(2), np.ones(3), np.ones(0)
M23, M32 = np.ones((2, 3)), np.ones((3, 2))


def added(x, y):
    return x + y


def stored_to(x, y):
    x[:] = y
    return np.sum(x)


def largest(x):
    return np.max(x)


def smallest_of_rows(x):
    return np.sum(np.min(x, axis=1))


def inner(x, y):
    return np.dot(x, y)


def matrix_vector(x, y):
    return np.sum(x @ y)


def only_element(x):
    return x.item()


@pytest.mark.parametrize(
    "function, args",
    [
        (added, (V2, V3)),
        (added, (M23, V2)),
        (added, (M23, M32)),
        (added, (V0, V2)),
        (stored_to, (V2, V3)),
        (stored_to, (M23, V2)),
        (largest, (V0,)),
        (smallest_of_rows, (np.ones((2, 0)),)),
        (inner, (V2, V3)),
        (matrix_vector, (M23, V2)),
        (only_element, (V2,)),
    ],
)
def test_shapes_known_only_when_run(function, args):
    """The same type of error as NumPy's, from the same call."""
    with pytest.raises(ValueError, match=r".") as expected:
        function(*(arg.copy() for arg in args))
    text = load(lowered(function, *args))
    with pytest.raises(type(expected.value), match=r"broadcast|zero-size|aligned|size 1"):
        text(*(arg.copy() for arg in args))


def too_many_indices(x):
    return x[0, 1]


def too_many_dimensions(x, y):
    x[:] = y
    return np.sum(x)


def axis_by_name(x, k):
    return np.sum(np.sum(x, axis=k))


def axis_out_of_bounds(x):
    return np.sum(np.sum(x, axis=2))


@pytest.mark.parametrize(
    "function, args, error, words, line",
    [
        (too_many_indices, (V2,), AdjointError, "indices|getitem", "x[0, 1]"),
        (too_many_dimensions, (V3, M23), ShapeMismatch, "dimensions", "x[:] = y"),
        (axis_by_name, (M23, 1), UnsupportedSyntax, "axis", "axis=k"),
        (axis_out_of_bounds, (M23,), AdjointError, "axis|sum", "axis=2"),
    ],
)
def test_refused_at_the_line(function, args, error, words, line):
    with pytest.raises(error, match=words) as refusal:
        lowered(function, *args)
    message = str(refusal.value)
    assert refusal.value.at is not None
    assert line in refusal.value.at.source.line(refusal.value.at.line)
    assert re.search(r"^ +\^+$", message, re.MULTILINE)
    assert __file__ in message


# --------------------------------------------------------------------------- arrays as indices

INTEGERS, OUTSIDE = np.array([0, 1]), np.array([0, 3])


def read_at(x, i):
    return np.sum(x[i])


def store_at(x, i):
    x[i] = 1.0
    return np.sum(x)


def add_at(x, i):
    np.add.at(x, i, 1.0)
    return np.sum(x)


def row_at(x, i):
    return np.sum(x[i[:1], i[1:]])


def masked(x, m):
    return np.sum(x[m])


def masked_store(x, m):
    x[m] = 2.0
    return np.sum(x)


@pytest.mark.parametrize(
    "function, args",
    [
        (read_at, (V3, OUTSIDE)),
        (read_at, (V3, -OUTSIDE - 1)),
        (read_at, (V0, INTEGERS)),
        (store_at, (V3, OUTSIDE)),
        (store_at, (M23, OUTSIDE)),
        (add_at, (V3, OUTSIDE)),
        (row_at, (M23, OUTSIDE)),
        (masked, (V3, np.array([True, False]))),
        (masked, (M23, np.array([True, False, True]))),
        (masked_store, (V2, np.array([True, False, True]))),
    ],
)
def test_indices_outside(function, args):
    """NumPy's IndexError, also where machine code would not check."""
    with pytest.raises(IndexError):
        function(*(arg.copy() for arg in args))
    text = load(lowered(function, *args))
    given = tuple(arg.copy() for arg in args)
    with pytest.raises(IndexError, match=r"out of bounds|did not match"):
        text(*given)
    np.testing.assert_array_equal(given[0], args[0])


def mask_takes(x, v):
    x[x > 0.0] = v
    return np.sum(x)


def steps(x, k):
    return np.sum(x[::k])


def ragged(x, y):
    return np.sum(np.array([x, y]))


@pytest.mark.parametrize(
    "function, args", [(mask_takes, (V3, V2)), (steps, (V3, 0)), (ragged, (V2, V3))]
)
def test_values_that_do_not_fit(function, args):
    copies = tuple(np.copy(arg) if np.ndim(arg) else arg for arg in args)
    with pytest.raises(ValueError, match=r"."):
        function(*copies)
    text = load(lowered(function, *args))
    with pytest.raises(ValueError, match=r"broadcast|step cannot be zero|differ in length"):
        text(*(np.copy(arg) if np.ndim(arg) else arg for arg in args))
