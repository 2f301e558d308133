"""Variables whose value a block takes over from what runs before it."""

from __future__ import annotations

from adjoint.program.core import Assign, Block, For, If, Store, While
from adjoint.program.walk import names, operands


def upward_exposed(block: Block) -> set[str]:
    """Variables that the block may read before it assigns them."""
    exposed: set[str] = set()
    _expose(block, set(), exposed)
    return exposed


def _expose(block: Block, bound: set[str], exposed: set[str]) -> None:
    """Add reads of variables not in `bound`; extend `bound` by what is certainly assigned."""
    for stmt in block:
        if isinstance(stmt, While):
            _expose_while(stmt, bound, exposed)
            continue
        read = {name for expr in operands(stmt) for name in names(expr)}
        if isinstance(stmt, Store):
            read.add(stmt.array)
        exposed |= read - bound
        if isinstance(stmt, Assign):
            bound.add(stmt.target)
        elif isinstance(stmt, If):
            branches = []
            for inner in (stmt.body, stmt.orelse):
                branch = set(bound)
                _expose(inner, branch, exposed)
                branches.append(branch)
            bound |= branches[0] & branches[1]
        elif isinstance(stmt, For):
            _expose(stmt.body, bound | {stmt.target}, exposed)


def _expose_while(stmt: While, bound: set[str], exposed: set[str]) -> None:
    _expose(stmt.head, bound, exposed)
    exposed |= set(names(stmt.test)) - bound
    _expose(stmt.body, set(bound), exposed)
