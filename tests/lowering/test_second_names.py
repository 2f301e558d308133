"""A second name of an array that a loop makes anew may mean the array of an earlier iteration."""

import numpy as np
import pytest

from adjoint.emit import source_of
from adjoint.errors import UnsupportedSyntax
from tests.stages import lowered, run

X = np.linspace(0.5, 1.5, 5)


def of_the_first_iteration(x):
    for i in range(3):
        work = np.zeros(2)
        if i == 0:
            first = work
        first[0] += x[i] * x[i]
    return first[0]


def of_this_iteration(x):
    s = 0.0
    for i in range(3):
        work = np.zeros(2)
        same = work
        same[0] += x[i] * x[i]
        s += work[0]
    return s


def test_an_earlier_array_is_not_taken_for_the_latest():
    try:
        program = lowered(of_the_first_iteration, X)
    except UnsupportedSyntax:
        return  # a refusal is no wrong result
    found, _ = run(program, (X,))
    assert found == of_the_first_iteration(X)


def test_a_name_given_in_each_iteration_is_removed():
    program = lowered(of_this_iteration, X)
    assert "same" not in source_of(program)
    found, _ = run(program, (X,))
    assert found == of_this_iteration(X)


def view_of_an_earlier_iteration(x):
    for i in range(3):
        work = np.zeros(3)
        work[1] = x[i]
        if i == 0:
            kept = work[1:]
    return kept[0]


def best_so_far(x):
    largest = -1.0
    for i in range(len(x)):
        point = np.zeros(2)
        point[0] = x[i]
        point[1] = np.sin(3.0 * x[i])
        if point[1] > largest:
            largest = point[1]
            best = point
    return best[0] * best[1]


@pytest.mark.parametrize("function", [view_of_an_earlier_iteration, best_so_far])
def test_a_view_or_array_kept_from_an_earlier_iteration(function):
    found, _ = run(lowered(function, X), (X,))
    assert found == function(X)
