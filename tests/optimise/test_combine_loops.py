"""Loops that pass arrays on are one before differentiation, and only those."""

from __future__ import annotations

import numpy as np

from adjoint import value_and_grad
from adjoint.emit import load, source_of
from adjoint.optimise import combine_loops, tidy
from adjoint.optimise.settle_lengths import settle_lengths
from adjoint.testing import numeric_gradient
from tests.stages import lowered

X = np.linspace(0.3, 0.9, 5)


def passes_on(x, w):
    damped = x * w
    for _ in range(2):
        slope = damped * 0.5
        force = slope + np.sqrt(slope)
        damped[:] = force * slope
    return np.sum(damped)


def looks_at_neighbours(x, w):
    slope = x * w
    return np.sum(slope[1:] * slope[:-1])


def shares_what_it_reads(x, w):
    x[:] = x * w
    y = np.empty(len(x))
    for i in range(len(x)):
        y[i] = x[i] * 2.0
    s = 0.0
    for i in range(len(x)):
        s += np.exp(x[i])
    return s + y[0] * y[1]


def prepared(function):
    return tidy(settle_lengths(lowered(function, X, 1.5)))


def test_what_is_passed_on_is_no_array():
    program = prepared(passes_on)
    combined = combine_loops(program)
    assert source_of(program).count("np.empty") > source_of(combined).count("np.empty") == 1
    assert load(combined)(X, 1.5) == load(program)(X, 1.5)


def test_the_adjoint_computes_again_what_was_passed_on():
    _, found = value_and_grad(passes_on, jit=False)(X, 1.5)
    np.testing.assert_allclose(found, numeric_gradient(passes_on, (X, 1.5)).gradient, rtol=1e-8)


def test_neighbours_wait_for_the_whole_array():
    program = prepared(looks_at_neighbours)
    assert combine_loops(program) is program


def test_outermost_loops_stay_apart_if_no_array_goes():
    program = prepared(shares_what_it_reads)
    loops = source_of(program).count("for ")
    assert source_of(combine_loops(program)).count("for ") == loops
