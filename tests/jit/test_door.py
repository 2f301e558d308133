"""A dispatcher whose machine code is supplied: one table for Python and for compiled code."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from numba import float64, njit, typeof, types

from adjoint.errors import NotDifferentiable
from adjoint.jit.door import Door

pytestmark = pytest.mark.compiled


@njit
def behind(x: float, w: float) -> float:
    return w * x


class Supplier:
    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def __call__(self, arg_types: tuple[Any, ...]) -> Any:
        if types.int64 in arg_types:
            raise NotDifferentiable("no integers")
        self.asked.append(arg_types)
        behind.compile(arg_types)
        return behind.overloads[arg_types]


def _door(supplier: Supplier) -> Door:
    signature = inspect.signature(lambda x, w=2.0: ...)
    return Door("slope", signature, lambda args: tuple(map(typeof, args)), supplier)


def test_python_and_compiled_code_share_one_overload() -> None:
    supplier = Supplier()
    door = _door(supplier)

    @njit
    def caller(x: float) -> float:
        return door(x, 3.0)

    assert (door(2.0, 3.0), door(2.0, 4.0), caller(2.0)) == (6.0, 8.0, 6.0)
    assert supplier.asked == [(float64, float64)]


def test_keywords_and_defaults_in_compiled_code() -> None:
    supplier = Supplier()
    door = _door(supplier)

    @njit
    def caller(x: float) -> tuple[float, float]:
        return door(w=5.0, x=x), door(x)

    assert caller(2.0) == (10.0, 4.0)
    assert supplier.asked == [(float64, float64), (float64, types.Omitted(2.0))]


def test_an_error_of_the_supplier_reaches_both() -> None:
    door = _door(Supplier())
    with pytest.raises(NotDifferentiable, match="no integers"):
        door(2, 3.0)
    with pytest.raises(NotDifferentiable, match="no integers"):
        njit(lambda x: door(x, 3.0))(2)
    assert door(2.0, 3.0) == 6.0
