"""Cutting rules down to what is asked for."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from adjoint.rules import Rule, rule_for
from adjoint.runtime.tape.pullbacks import cut, placeholder


@pytest.mark.parametrize(
    "function, wanted, reads",
    [
        (operator.mul, (0,), (False, False, True)),
        (operator.mul, (1,), (False, True, False)),
        (operator.mul, (0, 1), (False, True, True)),
        (operator.add, (0, 1), (False, False, False)),
        (operator.truediv, (0,), (False, False, True)),
        (operator.truediv, (0, 1), (True, False, True)),
        (np.exp, (0,), (True, False)),
    ],
)
def test_only_what_is_read_is_kept(function, wanted, reads):
    assert cut(rule_for(function), wanted).reads == reads


def test_a_shape_takes_no_memory():
    pullback = cut(rule_for(np.sum), (0,))
    a = np.ones((1000, 1000))
    kept = pullback.keep(a.sum(), [a, None, None, None, False])
    assert kept[1].shape == a.shape
    assert kept[1].dtype == a.dtype
    assert kept[1].strides == (0, 0)
    assert not np.shares_memory(kept[1], a)
    assert placeholder([a, 3])[0].shape == a.shape


def test_unwanted_cotangents_are_not_computed():
    with np.errstate(all="raise"):  # log of a negative number would raise
        (x_bar,) = cut(rule_for(operator.pow), (0,)).call(None, np.float64(-2.0), 2.0, 1.0)
    assert x_bar == -4.0


class Counting(np.ndarray):
    divisions = 0

    def __rtruediv__(self, other):
        Counting.divisions += 1
        return np.ndarray.__rtruediv__(self, other)


def test_common_expressions_are_computed_once():
    y = np.array([2.0, 4.0]).view(Counting)
    x_bar, y_bar = cut(rule_for(operator.truediv), (0, 1)).call(np.array([3.0, 1.0]), None, y, 1.0)
    assert Counting.divisions == 1
    assert x_bar.tolist() == [0.5, 0.25]
    assert y_bar.tolist() == [-1.5, -0.25]


def test_a_rule_that_is_a_closure_is_called_whole():
    factor = 3.0

    def scaled(z, x, y, z_bar):
        x_bar = z_bar * factor
        y_bar = z_bar * x
        return x_bar, y_bar

    rule = Rule(scaled, "z", "z_bar", ("x", "y"), ("x", "y"), True)
    pullback = cut(rule, (1,))
    assert pullback.reads == (True, True, True)
    assert pullback.call(None, 5.0, None, 2.0) == (10.0,)
