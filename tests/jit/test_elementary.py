"""Our exp, log, tanh … against long double, C's special values, and each other in other widths."""

from __future__ import annotations

import re
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numba import complex128, float32, float64, njit, types

from adjoint.jit.elementary import library
from adjoint.jit.linking import _codegen
from adjoint.jit.module import Module

pytestmark = [
    pytest.mark.compiled,
    pytest.mark.skipif(not library._is_able(_codegen()), reason="C's functions are called"),
]

UFUNCS = {
    "exp": np.exp,
    "expm1": np.expm1,
    "tanh": np.tanh,
    "log": np.log,
    "log1p": np.log1p,
    "sin": np.sin,
    "cos": np.cos,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
}
RANGES = {
    "exp": (-746, 710),
    "expm1": (-40, 710),
    "tanh": (-20, 20),
    "log": (0, 100),
    "log1p": (-1, 100),
    "sin": (-1e5, 1e5),
    "cos": (-1e5, 1e5),
    "asin": (-1, 1),
    "acos": (-1, 1),
    "atan": (-100, 100),
    "atan2": (-2, 2),
}
TINY, HUGE = 5e-324, 1.7976931348623157e308
MAGNITUDES = (
    *(0.0, TINY, 1e-310, 2.2250738585072014e-308, 1e-200, 1e-17, 1e-9, 0.41421356237309503),
    *(0.5, 1 - 2**-53, 1.0, 1 + 2**-52, 20.0, 37.2, 708.4, 709.782712893384, 709.7827128933841),
    *(745.1332191019411, 745.14, 2.0**28, 1e22, 1e200, HUGE, np.inf, np.nan),
    *(k * np.pi / 4 for k in range(1, 9)),
    *(k * np.pi / 2 for k in (11, 355, 175962, 10**7)),
)
SPECIAL = np.array([sign * x for x in MAGNITUDES for sign in (1.0, -1.0)])

ONE = "def {0}(x, y):\n    for i in range(x.shape[0]):\n        y[i] = np.{0}(x[i])\n\n\n"
TWO = "def {0}(x, w, y):\n    for i in range(x.shape[0]):\n        y[i] = np.{0}(x[i], w[i])\n\n\n"
SUMS = """\
def total(x):
    s = 0.0
    for i in range(x.shape[0]):
        s += np.exp(x[i])
    return s


def selected(x):
    s = 0.0
    for i in range(x.shape[0]):
        if x[i] > 0.0:
            s += np.log(x[i])
    return s


def mixed(x, y):
    for i in range(x.shape[0]):
        y[i] = np.exp(x[i])
    for i in range(x.shape[0]):
        y[i] += np.exp(1j * x[i]).real + np.logaddexp(x[i], 1.0)


def one(x):
    return np.exp(x) + np.sin(x) * np.exp(-x)


def other(x):
    return np.cos(x) * np.exp(x)


def many(x, y):
    for i in range(x.shape[0]):
        y[i] = np.exp(x[i]) + np.sin(x[i])
"""
TEXT = (
    "import numpy as np\n\n\n"
    + "".join((ONE if f.nin == 1 else TWO).format(f.__name__) for f in UFUNCS.values())
    + SUMS
)

IN_A_ROW, STRIDED = (types.Array(float64, 1, layout) for layout in "CA")


@pytest.fixture(scope="module")
def module() -> Module:
    return Module("elementary_functions", TEXT, None)


def _arguments(name: str) -> list[np.ndarray]:
    """Random numbers: in the range of interest, near 0, and of any bits."""
    rng = np.random.default_rng(len(name))
    count = UFUNCS[name].nin
    usual = [rng.uniform(*RANGES[name], 40_000) for _ in range(count)]
    small = [rng.normal(size=20_000) * 10.0 ** rng.uniform(-20, 0.3, 20_000) for _ in range(count)]
    any_bits = [rng.integers(0, 2**64, 20_000, dtype=np.uint64).view(float) for _ in range(count)]
    parts = zip(usual, small, any_bits, _special(name), strict=True)
    return [np.concatenate(part) for part in parts]


def _special(name: str) -> list[np.ndarray]:
    """Special values, of two arguments each beside each."""
    return [grid.ravel() for grid in np.meshgrid(*[SPECIAL] * UFUNCS[name].nin)]


def _computed(module: Module, name: str, args: list[np.ndarray], apart: int = 1) -> np.ndarray:
    """With elements so far apart in memory: if not in a row, loops are not vectorised."""
    args = [np.repeat(arg, apart)[::apart] for arg in args]
    result = np.empty(len(args[0]) * apart)[::apart]
    ufunc = UFUNCS[name].__name__
    _library(module, ufunc, *[IN_A_ROW if apart == 1 else STRIDED] * (len(args) + 1))
    module.function(ufunc)(*args, result)
    return np.ascontiguousarray(result)


def _library(module: Module, name: str, *signature: Any) -> Any:
    return module.compile(name, signature).library


def _calls(text: str) -> set[str]:
    """Functions that LLVM code calls, outside of our definitions."""
    bodies = re.split(r"^define ", text, flags=re.MULTILINE)[1:]
    ours = [body for body in bodies if "@adjoint." not in body.split("(")[0]]
    return {name for body in ours for name in re.findall(r"call [^@\n]*@([\w.]+)", body)}


@pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="long double is no reference here")
@pytest.mark.parametrize("name", UFUNCS)
def test_less_than_an_ulp_from_the_exact_result(module: Module, name: str) -> None:
    args = _arguments(name)
    result = _computed(module, name, args)
    with np.errstate(all="ignore"):
        exact = UFUNCS[name](*(arg.astype(np.longdouble) for arg in args))
        rounded = exact.astype(float)
        error = np.abs(result - exact) / np.maximum(np.spacing(np.abs(rounded)), TINY)
    finite = np.isfinite(result) & np.isfinite(rounded)
    assert error[finite].max() < 0.95
    np.testing.assert_array_equal(result[~finite], rounded[~finite])


@pytest.mark.parametrize("name", UFUNCS)
def test_special_values_are_those_of_c(module: Module, name: str) -> None:
    args = _special(name)
    result = _computed(module, name, args)
    with np.errstate(all="ignore"):
        expected = UFUNCS[name](*args)
    np.testing.assert_allclose(result, expected, rtol=1e-15)
    known = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(result[known]), np.signbit(expected[known]))


@pytest.mark.parametrize("name", UFUNCS)
def test_the_same_bits_alone_and_beside_others(module: Module, name: str) -> None:
    args = _arguments(name)
    together = _computed(module, name, args)
    np.testing.assert_array_equal(together, _computed(module, name, args, apart=3))
    few = [arg[:7] for arg in args]
    np.testing.assert_array_equal(_computed(module, name, few), together[:7])


@pytest.mark.parametrize("name", UFUNCS)
def test_loops_are_vectorised(module: Module, name: str) -> None:
    ufunc = UFUNCS[name]
    library = _library(module, ufunc.__name__, *[IN_A_ROW] * (ufunc.nin + 1))
    called = _calls(library.get_llvm_str())
    assert called & {f"adjoint.{name}.{width}" for width in (2, 4, 8)}
    assert not called & {name, f"llvm.{name}.f64"}


def test_only_used_widths_are_left(module: Module) -> None:
    text = _library(module, "exp", IN_A_ROW, IN_A_ROW).get_llvm_str()
    defined = set(re.findall(r"^define .*@adjoint\.([\w.]+)\(", text, re.MULTILINE))
    assert defined == {
        called.removeprefix("adjoint.") for called in _calls(text) if "adj" in called
    }
    assert "exp" in defined
    assert "llvm.compiler.used" not in text


@pytest.mark.parametrize("name", ["total", "selected"])
def test_sums_of_them_keep_their_order(module: Module, name: str) -> None:
    x = np.random.default_rng(3).normal(size=1003)
    text = _library(module, name, IN_A_ROW).get_llvm_str()
    _library(module, name, STRIDED)
    function = module.function(name)
    if name == "total":
        assert re.search(r"adjoint\.exp\.[248]\(", text)
    assert function(x) == function(np.repeat(x, 2)[::2])
    plain: float = 0.0
    terms = np.exp if name == "total" else np.log
    for value in x if name == "total" else x[x > 0.0]:
        plain += terms(value)
    assert function(x) == pytest.approx(plain, rel=1e-14)


def test_other_kinds_of_numbers(module: Module) -> None:
    x = np.linspace(-2.0, 2.0, 9)
    for kind, dtype, tolerance in (
        (float32, np.float32, 1e-6),
        (complex128, np.complex128, 1e-15),
    ):
        array = types.Array(kind, 1, "C")
        given, result = x.astype(dtype), np.empty(9, dtype)
        text = _library(module, "exp", array, array).get_llvm_str()
        module.function("exp")(given, result)
        np.testing.assert_allclose(result, np.exp(given), rtol=tolerance)
        assert (dtype == np.float32) == ("@adjoint.exp" not in text)


def test_a_function_of_numbas_that_calls_them_as_well(module: Module) -> None:
    """It was linked and given definitions before, alone."""
    first = njit(lambda x: np.logaddexp(x, 2.0) + np.exp(1j * x).real)
    assert first(1.0) == pytest.approx(np.logaddexp(1.0, 2.0) + np.cos(1.0))
    called = _calls(_library(module, "mixed", IN_A_ROW, IN_A_ROW).get_llvm_str())
    assert not called & {"llvm.exp.f64", "llvm.cos.f64", "log1p"}
    assert called & {"adjoint.exp.2", "adjoint.exp.4", "adjoint.exp.8"}
    x, y = np.linspace(-2.0, 2.0, 9), np.empty(9)
    module.function("mixed")(x, y)
    np.testing.assert_allclose(y, np.exp(x) + np.cos(x) + np.logaddexp(x, 1.0), rtol=1e-14)


def test_code_of_numba_may_call_ours(module: Module) -> None:
    """It links what ours was optimised to, which may have been linked into others before."""
    x = np.linspace(-2.0, 2.0, 9)
    module.compile("many", (IN_A_ROW, IN_A_ROW))
    many = module.function("many")

    @njit
    def outer(x: Any) -> Any:
        y = np.empty_like(x)
        many(x, y)
        return y + np.exp(x)

    np.testing.assert_allclose(outer(x), 2 * np.exp(x) + np.sin(x), rtol=1e-14)


def test_loops_of_numba_over_our_functions_are_vectorised(module: Module) -> None:
    """Their functions are linked into each other, and into ours again."""
    module.compile("one", (float64,))
    module.compile("other", (float64,))
    one, other = module.function("one"), module.function("other")

    @njit
    def loop(x: Any, y: Any) -> None:
        for i in range(x.shape[0]):
            y[i] = one(x[i]) + other(x[i])

    @njit
    def outer(x: Any, y: Any) -> None:
        loop(x, y)
        for i in range(x.shape[0]):
            y[i] -= other(x[i])

    x, y = np.linspace(-2.0, 2.0, 41), np.empty(41)
    expected = np.exp(x) + np.sin(x) * np.exp(-x)
    for function in (loop, outer):
        function.compile((IN_A_ROW, IN_A_ROW))
        (result,) = function.overloads.values()
        assert re.search(r"call <\d x double> @adjoint\.exp\.", result.library.get_llvm_str())
    loop(x, y)
    np.testing.assert_allclose(y, expected + np.cos(x) * np.exp(x), rtol=1e-13)
    outer(x, y)
    np.testing.assert_allclose(y, expected, rtol=1e-12)
    ours = Module("calls_numba", "def again(x, y):\n    outer(x, y)\n    y[0] = 1.0\n", None)
    vars(sys.modules[ours.name])["outer"] = outer
    ours.compile("again", (IN_A_ROW, IN_A_ROW))
    ours.function("again")(x, y)
    np.testing.assert_allclose(y[1:], expected[1:], rtol=1e-12)


def test_without_multiply_add_c_is_called() -> None:
    def has(triple: str, features: str) -> bool:
        codegen = SimpleNamespace(magic_tuple=lambda: (triple, "some", features))
        return library._is_able(codegen)

    assert has("x86_64-unknown-linux-gnu", "+avx2,+fma,-fma4")
    assert has("aarch64-unknown-linux-gnu", "")
    assert not has("x86_64-unknown-linux-gnu", "+fma4,-fma")
