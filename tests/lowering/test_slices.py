"""Slices by counters: nothing is clipped where nothing can be, and as by NumPy elsewhere."""

import numpy as np
import pytest

from adjoint.emit import load, source_of
from adjoint.lowering import lower, lower_as_called
from adjoint.program.core import Name
from adjoint.runtime import shapes
from tests.stages import lowered, run, typed

CLIPPED = ("slice_start", "slice_length", "wrap_index", "broadcast", "backward")


def heads_and_tails(a):
    s = 0.0
    for i in range(a.shape[0]):
        s += (i + 1) * np.sum(a[:i]) + np.sum(a[i + 1 :] ** 2) * a[i]
    return s


def between(a):
    s = 0.0
    n = len(a)
    for i in range(n - 1, -1, -1):
        for j in range(i, n - 1):
            s += np.dot(a[i:j], a[i + 1 : j + 1])
    return s


def without_ends(a):
    s = 0.0
    n = len(a)
    for i in range(1, n - 1):
        s += np.sum(a[i - 1 : i + 2] ** 2) + np.sum(a[1:i])
    return s


def from_the_end(a):
    s = 0.0
    for i in range(len(a)):
        s += np.sum(a[-i - 1 :] ** 2 * a[: i + 1]) * i
    return s


def turned_round(a):
    s = 0.0
    n = len(a)
    for i in range(n):
        s += np.sum(a[i::-1] * a[: i + 1]) + np.sum(a[::-1] * a) + np.sum(a[n - 1 : i : -1] ** 3)
    return s


def of_slices(a):
    s = 0.0
    for i in range(len(a)):
        rest = a[i:]
        for j in range(len(rest)):
            s += rest[j] * rest[: j + 1][j] + np.sum(rest[j:][::-1])
    return s


def in_branches(a):
    s = 0.0
    for i in range(len(a)):
        if i > 1:
            s += np.sum(a[: i - 2] * a[2:i])
        else:
            s += np.sum(a[: 2 - i - 1] ** 2) if i < len(a) - 1 else a[i]
    return s


def in_bands(a):
    s = 0.0
    n = len(a)
    for i in range(n):
        for j in range(max(0, i - 2), min(n, i + 3)):
            s += np.sum(a[:j]) * a[i] + np.sum(a[max(0, i - 1) : min(n, i + 2)] ** 2)
    return s


def in_halves(a):
    s = 0.0
    n = len(a)
    for i in range(n // 2):
        s += np.sum(a[:i] * a[n - i :]) + np.sum(a[2 * i : 2 * i + 2] ** 2)
    return s


def counted_twice(a):
    s = 0.0
    for i in range(len(a)):
        s += np.sum(a[i:])
    for i in range(1, len(a)):
        s += np.sum(a[: i - 1] ** 2)
    return s


INSIDE = (
    *(heads_and_tails, between, without_ends, from_the_end, turned_round, of_slices),
    *(in_branches, in_bands, in_halves, counted_twice),
)


def beyond_the_end(a):
    s = 0.0
    for i in range(7):
        s += (i + 1) * np.sum(a[:i]) + np.sum(a[i + 1 :] ** 2)
    return s


def before_the_front(a):
    s = 0.0
    n = len(a)
    for i in range(-n - 2, n + 3):
        s += i * np.sum(a[:i]) + np.sum(a[i:] ** 2) + np.sum(a[i::-1]) + np.sum(a[: i + 1 : -1])
    return s


def one_too_far(a):
    s = 0.0
    for i in range(-1, len(a)):
        s += np.sum(a[i:]) + np.sum(a[: i + 1] ** 2) + np.sum(a[i + 2 :])
    return s


def counter_that_is_assigned(a):
    s = 0.0
    for i in range(len(a)):
        s += np.sum(a[:i] ** 2)
        i = i - 3
        s += np.sum(a[i:] ** 2) + np.sum(a[:i])
    return s


def bound_that_is_assigned(a):
    s = 0.0
    n = len(a)
    for i in range(n):
        n = n - 3
        s += np.sum(a[n - i :] ** 2) + np.sum(a[: n - i])
    return s


def array_that_is_bound_again(a):
    s = 0.0
    n = len(a)
    a = a[1:] * 2.0
    for i in range(n):
        s += np.sum(a[: i + 1]) * i + np.sum(a[i:] ** 2)
    return s


def empty_if_turned_round(a):
    s = 0.0
    n = len(a)
    for i in range(n):
        for j in range(n):
            s += np.sum(a[i:j]) * (i + 1) + np.sum(a[j:i:-1])
    return s


def after_the_loop(a):
    s = 0.0
    i = 0
    for i in range(len(a)):
        s += np.sum(a[i:])
    i += 3
    return s + np.sum(a[:i]) + np.sum(a[i - 1 :])


def in_the_other_branch(a):
    s = 0.0
    for i in range(len(a)):
        if i > 2:
            s += a[i]
        else:
            s += np.sum(a[i - 2 :]) + np.sum(a[: i - 2])
    return s


def until_it_is_found(a):
    s = 0.0
    i = 0
    while i < 6:
        s += np.sum(a[:i] ** 2) + np.sum(a[i - 3 :])
        i += 2
    return s


OUTSIDE = (
    *(beyond_the_end, before_the_front, one_too_far, counter_that_is_assigned),
    *(bound_that_is_assigned, array_that_is_bound_again, empty_if_turned_round),
    *(after_the_loop, in_the_other_branch, until_it_is_found),
)


@pytest.mark.parametrize("function", INSIDE)
def test_nothing_is_clipped_where_nothing_can_be(function):
    text = source_of(lowered(function, np.ones(3)))
    assert not any(name in text for name in CLIPPED), text


@pytest.mark.parametrize("function", OUTSIDE)
def test_slices_are_clipped_where_they_may_have_to_be(function):
    text = source_of(lowered(function, np.ones(3)))
    assert any(name in text for name in CLIPPED), text


@pytest.mark.parametrize("function", INSIDE + OUTSIDE)
def test_values_are_those_of_the_plain_function(function):
    program = load(lowered(function, np.ones(3)))
    for n in range(8):
        a = np.linspace(0.3, 1.7, n)
        if n > 0 or function not in (after_the_loop,):
            np.testing.assert_allclose(program(a.copy()), function(a.copy()), rtol=1e-13)


# --------------------------------------------------------------------------- lengths of calls


def two_arrays(a, b):
    s = 0.0
    for i in range(a.shape[0]):
        s += a[:i] @ b[:i]
        b[i:] += 0.5 * a[i:]
    return s


def by_a_number(a, n):
    s = 0.0
    for i in range(n):
        s += np.sum(a[:i]) + np.sum(a[i:n] ** 2)
    return s


def test_lengths_that_were_equal_in_all_calls_prove_it():
    found = lower_as_called(typed(two_arrays, np.ones(3), np.ones(3)), [((4,), (4,))])
    assert not any(name in source_of(found.program) for name in CLIPPED)
    assert len(found.assumed) == 1


@pytest.mark.parametrize("calls", [[], [((4,), (5,))], [((4,), (4,)), ((3,), (6,))]])
def test_lengths_that_differ_in_a_call_prove_nothing(calls):
    found = lower_as_called(typed(two_arrays, np.ones(3), np.ones(3)), calls)
    assert "slice_start" in source_of(found.program)
    assert found.asked
    a, b = np.arange(1.0, 4.0), np.arange(2.0, 8.0)
    with pytest.raises(ValueError, match="broadcast"):
        run(found.program, (a, b))  # as NumPy does
    b = b[:3]
    assert run(found.program, (a, b))[0] == two_arrays(a, b.copy())


def test_a_number_that_is_a_length():
    program = typed(by_a_number, np.ones(3), 3)
    found = lower_as_called(program, [((4,), 4)])
    assert "slice_start" not in source_of(found.program)
    assert found.assumed
    anything = lower(program)
    for n in (-2, 0, 2, 5, 9):
        assert run(anything, (np.ones(5), n))[0] == by_a_number(np.ones(5), n)


def from_a_number(a, b, n):
    s = 0.0
    for i in range(n, len(a)):
        s += np.sum(a[n : i + 1]) * b[0]
    return s


def test_a_number_is_not_negative_only_if_it_is_a_length():
    program = typed(from_a_number, np.ones(3), np.ones(3), 3)
    found = lower_as_called(program, [((5,), (2,), 2)])
    assert "slice_start" not in source_of(found.program)
    assert any(Name("n") in pair for pair in found.assumed)
    other = lower_as_called(program, [((5,), (3,), 2)])
    assert not other.assumed
    assert run(other.program, (np.ones(4), np.ones(1), -2))[0] == from_a_number(
        np.ones(4), np.ones(1), -2
    )


def test_nothing_is_asked_of_calls_where_that_would_not_help():
    assert not lower_as_called(typed(heads_and_tails, np.ones(3)), [((4,),)]).asked
    assert not lower_as_called(typed(beyond_the_end, np.ones(3)), [((4,),)]).asked


def triangles(a):
    s = 0.0
    for i in range(a.shape[0]):
        s += np.sum(a[i, :i])
    return s


def test_a_square_matrix_may_be_taken_to_be_one():
    found = lower_as_called(typed(triangles, np.ones((3, 3))), [((4, 4),)])
    assert "slice_start" not in source_of(found.program)
    with pytest.raises(shapes.OtherLengths):
        shapes.assume_equal(*(np.ones((3, 2)).shape))
    wide = lower_as_called(typed(triangles, np.ones((3, 3))), [((4, 4),), ((5, 3),)])
    a = np.arange(10.0).reshape(5, 2)
    assert run(wide.program, (a,))[0] == triangles(a)
