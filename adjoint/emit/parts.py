"""Text of parts of a program, for those who talk about it."""

from __future__ import annotations

from adjoint.emit.text import statement_text, tree_text
from adjoint.emit.trees import TreeBuilder
from adjoint.program.core import Expr, Stmt
from adjoint.program.walk import map_blocks


def expression_text(expr: Expr) -> str:
    """An expression as Python text."""
    return tree_text(TreeBuilder().expr(expr))


def line_text(stmt: Stmt) -> str:
    """A statement without blocks as Python text."""
    return statement_text(TreeBuilder().statement(stmt))


def head_text(loop: Stmt) -> str:
    """The first line of a loop, without its colon."""
    loop = map_blocks(loop, lambda _: ())
    return statement_text(TreeBuilder().statement(loop)).partition("\n")[0].rstrip(":")
