"""A user's folder with a file of functions, and the command line as it is called there."""

from __future__ import annotations

import sys

import pytest

from adjoint.cli import main

MODEL = """\
import numpy as np

from adjoint import differentiable, grad

WEIGHTS = np.array([1.0, 2.0, 3.0])


def smooth(u, k, steps):
    for step in range(steps):
        for i in range(1, len(u) - 1):
            u[i] = u[i] + k * u[i] * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u * u)


def line(x, w):
    s = 0.0
    for i in range(len(x)):
        s += np.tanh(x[i] * w)
    return s


def weighted(x):
    return np.sum(WEIGHTS * x * x)


class Kind:
    pass


def refused(x):
    return open(x)


def definite(a):
    return np.sum(np.linalg.cholesky(a))


def fickle(x):
    return x * x if type(x) is float else x * x * x


@grad
def decorated(x):
    return x * x


@differentiable
def operation(x):
    return x * x * x
"""


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Calls the command line in a folder with `model.py`; gives exit code, output and errors."""
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "broken.py").write_text("import numpy as np\n1 / 0\n")
    (tmp_path / "leaves.py").write_text("import sys\nsys.exit(3)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ADJOINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "model", raising=False)

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    yield run
    sys.modules.pop("model", None)
