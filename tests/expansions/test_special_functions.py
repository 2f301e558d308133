"""NumPy's further ufuncs, `scipy.special` and `scipy.stats`: values, gradients, refusals."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import special

from adjoint import grad
from adjoint.errors import AdjointError, NoRule
from adjoint.runtime import fourier
from adjoint.runtime.overloads.special import NAMES
from tests.expansions.special_cases import DISTRIBUTIONS, FOURIER, FURTHER, SPECIAL, UFUNCS
from tests.expansions.table import check_gradient, check_value, name_of

CASES = [*UFUNCS, *SPECIAL, *FURTHER, *DISTRIBUTIONS, *FOURIER]
COMPILED = [UFUNCS[2], UFUNCS[9], SPECIAL[1], SPECIAL[13], SPECIAL[20], DISTRIBUTIONS[8]]
COMPILED += [FURTHER[7]]

# Both sides of a choice are computed, also where it is not for them.
pytestmark = [
    pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning"),
]


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


def test_every_compiled_function_of_scipy_exists():
    assert [name for name in NAMES if not isinstance(getattr(special, name), np.ufunc)] == []


@pytest.mark.parametrize("n", [1, 2, 12, 17, 31, 64, 105, 251])
def test_transforms_of_any_length_are_accurate(n):
    x = np.exp(1j * np.arange(2.0 * n) ** 2).reshape(2, n)
    np.testing.assert_allclose(fourier.forward(x), np.fft.fft(x), rtol=0, atol=1e-12)
    np.testing.assert_allclose(fourier.backward(x) / n, np.fft.ifft(x), rtol=0, atol=1e-12)


def by_shape(a, x):
    return special.gammainc(a, x)


def test_a_parameter_without_a_formula_is_refused():
    assert grad(by_shape, 1, jit=False)(2.0, 3.0) == pytest.approx(3.0 * np.exp(-3.0))
    with pytest.raises(NoRule, match="gammainc is not differentiated with respect to 'a'"):
        grad(by_shape, 0, jit=False)(2.0, 3.0)
    with pytest.raises(NoRule, match="gammainc is not differentiated with respect to 'a'"):
        grad(by_shape, 0, mode="tape")(2.0, 3.0)


def of_complex(x):
    return abs(special.erf(x * 1j))


def test_special_functions_of_complex_numbers_are_refused():
    with pytest.raises(AdjointError):
        grad(of_complex, jit=False)(0.5)


def test_tape_takes_special_functions():
    slope = grad(lambda x: np.sum(special.erf(x) * special.j0(x)), mode="tape")(np.array([0.3]))
    expected = 2 / np.sqrt(np.pi) * np.exp(-0.09) * special.j0(0.3)
    assert slope[0] == pytest.approx(expected - special.erf(0.3) * special.j1(0.3))


PROGRAM = """
from scipy import special
from adjoint import grad

def f(x):
    return special.erfinv(x) * special.gammaln(x)

df = grad(f)
print(df(0.3))
print(df.report(0.3) if hasattr(df, "report") else "")
"""


@pytest.mark.compiled
def test_machine_code_on_disk_links_again(tmp_path, monkeypatch):
    monkeypatch.setenv("ADJOINT_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    first, files = run(path), machine_code(tmp_path)
    assert run(path) == first
    assert machine_code(tmp_path) == files != {}


def run(path):
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[0]


def machine_code(folder):
    return {file.name: file.stat().st_mtime_ns for file in folder.rglob("*.nbc")}
