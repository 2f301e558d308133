"""Which names a piece of syntax binds, and which its inner functions read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import gast

_FUNCTIONS = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda)
_COMPREHENSIONS = (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)


def own_nodes(nodes: Iterable[Any]) -> Iterator[Any]:
    """All nodes in textual order, without the insides of nested functions and classes."""
    for node in nodes:
        yield node
        if isinstance(node, (*_FUNCTIONS, gast.ClassDef)):
            continue
        yield from own_nodes(gast.iter_child_nodes(node))


def assigned_names(nodes: Iterable[Any]) -> dict[str, None]:
    """Names bound by the statements, in textual order (a dict serves as an ordered set)."""
    found: dict[str, None] = {}
    hidden = {id(n) for node in nodes for n in _comprehension_targets(node)}
    for node in own_nodes(nodes):
        if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store | gast.Del):
            if id(node) not in hidden:
                found[node.id] = None
        elif isinstance(node, gast.FunctionDef | gast.AsyncFunctionDef | gast.ClassDef):
            found[node.name] = None
        elif isinstance(node, gast.MatchAs | gast.MatchStar | gast.ExceptHandler):
            if isinstance(node.name, str):
                found[node.name] = None
        elif isinstance(node, gast.Import | gast.ImportFrom):
            found.update(dict.fromkeys(imported_name(alias) for alias in node.names))
    return found


def imported_name(alias: Any) -> str:
    """The name that an `import` binds."""
    return alias.asname or alias.name.partition(".")[0]


def captured_names(nodes: Iterable[Any]) -> frozenset[str]:
    """Names read inside functions that are nested in the statements."""
    return frozenset(
        inner.id
        for node in own_nodes(nodes)
        if isinstance(node, _FUNCTIONS)
        for inner in gast.walk(node)
        if isinstance(inner, gast.Name)
    )


def nonlocal_names(nodes: Iterable[Any]) -> dict[str, None]:
    """Names that the statements declare `nonlocal`."""
    found = (node for node in own_nodes(nodes) if isinstance(node, gast.Nonlocal))
    return dict.fromkeys(name for node in found for name in node.names)


def assigned_inside(nodes: Iterable[Any]) -> frozenset[str]:
    """Names that functions nested in the statements declare `nonlocal`, at any depth."""
    return frozenset(
        name
        for node in own_nodes(nodes)
        if isinstance(node, _FUNCTIONS)
        for inner in gast.walk(node)
        if isinstance(inner, gast.Nonlocal)
        for name in inner.names
    )


def params_of(tree: Any) -> list[Any]:
    """Syntax of a function's parameters, in the order of `inspect.signature`."""
    arguments = tree.args
    several = [arguments.vararg] if arguments.vararg is not None else []
    named = [arguments.kwarg] if arguments.kwarg is not None else []
    positional = [*arguments.posonlyargs, *arguments.args]
    return [*positional, *several, *arguments.kwonlyargs, *named]


def last_returned(tree: Any) -> Any:
    """The expression that a function returns last, or else the whole function."""
    if isinstance(tree, gast.Lambda):
        return tree.body
    found = own_nodes(tree.body)
    returns = [n for n in found if isinstance(n, gast.Return) and n.value is not None]
    return returns[-1].value if returns else tree


def read_names(nodes: Iterable[Any]) -> frozenset[str]:
    """Every name that occurs, nested functions included."""
    return frozenset(n.id for node in nodes for n in gast.walk(node) if isinstance(n, gast.Name))


def assigned_none(nodes: Iterable[Any]) -> frozenset[str]:
    """Names that some assignment among the statements may give the value None."""
    found = set()
    for node in own_nodes(nodes):
        if isinstance(node, gast.Assign) and any(map(_is_none, gast.walk(node.value))):
            for target in node.targets:
                found |= {n.id for n in gast.walk(target) if isinstance(n, gast.Name)}
    return frozenset(found)


def _is_none(node: Any) -> bool:
    return isinstance(node, gast.Constant) and node.value is None


def _comprehension_targets(node: Any) -> Iterator[Any]:
    for inner in gast.walk(node):
        if isinstance(inner, _COMPREHENSIONS):
            for generator in inner.generators:
                yield from gast.walk(generator.target)
