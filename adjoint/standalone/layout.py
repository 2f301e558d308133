"""Long statements over several lines, as formatters lay them out: one item a line, indented."""

from __future__ import annotations

import ast
from collections.abc import Sequence

WIDTH = 100


def laid_out(stmt: ast.stmt, indent: str) -> str:
    """Text of an assignment, or of an expression for its effect."""
    ast.fix_missing_locations(stmt)
    match stmt:
        case ast.Assign(targets=[target], value=value):
            return _expression(value, indent, f"{indent}{ast.unparse(target)} = ", "")
        case ast.Expr(value=value):
            return _expression(value, indent, indent, "")
    return indent + ast.unparse(stmt)


def _expression(expr: ast.expr, indent: str, before: str, after: str) -> str:
    """The expression after `before` and followed by `after`, broken only if it is too long."""
    line = f"{before}{ast.unparse(expr)}{after}"
    if len(line) <= WIDTH:
        return line
    match expr:
        case ast.Call(func=ast.Attribute(value=ast.Call() as made)):
            method = ast.unparse(expr).removeprefix(ast.unparse(made))
            return _expression(made, indent, before, f"{method}{after}")
        case ast.Call(func=function, args=args, keywords=[]):
            return _items(args, indent, f"{before}{ast.unparse(function)}(", f"){after}")
        case ast.List(elts=items):
            return _items(items, indent, f"{before}[", f"]{after}")
        case ast.Tuple(elts=items):
            return _items(items, indent, f"{before}(", f"){after}")
    return line


def _items(items: Sequence[ast.expr], indent: str, before: str, after: str) -> str:
    inner = f"{indent}    "
    together = f"{inner}{', '.join(map(ast.unparse, items))}"
    if before.endswith("(") and len(together) <= WIDTH:
        return "\n".join([before, together, f"{indent}{after}"])
    comma = "" if len(items) == 1 and before.endswith("(") else ","
    rows = [_expression(item, inner, inner, comma) for item in items]
    return "\n".join([before, *rows, f"{indent}{after}"])
