"""`scipy.signal`: convolutions, correlations and filters; see `shape_cases` for what a case is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from adjoint import grad
from adjoint.errors import UnsupportedSyntax
from tests.expansions.table import check_gradient, check_value, name_of

CASES = [
    lambda x, y: signal.convolve(x, y[:3]),
    lambda x, y: signal.convolve(x[:3], y, "same"),
    lambda x, y: signal.convolve(x, y[:3], "valid", method="direct"),
    lambda x, y: signal.convolve(x[:2], y, "valid"),
    lambda a, s: signal.convolve(a, s),
    lambda a, s: signal.convolve(a, s[:2, :3], mode="same"),
    lambda a, s: signal.convolve(a, s[:2, :3], mode="valid"),
    lambda c: signal.convolve(c, c[:, :2, 1:], mode="valid"),
    lambda z, x: signal.convolve(z, x[:2]),
    lambda x, y: signal.correlate(x, y[:3]),
    lambda x, y: signal.correlate(x[:3], y, "same"),
    lambda x, y: signal.correlate(x[:2], y, "valid"),
    lambda a, s: signal.correlate(s, a[:2], mode="valid"),
    lambda z: signal.correlate(z, z[:2], "same"),
    lambda x, y: signal.fftconvolve(x, y[:3], mode="same"),
    lambda k, x: signal.fftconvolve(k, x),
    lambda x, y: signal.lfilter([1.0, 2.0], [2.0, 0.5, 0.1], x),
    lambda x, y: signal.lfilter(x[:3], y[:2], y),
    lambda x, a: signal.lfilter(x[:2], [1.0], a, axis=0),
    lambda x, a: signal.lfilter(x[:2], x[2:4], a),
    lambda x, a: signal.lfilter(x[:2], x[2:4], a, zi=a[:, :1]),
    lambda x, y: signal.lfilter(x[:3], 1.0, y, zi=x[:2]),
]

COMPILED = [CASES[4], CASES[20]]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_value_is_the_library_s(case):
    check_value(case)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_gradient_agrees_with_differences(case):
    check_gradient(case)


@pytest.mark.compiled
@pytest.mark.parametrize("case", COMPILED, ids=name_of)
def test_compiled_gradient_agrees_with_differences(case):
    check_gradient(case, jit=True)


@pytest.mark.parametrize(
    "function, words",
    [
        (lambda a: np.sum(signal.convolve(a, a, mode="most")), "acceptable mode flags"),
        (lambda a: np.sum(signal.correlate(a, a[0])), "same dimensionality"),
    ],
)
def test_it_is_refused_when_compiling(function, words):
    with pytest.raises(UnsupportedSyntax, match=words) as caught:
        grad(function, jit=False, cache=False)(np.ones((2, 3)))
    assert caught.value.at is not None


def test_lengths_that_do_not_fit_are_errors_as_in_scipy():
    def crossed(a):
        return np.sum(signal.convolve(a, a.T, mode="valid"))

    for function in (crossed, grad(crossed, jit=False, cache=False)):
        with pytest.raises(ValueError, match="one must be at least as large as the other"):
            function(np.ones((2, 3)))
