"""The demonstration: its data, its likelihood, and the fit it shows."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from adjoint import value_and_grad

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "iris_mixture.py"


@pytest.fixture(scope="module")
def demo():
    spec = importlib.util.spec_from_file_location("iris_mixture", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    sys.modules["iris_mixture"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def gradient(demo):
    return value_and_grad(
        demo.negative_log_likelihood, argnums=("scores", "means", "factors"), jit=True
    )


def test_data_are_fishers(demo):
    x, species = demo.load_iris()
    assert x.shape == (150, 4)
    assert [species.count(s) for s in ("setosa", "versicolor", "virginica")] == [50, 50, 50]
    # the two rows in which much-copied versions differ from Fisher's table
    assert x[34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert x[37].tolist() == [4.9, 3.6, 1.4, 0.1]
    assert x.mean(axis=0) == pytest.approx([5.843333, 3.057333, 3.758, 1.199333], abs=1e-6)


def test_likelihood_is_that_of_scipy(demo):
    x, _ = demo.load_iris()
    parameters = demo.first_guess(x)._replace(scores=np.array([0.3, -0.2, 0.5]))
    weights = np.exp(parameters.scores) / np.exp(parameters.scores).sum()
    density = sum(
        weight * multivariate_normal(mean, np.linalg.inv(root.T @ root)).pdf(x)
        for weight, mean, root in zip(
            weights, parameters.means, demo.precision_roots(parameters), strict=True
        )
    )
    value = demo.negative_log_likelihood(*parameters, x)
    assert value == pytest.approx(-np.log(density).sum(), rel=1e-12)


def test_pack_and_unpack_are_inverse(demo):
    parameters = demo.first_guess(demo.load_iris()[0])
    for part, same in zip(parameters, demo.unpack(demo.pack(parameters)), strict=True):
        assert np.array_equal(part, same)


@pytest.mark.compiled
def test_gradient_agrees_with_differences(demo, gradient):
    x, _ = demo.load_iris()
    start = demo.first_guess(x)
    numeric = demo.gradient_by_differences(gradient.primal, start, x)
    assert demo.disagreement(gradient(*start, x)[1], numeric) < 1e-8


@pytest.mark.compiled
def test_gradient_agrees_with_the_tape(demo, gradient):
    x, _ = demo.load_iris()
    start = demo.first_guess(x)
    assert demo.disagreement(gradient(*start, x)[1], demo.gradient_by_tape(start, x)) < 1e-12


@pytest.mark.compiled
def test_fit_finds_the_species(demo, gradient):
    """The maximum that other software reports for three full covariances: -180.186."""
    x, species = demo.load_iris()
    values = []
    result = demo.fit(gradient, x, demo.first_guess(x), values.append)
    assert result.success
    assert -result.fun == pytest.approx(-180.1855, abs=1e-3)
    assert np.all(np.diff(values) <= 0)
    assert demo.best_match(demo.assign(demo.unpack(result.x), x), species)[0] == 145


@pytest.mark.compiled
def test_main_prints_and_draws(demo, gradient, tmp_path, monkeypatch, capsys):
    picture = tmp_path / "new" / "clusters.png"
    monkeypatch.setattr(sys, "argv", ["iris_mixture.py", "--picture", str(picture)])
    demo.main()
    text = capsys.readouterr().out
    assert picture.read_bytes().startswith(b"\x89PNG")
    for expected in ("negative_log_likelihood", "means_bar", "× primal", "145 of 150"):
        assert expected in text
