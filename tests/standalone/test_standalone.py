"""Files that do without this package: they parse, pass the linter, and agree with differences."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from adjoint import grad, value_and_grad
from adjoint.api.standalone import stand_alone
from adjoint.errors import NotStandAlone
from tests.corpus import PROGRAMS

PROJECT = Path(__file__).parents[2]
RUFF = shutil.which("ruff") or str(Path(sys.executable).parent / "ruff")
ALONE = (
    "import runpy, sys\n"
    "sys.modules['adjoint'] = None\n"  # importing it is an error
    "runpy.run_path(sys.argv[1], run_name='__main__')\n"
)
# Loops with tapes of fixed size and growing ones, linear algebra, float32, complex, extrema.
EXAMPLES = (
    *("readable-energy", "readable-smooth", "control-while_on_value", "calls-call_in_a_loop"),
    *("linear_algebra-thomas_algorithm", "randomness-normal_draws", "mutation-shift_in_place"),
    *("complex_numbers-chosen_by_size", "mxnet-f", "scalars-powers"),
    "kernels_learning-softmax_of_heads",
)


def written(name):
    entry = PROGRAMS[name]
    gradient = grad(entry.function, entry.wrt(), jit=False, cache=False)
    return stand_alone(gradient, tuple(entry.args()))


def run(path):
    """The file's self-test in a process that cannot import this package."""
    command = [sys.executable, "-I", "-W", "ignore", "-c", ALONE, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All examples, written to files."""
    place = tmp_path_factory.mktemp("standalone")
    for name in EXAMPLES:
        (place / f"{name.replace('-', '_')}.py").write_text(written(name))
    return place


def test_files_import_numpy_and_numba_only(folder):
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) else []
            tops = {module.partition(".")[0] for module in modules}
            assert tops <= {*sys.stdlib_module_names, "numpy", "numba"}, file


@pytest.mark.skipif(not Path(RUFF).exists(), reason="ruff is not installed")
@pytest.mark.parametrize(
    "options",
    [
        ("check", "--isolated"),
        ("check", "--config", str(PROJECT / "pyproject.toml")),
        ("format", "--check", "--isolated", "--line-length", "100"),
    ],
    ids=["default rules", "rules of this project", "format"],
)
def test_files_pass_the_linter(folder, options):
    done = subprocess.run(
        [RUFF, *options, "--no-cache", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_function_says_what_it_returns(folder):
    tree = ast.parse((folder / "readable_smooth.py").read_text())
    docs = {n.name: ast.get_docstring(n) for n in tree.body if isinstance(n, ast.FunctionDef)}
    assert all(docs.values())
    assert docs["smooth_gradient"].splitlines() == [
        "Return the gradient of `smooth` with respect to u and k.",
        "",
        "Parameters",
        "----------",
        "u : float64[:]",
        "k : float64",
        "steps : int64",
        "",
        "Returns",
        "-------",
        "(float64[:], float64)",
    ]


@pytest.mark.compiled
@pytest.mark.parametrize("name", ["readable_smooth", "control_while_on_value", "mxnet_f"])
def test_files_agree_with_differences_where_this_package_is_not(folder, name):
    done = run(folder / f"{name}.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "differences" in done.stdout


def solution(a, b):
    return np.sum(np.linalg.solve(a, b))


@pytest.mark.compiled
def test_kernels_are_copied(tmp_path):
    file = tmp_path / "solution.py"
    gradient = value_and_grad(solution, (0, 1), jit=False, cache=False)
    file.write_text(stand_alone(gradient, (np.array([[3.0, 1.0], [0.5, 2.0]]), np.ones(2))))
    done = run(file)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.compiled
def test_a_wrong_gradient_fails_the_self_test(tmp_path):
    file = tmp_path / "energy.py"
    text = written("readable-energy")
    assert "t_bar * sin_1" in text
    file.write_text(text.replace("t_bar * sin_1", "t_bar * sin_1 * 1.001"))
    done = run(file)
    assert done.returncode == 1
    assert "the gradient disagrees with differences" in done.stderr


WEIGHTS = np.array([1.0, 2.0])


def weighted(x, spread):
    return np.sum(WEIGHTS * x * spread)


def test_captured_arrays_are_parameters():
    text = stand_alone(grad(weighted, jit=False, cache=False), (np.ones(2), 3.0))
    assert "def weighted_gradient(x, spread, WEIGHTS):" in text
    assert "WEIGHTS = np.array([1.0, 2.0])" in text


def test_large_arrays_are_drawn_in_their_range():
    x = np.linspace(-2.0, 3.0, 1000)
    text = stand_alone(grad(solution, 1, jit=False, cache=False), (np.eye(1000), x))
    assert "b = rng.uniform(-2.0, 3.0, (1000,))" in text


def scores(x, y):
    total = 0.0
    for i in range(len(x)):
        total += special.xlogy(y[i], special.expit(x[i])) + special.gammaln(y[i] + 1.5)
    return total


@pytest.mark.compiled
def test_functions_of_scipy_that_are_formulas_are_written_as_such(tmp_path):
    file = tmp_path / "scores.py"
    gradient = value_and_grad(scores, (0, 1), jit=False, cache=False)
    file.write_text(stand_alone(gradient, (np.array([0.3, -1.0]), np.array([1.0, 2.0]))))
    assert "scipy" not in file.read_text()
    done = run(file)
    assert done.returncode == 0, done.stdout + done.stderr


def rounded(x):
    return special.j0(x)


def test_what_needs_this_package_is_refused():
    with pytest.raises(NotStandAlone, match="j0"):
        stand_alone(grad(rounded, jit=False, cache=False), (1.0,))
