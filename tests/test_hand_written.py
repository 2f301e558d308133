"""The hand-written adjoints that benchmarks measure against are right."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint.testing import numeric_gradient
from tests.adbench import data
from tests.benchmarks import bundle, hand_kernels, hand_lstm, hand_written
from tests.benchmarks.problems import logistic_map, sine_recurrence
from tests.corpus import PROGRAMS

pytestmark = pytest.mark.compiled


@pytest.mark.parametrize(
    "primal, adjoint, args",
    [
        (logistic_map, hand_written.logistic_map_adjoint, (0.3, 3.4, 12)),
        (sine_recurrence, hand_written.sine_recurrence_adjoint, (0.3, 1.5, 12)),
    ],
)
def test_recurrence(primal, adjoint, args):
    value, bars = adjoint(*args)
    assert value == pytest.approx(primal(*args), rel=1e-13)
    for argnum, bar in enumerate(bars):
        assert bar == pytest.approx(numeric_gradient(primal, args, argnum).gradient, rel=1e-7)


@pytest.mark.parametrize("name", hand_kernels.ADJOINTS)
def test_kernel(name):
    [program] = [p for p in PROGRAMS.values() if p.function.__name__ == name]
    value, bars = hand_kernels.ADJOINTS[name](*program.args())
    assert value == pytest.approx(program.plain(*program.args()), rel=1e-13)
    arrays = [i for i in program.wrt() if isinstance(program.args()[i], np.ndarray)]
    for argnum, bar in zip(arrays, bars, strict=True):
        numeric = numeric_gradient(program.plain, program.args(), argnum, step=program.step)
        assert bar == pytest.approx(numeric.gradient, rel=1e-7, abs=1e-7)


needs_data = pytest.mark.skipif(
    not data.available(), reason=f"the ADBench data are not at {data.FOLDER}"
)


@needs_data
@pytest.mark.parametrize("name", data.GMM_FILES)
def test_gmm(name):
    expected = data.reference(name)
    value, bars = hand_written.gmm_adjoint(*data.gmm(name))
    assert value == pytest.approx(float(expected["value"]), rel=1e-11)
    flat = np.concatenate([bar.ravel() for bar in bars])
    assert flat == pytest.approx(expected["gradient"], rel=1e-9, abs=1e-9)


@needs_data
@pytest.mark.parametrize("name", data.LSTM_FILES)
def test_lstm(name):
    expected = data.reference(name)
    value, bars = hand_lstm.lstm_adjoint(*data.lstm(name))
    assert value == pytest.approx(float(expected["value"]), rel=1e-11)
    flat = np.concatenate([bar.ravel() for bar in bars])
    assert flat == pytest.approx(expected["gradient"], rel=1e-9, abs=1e-9)


@needs_data
def test_bundle_adjustment():
    camera, point, weight, feature = data.ba("ba1")
    args = (camera[None], point[None], np.array([weight]), feature[None], np.zeros(1, np.int64))
    expected = data.reference("ba1")
    assert bundle.residuals(*args)[0] == pytest.approx(expected["residual"], rel=1e-10)
    jacobian = bundle.jacobians_by_hand(*args)[0]
    assert jacobian == pytest.approx(expected["jacobian"], rel=1e-9, abs=1e-9)
