"""Which arrays of a program may share memory with one that is written to, by name alone.

A variable that several assignments bind gets an array of its own, so a view bound to it is copied.
That is as good as the view only if nobody writes to the memory, under whatever name.
"""

from __future__ import annotations

import numpy as np

from adjoint.program.core import Assign, Call, Evaluate, Expr, Item, Program, Store
from adjoint.program.walk import names, statements


def written_memory(program: Program) -> frozenset[str]:
    """Names whose memory, or a part of it, a store may change; flow-insensitive."""
    group: dict[str, str] = {}

    def find(name: str) -> str:
        while group.setdefault(name, name) != name:
            name = group[name]
        return name

    written: set[str] = set()
    for stmt in statements(program.body):
        if isinstance(stmt, Store):
            written.add(stmt.array)
        elif isinstance(stmt, Evaluate):
            written.update(names(stmt.call))
        elif isinstance(stmt, Assign):
            written.update(_outputs(stmt.value))
            for name in _shared(stmt.value):
                group[find(name)] = find(stmt.target)
    changed = {find(name) for name in written}
    return frozenset(name for name in list(group) if find(name) in changed) | frozenset(written)


def _outputs(value: Expr) -> set[str]:
    """Arrays that a call writes to: `out=`."""
    if not isinstance(value, Call):
        return set()
    return {name for key, expr in value.keywords if key == "out" for name in names(expr)}


def _shared(value: Expr) -> set[str]:
    """Names that the value of an expression may share memory with."""
    if isinstance(value, Item):
        return set(names(value.value))
    if isinstance(value, Call) and _is_elementwise(value):
        return _outputs(value)
    return set(names(value))


def _is_elementwise(call: Call) -> bool:
    function = call.function
    return isinstance(function, np.ufunc) or function.__module__ in ("_operator", "operator")
