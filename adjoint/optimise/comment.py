"""Comments that say which primal line a piece of the reverse sweep is the adjoint of.

w_bar += t_bar * sin_1      →    # adjoint of line 5
                                 w_bar += t_bar * sin_1
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from adjoint.program.core import Block, Comment, Program, Return, Stmt
from adjoint.program.walk import map_blocks


def comment_lines(program: Program) -> Program:
    """Insert a comment wherever the reverse sweep goes on to another line of the primal.

    If nothing is left of one of the sweeps, the other one has no heading either.
    """
    return replace(program, body=_commented(_without_empty_parts(program.body), None))


def _without_empty_parts(body: Block) -> Block:
    headings = [k for k, stmt in enumerate(body) if _is_heading(stmt)]
    if len(headings) != 2:
        return body
    forward, reverse = headings
    if reverse > forward + 1 and not isinstance(body[reverse + 1], Return):
        return body
    return tuple(stmt for stmt in body if not _is_heading(stmt))


def _is_heading(stmt: Stmt) -> bool:
    return isinstance(stmt, Comment) and stmt.text in ("forward sweep", "reverse sweep")


def _commented(block: Block, line: int | None) -> Block:
    """The block with comments; `line` is the one named last around it."""
    done: list[Stmt] = []
    for stmt in block:
        if isinstance(stmt, Comment):
            line = None if not stmt.beside else line
        elif stmt.reverse and stmt.at is not None:
            if stmt.at.line != line:
                text = f"adjoint of line {stmt.at.line}"
                done.append(Comment(text, at=stmt.at, reverse=True))
            line = stmt.at.line
        elif stmt.at is not None:
            line = None  # the forward sweep goes on
        done.append(map_blocks(stmt, partial(_commented, line=line)))
    return tuple(done)
