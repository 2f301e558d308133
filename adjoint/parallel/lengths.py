"""Lengths and bounds as linear forms of what the parameters hold, so that they can be compared."""

from __future__ import annotations

import operator

import numpy as np
from numba.core import types

from adjoint.program.core import Assign, Call, Const, Expr, For, Name, Program, Tuple
from adjoint.program.linear import Linear
from adjoint.program.primitives import dim
from adjoint.program.walk import statements

_SIZED = (np.empty, np.zeros, np.ones)
_SHAPED = (np.empty_like, np.zeros_like, np.ones_like, np.copy)


class Lengths:
    """Resolves names that are assigned once.

    Attributes
    ----------
    made : by array that is bound once, and not in a loop, the call that makes it.
    """

    def __init__(self, program: Program) -> None:
        self._table = program.types or {}
        values: dict[str, list[Expr | None]] = {param: [None] for param in program.params}
        for stmt in statements(program.body):
            if isinstance(stmt, Assign):
                values.setdefault(stmt.target, []).append(stmt.value)
            elif isinstance(stmt, For):
                values.setdefault(stmt.target, []).append(None)
        self._values = {name: found[0] for name, found in values.items() if len(found) == 1}
        top = {stmt.target for stmt in program.body if isinstance(stmt, Assign)}
        self.made = {
            name: value
            for name, value in self._values.items()
            if name in top and isinstance(value, Call) and self._is_array(name)
        }

    def of_array(self, name: str) -> list[Linear | None]:
        """The lengths of an array along its axes."""
        return [self._length(name, axis) for axis in range(self._table[name].ndim)]

    def linear(self, expr: Expr) -> Linear | None:
        """The linear form of an integer; None if it has none."""
        match expr:
            case Const(int() as value) if not isinstance(value, bool):
                return Linear({}, value)
            case Name(id) if id in self._values:
                made = self._values[id]
                found = None if made is None else self.linear(made)
                return found or Linear({expr: 1})
            case Call(function, (Name(array), Const(axis))) if function is dim:
                return self._length(array, axis)
            case Call(function, (first, Const(0))) if function is max:
                return self.linear(first)  # a guard of lengths
            case Call(function, (first, second)) if function in (operator.add, operator.sub):
                a, b = self.linear(first), self.linear(second)
                if a is None or b is None:
                    return None
                return a + b.scaled(1 if function is operator.add else -1)
        return None

    def _length(self, array: str, axis: int) -> Linear | None:
        value = self._values.get(array, Const(None))
        if array in self.made and isinstance(value, Call):
            if value.function in _SIZED:
                size = value.args[0]
                return self.linear(size.items[axis] if isinstance(size, Tuple) else size)
            if value.function in _SHAPED and isinstance(value.args[0], Name):
                return self._length(value.args[0].id, axis)
        if value == Const(None):  # bound more than once, or nowhere
            return None
        return Linear({Call(dim, (Name(array), Const(axis))): 1})

    def _is_array(self, name: str) -> bool:
        return isinstance(self._table.get(name), types.Array)


def same(a: Linear | None, b: Linear | None) -> bool:
    """Whether two forms are equal for sure."""
    return (
        a is not None
        and b is not None
        and dict(a.terms) == dict(b.terms)
        and (a.constant == b.constant)
    )


def offset(expr: object, counter: str) -> int | None:
    """The constant `c` of an index `counter + c`; None of any other index."""
    match expr:
        case Name(id) if id == counter:
            return 0
        case Call(function, (Name(id), Const(int() as value))) if id == counter:
            if function is operator.add:
                return value
            if function is operator.sub:
                return -value
        case Call(function, (Const(int() as value), Name(id))) if id == counter:
            return value if function is operator.add else None
    return None
