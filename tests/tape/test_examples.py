"""The chapters in `examples/` are run, and say what they claim."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from adjoint import npx

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def load():
    def load(name):
        spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    yield load
    npx.reset_np()


def same(array, expected, tolerance=0.0):
    assert np.allclose(array.asnumpy(), expected, rtol=tolerance, atol=tolerance), array


def test_first_steps(load, capsys):
    chapter = load("mxnet_first_steps")
    same(chapter.twice_the_square_of_a_vector(), [[0], [4], [8], [12]])
    printed = capsys.readouterr().out
    assert "y = \n[[28.]]\n<NDArray 1x1 @cpu(0)>" in printed
    assert "differs from 4x by 0.0" in printed
    same(chapter.twice_the_square_of_a_matrix(), [[4, 8], [12, 16]])
    same(chapter.weighted_elements(), [2, 40, 600])
    both = chapter.overwrite_or_add()
    same(both["write"], [3, 3])
    same(both["add"], [5, 7])
    same(chapter.backward_twice(), [6])
    assert "Cannot differentiate node because" in capsys.readouterr().out


def test_control_flow(load):
    chapter = load("mxnet_control_flow")
    for value in (0.37, -2.0, 700.0):
        slope, quotient = chapter.gradient_of_a_scalar(value)
        same(slope, quotient.asnumpy())
    value, gradient = chapter.gradient_of_a_vector()
    assert value.shape == (1,)
    same(value, [204.8], 1e-6)
    same(gradient, [0, 2048])
    value, gradient = chapter.gradient_of_a_vector((-0.5, -0.2))
    same(value, [-409.6], 1e-6)
    same(gradient, [0, 2048])
    quotient, gradient = chapter.gradient_of_a_matrix()
    same(gradient, quotient.asnumpy() * [[1, 1], [10, 10]])
    for price, gradient in chapter.second_price_auction().values():
        assert price == 4
        same(gradient, [0, 0, 0, 1])


def test_numpy_arrays(load, capsys):
    chapter = load("mxnet_numpy_arrays")
    first, second = chapter.dot_of_a_vector_with_itself()
    assert capsys.readouterr().out.startswith("array(28.)\n[ 0.  4.  8. 12.] equals 4x: True\n")
    same(first, [0, 4, 8, 12])
    same(second, [1, 1, 1, 1])
    same(chapter.an_array_has_the_gradient_of_its_sum(), [0, 2, 4, 6])
    constant, later = chapter.detach()
    same(constant, [0, 1, 4, 9])
    same(later, [0, 2, 4, 6])
    for gradient, expected in zip(chapter.gradient_by_parts(), ([1] * 4, range(4)), strict=True):
        same(gradient, list(expected))
    for gradient, expected in zip(chapter.attach_to_an_intermediate(), (1, 1, 0), strict=True):
        same(gradient, [expected] * 4)


def test_training(load):
    chapter = load("mxnet_training")
    assert chapter.modes() == (True, False)
    still, y, gradient = chapter.dropout()
    same(still, np.ones((2, 8)))
    assert set(np.unique(y.asnumpy())) <= {0, 2}
    same(gradient, y.asnumpy())
    mean, var = chapter.batch_normalisation()
    same(mean, [0.2, 0.4], 1e-6)
    same(var, [1, 1.3], 1e-6)
    losses = chapter.fit()
    assert losses[-1] < 0.05 * losses[0]


def test_higher_order(load, tmp_path):
    chapter = load("mxnet_higher_order")
    slope, second = chapter.second_derivative()
    same(slope, [4, 32, 108])
    same(second, [12, 48, 108])
    x, curves = chapter.sine_and_its_derivatives()
    grid = x.asnumpy().astype(float)
    for curve, expected in zip(curves, (np.sin, np.cos), strict=False):
        same(curve, expected(grid), 1e-7)
    same(curves[3], -np.cos(grid), 1e-6)
    chapter.plot(tmp_path / "sine.png")
    assert (tmp_path / "sine.png").stat().st_size > 1000
    y, gradient = chapter.straight_through()
    same(y, [0, 6])
    same(gradient, [3, 3])
