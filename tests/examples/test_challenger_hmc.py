"""The O-rings: the data's published fit, and the posterior by quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from tests.examples.load import is_picture, load


@pytest.fixture(scope="module")
def example():
    return load("challenger_hmc")


def test_fit_is_the_published_one(example):
    """Without a prior: intercept 15.043, slope -0.232 per °F (e.g. Lavine 1991)."""
    temperature, damaged = example.load_flights()
    assert len(temperature) == 23
    assert damaged.sum() == 7
    x = example.standardised(temperature, temperature)
    result = minimize(lambda t: -example.log_posterior(t, x, damaged, 1e6), np.zeros(2))
    slope = result.x[1] / temperature.std()
    intercept = result.x[0] - slope * temperature.mean()
    assert (intercept, slope) == pytest.approx((15.0429, -0.2322), rel=1e-3)


@pytest.mark.compiled
def test_samples_are_of_the_posterior(example, tmp_path):
    temperature, damaged = example.load_flights()
    x = example.standardised(temperature, temperature)
    axes = np.linspace(-8.0, 4.0, 121), np.linspace(-12.0, 4.0, 121)
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    logs = np.array(
        [[example.log_posterior(t, x, damaged, example.SCALE) for t in row] for row in grid]
    )
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    mean = np.tensordot(weights, grid, 2)
    deviation = np.sqrt(np.tensordot(weights, (grid - mean) ** 2, 2))

    samples, rate = example.posterior(count=10_000)
    assert 0.6 < rate < 1.0
    # an effective sample size of a few hundred at least
    assert np.all(abs(samples.mean(axis=0) - mean) < 0.15 * deviation)
    assert samples.std(axis=0) == pytest.approx(deviation, rel=0.1)
    example.draw(tmp_path / "picture.png", samples)
    assert is_picture(tmp_path / "picture.png")
