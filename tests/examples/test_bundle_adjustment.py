"""The small scene: the Jacobian by differences, and what least squares find."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.spatial.transform import Rotation

from tests.examples.load import is_picture, load


@pytest.fixture(scope="module")
def example():
    return load("bundle_adjustment")


def test_projection_turns_as_scipy_does(example):
    camera = np.array([0.3, -0.2, 0.5, 0.1, 0.2, -5.0, 700.0, -0.1, 0.02])
    point = np.array([0.4, -0.7, 0.9])
    moved = Rotation.from_rotvec(camera[:3]).apply(point) + camera[3:6]
    u = -moved[:2] / moved[2]
    r = u @ u
    expected = 700.0 * (1.0 - 0.1 * r + 0.02 * r * r) * u
    np.testing.assert_allclose(example.project(camera, point), expected, rtol=1e-12)


@pytest.mark.compiled
def test_scene_is_found(example, tmp_path):
    poses, spiral = example.true_scene(3, 20)
    seen, pixels = example.photograph(poses, spiral)
    guess, start = example.disturbed(poses, spiral)

    theta = np.concatenate([guess.ravel(), start.ravel()])
    split = lambda t: (t[:27].reshape(3, 9), t[27:].reshape(20, 3))
    numeric = approx_fprime(theta, lambda t: example.residuals(*split(t), seen, pixels), 1e-7)
    exact = example.jacobian_of_residuals(guess, start, seen)
    np.testing.assert_allclose(exact, numeric, rtol=1e-4, atol=1e-3 * np.max(abs(exact)))

    _, points, result = example.adjust(guess, start, seen, pixels)
    # noise of half a pixel, less what the parameters take up of it
    assert example.root_mean_square(result.fun) < example.NOISE
    found = example.aligned(points, spiral)
    assert example.root_mean_square(found - spiral) < 0.02
    assert example.root_mean_square(example.aligned(start, spiral) - spiral) > 0.05
    example.draw(tmp_path / "picture.png", spiral, start, found)
    assert is_picture(tmp_path / "picture.png")
