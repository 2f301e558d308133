"""Every scalar rule against differences, at kinks, and in float32."""

from __future__ import annotations

import math
import operator

import numpy as np
import pytest

from adjoint.rules import is_piecewise_constant, registered, rule_for
from tests.rules.numeric import agree, directional, floating
from tests.rules.scalar_cases import SCALAR_CASES

# The slope in the exponent of a negative number is nan, and says so.
pytestmark = pytest.mark.filterwarnings("ignore:invalid value encountered in log")

SCALAR_RULES = {f: r for f, r in registered().items() if r.broadcasts}
CASES = [
    pytest.param(
        function, args, id=f"{getattr(function, '__module__', 'special')}.{function.__name__}{args}"
    )
    for function, rule in SCALAR_RULES.items()
    for args in SCALAR_CASES.get(rule.adjoint.__name__, ())
]


def bars(function, *args, z_bar=1.0):
    """Cotangents of a function's arguments by name."""
    rule = rule_for(function)
    z = function(*args)
    returned = rule.adjoint(z, *args, z_bar)
    return dict(zip(rule.differentiable, returned, strict=True))


def test_every_rule_has_cases():
    names = {rule.adjoint.__name__ for rule in SCALAR_RULES.values()}
    assert names - set(SCALAR_CASES) == set()
    assert set(SCALAR_CASES) - names == set(), "cases of rules that do not exist"


@pytest.mark.parametrize("function, args", CASES)
def test_scalar_rule_agrees_with_differences(function, args):
    rule = rule_for(function)
    if function is np.float32:
        pytest.skip("differences of a rounding function say nothing")
    for name, bar in bars(function, *args, z_bar=1.7).items():
        position = rule.params.index(name)
        if not floating(args[position]):
            continue
        agree(bar, 1.7 * directional(function, args, (position,), (1.0,)), 3e-9)


@pytest.mark.parametrize("function", [f for f in SCALAR_RULES if isinstance(f, np.ufunc)])
def test_ufunc_rule_runs_on_float32_arrays_without_promoting(function):
    rule = rule_for(function)
    args = [
        np.float32([value] * 3) if isinstance(value, float) else value
        for value in SCALAR_CASES[rule.adjoint.__name__][0]
    ]
    z_bar = np.ones(3, np.float32)
    z = function(*args).astype(np.float32)
    for name, bar in zip(rule.differentiable, rule.adjoint(z, *args, z_bar), strict=True):
        if floating(args[rule.params.index(name)]):
            assert bar.dtype == np.float32, name
            assert bar.shape == (3,), name


@pytest.mark.parametrize("function", [np.maximum, max])
def test_maximum_of_equal_values_chooses_the_left(function):
    assert bars(function, 2.0, 2.0) == {"x": 1.0, "y": 0.0}


@pytest.mark.parametrize("function", [np.minimum, min])
def test_minimum_of_equal_values_chooses_the_left(function):
    assert bars(function, 2.0, 2.0) == {"x": 1.0, "y": 0.0}


@pytest.mark.parametrize("function", [np.fmax, np.fmin])
def test_fmax_ignores_nan(function):
    assert bars(function, 2.0, math.nan) == {"x": 1.0, "y": 0.0}
    assert bars(function, math.nan, 2.0) == {"x": 0.0, "y": 1.0}


@pytest.mark.parametrize("function", [abs, np.abs, np.fabs, math.fabs, operator.abs])
def test_abs_is_flat_at_zero(function):
    assert bars(function, 0.0) == {"x": 0.0}


def test_clip_passes_the_slope_at_both_bounds():
    for a in (-1.0, 1.0):
        assert bars(np.clip, a, -1.0, 1.0) == {"a": 1.0, "a_min": 0.0, "a_max": 0.0}


def test_clip_outside_gives_the_slope_to_the_bound():
    assert bars(np.clip, -2.0, -1.0, 1.0) == {"a": 0.0, "a_min": 1.0, "a_max": 0.0}
    assert bars(np.clip, 2.0, -1.0, 1.0) == {"a": 0.0, "a_min": 0.0, "a_max": 1.0}


@pytest.mark.parametrize("exponent, slope", [(0, 0.0), (1, 1.0), (2, 0.0), (2.0, 0.0), (3, 0.0)])
def test_power_is_finite_at_zero(exponent, slope):
    assert bars(np.power, 0.0, exponent)["x"] == slope


@pytest.mark.parametrize("exponent", [2, 2.0, 3.0, -1.0])
def test_power_of_a_negative_number(exponent):
    assert bars(np.power, -1.5, exponent)["x"] == pytest.approx(exponent * (-1.5) ** (exponent - 1))


def test_power_does_not_move_with_the_exponent_at_base_zero():
    assert bars(np.power, 0.0, 2.0)["y"] == 0.0
    assert bars(np.power, 0.0, 0.0)["y"] == 0.0


def test_power_of_a_negative_number_has_no_slope_in_the_exponent():
    assert math.isnan(bars(np.power, np.float64(-2.0), np.float64(2.0))["y"])


def test_sqrt_has_infinite_slope_at_zero():
    with np.errstate(divide="ignore"):
        assert bars(np.sqrt, np.float64(0.0))["x"] == math.inf


def test_remainder_counts_the_periods():
    assert bars(np.remainder, 7.5, 2.0) == {"x": 1.0, "y": -3.0}
    assert bars(operator.mod, -7.5, 2.0) == {"x": 1.0, "y": 4.0}


@pytest.mark.parametrize("function", [np.floor, operator.lt, math.trunc, np.sign, int, round])
def test_piecewise_constant_functions_are_marked(function):
    assert is_piecewise_constant(function)
    assert rule_for(function) is None


def test_no_function_is_both_differentiable_and_piecewise_constant():
    assert [function for function in registered() if is_piecewise_constant(function)] == []
