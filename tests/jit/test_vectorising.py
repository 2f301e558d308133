"""Options of LLVM that are set while our functions are optimised, and what they do."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numba import float64, types

from adjoint.jit import vectorising
from adjoint.jit.module import Module

ADDED = """\
def added(x, y):
    s = 0.0
    for i in range(x.shape[0]):
        s += 1.0 / (1.0 + x[i] / (2.0 + y[i]))
    return s


def rows(a):
    for i in range(1, a.shape[0]):
        for k in range(a.shape[0]):
            for j in range(a.shape[1]):
                a[i, j] -= a[k, j] / (1.0 + a[i - 1, j] * a[i - 1, j])
"""


@pytest.mark.parametrize(
    "triple, version, before, after",
    [
        ("x86_64-unknown-linux-gnu", 22, ["true", "false"], ["false", "true"]),
        ("aarch64-unknown-linux-gnu", 20, ["true", "false"], ["true", "true"]),
        ("x86_64-unknown-linux-gnu", 15, [], []),
        ("x86_64-unknown-linux-gnu", 99, [], []),
    ],
)
def test_options_are_set_only_meanwhile(
    monkeypatch: pytest.MonkeyPatch, triple: str, version: int, before: list, after: list
) -> None:
    given: list[str] = []
    stand_in = SimpleNamespace(
        llvm_version_info=(version, 1, 0),
        set_option=lambda _, option: given.append(option.split("=")[1]),
    )
    monkeypatch.setattr(vectorising, "binding", stand_in)
    codegen = SimpleNamespace(magic_tuple=lambda: (triple, "some", ""))
    with contextlib.suppress(ZeroDivisionError), vectorising.vectorising(codegen):
        assert given == before
        raise ZeroDivisionError
    assert given == before + after


@pytest.mark.compiled
def test_sums_have_the_bits_of_a_loop_in_order() -> None:
    array = types.Array(float64, 1, "C")
    module = Module("sums_in_order", ADDED, None)
    text = module.compile("added", (array, array)).library.get_llvm_str()
    assert "x double> @llvm" in text or "vector.reduce.fadd" in text
    x, y = np.random.default_rng(0).random((2, 1003))
    expected = Module("sums_in_order", ADDED, None, jit=False).function("added")(x, y)
    assert module.function("added")(x, y) == expected


@pytest.mark.compiled
@pytest.mark.parametrize("shape", [(1, 40), (2, 3), (5, 37), (3, 64)])
def test_rows_of_one_array_that_may_be_the_same_row(shape: Any) -> None:
    module = Module("rows_of_one_array", ADDED, None)
    module.compile("rows", (types.Array(float64, 2, "C"),))
    a = np.random.default_rng(0).random(shape)
    expected = a.copy()
    module.function("rows")(a)
    Module("rows_of_one_array", ADDED, None, jit=False).function("rows")(expected)
    np.testing.assert_array_equal(a, expected)
