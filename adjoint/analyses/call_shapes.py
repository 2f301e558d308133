"""Lengths of the arrays that calls return, by the lengths of their arguments."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from adjoint.lowering.library_shapes import axes_of_result
from adjoint.program.core import Call, Const, Expr, Name, Stmt
from adjoint.program.functions import Joint
from adjoint.program.primitives import dim

Lengths = list[tuple[Expr, Stmt]]
"""Each length of an array: an expression, and the statement that reads it."""

LengthsOf = Callable[[Expr], "Lengths | None"]


def lengths_of_call(call: Call, item: int, stmt: Stmt, of: LengthsOf) -> Lengths | None:
    """Lengths of an item of what a call returns (0 if it returns one array).

    Parameters
    ----------
    stmt : the statement that makes the call.
    of : lengths of an operand of that statement.
    """
    if isinstance(call.function, Joint):
        return _of_joint(call, item, stmt, of)
    if call.function is np.eye and len(call.args) == 1 and not call.keywords:
        return [(call.args[0], stmt)] * 2
    known = [of(arg) if isinstance(arg, Name) else None for arg in call.args]
    axes = axes_of_result(call.function, [len(lengths or ()) for lengths in known], item)
    found = [(known[arg] or [])[axis] for arg, axis in axes or () if known[arg] is not None]
    return found if axes is not None and len(found) == len(axes) else None


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
