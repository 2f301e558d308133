"""Lengths of the arrays that calls return, by the lengths of their arguments."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from adjoint.program.core import Call, Const, Expr, Name, Stmt
from adjoint.program.functions import Joint
from adjoint.program.primitives import dim

Lengths = list[tuple[Expr, Stmt]]
"""Each length of an array: an expression, and the statement that reads it."""

LengthsOf = Callable[[Expr], "Lengths | None"]

# Functions whose result, or each item of it, has the lengths of one of their arguments.
_LIKE_FIRST = {np.linalg.inv, np.linalg.cholesky, np.sort, np.cumsum, np.cumprod}
_LIKE_SECOND = {np.linalg.solve}


def lengths_of_call(call: Call, item: int, stmt: Stmt, of: LengthsOf) -> Lengths | None:
    """Lengths of an item of what a call returns (0 if it returns one array).

    Parameters
    ----------
    stmt : the statement that makes the call.
    of : lengths of an operand of that statement.
    """
    if isinstance(call.function, Joint):
        return _of_joint(call, item, stmt, of)
    if call.function in (np.dot, np.outer):
        left, right = of(call.args[0]), of(call.args[1])
        if left is None or right is None:
            return None
        if call.function is np.dot:
            return [*left[:-1], *right[1:]]
        return [*left, *right] if len(left) == len(right) == 1 else None
    if call.function is np.eye and len(call.args) == 1 and not call.keywords:
        return [(call.args[0], stmt)] * 2
    if call.function in _LIKE_FIRST:
        return of(call.args[0])
    if call.function in _LIKE_SECOND:
        return of(call.args[1])
    if call.function is np.linalg.eigh:
        lengths = of(call.args[0])
        return lengths if lengths is None or item else lengths[:1]
    return None


def _of_joint(call: Call, item: int, stmt: Stmt, of: LengthsOf) -> Lengths | None:
    joint = call.function
    assert isinstance(joint, Joint)
    shape = joint.shapes[item]
    if shape is None:
        return None
    given = dict(zip(joint.body.params, call.args, strict=True))
    found: Lengths = []
    for length in shape:
        match length:
            case Const():
                found.append((length, stmt))
            case Name(param):
                found.append((given[param], stmt))
            case Call(function, (Name(array), Const(axis))) if function is dim:
                lengths = of(given[array])
                if lengths is None:
                    return None
                found.append(lengths[axis])
    return found
