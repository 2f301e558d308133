"""Which arrays of a typed program in the array dialect may share memory, and what is written to."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

import numpy as np
from numba.core import types

from adjoint.analyses.purity import gives_fresh_memory
from adjoint.program.core import (
    Assign,
    Call,
    Evaluate,
    Expr,
    For,
    Item,
    Name,
    Program,
    Stmt,
    Store,
    While,
)
from adjoint.program.numbers import item_types
from adjoint.program.walk import blocks, names, operands, statements


class Sharing:
    """Groups of names that may mean the same memory; flow-insensitive."""

    def __init__(self, program: Program) -> None:
        self._types = program.types or {}
        self._program = program
        self._group: dict[str, str] = {}
        for stmt in statements(program.body):
            if isinstance(stmt, Assign) and self._holds_arrays(stmt.target):
                for name in self._shared(stmt.value):
                    self._group[self._find(name)] = self._find(stmt.target)
        self._writes = [
            (stmt, name) for stmt in statements(program.body) for name in _written(stmt)
        ]

    def is_array(self, name: str) -> bool:
        """Whether a variable is an array."""
        return isinstance(self._types.get(name), types.Array)

    def is_array_name(self, expr: Expr) -> bool:
        """Whether an expression is the name of an array."""
        return isinstance(expr, Name) and self.is_array(expr.id)

    def arrays_in(self, expr: Expr) -> Iterator[str]:
        """Arrays, and tuples with arrays, that an expression names."""
        return (name for name in names(expr) if self._holds_arrays(name))

    def may_share(self, one: str, other: str) -> bool:
        """Whether two arrays may share memory."""
        return self._find(one) == self._find(other)

    def is_written(self, name: str) -> bool:
        """Whether an array's memory may be written to."""
        return any(self.may_share(name, written) for _, written in self._writes)

    def written_after(self, name: str, stmt: Stmt) -> Stmt | None:
        """A statement that may write to the array's memory after another one."""
        order = list(statements(self._program.body))
        at = order.index(stmt)
        loops = [
            loop
            for loop in order
            if isinstance(loop, For | While)
            and any(stmt in list(statements(block)) for block in blocks(loop))
        ]
        for other, written in self._writes:
            if self.may_share(name, written):
                later = order.index(other) > at
                again = any(other in list(statements(b)) for loop in loops for b in blocks(loop))
                if later or again:
                    return other
        return None

    def _find(self, name: str) -> str:
        while self._group.setdefault(name, name) != name:
            name = self._group[name]
        return name

    def _holds_arrays(self, name: str) -> bool:
        type_ = self._types.get(name)
        if isinstance(type_, types.BaseTuple):
            return any(isinstance(item, types.Array) for item in item_types(type_))
        return isinstance(type_, types.Array)

    def _shared(self, value: Expr) -> list[str]:
        """Names whose memory the value of an expression may show."""
        if isinstance(value, Item):
            return list(self.arrays_in(value.value))
        if isinstance(value, Call):
            fresh: Any = getattr(value.function, "fresh", None)
            if fresh is None:
                fresh = _is_elementwise(value) or gives_fresh_memory(value.function)
            outputs = [expr for key, expr in value.keywords if key == "out"]
            shown = outputs if fresh else [*value.args, *(e for _, e in value.keywords)]
            return [name for expr in shown for name in self.arrays_in(expr)]
        return list(self.arrays_in(value))


def _is_elementwise(call: Call) -> bool:
    in_place = {operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow}
    return isinstance(call.function, np.ufunc) or (
        call.function.__module__ in ("_operator", "operator") and call.function not in in_place
    )


def _written(stmt: Stmt) -> list[str]:
    """Arrays that a statement writes to by name."""
    if isinstance(stmt, Store):
        return [stmt.array]
    found: list[str] = []
    for call in (e for e in operands(stmt) if isinstance(e, Call)):
        positions = getattr(call.function, "overwritten", None)
        if positions is not None:
            found += [n for k in positions for n in names(call.args[k])]
        elif isinstance(stmt, Evaluate) and call.function is not print:
            found += names(call)
        found += [n for key, expr in call.keywords if key == "out" for n in names(expr)]
    return found
