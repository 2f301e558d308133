"""Gradients of the array programs of `tests/lowering`, by finite differences."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from adjoint.analyses.activity import is_float
from adjoint.emit import load
from adjoint.lowering import lower
from adjoint.optimise import polish, tidy
from adjoint.reverse import differentiate
from adjoint.testing import numeric_gradient
from tests.lowering.programs import CASES
from tests.stages import inferred

# Where there is no derivative: a kink, a step, or more digits than finite differences have.
NOT_SMOOTH = {"comparison_counts", "extremes_of_nan", "extremes_of_infinity", "cast"}
NOT_SMOOTH |= {"single_precision", "extremes_by_element", "extremes_of_equals"}


def is_differentiable(arg):
    """A float64, or a non-empty array of them."""
    return isinstance(arg, float) or (
        isinstance(arg, np.ndarray) and arg.dtype == np.float64 and arg.size > 0
    )


POINTS = [
    pytest.param(function, args, id=f"{function.__name__}-{k}")
    for function, arguments in CASES
    for k, args in enumerate(arguments)
    if function.__name__ not in NOT_SMOOTH
    if any(map(is_differentiable, args))
    if not any(isinstance(arg, np.ndarray) and arg.dtype == np.float32 for arg in args)
]


@pytest.mark.slow
@pytest.mark.parametrize("function, args", POINTS)
def test_gradient(function, args):
    program, result = inferred(function, *args)
    if not is_float(result):
        pytest.skip("the result has no gradient")
    wrt = [k for k, arg in enumerate(args) if is_differentiable(arg)]
    independent = tuple(program.params[k] for k in wrt)
    adjoint = polish(differentiate(tidy(lower(program)), independent, False))
    with np.errstate(all="ignore"):
        _, *bars = load(adjoint)(*copy.deepcopy(args), 1.0)
    for k, bar in zip(wrt, bars, strict=True):
        numeric = numeric_gradient(function, args, k)
        assert np.shape(bar) == np.shape(args[k])
        scale = max(1.0, float(np.max(np.abs(numeric.gradient))))
        np.testing.assert_allclose(bar, numeric.gradient, rtol=1e-7, atol=1e-8 * scale)


def test_of_equal_extremes_the_first_has_the_derivative():
    (function,) = [f for f, _ in CASES if f.__name__ == "extremes_of_equals"]
    x = np.array([2.0, 2.0, 1.0, 1.0])
    program, _ = inferred(function, x)
    _, bar = load(differentiate(lower(program), ("x",), False))(x, 1.0)
    np.testing.assert_array_equal(bar, [1.0, 0.0, -1.0, 0.0])
