"""What an expression of the user's program is while it is translated.

Either something of the running program - a core expression - or something known already: a
function, a module, a tuple whose items are kept apart. What is known leaves no trace in the
program, so a function may be passed, returned and bound to a name, and be inlined at its call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from adjoint.program.core import Call, Const, Item, Name, Tuple

if TYPE_CHECKING:
    from adjoint.syntax.context import Frame


@dataclass(frozen=True, eq=False)
class Known:
    """A Python object that is not a number: a module, a function, an instance.

    Attributes
    ----------
    path : how the user's source reaches it, for messages and for the names of dependencies.
    current : reads it again; None if it cannot change (a member of a library).
    """

    value: Any
    path: str
    current: Callable[[], Any] | None = None


@dataclass(frozen=True, eq=False)
class Closure:
    """A `lambda` or nested `def` of the program itself, and the frame it was made in."""

    node: Any
    frame: Frame
    defaults: tuple[Value, ...] = ()
    keyword_defaults: Mapping[str, Value] | None = None


@dataclass(frozen=True, eq=False)
class Pack:
    """A tuple whose items are kept apart (`*args`, a literal tuple, a global tuple)."""

    items: tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Keywords:
    """The value of a `**kwargs` parameter."""

    items: Mapping[str, Value]


@dataclass(frozen=True, eq=False)
class Conflict:
    """A name that is one function on one path and something else on another."""


@dataclass(frozen=True, eq=False)
class MaybeNone:
    """What a function gives that returns a value on some paths only; it may not be used."""

    function: str


Value = (
    Const | Name | Item | Tuple | Call | Known | Closure | Pack | Keywords | Conflict | MaybeNone
)

CONSTANTS = (bool, int, float, complex, str, type(None), type(Ellipsis), np.dtype, np.generic)
EXPRESSIONS = (Const, Name, Item, Tuple, Call)

_LIBRARIES = frozenset({"numpy", "math", "cmath", "scipy", "operator", "_operator"})
_BUILTINS = (abs, bool, complex, float, int, len, max, min, pow, print, round)


def is_atom(value: object) -> bool:
    """Whether the value can be an argument as it is."""
    return isinstance(value, Const | Name)


def is_stored(value: object) -> bool:
    """Whether a variable can hold the value, so that forgetting what is known of it is harmless."""
    if isinstance(value, Pack):
        return all(map(is_stored, value.items))
    return is_atom(value)


def is_constant(obj: object) -> bool:
    """Whether a Python object can stand in a program as a `Const`."""
    return isinstance(obj, CONSTANTS) or is_dtype(obj)


def is_dtype(obj: object) -> bool:
    """Whether the object is a class that names a dtype (`float`, `np.float32`)."""
    return obj in (float, int, bool, complex) or (
        isinstance(obj, type) and issubclass(obj, np.generic)
    )


def is_library(obj: Any) -> bool:
    """Whether a callable belongs to NumPy, SciPy or Python, so that its call stays a call."""
    return _top_module(obj) in _LIBRARIES or any(obj is builtin for builtin in _BUILTINS)


def is_standard(obj: Any) -> bool:
    """Whether a callable is of Python's standard library, whose insides are not translated."""
    return _top_module(obj) in sys.stdlib_module_names


def _top_module(obj: Any) -> str:
    module = getattr(obj, "__module__", None)
    if module is None and not isinstance(obj, FunctionType):  # `exec` leaves it out
        owner = getattr(obj, "__self__", None)
        module = type(obj if owner is None else owner).__module__
    return str(module).partition(".")[0]


def is_library_module(obj: object) -> bool:
    """Whether the object is a module of NumPy, SciPy or Python's mathematics."""
    name = getattr(obj, "__name__", "")
    return type(obj).__name__ == "module" and name.partition(".")[0] in _LIBRARIES


def truth(value: Value) -> bool | None:
    """Whether the value is true, if that is known when compiling."""
    match value:
        case Const(constant):
            return bool(constant)
        case Pack(items):
            return bool(items)
        case Closure():
            return True
        case Known(obj) if callable(obj):
            return True
    return None
