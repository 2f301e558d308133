"""Variables that may be read after a statement, before they are assigned again."""

from __future__ import annotations

from adjoint.program.core import Assign, Block, For, Program, Stmt, While
from adjoint.program.exposure import upward_exposed
from adjoint.program.walk import blocks


def live_after(program: Program) -> dict[Stmt, frozenset[str]]:
    """For each statement, the variables that are live after it."""
    found: dict[Stmt, frozenset[str]] = {}
    _note(program.body, frozenset(), found)
    return found


def _note(block: Block, live: frozenset[str], found: dict[Stmt, frozenset[str]]) -> None:
    """Note what is live after each statement of a block, where `live` is after its end."""
    for stmt in reversed(block):
        found[stmt] = live
        exposed = upward_exposed((stmt,))
        # The next iteration may follow, or what stands after the loop.
        inside = live | exposed if isinstance(stmt, For | While) else live
        for inner in blocks(stmt):
            _note(inner, inside, found)
        live = (live - {stmt.target} if isinstance(stmt, Assign) else live) | exposed
