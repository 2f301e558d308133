"""`argnums`: positions and names, and what is said when there is no such parameter."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.api.argnums import positions
from adjoint.errors import InvalidArgnums


def f(x: float, mu: float, *, width: float = 1.0) -> float:
    return (x - mu) / width


@pytest.mark.parametrize(
    "argnums, expected",
    [
        (0, (0,)),
        (-1, (2,)),
        ("mu", (1,)),
        (("width", 0), (2, 0)),
        ([1], (1,)),
        (np.int64(1), (1,)),
    ],
)
def test_positions(argnums: Any, expected: tuple[int, ...]) -> None:
    assert positions(f, inspect.signature(f), argnums) == tuple((i, None) for i in expected)


@pytest.mark.parametrize(
    "argnums, message",
    [
        (3, "f has 3 parameters, not one at 3"),
        (-4, "f has 3 parameters, not one at -4"),
        ("sigma", "f has no parameter 'sigma'"),
        (("x", "x"), "names a parameter twice"),
        ((0, -3), "names a parameter twice"),
        ((), "is empty"),
        (True, "neither a position nor a name"),
        (1.0, "neither a position nor a name"),
        (("x", None), "neither a position nor a name"),
    ],
)
@pytest.mark.parametrize("make", [grad, value_and_grad])
def test_refused_when_the_gradient_is_made(make: Any, argnums: Any, message: str) -> None:
    with pytest.raises(InvalidArgnums) as raised:
        make(f, argnums)
    text = str(raised.value)
    assert message in text
    assert "hint: the parameters are 0 'x', 1 'mu', 2 'width'" in text
    assert "def f(x: float, mu: float" in text
    with pytest.raises(InvalidArgnums):
        make(argnums=argnums)(f)


def test_a_function_of_nothing() -> None:
    with pytest.raises(InvalidArgnums, match="has 0 parameters"):
        grad(lambda: 1.0)
