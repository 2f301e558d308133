"""Arguments that are constants: a specialisation for each value, and never a stale one."""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from adjoint import grad
from adjoint.errors import SpecialisationWarning, TypingFailed
from adjoint.jit import folder
from tests.api.models import Mode, Model, X

factor = 2.0


def modes(x: Any, mode: Any = "linear", w: Any = None, flag: bool = True) -> Any:
    y = x * x if mode == "square" else 3.0 * x
    if w is not None:
        y = y * w
    return y if flag else -y


def applied(x: Any, f: Any) -> Any:
    return f(x)


def scaled(x: Any) -> Any:
    return factor * x


@numba.njit
def compiled(x: Any) -> Any:
    return x * x * x


def test_strings_flags_and_none() -> None:
    df = grad(modes, jit=False)
    assert df(3.0) == 3.0
    assert df(3.0, "square") == 6.0
    assert df(3.0, "".join(["squ", "are"])) == 6.0
    assert df(3.0, flag=False) == -3.0
    assert df(3.0, flag=np.False_) == -3.0
    assert df(3.0, w=4.0) == 12.0
    assert df(3.0, "square", 4.0, True) == 24.0


def test_equal_constants_share_a_specialisation() -> None:
    df = grad(modes, jit=False)
    for mode in ["square", "".join(["squ", "are"])]:
        df(3.0, mode)
    assert len(df._present_version()._entries) == 1
    df(3.0, "linear")
    assert len(df._present_version()._entries) == 2


def test_other_constants() -> None:
    assert grad(lambda x, m: x * x if m is Mode.SQUARE else x, jit=False)(3.0, Mode.SQUARE) == 6.0
    assert grad(lambda x, t: np.sum(x.astype(t)), jit=False)(X, np.float64) == pytest.approx(1.0)
    assert grad(lambda x, m: m.sin(x), jit=False)(0.0, math) == 1.0


@pytest.mark.parametrize(
    "function, expected",
    [
        (np.sin, math.cos(2.0)),
        (math.exp, math.exp(2.0)),
        (compiled, 12.0),
        (lambda x: x * x, 4.0),
        (functools.partial(lambda k, x: k * x, 5.0), 5.0),
        (Model.square, 4.0),
        (Model.cube, 12.0),
        (functools.partial(pow, 3.0), 9.0 * math.log(3.0)),
    ],
)
def test_functions(function: Any, expected: float) -> None:
    assert grad(applied, jit=False)(2.0, function) == pytest.approx(expected)


def test_a_global_of_a_function_that_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    df = grad(applied, jit=False)
    assert df(1.0, scaled) == 2.0
    monkeypatch.setitem(globals(), "factor", 5.0)
    assert df(1.0, scaled) == 5.0
    monkeypatch.undo()
    assert df(1.0, scaled) == 2.0


def test_a_closure_of_a_function_that_is_passed() -> None:
    rate = 2.0
    f = lambda x: rate * x
    df = grad(applied, jit=False)
    assert df(1.0, f) == 2.0
    rate = 3.0
    assert df(1.0, f) == 3.0


def test_an_array_of_a_function_that_is_passed() -> None:
    table = np.array([2.0, 7.0])
    f = lambda x: table[0] * x
    df = grad(applied, jit=False)
    assert df(1.0, f) == 2.0
    table[0] = 4.0
    assert df(1.0, f) == 4.0
    table = np.array([5.0])
    assert df(1.0, f) == 5.0


def test_lambdas_on_one_line_are_told_apart_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path))
    first, second = (lambda x: 2.0 * x), (lambda x: 7.0 * x)
    for _ in range(2):
        df = grad(applied, jit=False)  # reads what the one before has written
        assert (df(1.0, first), df(1.0, second)) == (2.0, 7.0)


def test_too_many() -> None:
    df = grad(lambda x, key: x, jit=False, cache=False)
    for number in range(63):
        df(1.0, f"key {number}")
    with pytest.warns(SpecialisationWarning, match="same function object"):
        df(1.0, "one more")


def test_in_compiled_code() -> None:
    df = grad(modes, cache=False)

    @numba.njit
    def caller(x: float, flag: bool) -> Any:
        return df(x), df(x, "square"), df(x, "square", None, flag)

    assert caller(3.0, True) == (3.0, 6.0, 6.0)
    assert caller(3.0, False) == (3.0, 6.0, -6.0)

    @numba.njit
    def with_string(x: float, mode: str) -> Any:
        return df(x, mode)

    with pytest.raises((TypingFailed, numba.TypingError), match="unicode_type"):
        with_string(3.0, "square")


# ------------------------------------------------------------------- methods and bound arguments


def test_methods() -> None:
    model = Model(X, 0.3)
    loss = grad(model.loss, jit=False)
    plain = grad(lambda x, w: (np.sum(np.tanh(w * x + 0.5)) * 0.3 - 1.0) ** 2, jit=False)
    assert loss(X) == pytest.approx(plain(X, X))
    assert loss(X, scale=2.0) == pytest.approx(2.0 * plain(X, X))
    model.layer.w[0] = 9.0  # what the object holds now
    assert loss(X) == pytest.approx(plain(X, X))
    X[0] = 0.5
    assert grad(model.loss, "scale", jit=False)(X, 1.0) == pytest.approx(model.loss(X))
    assert grad(model, jit=False)(X).shape == X.shape


def test_decorated_methods() -> None:
    model = Model(X, 0.3)
    assert model.of_itself(X).rate == pytest.approx(np.sum(X * X))
    value, bar = model.of_x(X)
    assert value == pytest.approx(0.3 * np.sum(X * X))
    assert bar == pytest.approx(0.3 * X)
    assert Model.of_x(model, X)[0] == value


def test_partial() -> None:
    df = grad(functools.partial(modes, mode="square"), jit=False)
    assert df(3.0) == 6.0
    assert df(3.0, w=2.0) == 12.0
    assert df(3.0, mode="linear") == 3.0
    assert grad(functools.partial(modes, 3.0), "w", jit=False)(w=2.0) == 9.0
    with pytest.raises(TypeError, match="multiple values"):
        df(3.0, "linear")


def test_bound_gradients_are_not_for_compiled_code() -> None:
    df = grad(functools.partial(modes, mode="square"))

    @numba.njit
    def caller(x: float) -> Any:
        return df(x)

    with pytest.raises((TypingFailed, numba.TypingError), match="bound"):
        caller(3.0)
