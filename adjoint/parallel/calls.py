"""Which calls may run in several threads at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.analyses.purity import is_repeatable
from adjoint.program.core import Block, Call, Evaluate, For, Raise, While
from adjoint.program.walk import operands, statements, subexpressions

_KNOWN: frozenset[Any] = frozenset({
    np.empty, np.zeros, np.ones, np.empty_like, np.zeros_like, np.ones_like, np.copy, np.dot,
    np.size, np.real, np.imag,
})  # fmt: skip
_OPERATORS = ("operator", "_operator")
_CHEAP_MODULES = (
    *_OPERATORS, "builtins", "adjoint.program.primitives", "adjoint.runtime.shapes"
)  # fmt: skip
_CHEAP = frozenset({np.abs, np.minimum, np.maximum, np.int64, np.float32, np.float64, np.negative})


def why_unsafe(block: Block) -> str:
    """Why a block cannot run in threads, a clause; empty if it can.

    It may raise by a check of shapes: the caller finds that out.
    """
    for stmt in statements(block):
        if isinstance(stmt, Raise):
            return "it raises exceptions"
        if isinstance(stmt, Evaluate) and not is_repeatable(stmt.call):
            return f"it calls {_name(stmt.call.function)} for its effect"
        for expr in operands(stmt):
            for call in subexpressions(expr):
                if isinstance(call, Call) and not _is_safe(call):
                    name = _name(call.function)
                    return f"it calls {name}, which is not known to be safe in threads"
    return ""


def works_hard(block: Block) -> bool:
    """Whether a block has a loop, or a function that takes longer than memory does."""
    for stmt in statements(block):
        if isinstance(stmt, For | While):
            return True
        for expr in operands(stmt):
            for call in subexpressions(expr):
                if isinstance(call, Call) and _is_costly(call.function):
                    return True
    return False


def _is_safe(call: Call) -> bool:
    function = call.function
    if any(key == "out" for key, _ in call.keywords):
        return False
    if isinstance(function, np.ufunc) and len(call.args) > function.nin:
        return False
    return function in _KNOWN or is_repeatable(Call(function, ()))


def _is_costly(function: Callable[..., Any]) -> bool:
    return function not in _CHEAP and getattr(function, "__module__", None) not in _CHEAP_MODULES


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", str(function))
