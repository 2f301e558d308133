"""Binding arguments agrees with Python's own."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from adjoint.api.binding import Binding


def plain(x: Any, y: Any) -> None: ...
def defaults(x: Any, y: Any = 5, z: Any = 6) -> None: ...
def by_position(x: Any, /, y: Any = 5) -> None: ...
def by_name(x: Any, *, y: Any, z: Any = 6) -> None: ...
def nothing() -> None: ...


CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (args, kwargs)
    for args in [(), (1,), (1, 2), (1, 2, 3)]
    for kwargs in [{}, {"x": 7}, {"y": 8}, {"z": 9}, {"y": 8, "z": 9}, {"x": 7, "y": 8}, {"q": 0}]
]


@pytest.mark.parametrize("function", [plain, defaults, by_position, by_name, nothing])
@pytest.mark.parametrize("args, kwargs", CALLS)
def test_as_python_binds(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    assert _outcome(Binding(function), args, kwargs) == _outcome(_python(function), args, kwargs)


def _outcome(bind: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    try:
        return bind(args, kwargs)
    except TypeError as refusal:
        return str(refusal)


def _python(function: Any) -> Any:
    def bind(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        try:
            bound = inspect.signature(function).bind(*args, **kwargs)
        except TypeError as refusal:
            raise TypeError(f"{function.__name__}() {refusal}") from None
        bound.apply_defaults()
        return tuple(bound.arguments.values())

    return bind
