"""Hares and lynxes: against another integrator, differences, and a published fit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from adjoint import value_and_grad
from adjoint.testing import numeric_gradient
from tests.examples.load import is_picture, load

example = load("lotka_volterra")


def test_data_are_those_published():
    years, counts = example.load_counts()
    assert years.tolist() == list(range(1900, 1921))
    assert counts[[0, 3, 4, 15, 20]].tolist() == [
        [30.0, 4.0], [77.4, 35.2], [36.3, 59.4], [19.5, 51.1], [24.7, 8.6]
    ]  # fmt: skip


def test_trajectory_is_that_of_scipy():
    theta = example.first_guess(example.load_counts()[1])
    *rates, hares, lynxes = np.exp(theta)
    solution = solve_ivp(
        lambda t, y: example.change(*y, *rates),
        (0.0, 20.0),
        (hares, lynxes),
        rtol=1e-10,
        atol=1e-10,
    )
    assert example.trajectory(theta, 20)[-1] == pytest.approx(solution.y[:, -1], rel=1e-5)


@pytest.mark.compiled
def test_fit_is_the_published_one(tmp_path):
    """Carpenter (2018), case study of Stan: posterior means (deviations) of the same model."""
    years, counts = example.load_counts()
    gradient = value_and_grad(example.misfit)
    start = example.first_guess(counts)
    args = (start, counts, example.STEPS)
    numeric = numeric_gradient(example.misfit, (start, counts, 2), 0).gradient
    np.testing.assert_allclose(gradient(start, counts, 2)[1], numeric, rtol=1e-7)
    assert gradient(*args)[0] == pytest.approx(example.misfit(*args), rel=1e-12)

    result = example.fit(gradient, counts)
    assert result.success
    published = [0.55, 0.028, 0.80, 0.024, 34.0, 5.9]
    deviations = [0.064, 0.0043, 0.091, 0.0036, 2.9, 0.53]
    assert np.all(abs(np.exp(result.x) - published) < deviations)

    example.draw(tmp_path / "new" / "picture.png", years, counts, result.x)
    assert is_picture(tmp_path / "new" / "picture.png")
