"""Random generators as arguments and captured: every number is drawn once, as in the plain call."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

from adjoint import differentiable, grad
from adjoint.errors import NoRule, TypingFailed, UnsupportedSyntax
from adjoint.testing import numeric_gradient

rng = np.random.default_rng(3)


def noisy(x: Any, g: Any) -> Any:
    return x * g.normal(x, 2.0)


def captured(x: Any) -> Any:
    return x * rng.normal(x, 1.0)


@pytest.mark.parametrize("jit", [pytest.param(True, marks=pytest.mark.compiled), False])
def test_state_after_the_call(jit: bool) -> None:
    ours, plain = np.random.default_rng(1), np.random.default_rng(1)
    bar = grad(noisy, jit=jit)(1.3, ours)
    noisy(1.3, plain)
    assert ours.bit_generator.state == plain.bit_generator.state
    assert bar == pytest.approx(numeric_gradient(noisy, (1.3, np.random.default_rng(1))).gradient)


def test_a_captured_generator_goes_on() -> None:
    df = grad(captured, jit=False)
    before = rng.bit_generator.state
    first, second = df(1.3), df(1.3)
    assert first != second
    rng.bit_generator.state = before
    z = rng.standard_normal()
    assert first == pytest.approx(2.0 * 1.3 + z)


@pytest.mark.parametrize(
    "function, x",
    [
        (lambda x, g: x * g.gamma(x), 1.3),
        (lambda x, g: np.random.laplace(x) * x, 1.3),
        (lambda x, g: g.permutation(x)[0], np.arange(3.0)),
        (lambda x, g: np.random.permutation(x)[0], np.arange(3.0)),
        (lambda x, g: g.choice(x), np.arange(3.0)),
    ],
)
def test_draws_that_no_gradient_passes_through(function: Any, x: Any) -> None:
    with pytest.raises((NoRule, TypingFailed)):
        grad(function, jit=False)(x, np.random.default_rng(1))


def test_shuffling_is_refused() -> None:
    with pytest.raises(UnsupportedSyntax, match="in place"):
        grad(lambda x, g: g.shuffle(x), jit=False)(np.arange(3.0), np.random.default_rng(1))


def test_legacy_draws_are_pathwise() -> None:
    def f(x: Any) -> Any:
        return np.random.normal(x, 0.5 * x) * np.random.uniform(0.0, x)

    np.random.seed(0)
    bar = grad(f, jit=False)(1.3)
    numeric = numeric_gradient(f, (1.3,), before=lambda: np.random.seed(0))
    assert bar == pytest.approx(numeric.gradient)


def test_in_compiled_code() -> None:
    df = grad(noisy)

    @numba.njit
    def caller(x: float, g: Any) -> Any:
        return df(x, g)

    expected = grad(noisy, jit=False)(1.3, np.random.default_rng(1))
    assert caller(1.3, np.random.default_rng(1)) == pytest.approx(expected)
    hidden = grad(captured)

    @numba.njit
    def other(x: float) -> Any:
        return hidden(x)

    with pytest.raises((TypingFailed, numba.TypingError), match="captures"):
        other(1.3)


def test_not_on_the_tape() -> None:
    from adjoint import autograd, nd
    from adjoint.errors import NotDifferentiable

    x = nd.array([1.0, 2.0])
    x.attach_grad()
    f = differentiable(lambda x, g: np.sum(x * g.normal()))
    with autograd.record(), pytest.raises(NotDifferentiable, match="draws random numbers"):
        f(x, np.random.default_rng(1))
