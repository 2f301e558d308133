"""Which arrays of a program may share memory with one that is written to, by name alone.

A variable that several assignments bind gets an array of its own, so a view bound to it is copied.
That is as good as the view only if nobody writes to the memory, under whatever name.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from adjoint.program.core import Assign, Call, Evaluate, Expr, Item, Program, Store
from adjoint.program.functions import Joint
from adjoint.program.growth import growing
from adjoint.program.primitives import new_list
from adjoint.program.walk import names, statements

# Functions of arrays that always return an array of their own.
FRESH: frozenset[Callable[..., object]] = frozenset(
    {
        np.copy, np.empty, np.zeros, np.ones, np.empty_like, np.zeros_like, np.ones_like, np.full,
        np.full_like, np.array, np.arange, np.linspace, np.dot, np.outer, np.matmul,
        np.eye, np.identity, np.sort, np.cumsum, np.cumprod, np.concatenate, np.stack, np.append,
        np.roll, np.tile, np.repeat, np.linalg.solve, np.linalg.inv,
        np.sum, np.mean, np.max, np.min,
        new_list,  # what is in it is looked after by `list_items`
    }
)  # fmt: skip


def written_memory(program: Program) -> frozenset[str]:
    """Names whose memory, or a part of it, a store may change; flow-insensitive."""
    find = share_groups(program)
    written: set[str] = set()
    seen: set[str] = set()
    for stmt in statements(program.body):
        if isinstance(stmt, Store):
            written.add(stmt.array)
        elif isinstance(stmt, Evaluate):
            written.update(() if growing(stmt) else names(stmt.call))
        elif isinstance(stmt, Assign):
            written.update(outputs(stmt.value))
            seen.update((stmt.target, *shared_names(stmt.value)))
    changed = {find(name) for name in written}
    return frozenset(name for name in seen if find(name) in changed) | frozenset(written)


def share_groups(program: Program) -> Callable[[str], str]:
    """What tells which group a name is in: names that may share memory are in the same one."""
    group: dict[str, str] = {}

    def find(name: str) -> str:
        while group.setdefault(name, name) != name:
            name = group[name]
        return name

    for stmt in statements(program.body):
        if isinstance(stmt, Assign):
            for name in shared_names(stmt.value):
                group[find(name)] = find(stmt.target)
    return find


def outputs(value: Expr) -> set[str]:
    """Arrays that a call writes to: `out=`."""
    if not isinstance(value, Call):
        return set()
    return {name for key, expr in value.keywords if key == "out" for name in names(expr)}


def shared_names(value: Expr) -> set[str]:
    """Names that the value of an expression may share memory with."""
    if isinstance(value, Item):
        return set(names(value.value))
    if isinstance(value, Call) and isinstance(value.function, Joint):
        return set()
    if isinstance(value, Call) and _is_elementwise(value):
        return outputs(value)
    if isinstance(value, Call) and value.function in FRESH and not _may_not_copy(value):
        return outputs(value)
    return set(names(value))


def _may_not_copy(call: Call) -> bool:
    return any(key == "copy" for key, _ in call.keywords)


def _is_elementwise(call: Call) -> bool:
    function = call.function
    return isinstance(function, np.ufunc) or function.__module__ in ("_operator", "operator")
