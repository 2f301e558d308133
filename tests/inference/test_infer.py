"""Types of variables, and what a user reads where Numba finds none."""

import re

import numpy as np
import pytest
from numba import types

from adjoint.emit import source_of
from adjoint.errors import AdjointError, TypingFailed
from adjoint.inference.stand_ins import with_stand_ins
from tests.stages import inferred, typed

VECTOR = np.ones(3)
MATRIX = np.ones((2, 3))
F64_1D = types.Array(types.float64, 1, "C")


def every_kind(x, n, flag, a):
    s = 0.0
    k = n // 2
    test = x > 0.0 and flag
    y = a * x
    total = np.sum(y)
    for i in range(n):
        s += a[i]
    pair = (s, k)
    if test:
        s = s + pair[0]
    return s + total


def test_types_of_variables():
    table = typed(every_kind, 1.5, 3, True, VECTOR).types
    assert table["s"] == types.float64
    assert table["k"] == types.int64
    assert table["y"] == F64_1D
    assert table["total"] == types.float64
    assert table["i"] == types.int64
    assert table["a"] == F64_1D
    assert table["flag"] == types.boolean


def test_every_variable_has_a_type():
    program = typed(every_kind, 1.5, 3, True, VECTOR)
    assert set(program.params) <= set(program.types)
    assert not [name for name in program.types if name.startswith("$") or "." in name]


@pytest.mark.parametrize(
    "function, args, result",
    [
        (lambda x: x * 2.0, (1.0,), types.float64),
        (lambda x: x * x, (np.float32(1.0),), types.float32),
        (lambda x: x * 2, (3,), types.int64),
        (lambda x: x / 2, (3,), types.float64),
        (lambda x: x + x, (VECTOR,), F64_1D),
        (lambda x: x > 0.0, (1.0,), types.boolean),
        (lambda x: x.sum(), (MATRIX,), types.float64),
        (lambda x: x.sum(), (np.array([True, False]),), types.int64),
        (lambda x: x.sum(), (np.ones(3, np.int32),), types.int64),
        (lambda x: x.sum(), (np.ones(3, np.float32),), types.float32),
        (lambda x: x.mean(), (np.array([1, 2]),), types.float64),
        (lambda x: x.max(), (np.array([1, 2]),), types.int64),
        (lambda x: np.sum(x, axis=0), (MATRIX,), F64_1D),
        (lambda x: np.sum(x, axis=(0, 1)), (MATRIX,), types.float64),
        (lambda x: np.max(x, axis=1), (MATRIX,), F64_1D),
        (lambda x: np.sum(x, axis=1, keepdims=True), (MATRIX,), types.Array(types.float64, 2, "C")),
        (lambda x: x.item(), (VECTOR,), types.float64),
        (lambda x: x.item(), (1.0,), types.float64),
        (lambda x: x.astype(np.float32), (VECTOR,), types.Array(types.float32, 1, "C")),
        (lambda x: abs(x) + x, (VECTOR,), F64_1D),
        (lambda x: (x, x), (1.0,), types.UniTuple(types.float64, 2)),
    ],
)
def test_type_of_the_result(function, args, result):
    assert inferred(function, *args)[1] == result


def test_an_integer_that_becomes_a_float_is_a_float():
    def counter(n):
        s = 0
        for i in range(n):
            s = s + i * 0.5
        return s

    assert typed(counter, 3).types["s"] == types.float64


def test_one_variable_of_two_layouts_is_of_any_layout():
    def rows_or_columns(x, flag):
        y = x
        if flag:
            y = x.T
        return y[0, 0]

    assert typed(rows_or_columns, MATRIX, True).types["y"].layout == "A"


def test_captured_arrays_have_types():
    table = np.ones((2, 2))
    program = typed(lambda x: x * table[0, 1], 1.0)
    assert program.types["table"] == types.Array(types.float64, 2, "C")


def test_stand_ins_are_only_for_inference():
    """The program that goes on calls NumPy."""
    program = typed(lambda x: np.sum(x, axis=0), MATRIX)
    assert "np.sum" in source_of(program)
    assert "total" in source_of(with_stand_ins(program))


# ------------------------------------------------------------------------------------- refusals


def two_types(x):
    y = x
    if x > 0.0:
        y = np.ones(2)
    return y


def number_or_array_in_a_loop(x):
    s = 0.0
    for _ in range(3):
        s = x * s
    return s


@pytest.mark.parametrize(
    "function, args, name, kinds",
    [
        (two_types, (1.0,), "y", ("float64", "array(float64, 1d, C)")),
        (number_or_array_in_a_loop, (VECTOR,), "s", ("float64", "array(float64, 1d, C)")),
    ],
)
def test_variable_with_two_types(function, args, name, kinds):
    with pytest.raises(TypingFailed) as refusal:
        typed(function, *args)
    message = str(refusal.value)
    assert f"'{name}'" in message
    assert all(kind in message for kind in kinds)
    assert "hint: " in message
    assert_at_a_line_of(refusal.value, function)


def too_many_indices(x):
    y = x * 2.0
    return y[0, 1, 2]


def text_in_arithmetic(x):
    label = "a"
    return x * label


@pytest.mark.parametrize(
    "function, args, text",
    [
        (too_many_indices, (VECTOR,), "y[0, 1, 2]"),
        (text_in_arithmetic, (1.5,), "x * label"),
    ],
)
def test_call_that_cannot_be_typed(function, args, text):
    with pytest.raises(TypingFailed) as refusal:
        typed(function, *args)
    assert_at_a_line_of(refusal.value, function)
    at = refusal.value.at
    assert text in at.source.line(at.line)


def assert_at_a_line_of(error, function):
    """A message about the user's line, with a caret, and nothing of Numba's own report."""
    code, message = function.__code__, str(error)
    assert isinstance(error, AdjointError)
    assert error.at is not None
    last = max(line for *_, line in code.co_lines() if line is not None)
    assert code.co_firstlineno < error.at.line <= last
    assert f'File "{code.co_filename}", line {error.at.line}' in message
    assert re.search(r"^ +\^+$", message, re.MULTILINE)
    for word in ("Traceback", "nopython", "TypingError", "numba.", "github", "<adjoint", "$"):
        assert word not in message
    assert len(message.splitlines()) <= 6
    assert error.__cause__ is None
    assert error.__suppress_context__
