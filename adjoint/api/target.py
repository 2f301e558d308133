"""From what the user differentiates to the plain function under it and what is bound to it.

`grad(obj.method)`, `grad(callable_object)` and `grad(functools.partial(f, 2.0))` are gradients of
the function that is called in the end, whose first arguments are known.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FunctionType, MethodType
from typing import Any

from adjoint.api.kinds import is_plain_object
from adjoint.jit.numba_internals import CPUDispatcher

Function = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Target:
    """A function with arguments that are bound to it.

    Attributes
    ----------
    function : the plain function; something else if there is none.
    first : arguments that come before those of a call.
    keywords : values of parameters that a call may override.
    """

    function: Any
    first: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)

    @property
    def bound(self) -> bool:
        """Whether there is anything bound."""
        return bool(self.first or self.keywords)


def target_of(f: Function) -> Target:
    """Look through partial objects, bound methods, callable instances and compiled functions."""
    if isinstance(f, CPUDispatcher):
        return Target(f.py_func)
    if getattr(type(f), "is_differentiable", False):
        return target_of(f.__wrapped__)  # type: ignore[attr-defined]
    if isinstance(f, functools.partial):
        inner = target_of(f.func)
        return Target(inner.function, (*inner.first, *f.args), {**inner.keywords, **f.keywords})
    if isinstance(f, MethodType):
        inner = target_of(f.__func__)
        return Target(inner.function, (*inner.first, f.__self__), inner.keywords)
    if callable(f) and is_plain_object(type(f)):
        called = type(f).__call__
        return Target(called, (f,)) if isinstance(called, FunctionType) else Target(f)
    return Target(f)


def name_of(f: Any) -> str:
    """What to call a callable in messages and generated code."""
    if isinstance(f, functools.partial):
        return name_of(f.func)
    name = getattr(f, "__name__", None) or type(f).__name__
    return str(name).strip("<>")
