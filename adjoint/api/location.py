"""Where a function and its parameters stand in the user's source, for messages."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import FunctionType

from adjoint.program.core import Location, Source


def definition(function: FunctionType, parameter: str | None = None) -> Location | None:
    """Return the place of `def name` or of one parameter; None if there is no source."""
    function = inspect.unwrap(function)
    try:
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError):
        return None
    source = Source(function.__code__.co_filename, tuple(map(str.rstrip, lines)), max(first, 1))
    block = textwrap.dedent("".join(lines))
    margin = len(lines[0]) - len(block.splitlines(keepends=True)[0]) if block else 0
    try:
        tree = ast.parse(block)
    except SyntaxError:  # a lambda in the middle of an expression
        return Location(source, source.first_line, margin, len(lines[0].rstrip()))
    return next(_spots(tree, source, margin, parameter), None)


def _spots(
    tree: ast.Module, source: Source, margin: int, parameter: str | None
) -> Iterator[Location]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.Lambda):
            continue
        spec = node.args
        for arg in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs):
            if arg.arg == parameter:
                yield _location(source, arg, arg.col_offset, arg.end_col_offset or 0, margin)
        end = len(f"def {node.name}") if isinstance(node, ast.FunctionDef) else len("lambda")
        yield _location(source, node, node.col_offset, node.col_offset + end, margin)


def _location(
    source: Source, node: ast.arg | ast.FunctionDef | ast.Lambda, start: int, end: int, margin: int
) -> Location:
    line = source.first_line + node.lineno - 1
    return Location(source, line, start + margin, end + margin)
