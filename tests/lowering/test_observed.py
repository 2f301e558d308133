"""Which lengths are taken to be equal, from the sizes of the arguments in some calls."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint.emit import load, source_of
from adjoint.lowering import lower_as_called
from tests.stages import lowered, typed


def shift(a, b):
    b[1:-1] = a[2:] - a[:-2]
    return np.sum(b)


def scaled(a, w):
    return np.sum(a * w)


def halves(x):
    n = len(x) // 2
    return np.sum(x[:n] * x[n:])


def grids(edges, centres):
    return np.sum((edges[1:] - edges[:-1]) * centres)


def triangle(a, b):
    total = 0.0
    for i in range(len(a)):
        total += np.sum(a[:i] * b[:i])
    return total


def counted(x, n):
    return np.sum(np.zeros(n) + x)


def sizes(*args):
    return tuple(a.shape if isinstance(a, np.ndarray) else a for a in args)


def assumed(function, *calls):
    found = lower_as_called(typed(function, *calls[0]), [sizes(*args) for args in calls])
    return found, source_of(found.program)


@pytest.mark.parametrize(
    "function, shapes, pairs",
    [
        (shift, [(5,), (5,)], 1),
        (scaled, [(4,), (4,)], 1),
        (scaled, [(4,), (1,)], 1),
        (scaled, [(4, 3), (3,)], 1),
        (scaled, [(4, 3), (4, 1)], 2),
        (halves, [(8,)], 1),
        (grids, [(6,), (5,)], 1),
        (triangle, [(4,), (4,)], 1),
    ],
)
def test_equal_lengths_need_no_broadcasting(function, shapes, pairs):
    args = tuple(np.linspace(0.5, 1.5, int(np.prod(s))).reshape(s) for s in shapes)
    found, text = assumed(function, args)
    assert "broadcast" not in text
    assert len(found.assumed) == pairs
    copies = tuple(arg.copy() for arg in args)
    assert load(found.program)(*copies) == pytest.approx(function(*args), rel=1e-14)


def test_an_integer_is_compared_with_lengths():
    found, text = assumed(counted, (np.ones(4), 4))
    assert "broadcast" not in text
    assert len(found.assumed) == 1


def test_lengths_that_differ_are_broadcast_at_run_time():
    found, text = assumed(scaled, (np.ones(4), np.ones(3)))
    assert found.assumed == ()
    assert found.asked
    assert "broadcast_dim" in text


def test_only_what_held_in_all_calls_is_assumed():
    same = np.ones(4), np.ones(4)
    others = [(np.ones(4), np.ones(1)), (np.ones(1), np.ones(4))]
    found, text = assumed(scaled, same, *others)
    assert found.assumed == ()
    assert text == source_of(lowered(scaled, *same))


def test_nothing_is_asked_of_loops():
    def loop(x, y):
        total = 0.0
        for i in range(len(x)):
            total += x[i] * y[i]
        return total

    found, _ = assumed(loop, (np.ones(3), np.ones(3)))
    assert not found.asked


def test_a_parameter_that_is_bound_again_says_nothing():
    def count(x, n):
        n = n + 1
        return np.sum(np.zeros(n) + x)

    _, text = assumed(count, (np.ones(4), 4))
    assert "broadcast" in text
