"""Single assignment: what Numba's own pass gives, and why that is worth a pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from numba.core import compiler, ssa

from adjoint.jit.pipeline import single_assignment


def straight(x: float) -> float:
    y = x
    y = y * x
    return y + x


def loops(x: Any, n: int) -> float:
    s = 0.0
    for i in range(n):
        t = x[i]
        for j in range(i):
            t = t * x[j]
            if t > 1.0:
                t = 1.0 / t
        s += t
    for i in range(n - 1, -1, -1):
        t = x[i]
        s -= t
    return s


def partly(x: float, n: int) -> float:
    if n > 3:
        y = x
    while n > 0:
        n -= 1
        if n == 5:
            y = 2.0 * x
            break
    else:
        y = 1.0
    return y


@pytest.mark.parametrize("function", [straight, loops, partly])
def test_the_result_is_numbas(function: Callable[..., Any]) -> None:
    numbas = ssa._run_ssa(compiler.run_frontend(function).blocks)
    assert _lines(single_assignment(compiler.run_frontend(function).blocks)) == _lines(numbas)


def _lines(blocks: Any) -> list[str]:
    return [f"{label}: {stmt}" for label, block in blocks.items() for stmt in block.body]
