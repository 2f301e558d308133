"""Numbers that a loop only adds to."""

from __future__ import annotations

import operator

from adjoint.program.core import Assign, Call, For, Name
from adjoint.program.walk import names, operands, statements


def only_summed(name: str, loop: For) -> bool:
    """Whether the loop does nothing with a scalar but add to it."""
    for stmt in statements(loop.body):
        reads = [n for expr in operands(stmt) for n in names(expr)].count(name)
        if isinstance(stmt, Assign) and stmt.target == name:
            value = stmt.value
            adds = isinstance(value, Call) and value.function in (operator.add, operator.sub)
            if not (isinstance(value, Call) and adds):
                return False
            if value.args[0] != Name(name) or reads != 1:
                return False
        elif reads:
            return False
    return True
