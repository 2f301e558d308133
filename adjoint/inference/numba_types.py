"""What Numba's inference says of a Python function: no lowering, no machine code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adjoint.inference.typing_only import types_of, typing_context


def inferred_types(
    function: Callable[..., Any], arg_types: tuple[Any, ...]
) -> tuple[Mapping[str, Any], Any]:
    """Types of all variable versions (`s`, `s.1`, …), and of the result.

    Raises
    ------
    numba.core.errors.NumbaError : as compilation would.
    """
    found = types_of(function, arg_types)
    return found.typemap, found.signature.return_type


def unified(found: list[Any]) -> Any:
    """The one type that all versions of a variable fit in, or None."""
    return typing_context().unify_types(*found)


def declare_function(function: Callable[..., Any], type_: Any) -> None:
    """Tell Numba what type a Python function has."""
    typing_context().insert_global(function, type_)
