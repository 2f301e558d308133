"""Indices that cannot be negative are not looked at; all others mean what they mean in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import float64, int64, njit, types

from adjoint.jit.from_the_front import _LeastValues
from adjoint.jit.module import Module

pytestmark = pytest.mark.compiled

ROW = types.Array(float64, 1, "C")
TABLE = types.Array(float64, 2, "C")


def counters(x, n, a):
    for up in range(n):
        x[up] += 1.0
    for down in range(n - 1, -1, -1):
        x[down] += 1.0
    for inner in range(n - 1, 0, -1):
        before = inner - 1
        x[before] += 1.0
    for below in range(n - 1, -3, -1):
        x[below] += 1.0
    for given in range(a, n):
        x[given] += 1.0
    for backwards in range(n, a, -1):
        x[backwards] += 1.0
    for stepped in range(0, n, a):
        x[stepped] += 1.0


def sums(x, n, a):
    for i in range(2, n):
        forward = i + 3
        twice = 2 * i
        back = i - 2
        too_far = i - 3
        difference = i - n
        unknown = i + a
        clipped = max(unknown, 1)
        least = min(i, a)
        length = x.shape[0]
        last = length - 1
        x[forward] += x[twice] + x[back] + x[too_far] + x[difference] + x[clipped] + x[least]
        x[last] += 1.0


def several_values(x, n, a):
    chosen = 0
    wrong = 0
    if a > 3:
        chosen = 2
        wrong = -1
    counted = 0
    for _ in range(n):
        counted = counted - 1
    x[chosen] += x[wrong] + x[counted]


def _least(function: Callable[..., Any]) -> dict[str, int | None]:
    compiled = njit(function)
    compiled.compile((ROW, int64, int64))
    (overload,) = compiled.overloads.values()
    found = _LeastValues(overload.type_annotation.blocks, overload.type_annotation.typemap)
    names = [
        name for name in overload.type_annotation.typemap if name.partition(".")[0].isidentifier()
    ]
    return {name: found._of(name) for name in names}


def test_counters() -> None:
    found = _least(counters)
    known = {"up": 0, "down": 0, "inner": 1, "before": 0, "below": -2}
    assert {name: found[name] for name in known} == known
    assert [found[name] for name in ("given", "backwards", "stepped", "n", "a")] == [None] * 5


def test_sums() -> None:
    found = _least(sums)
    known = {"forward": 5, "twice": 4, "back": 0, "too_far": -1, "clipped": 1, "last": -1}
    assert {name: found[name] for name in known} == known
    assert [found[name] for name in ("difference", "unknown", "least")] == [None] * 3


def test_a_variable_with_several_values_has_the_least_of_them() -> None:
    found = _least(several_values)
    assert {value for name, value in found.items() if name.startswith("chosen")} == {0, 2}
    assert min(v for name, v in found.items() if name.startswith("wrong") and v is not None) == -1
    assert None in {value for name, value in found.items() if name.startswith("counted")}


TEXT = """
def from_the_end(x, k):
    for i in range(k - 1, -3, -1):
        x[i] += 1.0
    return x[-1] + x[k]


def rotated(y):
    for i in range(y.shape[0]):
        for j in range(y.shape[1] - 1, -1, -1):
            y[i, j - 1] += y[i - 1, j]


def recurrence(x):
    for i in range(x.shape[0] - 1, 0, -1):
        x[i] /= 9.0
        x[i - 1] += x[i]
"""


def test_negative_indices_count_from_the_end() -> None:
    module = Module("ends", TEXT, None)
    module.compile("from_the_end", (ROW, int64))
    module.compile("rotated", (TABLE,))
    namespace: dict[str, Any] = {}
    exec(TEXT, namespace)
    x, y = np.arange(6.0), np.arange(12.0).reshape(3, 4)
    ours, theirs = (x.copy(), y.copy()), (x.copy(), y.copy())
    for k in (-2, 4):
        expected = namespace["from_the_end"](theirs[0], k)
        assert module.function("from_the_end")(ours[0], k) == expected
    module.function("rotated")(ours[1])
    namespace["rotated"](theirs[1])
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_recurrence_downwards_carries_its_value_in_a_register() -> None:
    module = Module("carried", TEXT, None)
    module.compile("recurrence", (ROW,))
    (code,) = module.function("recurrence").inspect_llvm().values()
    assert "store_forwarded" in code
