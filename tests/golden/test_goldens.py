"""The adjoints of a dozen programs, letter by letter: how generated code reads is a feature.

Lines of the primal are counted from the program's own first line, so that goldens do not change
with what stands above it.

A change that makes them better is welcome: `pytest tests/golden --update-goldens` rewrites the
files, and the difference is reviewed like that of any source.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import numba
import numpy as np
import pytest

from adjoint.api.sizes import sizes_of
from adjoint.pipeline import generate
from tests.adbench.gmm import gmm_loops
from tests.corpus import PROGRAMS

FOLDER = Path(__file__).parent / "adjoints"
FROM_CORPUS = (
    "readable-energy",
    "readable-smooth",
    "readable-independent_rows",
    "mxnet-f",
    "mxnet-select_first_or_second",
    "control-while_on_value",
    "control-triangular_nest",
    "control-break_in_for",
    "control-early_return",
    "mutation-shift_in_place",
    "mutation-reversed_in_place",
    "calls-call_in_a_loop",
    "randomness-normal_draws",
    "linear_algebra-thomas_algorithm",
)
MATRIX = np.ones((3, 2))


def matrix_product(a, b):
    return np.sum((a @ b) ** 2)


def largest(x):
    return np.max(x * x)


def softmax(x):
    weights = np.exp(x - np.max(x))
    return weights / np.sum(weights)


def standard_deviation(x):
    mean = np.mean(x)
    return np.sqrt(np.sum((x - mean) ** 2) / x.size)


OTHERS = {
    "matrix_product": (matrix_product, (MATRIX, MATRIX.T.copy()), (0, 1)),
    "max_reduction": (largest, (MATRIX,), (0,)),
    "softmax": (softmax, (MATRIX,), (0,)),
    "standard_deviation": (standard_deviation, (MATRIX,), (0,)),
    "gmm_loops": (
        gmm_loops,
        (np.ones(2), np.ones((2, 3)), np.ones((2, 6)), np.ones((4, 3)), 1.0, 0),
        (0, 1, 2),
    ),
}


def case(name):
    """A program with types and sizes of its arguments, and what it is differentiated by."""
    if name in OTHERS:
        function, args, wrt = OTHERS[name]
    else:
        entry = PROGRAMS[name]
        function, args, wrt = entry.function, entry.args(), entry.wrt()
    return function, tuple(map(numba.typeof, args)), sizes_of(args), wrt


def adjoint(name):
    """The generated text, with relative numbers of lines."""
    function, types, sizes, wrt = case(name)
    first = function.__code__.co_firstlineno
    text = generate(function, types, wrt, calls=[sizes]).source
    return re.sub(r"\bline (\d+)", lambda m: f"line {int(m[1]) - first + 1}", text)


@pytest.mark.parametrize("name", [*FROM_CORPUS, *OTHERS])
def test_golden(name, request):
    text = adjoint(name)
    file = FOLDER / f"{name.replace('-', '_')}.txt"
    if request.config.getoption("--update-goldens", default=False):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(text)
        return
    expected = file.read_text()
    difference = difflib.unified_diff(
        expected.splitlines(), text.splitlines(), "golden", "generated", lineterm=""
    )
    assert text == expected, "\n".join(difference)


def test_no_golden_is_left_over():
    names = {f"{name.replace('-', '_')}.txt" for name in (*FROM_CORPUS, *OTHERS)}
    assert {file.name for file in FOLDER.iterdir()} == names
