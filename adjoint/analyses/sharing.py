"""Names of arrays that may be in the same memory."""

from __future__ import annotations

from numba.core import types

from adjoint.analyses.purity import gives_fresh_memory, is_in_place
from adjoint.program.core import Assign, Call, Expr, Program
from adjoint.program.walk import names, statements
from adjoint.runtime import buffers


def sharing(program: Program) -> dict[str, frozenset[str]]:
    """By name, the names of arrays that may be in the same memory, where there are others.

    Parameters are taken for apart: a call with one array twice has a program of its own.
    """
    table = program.types or {}
    groups: dict[str, frozenset[str]] = {}
    for stmt in statements(program.body):
        if not isinstance(stmt, Assign) or is_scalar(table.get(stmt.target)):
            continue
        if _is_new(stmt.value):
            continue
        used = {name for name in names(stmt.value) if not is_scalar(table.get(name))}
        group = frozenset({stmt.target, *used})
        group = group.union(*(groups.get(name, frozenset()) for name in group))
        groups.update(dict.fromkeys(group, group))
    return groups


def is_scalar(kind: object) -> bool:
    """Whether a type is that of a number."""
    return isinstance(kind, types.Number | types.Boolean)


def _is_new(value: Expr) -> bool:
    """Whether a value is an array that shares no memory with another one."""
    if not isinstance(value, Call) or value.keywords:
        return False
    function = value.function
    fresh = gives_fresh_memory(function) and function is not buffers.reserve
    return fresh and not is_in_place(function)
