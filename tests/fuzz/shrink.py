"""A failing program made small: parts are dropped as long as it still fails in the same way."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator


def shrink(text: str, fails: Callable[[str], bool], most: int = 2000) -> str:
    """The smallest program found for which `fails` holds, after at most `most` trials."""
    tree = ast.parse(text)
    trials = 0
    progress = True
    while progress:
        progress = False
        position = 0
        while trials < most:
            candidate = _changed(tree, position)
            if candidate is None:
                break
            smaller = ast.unparse(ast.fix_missing_locations(candidate))
            trials += 1
            if len(smaller) < len(ast.unparse(tree)) and fails(smaller + "\n"):
                tree, progress = ast.parse(smaller), True
            else:
                position += 1
    return ast.unparse(tree) + "\n"


def _changed(tree: ast.Module, position: int) -> ast.Module | None:
    """The tree after the change number `position`; None if there are no more."""
    tree = copy.deepcopy(tree)
    for count, change in enumerate(_changes(tree)):
        if count == position:
            change()
            return tree
    return None


def _changes(tree: ast.Module) -> Iterator[Callable[[], None]]:
    """Large changes first: whole functions, statements, bodies for their statement, operands."""
    nodes = list(ast.walk(tree))
    for node in nodes:
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield from _of_block(block, keep=1 if name == "body" else 0)
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            yield from _of_parameters(node)
    for node in nodes:
        yield from _of_operands(node)


def _of_block(block: list[ast.stmt], keep: int) -> Iterator[Callable[[], None]]:
    def drop(k: int) -> None:
        del block[k]

    def open_up(k: int, inner: list[ast.stmt]) -> None:
        block[k : k + 1] = inner

    if len(block) > keep:
        for k in reversed(range(len(block))):
            yield lambda k=k: drop(k)
    for k, stmt in enumerate(block):
        for name in ("body", "orelse"):
            inner = getattr(stmt, name, None)
            if inner and not isinstance(stmt, ast.FunctionDef):
                yield lambda k=k, inner=inner: open_up(k, inner)


def _of_parameters(function: ast.FunctionDef) -> Iterator[Callable[[], None]]:
    def drop(k: int) -> None:
        del function.args.args[k]

    if function.name == "program":
        for k in range(len(function.args.args)):
            yield lambda k=k: drop(k)


def _of_operands(node: ast.AST) -> Iterator[Callable[[], None]]:
    """Each expression replaced by one of its own operands, or by a constant."""
    for name, value in ast.iter_fields(node):
        places = enumerate(value) if isinstance(value, list) else [(None, value)]
        for k, expr in places:
            if not isinstance(expr, ast.expr) or isinstance(expr, ast.Name | ast.Constant):
                continue
            inner = [e for e in ast.iter_child_nodes(expr) if isinstance(e, ast.expr)]
            for new in [*inner, ast.Constant(0), ast.Constant(0.5)]:
                yield lambda name=name, k=k, new=new: _put(node, name, k, new)


def _put(node: ast.AST, name: str, k: int | None, new: ast.expr) -> None:
    if k is None:
        setattr(node, name, new)
    else:
        getattr(node, name)[k] = new
