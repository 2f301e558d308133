"""Types as the command line takes them, and values of these types."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from numba import types

from adjoint.cli.arguments import float_positions, parse_types, random_value
from adjoint.cli.bench import median_time, time_text

SIGNATURES = (
    *("f8[:,:]", "f8[:,::1]", "f8[::1,:]", "f4[:]", "f8[:]", "f8[::1]", "float64", "f4", "i8"),
    *("i4", "i8[:]", "b1", "b1[:]", "c16", "c16[::1]", "c8[:]", "UniTuple(f8, 2)"),
    *("Tuple((f8, i8))", "u1", "f8[:,:,:,:]"),
)


@pytest.mark.parametrize("text", SIGNATURES)
def test_values_have_the_type_that_was_asked_for(text):
    (wanted,) = parse_types(text)
    value = random_value(wanted, 3, np.random.default_rng(0))
    assert numba.typeof(value) == wanted


def test_types_are_separated_by_commas():
    assert parse_types("f8[:,:], f8, i8") == (types.f8[:, :], types.f8, types.i8)


def test_axes_have_the_length_that_was_asked_for():
    assert random_value(types.f8[:, :], 7, np.random.default_rng(0)).shape == (7, 7)


def test_integers_index_an_axis():
    indices = random_value(types.i8[:], 50, np.random.default_rng(0))
    assert indices.min() >= 0
    assert indices.max() < 50


def test_float_positions():
    assert float_positions((1, 2.0, np.ones(2), np.arange(2), (1, 2.0), "x")) == (1, 2, 4)


def test_times():
    assert time_text(0.00125) == "1.25 ms"
    assert time_text(2.5) == "2.5 s"
    assert time_text(3e-10) == "0.3 ns"


def test_functions_that_write_are_measured_with_the_same_arguments():
    seen = []

    def write(x):
        seen.append(x[0])
        x[0] += 1.0

    x = np.zeros(1)
    median_time(write, (x,), 0.0)
    assert set(seen) == {0.0}
    assert x[0] == 0.0
