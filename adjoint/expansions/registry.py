"""Which library functions are written down, and where."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import MethodType
from typing import Any

_FAMILIES = ("differences", "joining",)
"""Modules of this package, imported when the first call asks."""

_by_function: dict[Any, Callable[..., Any]] = {}
_by_name: dict[str, Callable[..., Any]] = {}


def expands(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register what stands for library functions.

    A function is given itself, or by name where its library may be missing:
    `"scipy.special._logsumexp.logsumexp"`, or `"module.class.method"` of a bound method.
    """

    def register(expansion: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            if isinstance(function, str):
                _by_name[function] = expansion
            else:
                _by_function[function] = expansion
        return expansion

    return register


def expansion_of(function: Any) -> Callable[..., Any] | None:
    """What stands for a function; None if nothing does."""
    if not _by_function:
        for family in _FAMILIES:
            importlib.import_module(f"adjoint.expansions.{family}")
    try:
        found = _by_function.get(function)
    except TypeError:  # an unhashable callable
        return None
    return found or _by_name.get(_name(function))


def is_expansion(filename: str) -> bool:
    """Whether a file is one of this package's."""
    return filename.startswith(__file__.rpartition("registry")[0])


def _name(function: Any) -> str:
    if isinstance(function, MethodType):
        owner = type(function.__self__)
        return f"{owner.__module__}.{owner.__qualname__}.{function.__name__}"
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"
