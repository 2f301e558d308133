"""The block that a variable lives in: outside it, its value is never looked at."""

from __future__ import annotations

from adjoint.analyses.places import TOP, BlockKey, Places
from adjoint.program.core import Assign, Block, For, Program, Store, While
from adjoint.program.exposure import upward_exposed
from adjoint.program.walk import names, operands, statements


def scopes(program: Program, places: Places) -> dict[str, BlockKey]:
    """For each variable the innermost block that contains all its uses.

    A variable whose value may pass from one iteration to the next lives outside the loop.
    """
    found: dict[str, BlockKey] = dict.fromkeys(program.params, TOP)
    for stmt in statements(program.body):
        block = places.of[stmt].block
        touched = {name for expr in operands(stmt) for name in names(expr)}
        if isinstance(stmt, Store):
            touched.add(stmt.array)
        if isinstance(stmt, Assign | For):
            touched.add(stmt.target)
        for name in touched:
            found[name] = places.common_block(found[name], block) if name in found else block
    exposed = {
        stmt: upward_exposed(_body(stmt))
        for stmt in statements(program.body)
        if isinstance(stmt, For | While)
    }
    return {name: _outside_loops(name, block, exposed, places) for name, block in found.items()}


def _body(loop: For | While) -> Block:
    return loop.body if isinstance(loop, For) else (*loop.head, *loop.body)


def _outside_loops(
    name: str, block: BlockKey, exposed: dict[For | While, set[str]], places: Places
) -> BlockKey:
    """The block, or that around the outermost loop into whose iterations the value is carried."""
    for loop in places.loops(block):
        carried = name in exposed[loop] and not (isinstance(loop, For) and loop.target == name)
        if carried:
            return places.of[loop].block
    return block
