"""The heated plate: linear in its source, so that algebra has the gradient."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import value_and_grad
from tests.examples.load import is_picture, load

example = load("heat_source")


def test_steady_state_solves_poissons_equation():
    """Where nothing changes any more, the five-point Laplacian balances the source."""
    source = example.true_source(8)
    u = np.zeros((8, 8))
    for _ in range(500):
        example.advance(u, source, example.DIFFUSION)
    laplacian = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * u[1:-1, 1:-1]
    np.testing.assert_allclose(-example.DIFFUSION * laplacian, source[1:-1, 1:-1], atol=1e-12)


@pytest.mark.compiled
def test_gradient_and_inversion(tmp_path):
    truth, readings, places = example.experiment(10, 30)
    gradient = value_and_grad(example.misfit)
    rest = (readings, places, example.DIFFUSION, example.RIDGE)

    # readings are A · source: the gradient is Aᵀ (A source - readings) + ridge · source
    units = np.eye(100).reshape(100, 10, 10)
    matrix = np.array([example.measure(unit, places, 30).ravel() for unit in units]).T
    source = 0.5 * truth
    expected = matrix.T @ (matrix @ source.ravel() - readings.ravel())
    expected += example.RIDGE * source.ravel()
    np.testing.assert_allclose(gradient(source, *rest)[1].ravel(), expected, rtol=1e-9, atol=1e-11)

    result = example.invert(gradient, readings, places, 10)
    found = result.x.reshape(10, 10)
    assert result.fun < gradient(truth, *rest)[0]
    assert np.min(found) >= 0.0
    assert abs(found.sum() / truth.sum() - 1.0) < 0.3
    example.draw(tmp_path / "picture.png", truth, found, places)
    assert is_picture(tmp_path / "picture.png")
