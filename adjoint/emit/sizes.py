"""The bytes that a tape takes, as a formula in the names that the text uses.

stored_1 = np.empty((max(steps, 0), n))    →    steps * n * 8
"""

from __future__ import annotations

import operator
from functools import reduce

import numpy as np

from adjoint.program.core import Assign, Call, Const, Expr, Program, Stmt, Tuple
from adjoint.program.walk import statements
from adjoint.runtime import buffers

_GROWING = (buffers.reserve, buffers.with_piece)
_LONGEST = 60
"""A formula with more characters says less than the name of the array."""


def grown_arrays(program: Program) -> frozenset[str]:
    """Arrays that get longer copies of themselves while the program runs."""
    return frozenset(
        stmt.target
        for stmt in statements(program.body)
        if isinstance(stmt, Assign)
        and isinstance(stmt.value, Call)
        and stmt.value.function in _GROWING
    )


def bytes_of(stmt: Stmt, guarded: bool = False) -> Expr | None:
    """Bytes of the array that a statement allocates with `np.empty`; None for other statements.

    `guarded` keeps `max(n, 0)` as it is; a reader can do without.
    """
    value = getattr(stmt, "value", None)
    if not isinstance(stmt, Assign) or not isinstance(value, Call) or value.function != np.empty:
        return None
    shape = value.args[0]
    lengths = shape.items if isinstance(shape, Tuple) else (shape,)
    size = item_size(value)
    factors = lengths if guarded else tuple(map(_length, lengths))
    return reduce(_times, [*factors, *([Const(size)] if size > 1 else [])])


def in_words(formula: str, allocation: Assign) -> str:
    """The bytes of what a statement allocates: their formula, or its size if that is long."""
    if len(formula) > _LONGEST:
        size = item_size(allocation.value)
        formula = f"{allocation.target}.size" + (f" * {size}" if size > 1 else "")
    return f"{formula} bytes"


def item_size(allocation: Expr) -> int:
    """Bytes of one element of what `np.empty` makes."""
    assert isinstance(allocation, Call)
    if len(allocation.args) < 2:
        return 8
    dtype = allocation.args[1]
    assert isinstance(dtype, Const)
    return np.dtype(dtype.value).itemsize


def _length(expr: Expr) -> Expr:
    """A length without the guard against negative ones."""
    if isinstance(expr, Call) and expr.function is max and expr.args[1] == Const(0):
        return expr.args[0]
    return expr


def _times(x: Expr, y: Expr) -> Expr:
    if isinstance(x, Const) and isinstance(y, Const):
        return Const(x.value * y.value)
    return Call(operator.mul, (x, y))
