"""Ordinary NumPy functions on the tape."""

from __future__ import annotations

import math

import numpy as np
import pytest

from adjoint.errors import NoRule, NotDifferentiable
from adjoint.runtime.tape.plain import value_and_gradient
from adjoint.runtime.tape.state import state


def untypable(x, names):
    parts = {name: x[i] * (i + 1) for i, name in enumerate(names)}
    kept = [part for name, part in parts.items() if part > 0 and name != "c"]
    return np.sum(np.stack(kept) ** 2) if kept else 0.0


def test_code_that_no_compiler_types():
    value, (gradient,) = value_and_gradient(untypable, (np.array([1.0, 2.0, 3.0, -1.0]), "abcd"))
    assert value == 17.0
    assert gradient.tolist() == [2, 16, 0, 0]


def test_results_have_their_arguments_types():
    value, gradients = value_and_gradient(
        lambda x, y: np.sum(x * y), (2.0, np.array([1.0, 2.0], np.float32)), (0, 1)
    )
    assert value == 6.0
    assert type(gradients[0]) is float
    assert gradients[0] == 3.0
    assert gradients[1].dtype == np.float32
    assert gradients[1].tolist() == [2, 2]


def test_a_constant_result_has_gradient_zero():
    assert value_and_gradient(lambda x: 3.0, (1.0,)) == (3.0, (0.0,))


def test_arguments_stay_as_they_were():
    x = np.array([1.0, 2.0])
    value_and_gradient(lambda x: np.sum(x**2), (x,))
    assert x.tolist() == [1, 2]


def fills_a_numpy_array(x):
    y = np.zeros(2)
    y[0] = x
    return np.sum(y)


@pytest.mark.parametrize("function", [math.sin, fills_a_numpy_array, lambda x: float(x) * 2])
def test_a_gradient_is_never_lost_silently(function):
    with pytest.raises(NotDifferentiable, match="would become a plain number"):
        value_and_gradient(function, (1.0,))
    assert not state.strict
    assert not state.recording


def test_leaving_on_purpose():
    assert value_and_gradient(lambda x: x * x.item(), (3.0,)) == (9.0, (3.0,))


def test_refusals():
    with pytest.raises(NotDifferentiable, match="int64"):
        value_and_gradient(lambda x: x, (1,))
    with pytest.raises(NoRule, match=r"numpy\.i0 has no derivative rule"):
        value_and_gradient(np.i0, (1.0,))
