"""`timings`: seconds by stage for each specialisation."""

import numpy as np
import pytest

from adjoint import grad


def energy(x, w):
    return np.sum(np.sin(x) * w)


def test_each_specialisation_has_its_stages():
    gradient = grad(energy, jit=False, cache=False)
    assert len(gradient.timings) == 0
    gradient(np.ones(3), 2.0)
    gradient(np.ones((3, 2)), 2.0)
    gradient(np.zeros(5), 2.0)
    assert list(gradient.timings) == [
        "x: array(float64, 1d, C), w: float64",
        "x: array(float64, 2d, C), w: float64",
    ]
    for seconds in gradient.timings.values():
        stages = ["syntax", "inference", "lowering", "reverse", "optimise", "callees", "emit"]
        assert list(seconds) == stages
        assert all(time >= 0.0 for time in seconds.values())
        assert sum(seconds.values()) > 0.0


def test_prints_a_table_in_milliseconds():
    gradient = grad(energy, jit=False, cache=False, optimise=False)
    gradient(np.ones(3), 2.0)
    head, arguments, cells = repr(gradient.timings).splitlines()
    assert head.split()[:3] == ["milliseconds", "syntax", "inference"]
    assert arguments.startswith("x: array(float64")
    assert len(cells.split()) == len(head.split()) - 1
    assert cells.split()[4] == "-"


@pytest.mark.compiled
def test_compiling_counts(tmp_path, monkeypatch):
    monkeypatch.setenv("ADJOINT_CACHE_DIR", str(tmp_path))
    gradient = grad(energy)
    gradient(np.ones(3), 2.0)
    (seconds,) = gradient.timings.values()
    assert seconds["jit"] > 0.0
    again = grad(energy)
    again(np.ones(3), 2.0)
    (seconds,) = again.timings.values()
    assert list(seconds) == ["jit"]
