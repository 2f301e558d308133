"""What is the same in every iteration of a loop over elements, computed once before it.

    for i in range(n):                      for i in range(n):
        for j in range(m):                      m_i = mean[i, 0]
            m_i = mean[i, 0]           →        for j in range(m):
            t = x[i, j] - m_i                       t = x[i, j] - m_i

NumPy computes it once too, and in the adjoint its cotangent is then a number that the loop adds to.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.core import types

from adjoint.program import primitives
from adjoint.program.core import Assign, Call, Expr, Item, Name, Slice, Stmt
from adjoint.program.walk import (
    assigned,
    given_for_effect,
    names,
    statements,
    stored,
    subexpressions,
)

_NEVER_RAISE = {
    *(operator.add, operator.sub, operator.mul, operator.truediv, operator.neg),
    *(operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne),
    *(primitives.select, primitives.logical_and, primitives.logical_or, primitives.dim),
}
"""Functions of elements of arrays that may run though the loop does not."""


def apart(
    counter: str, body: list[Stmt], table: Mapping[str, Any]
) -> tuple[list[Stmt], list[Stmt]]:
    """The statements of a loop's body that can run before the loop, and those that are left.

    `table` has the types of variables.
    """
    times = Counter(stmt.target for stmt in statements(tuple(body)) if isinstance(stmt, Assign))
    changed = {counter, *assigned(tuple(body)), *stored(tuple(body))}
    changed |= given_for_effect(tuple(body))
    before: list[Stmt] = []
    left: list[Stmt] = []
    for stmt in body:
        if not isinstance(stmt, Assign) or times[stmt.target] > 1:
            left.append(stmt)
        elif _is_same(stmt, changed, table):
            before.append(stmt)
            changed.discard(stmt.target)
        else:
            left.append(stmt)
    return before, left


def _is_same(stmt: Assign, changed: set[str], table: Mapping[str, Any]) -> bool:
    """Whether an element or a function of elements has the same value in every iteration."""
    value = stmt.value
    if not isinstance(value, Item | Call) or not changed.isdisjoint(names(value)):
        return False
    if isinstance(value, Call) and value.function is operator.pow:
        return isinstance(table.get(stmt.target), types.Float)  # of integers it may raise
    return all(map(_never_raises, subexpressions(value)))


def _never_raises(expr: Expr | Slice) -> bool:
    if not isinstance(expr, Call):
        return not isinstance(expr, Item) or isinstance(expr.value, Name)
    function = expr.function
    return (
        isinstance(function, np.ufunc)
        or function in _NEVER_RAISE
        or (isinstance(function, type) and issubclass(function, np.generic))
    )
