"""Every rule that holds for complex numbers, against differences along both axes of the plane.

The convention is JAX's: dL = Re(z_bar dz). So the inner product of a cotangent with a direction is
the real part of their product, and the derivative of Re(z_bar f) along a direction must equal it,
for complex and for real arguments, whose cotangent is the real part.
"""

from __future__ import annotations

import cmath
import operator

import numpy as np
import pytest

from adjoint.rules import complex_rule_for, is_piecewise_constant, registered_complex

_REAL = {float, np.float64, np.float32, np.complex64}  # take no complex numbers, or round them
RULES = {
    function: rule
    for function, rule in registered_complex().items()
    if rule.broadcasts and function.__module__ != "math" and function not in _REAL
}
SEED = 0.6 - 1.3j

_ONE = [(0.7 + 0.4j,), (-1.2 + 0.3j,), (0.2 - 1.9j,)]
_TWO = [(0.7 + 0.4j, -0.3 + 1.1j), (1.3, 0.4 - 0.6j), (0.4 - 0.6j, -1.3)]
CASES = {
    "add": _TWO,
    "angle": _ONE,
    "cartesian": [(0.3, -1.2), (1.5, 0.2)],
    "complex_power": [*_TWO, (-1.3, 0.4 + 0.2j), (0.2 - 1.9j, 3), (0.2 - 1.9j, -2), (1j, 0)],
    "divide": _TWO,
    "multiply": _TWO,
    "rect": [(1.3, 0.4), (0.2, -2.0)],
    "subtract": _TWO,
    "where": [(True, 1j, 2.0), (False, 1j, 2 - 1j)],
}


def differentiable(function):
    rule = RULES[function]
    for args in CASES.get(rule.adjoint.__name__, _ONE):
        yield pytest.param(function, args, id=f"{function.__module__}.{function.__name__}{args}")


def derivative(function, args, position, direction):
    """Central differences of order eight (see `tests.rules.numeric`)."""
    total = 0.0
    for offset, weight in zip((1, 2, 3, 4), (4 / 5, -1 / 5, 4 / 105, -1 / 280), strict=True):
        for sign in (1, -1):
            moved = list(args)
            moved[position] = args[position] + sign * offset * 5e-3 * direction
            total += sign * weight * function(*moved)
    return total / 5e-3


@pytest.mark.parametrize("function, args", [case for f in RULES for case in differentiable(f)])
def test_rule_agrees_with_differences(function, args):
    rule = complex_rule_for(function)
    z = function(*args)
    # The cotangent of a real result is real.
    z_bar = SEED if isinstance(z, complex) else SEED.real
    bars = dict(zip(rule.differentiable, rule.adjoint(z, *args, z_bar=z_bar), strict=True))
    for name, bar in bars.items():
        position = rule.params.index(name)
        if isinstance(args[position], int):
            continue
        directions = (1.0, 1j) if isinstance(args[position], complex) else (1.0,)
        for direction in directions:
            expected = (z_bar * derivative(function, args, position, direction)).real
            got = (np.asarray(bar) * direction).real
            assert abs(got - expected) <= 3e-9 * (1 + abs(expected)), (name, direction)


def test_modulus_has_slope_zero_at_the_origin():
    assert complex_rule_for(abs).adjoint(0.0, 0j, 1.0) == (0j,)


@pytest.mark.parametrize("function", [np.sqrt, np.log, cmath.log, cmath.sqrt])
def test_derivatives_of_multivalued_functions_belong_to_the_branch_of_the_result(function):
    z = -2.0 - 1e-12j
    (bar,) = complex_rule_for(function).adjoint(function(z), z, 1.0)
    expected = 1 / z if "log" in function.__name__ else 0.5 / function(z)
    assert abs(bar - expected) < 1e-15


@pytest.mark.parametrize(
    "function", [np.maximum, np.arctan2, np.fmod, operator.mod, np.var, np.sort]
)
def test_what_has_no_complex_derivative_has_no_rule(function):
    assert complex_rule_for(function) is None


def test_the_sign_of_a_complex_number_is_not_piecewise_constant():
    assert is_piecewise_constant(np.sign)
    assert not is_piecewise_constant(np.sign, of_complex=True)
