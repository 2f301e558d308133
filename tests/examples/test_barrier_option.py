"""The barrier option: against the closed form, and differences on the same draws."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import value_and_grad
from tests.examples.load import is_picture, load

example = load("barrier_option")


def test_closed_form_is_the_textbooks():
    """A barrier that is never reached leaves the call; its price is Hull's (S 42, K 40: 4.76)."""
    assert example.call(42.0, 0.2, 0.1, 40.0, 0.5) == pytest.approx(4.76, abs=0.005)
    assert example.closed_form(42.0, 0.2, 0.1, 40.0, 1.0, 0.5) == pytest.approx(4.76, abs=0.005)
    assert example.closed_form(39.0, 0.2, 0.1, 40.0, 39.0, 0.5) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.compiled
def test_greeks(tmp_path):
    draws = example.normals(20_000, 50)
    gradient = {
        price: value_and_grad(price, argnums=example.WITH_RESPECT_TO)
        for price in (example.hard, example.smoothed, example.bridge)
    }
    exact = np.array(example.by_differences(example.closed_form, *example.CONTRACT, step=1e-5))
    price, greeks = gradient[example.bridge](*example.MARKET, *example.CONTRACT, draws)
    assert price == pytest.approx(example.closed_form(*example.MARKET, *example.CONTRACT), rel=0.03)
    # of 20 000 paths: about three standard errors
    assert np.all(abs(np.array(greeks) - exact) < [0.03, 2.0, 1.5])

    # a continuous payoff's pathwise Greeks are derivatives of the estimate itself
    few = draws[::100]
    market = [*example.CONTRACT, few, example.WIDTH]
    _, smooth = gradient[example.smoothed](*example.MARKET, *market)
    differences = example.by_differences(example.smoothed, *market, step=1e-6)
    assert smooth == pytest.approx(differences, rel=1e-3)

    # the hard edge: the derivative along each path is right, and misses what crosses
    _, wrong = gradient[example.hard](*example.MARKET, *example.CONTRACT, draws)
    assert wrong[0] < 0.6 < exact[0]
    example.draw(tmp_path / "picture.png", few, gradient)
    assert is_picture(tmp_path / "picture.png")
