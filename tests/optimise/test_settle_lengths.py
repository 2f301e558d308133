"""Tests of lengths that are always the same are gone; others stay."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint.emit import load, source_of
from adjoint.optimise import tidy
from adjoint.optimise.settle_lengths import settle_lengths
from adjoint.program.verify import verify
from tests.stages import lowered

VECTOR = np.linspace(0.3, 0.9, 4)


def swapped(v, steps):
    x = v * 1.0
    y = v * 2.0
    for _ in range(steps):
        x, y = y, np.sin(x + y)
    return np.sum(x * y)


def shrinking(v, steps):
    x = v * 1.0
    for _ in range(steps):
        x = x[1:] * x[:-1]
    return np.sum(x)


def settled(function, *args):
    program = tidy(settle_lengths(lowered(function, *args)))
    verify(program, "scalar", strict=False)
    return program


@pytest.mark.parametrize("function", [swapped, shrinking])
def test_the_result_is_the_same(function):
    assert load(settled(function, VECTOR, 2))(VECTOR, 2) == function(VECTOR, 2)


def test_no_test_of_lengths_that_names_in_turn_keep():
    assert "broadcast" in source_of(tidy(lowered(swapped, VECTOR, 2)))
    assert "broadcast" not in source_of(settled(swapped, VECTOR, 2))


def test_lengths_that_change_are_asked_for():
    assert "x.shape[0]" in source_of(settled(shrinking, VECTOR, 2))


def test_no_copy_of_a_program_with_nothing_to_settle():
    program = lowered(lambda x: np.sin(x) * x, 0.5)
    assert settle_lengths(program) is program


def unequal(v, w, steps):
    x = v * 1.0
    for _ in range(steps):
        x = x + w
    return np.sum(x)


def test_lengths_that_do_not_fit_are_refused_still():
    program = load(settled(unequal, VECTOR, VECTOR, 2))
    assert program(VECTOR, VECTOR, 2) == unequal(VECTOR, VECTOR, 2)
    assert program(VECTOR, VECTOR[:1], 2) == unequal(VECTOR, VECTOR[:1], 2)
    with pytest.raises(ValueError, match="broadcast"):
        program(VECTOR, VECTOR[:3], 2)
