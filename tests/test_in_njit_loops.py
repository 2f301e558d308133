"""Gradients inside functions that Numba compiles: Newton, and Hamiltonian Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit
from numba.core.errors import NumbaWarning

from adjoint import grad, value_and_grad

pytestmark = pytest.mark.compiled


@njit
def cubic(x):
    """Newton's own example; its root is 2.0945514815423265."""
    return x**3 - 2.0 * x - 5.0


cubic_slope = grad(cubic)


@njit
def newton(x):
    for _ in range(20):
        x = x - cubic(x) / cubic_slope(x)
    return x


def banana(x):
    """Rosenbrock's function as a log-density, up to a constant."""
    a = 1.0 - x[0]
    b = x[1] - x[0] * x[0]
    return -0.5 * (a * a + 4.0 * b * b)


banana_with_slope = value_and_grad(banana)


@njit
def banana_by_hand(x):
    a = 1.0 - x[0]
    b = x[1] - x[0] * x[0]
    return -0.5 * (a * a + 4.0 * b * b), np.array([a + 8.0 * b * x[0], -4.0 * b])


def make_sampler(density):
    """Hamiltonian Monte Carlo (Neal 2011, sec. 5.3.2) for a log-density with its gradient."""

    @njit
    def sample(start, count, step, leaps, seed):
        np.random.seed(seed)
        samples = np.empty((count, len(start)))
        accepted = 0
        x = start.copy()
        value, slope = density(x)
        for i in range(count):
            momentum = np.random.standard_normal(len(x))
            energy = value - 0.5 * np.sum(momentum * momentum)
            y = x.copy()
            new_value, new_slope = value, slope
            for _ in range(leaps):
                momentum = momentum + 0.5 * step * new_slope
                y = y + step * momentum
                new_value, new_slope = density(y)
                momentum = momentum + 0.5 * step * new_slope
            change = new_value - 0.5 * np.sum(momentum * momentum) - energy
            if np.log(np.random.random()) < change:
                x, value, slope = y, new_value, new_slope
                accepted += 1
            samples[i] = x
        return samples, accepted

    return sample


def test_newton():
    assert newton(2.0) == pytest.approx(2.0945514815423265, rel=1e-15)


def test_hamiltonian_monte_carlo_follows_the_hand_written_gradient():
    """The same draws and the same gradient give the same chain."""
    args = (np.array([0.5, 0.5]), 200, 0.15, 8, 7)
    samples, accepted = make_sampler(banana_with_slope)(*args)
    expected, expected_accepted = make_sampler(banana_by_hand)(*args)
    assert accepted == expected_accepted
    assert 100 < accepted < 200
    # rounding differs in the order of the products; 200 trajectories do not amplify it beyond this
    np.testing.assert_allclose(samples, expected, rtol=0, atol=1e-9)


def test_hamiltonian_monte_carlo_samples_the_density():
    """x_0 has mean 1, and x_1 - x_0² has mean 0 and variance 1/4, whatever x_0 is."""
    samples, accepted = make_sampler(banana_with_slope)(np.array([0.5, 0.5]), 20_000, 0.15, 8, 11)
    residual = samples[:, 1] - samples[:, 0] ** 2
    assert accepted > 16_000
    # five standard errors, with the chain's autocorrelation estimated from means of blocks
    for values, mean in ((samples[:, 0], 1.0), (residual, 0.0), (residual**2, 0.25)):
        blocks = values.reshape(40, -1).mean(axis=1)
        assert abs(values.mean() - mean) < 5.0 * blocks.std() / np.sqrt(40)


def test_numba_does_not_keep_callers_on_disk():
    """Its cache would give the slope of a function that has changed since."""

    @njit(cache=True)
    def step(x):
        return x - cubic(x) / cubic_slope(x)

    @njit(cache=True)
    def two_steps(x):
        return step(step(x))

    with pytest.warns(NumbaWarning, match="Cannot cache") as caught:
        assert two_steps(2.0) == pytest.approx(2.0 + 0.1 - 0.061 / 11.23, rel=1e-15)
    named = [str(warning.message).split('"')[1] for warning in caught]
    assert sorted(named) == ["step", "two_steps"]
