"""Pictures: what is drawn, not how it looks."""

from __future__ import annotations

import builtins

import matplotlib as mpl
import numpy as np
import pytest

from adjoint import plot

pytestmark = pytest.mark.compiled


@pytest.fixture(autouse=True)
def _no_window(tmp_path, monkeypatch):
    monkeypatch.setenv("ADJOINT_CACHE_DIR", str(tmp_path / "cache"))
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    yield
    plt.close("all")


def wave(t):
    return np.sin(t) * t


def test_a_curve_and_its_derivatives():
    axes = plot.curve(wave, (-1.0, 2.0), order=2, points=31)
    lines = axes.get_lines()[:3]
    t = np.linspace(-1.0, 2.0, 31)
    expected = (
        np.sin(t) * t,
        np.cos(t) * t + np.sin(t),
        2.0 * np.cos(t) - np.sin(t) * t,
    )
    for line, values in zip(lines, expected, strict=True):
        np.testing.assert_allclose(line.get_xdata(), t)
        np.testing.assert_allclose(line.get_ydata(), values, atol=1e-12)
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["wave(t)", "wave′(t)", "wave″(t)"]
    axes.figure.canvas.draw()


def test_on_axes_of_the_user():
    import matplotlib.pyplot as plt

    _, mine = plt.subplots()
    assert plot.curve(wave, (0.0, 1.0), order=0, points=3, axes=mine) is mine


@pytest.mark.parametrize("wrong", [{"order": -1}, {"points": 1}])
def test_numbers_that_make_no_curve(wrong):
    with pytest.raises(ValueError, match="order"):
        plot.curve(wave, (0.0, 1.0), **wrong)


def neighbours(x, k):
    y = np.zeros(len(x))
    for i in range(1, len(x)):
        y[i] = k * x[i] * x[i - 1]
    return y


def test_the_sparsity_of_a_jacobian():
    axes = plot.sparsity(neighbours, np.arange(1.0, 7.0), 2.0)
    expected = np.eye(6) + np.eye(6, k=-1)
    expected[0] = 0.0
    np.testing.assert_array_equal(axes.get_images()[0].get_array(), expected)
    assert axes.get_title() == "10 of 36 entries are not zero"
    axes.figure.canvas.draw()


def test_the_sparsity_by_a_number():
    axes = plot.sparsity(neighbours, np.arange(1.0, 7.0), 2.0, argnums="k")
    assert np.shape(axes.get_images()[0].get_array()) == (6, 1)


def test_without_matplotlib(monkeypatch):
    found = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return found(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ImportError, match=r"numba-adjoint\[plot\]"):
        plot.curve(wave, (0.0, 1.0))
