"""MXNet's switches between its two array APIs. Both are always there, so they only remember."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_numpy_semantics = [False]


def set_np(shape: bool = True, array: bool = True, dtype: bool = False) -> None:
    """Choose NumPy semantics; `adjoint.np` has them anyway."""
    _numpy_semantics[0] = bool(array)


def reset_np() -> None:
    """Choose classic semantics; `adjoint.nd` has them anyway."""
    _numpy_semantics[0] = False


def is_np_array() -> bool:
    """What was chosen last."""
    return _numpy_semantics[0]


is_np_shape = is_np_array


def use_np(decorated: Decorated) -> Decorated:
    """Mark a function or class as written for NumPy semantics: itself."""
    return decorated


def waitall() -> None:
    """Nothing to wait for: everything has been computed."""
