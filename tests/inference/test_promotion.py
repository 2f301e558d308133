"""Types and values as NumPy 2 has them where float32 meets Python's numbers."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest

from adjoint import value_and_grad
from adjoint.emit import load, source_of
from adjoint.inference import promoted
from tests.stages import parsed

ARRAY = np.array([0.3, -1.7, 0.1, 2.9], np.float32)
SCALAR = np.float32(0.7)


def weak_constant(x):
    return 0.1 * x


def weak_counter(x):
    s = x
    for i in range(4):
        s = s / 3 + i
    return s


def weak_start(x):
    s = 0.1
    for _ in range(3):
        s = s * x + 0.1
    return s


def weak_of_weak(x):
    step = 1.0 / 7
    return x * step


def strong_double(x):
    return np.float64(0.1) * x


def strong_result_of_a_ufunc(x):
    return np.sqrt(2.0) * x


def double_of_math(x):
    return math.sqrt(x) * 0.1


def double_then_single(x):
    return math.sqrt(x) * x


def compared(x):
    return x if x == 0.7 else x * 3


def power(x):
    return x**2 * 0.1 + x**3 / 7


@pytest.mark.parametrize(
    "function",
    [
        *(weak_constant, weak_counter, weak_start, weak_of_weak, strong_double),
        *(strong_result_of_a_ufunc, double_of_math, double_then_single, compared, power),
    ],
)
def test_value_is_that_of_the_plain_call_bit_for_bit(function):
    value, bar = value_and_grad(function, jit=False)(SCALAR)
    assert value == float(function(SCALAR))
    assert type(bar) is np.float32


@pytest.mark.compiled
@pytest.mark.parametrize("function", [weak_start, double_of_math, compared])
def test_compiled_value_is_that_of_the_plain_call_bit_for_bit(function):
    value, bar = value_and_grad(function)(SCALAR)
    assert value == float(function(SCALAR))
    assert type(bar) is np.float32


def test_sums_keep_the_digits_that_numpy_keeps():
    def mean_of_squares(x):
        return np.mean(x * x)

    x = np.full(300_000, 0.1, np.float32)
    value, bar = value_and_grad(mean_of_squares, jit=False)(x[:50_000])
    assert abs(value - np.float32(0.01)) < 1e-8
    assert bar.dtype == np.float32


def test_programs_without_float32_stay_the_same_object():
    program = parsed(weak_start)
    assert promoted(program, (numba.float64,), load) is program


def test_casts_are_written_out():
    program = promoted(parsed(weak_constant), (numba.typeof(ARRAY),), load)
    assert "np.float32(0.1)" in source_of(program)
