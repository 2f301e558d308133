"""Carried cotangents are updated by one factor, and nothing else is touched."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adjoint import value_and_grad
from adjoint.emit import load, source_of
from adjoint.optimise.dead_code import remove_dead_code
from adjoint.optimise.factor import factor_cotangents
from adjoint.program.walk import map_blocks
from adjoint.testing import check_grads
from tests.literal import literal


def in_reverse(program):
    """The program as a reverse sweep: what is of the user's own is never associated anew."""

    def mark(block):
        return tuple(replace(map_blocks(stmt, mark), reverse=True) for stmt in block)

    return replace(program, body=mark(program.body))


def recurrence(x, r, n):
    x_bar = 0.5
    r_bar = 0.0
    for _ in range(n):
        x_bar = x_bar + 1.0
        a = 1.0 - x
        t = x_bar * a
        u = t * x
        r_bar = r_bar + u
        b = r * x
        c = x_bar * b
        d = -c
        e = t * r
        x_bar = d + e
    return x_bar + r_bar


def written_in_between(x, r, n):
    x_bar = 0.5
    for _ in range(n):
        t = x_bar * r
        x_bar = x_bar + 1.0
        u = x_bar * x
        x_bar = t + u
    return x_bar


def quadratic(x, r, n):
    x_bar = 0.5
    for _ in range(n):
        t = x_bar * r
        u = t * x_bar
        x_bar = t + u
    return x_bar


def started_anew(x, r, n):
    total = 0.0
    for _ in range(n):
        x_bar = 0.0
        x_bar = x_bar + 0.5
        t = x_bar * r
        u = x_bar * x
        x_bar = t + u
        total = total + x_bar
    return total


def one_term(x, r, n):
    x_bar = 0.5
    for _ in range(n):
        t = x_bar * r
        x_bar = t * x
    return x_bar


def test_one_product_is_left_to_wait_for():
    program = in_reverse(literal(recurrence, 0.3, 1.7, 5))
    changed = remove_dead_code(factor_cotangents(program))
    text = source_of(changed)
    assert "x_bar *= a * r - b" in text or "x_bar = x_bar * (a * r - b)" in text
    assert load(changed)(0.3, 1.7, 5) == pytest.approx(recurrence(0.3, 1.7, 5), rel=1e-14)


@pytest.mark.parametrize("function", [written_in_between, quadratic, started_anew, one_term])
def test_what_is_no_such_update_stays(function):
    program = in_reverse(literal(function, 0.3, 1.7, 5))
    assert source_of(factor_cotangents(program)) == source_of(program)


def test_the_users_own_recurrences_stay():
    program = literal(recurrence, 0.3, 1.7, 5)
    assert source_of(factor_cotangents(program)) == source_of(program)


def test_nothing_that_is_not_finite_is_lost():
    def f(x, r):
        for _ in range(3):
            x = r * x * (1.0 - x)
        return x

    for x, r in ((np.inf, 2.0), (0.3, np.nan), (1e200, 1e200)):
        with np.errstate(all="ignore"):
            plain = value_and_grad(f, argnums=(0, 1), jit=False, optimise=False)(x, r)
            factored = value_and_grad(f, argnums=(0, 1), jit=False)(x, r)
        assert np.isfinite(plain[1]).tolist() == np.isfinite(factored[1]).tolist()


def runge_kutta(theta, n):
    u, v = theta[0], theta[1]
    for _ in range(n):
        a, b = (1.0 - v) * u, (u - 1.0) * v
        c, d = (1.0 - v - b) * (u + a), (u + a - 1.0) * (v + b)
        e, f = (1.0 - v - d) * (u + c), (u + c - 1.0) * (v + d)
        g, h = (1.0 - v - f) * (u + e), (u + e - 1.0) * (v + f)
        u, v = u + 0.01 * (a + c + e + g), v + 0.01 * (b + d + f + h)
    return u * v


def test_stages_of_an_integrator_do_not_multiply():
    """Taken as trees, the definitions of four stages have more terms than can be looked at."""
    check_grads(lambda theta: runge_kutta(theta, 4), (np.array([0.7, 1.2]),), ("python", "numeric"))
