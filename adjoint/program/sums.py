"""Additions that may be made in any order: what they are in the core language, and in text.

In a program such an addition is an ordinary one, in an assignment that is `unordered`; so only
what cares about the order has to know of it. In text it is a call:

    total = unordered.add(total, x[i])
"""

from __future__ import annotations

import operator
from dataclasses import replace

from adjoint.program.core import Assign, Call, Expr, Name
from adjoint.runtime import unordered


def is_unordered_sum(stmt: Assign) -> bool:
    """Whether an assignment is an addition that may be made in any order."""
    return stmt.unordered and spelled_out(stmt) is not stmt.value


def spelled_out(stmt: Assign) -> Expr:
    """The value of an assignment, in which a call says that the order makes no difference."""
    match stmt.value:
        case Call(operator.add, (Name(stmt.target) as total, term)) if stmt.unordered:
            return Call(unordered.add, (total, term))
        case Call(operator.sub, (Name(stmt.target) as total, term)) if stmt.unordered:
            return Call(unordered.add, (total, Call(operator.neg, (term,))))
    return stmt.value


def recognised(stmt: Assign) -> Assign:
    """An assignment with such a call as an ordinary addition; other assignments as they are."""
    match stmt.value:
        case Call(unordered.add, (Name(stmt.target), _) as args):
            return replace(stmt, value=Call(operator.add, args), unordered=True)
        case Call(unordered.add, args):
            return replace(stmt, value=Call(operator.add, args))
    return stmt
