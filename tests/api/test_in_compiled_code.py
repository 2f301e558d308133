"""A gradient called from functions that Numba compiles."""

from __future__ import annotations

import gc
from typing import Any

import numba
import numpy as np
import pytest
from numba import njit

from adjoint import grad, value_and_grad
from adjoint.errors import NotDifferentiable, TypingFailed
from tests.api.fake import Fake

pytestmark = pytest.mark.compiled
table = np.array([1.0, 2.0])


@njit
def parabola(x: float, w: float = 2.0) -> float:
    return w * x * x - 2.0


slope = grad(parabola, cache=False)


@pytest.fixture(autouse=True)
def _compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    Fake("w*x*x - 2.0", x="2.0*w*x", w="x*x").install(monkeypatch)


def test_newton() -> None:
    @njit
    def newton(x: float) -> float:
        for _ in range(20):
            x = x - parabola(x) / slope(x)
        return x

    assert newton(3.0) == pytest.approx(1.0)


def test_as_closure_variable_and_as_argument() -> None:
    df = value_and_grad(parabola, (0, 1), cache=False)

    @njit
    def closed(x: float) -> Any:
        return df(x, 3.0)

    @njit
    def given(gradient: Any, x: float) -> Any:
        return gradient(x, 3.0)

    assert closed(2.0) == (10.0, (12.0, 4.0))
    assert given(df, 2.0) == (10.0, (12.0, 4.0))
    assert given(slope, 2.0) == 12.0


def test_keywords_defaults_and_literals() -> None:
    @njit
    def calls(x: float) -> Any:
        return slope(x), slope(x, w=3.0), slope(w=3.0, x=x), slope(1.5, 3), slope(x, True)

    assert calls(2.0) == (8.0, 12.0, 12.0, 9.0, 4.0)


def test_a_tuple_of_one_stays_one() -> None:
    alone = grad(parabola, ("w",), cache=False)
    both = value_and_grad(parabola, ("w",), cache=False)

    @njit
    def calls(x: float) -> Any:
        return alone(x), both(x, 3.0)

    assert calls(2.0) == ((4.0,), (10.0, (4.0,)))


def test_captured_arrays_are_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    Fake("x*table[1]", x="table[1]", captures=("table",)).install(monkeypatch)

    def f(x: float, w: float = 1.0) -> float:
        return x * table[1]

    df = grad(f, cache=False)
    assert df(1.0) == 2.0

    @njit
    def call(x: float) -> float:
        return df(x) + df(x, 3.0)

    assert call(1.0) == 4.0
    monkeypatch.setitem(globals(), "table", np.array([1.0, 5.0]))
    assert (call(1.0), df(1.0)) == (4.0, 5.0)


def test_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    Fake("np.sum(x)", x="np.ones_like(x)").install(monkeypatch)
    df = grad(lambda x: x.sum(), cache=False)

    @njit
    def descend(x: np.ndarray) -> np.ndarray:
        for _ in range(3):
            x = x - 0.5 * df(x)
        return x

    assert descend(np.array([2.0, 3.0])).tolist() == [0.5, 1.5]


def test_an_integer_is_refused_while_typing() -> None:
    @njit
    def call(x: int) -> float:
        return slope(x)

    with pytest.raises((NotDifferentiable, numba.TypingError)) as raised:
        call(2)
    assert "'x', which is int64" in str(raised.value)
    assert "pass 2.0 instead of 2" in str(raised.value)


def test_gradients_that_are_gone_leave_the_shared_code() -> None:
    kept = grad(parabola, cache=False)
    kept(2.0, 3.0)
    for _ in range(2):  # of the same text, so of the same module
        grad(parabola, cache=False)(2.0, 3.0)
        gc.collect()

    @njit
    def call(x: float) -> float:
        return kept(x, 3.0)

    assert call(2.0) == 12.0


def test_without_jit_there_is_nothing_to_call() -> None:
    df = grad(parabola, jit=False, cache=False)

    @njit
    def call(x: float) -> float:
        return df(x)

    with pytest.raises((TypingFailed, numba.TypingError), match="jit=False"):
        call(2.0)
