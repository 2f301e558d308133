"""The ADBench problems against the values and derivatives of its Tapenade modules.

Agreement is in ADBench's measure |x - y| / max(1, |x| + |y|).
"""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import grad, value_and_grad
from tests.adbench import data
from tests.adbench.ba import ba_arrays, ba_residual, ba_weight_residual
from tests.adbench.gmm import gmm_arrays, gmm_loops
from tests.adbench.hand import hand_objective
from tests.adbench.lstm import lstm_loops

pytestmark = pytest.mark.skipif(
    not data.available(), reason=f"the ADBench data are not at {data.FOLDER}"
)

VALUE_TOLERANCE = 1e-11  # upstream's π has 12 digits
TOLERANCE = 1e-8

# The Python version of the larger files takes seconds; the compiled tests have them.
SMALL_GMM = ["gmm_test", "gmm_d2_K5"]
GMM_STYLES = pytest.mark.parametrize("objective", [gmm_loops, gmm_arrays])


def disagreement(x, y):
    """Largest error in ADBench's measure."""
    x, y = np.asarray(x), np.asarray(y)
    assert x.shape == y.shape
    assert np.all(np.isfinite(x))
    return np.max(np.abs(x - y) / np.maximum(1.0, np.abs(x) + np.abs(y)))


def flat(arrays):
    """Gradients one after the other, as the reference files have them."""
    return np.concatenate([np.ravel(array) for array in arrays])


def hand_args(name):
    theta, correspondences, points = data.hand(name)
    model = data.hand_model()
    skin = (model.parents, model.base, model.inverse, model.positions, model.weights)
    return (theta, *skin, correspondences, points)


# ------------------------------------------------------------------- the objectives themselves


@GMM_STYLES
@pytest.mark.parametrize("name", data.GMM_FILES)
def test_gmm_objective(objective, name):
    expected = data.reference(name)["value"]
    assert disagreement(objective(*data.gmm(name)), expected) < VALUE_TOLERANCE


@pytest.mark.parametrize("name", data.LSTM_FILES)
def test_lstm_objective(name):
    expected = data.reference(name)["value"]
    assert disagreement(lstm_loops(*data.lstm(name)), expected) < VALUE_TOLERANCE


@pytest.mark.parametrize("name", data.BA_FILES)
def test_ba_objective(name):
    expected = data.reference(name)
    args = data.ba(name)
    rows = [ba_residual(*args, 1.0, 0.0), ba_residual(*args, 0.0, 1.0)]
    assert disagreement(rows, expected["residual"]) < VALUE_TOLERANCE
    assert disagreement(ba_arrays(*args), expected["residual"]) < VALUE_TOLERANCE
    assert disagreement(ba_weight_residual(args[2]), expected["w_residual"]) < VALUE_TOLERANCE


@pytest.mark.parametrize("name", data.HAND_FILES)
def test_hand_objective(name):
    expected = data.reference(name)["value"]
    assert disagreement(hand_objective(*hand_args(name)), expected) < VALUE_TOLERANCE


# ----------------------------------------------------------------------------------- gradients


@GMM_STYLES
@pytest.mark.parametrize("name", SMALL_GMM)
def test_gmm_gradient_uncompiled(objective, name):
    gradient = grad(objective, argnums=(0, 1, 2), jit=False)(*data.gmm(name))
    assert disagreement(flat(gradient), data.reference(name)["gradient"]) < TOLERANCE


@pytest.mark.compiled
@GMM_STYLES
def test_gmm_gradient(objective):
    gradient = value_and_grad(objective, argnums=("alphas", "means", "icf"))
    for name in data.GMM_FILES:
        expected = data.reference(name)
        value, bars = gradient(*data.gmm(name))
        assert disagreement(value, expected["value"]) < VALUE_TOLERANCE
        assert disagreement(flat(bars), expected["gradient"]) < TOLERANCE


@pytest.mark.compiled
def test_lstm_gradient():
    gradient = value_and_grad(lstm_loops, argnums=("main", "extra"))
    for name in data.LSTM_FILES:
        expected = data.reference(name)
        value, bars = gradient(*data.lstm(name))
        assert disagreement(value, expected["value"]) < VALUE_TOLERANCE
        assert disagreement(flat(bars), expected["gradient"]) < TOLERANCE


def ba_jacobian(gradient, args):
    """The (2, 15) Jacobian from two seeds."""
    return np.array([flat(gradient(*args, *seeds)) for seeds in ((1.0, 0.0), (0.0, 1.0))])


@pytest.mark.parametrize("name", data.BA_FILES)
def test_ba_jacobian_uncompiled(name):
    gradient = grad(ba_residual, argnums=(0, 1, 2), jit=False)
    jacobian = ba_jacobian(gradient, data.ba(name))
    assert disagreement(jacobian, data.reference(name)["jacobian"]) < TOLERANCE


@pytest.mark.compiled
def test_ba_jacobian():
    gradient = grad(ba_residual, argnums=("camera", "point", "weight"))
    for name in data.BA_FILES:
        jacobian = ba_jacobian(gradient, data.ba(name))
        assert disagreement(jacobian, data.reference(name)["jacobian"]) < TOLERANCE


@pytest.mark.compiled
def test_ba_small_arrays():
    """With slices of the camera and local arrays of three; the sum of the Jacobian's rows."""
    gradient = grad(ba_arrays, argnums=("camera", "point", "weight"))
    for name in data.BA_FILES:
        expected = data.reference(name)["jacobian"].sum(axis=0)
        assert disagreement(flat(gradient(*data.ba(name))), expected) < TOLERANCE


def test_ba_weight_derivative():
    weight = data.ba("ba_test")[2]
    expected = data.reference("ba_test")["w_derivative"]
    assert disagreement(grad(ba_weight_residual, jit=False)(weight), expected) < TOLERANCE


@pytest.mark.compiled
def test_hand_gradient():
    """The sum of the Jacobian's rows, which is what an array result is differentiated as."""
    gradient = grad(hand_objective, argnums="theta")
    for name in data.HAND_FILES:
        expected = data.reference(name)["jacobian"].sum(axis=0)
        assert disagreement(gradient(*hand_args(name)), expected) < TOLERANCE
