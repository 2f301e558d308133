"""Comments that say which primal line a piece of the reverse sweep is the adjoint of.

w_bar += t_bar * sin_1      →    # adjoint of line 5
                                 w_bar += t_bar * sin_1
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from adjoint.program.core import Block, Comment, Program, Stmt
from adjoint.program.walk import map_blocks


def comment_lines(program: Program) -> Program:
    """Insert a comment wherever the reverse sweep goes on to another line of the primal."""
    return replace(program, body=_commented(program.body, None))


def _commented(block: Block, line: int | None) -> Block:
    """The block with comments; `line` is the one named last around it."""
    done: list[Stmt] = []
    for stmt in block:
        own = stmt.at.line if stmt.reverse and stmt.at is not None else None
        if own is not None and own != line:
            done.append(Comment(f"adjoint of line {own}"))
        if not isinstance(stmt, Comment):
            line = own
        done.append(map_blocks(stmt, partial(_commented, line=own)))
    return tuple(done)
