"""Lengths that never change: found by induction, and not claimed where they do."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint.analyses.kept_lengths import KeptLengths
from adjoint.analyses.memory import Memory
from adjoint.analyses.places import Places
from adjoint.program.core import Call, Const, Name
from adjoint.program.primitives import dim
from tests.stages import lowered

VECTOR = np.ones(4)


def kept_of(function, *args):
    program = lowered(function, *args)
    places = Places(program)
    return KeptLengths(program, places, Memory(program, places))


def length_of(parameter):
    return Call(dim, (Name(parameter), Const(0)))


def swapped(v, steps):
    x = v * 1.0
    y = v * 2.0
    for _ in range(steps):
        x, y = y, np.sin(x + y)
    return np.sum(x) + np.sum(y)


def sum_of_both(v, steps):
    p = np.zeros(len(v))
    q = v * 1.0
    for _ in range(steps):
        t = p + q
        p = q
        q = t * v
    return np.sum(p * q)


@pytest.mark.parametrize("function, names", [(swapped, "xy"), (sum_of_both, "pq")])
def test_names_that_take_turns_keep_their_lengths(function, names):
    kept = kept_of(function, VECTOR, 3)
    for name in names:
        (length,) = kept.lengths(name)
        assert length.expr() == length_of("v")


def shrinking(v, steps):
    x = v * 1.0
    for _ in range(steps):
        x = x[1:] * x[:-1]
    return np.sum(x)


def of_either_length(v, w, steps):
    x = v * 1.0
    for _ in range(steps):
        x = w * 2.0
    return np.sum(x)


def taking_the_other_s_length(v, w, steps):
    x = v * 1.0
    y = w * 1.0
    for _ in range(steps):
        z = x * 2.0
        x = y
        y = z
    return np.sum(x) * np.sum(y)


def test_names_whose_arrays_differ():
    assert kept_of(shrinking, VECTOR, 3).lengths("x") is None
    assert kept_of(of_either_length, VECTOR, VECTOR, 3).lengths("x") is None
    kept = kept_of(taking_the_other_s_length, VECTOR, VECTOR, 3)
    assert kept.lengths("x") is None
    assert kept.lengths("y") is None


def sized_by_a_counter(v, steps):
    s = 0.0
    for t in range(steps):
        x = np.zeros(t + 1)
        y = x
        for i in range(len(y)):
            y[i] = v[0] * i
        s += np.sum(x)
    return s


def test_a_length_that_each_iteration_has_anew():
    assert kept_of(sized_by_a_counter, VECTOR, 3).lengths("x") is None


def test_arithmetic_with_lengths():
    kept = kept_of(swapped, VECTOR, 3)
    assert kept.of(Const(3)).expr() == Const(3)
    assert kept.of(Name("steps")).expr() == Name("steps")
    assert kept.of(Name("no_such_name")) is None
