"""Dispatch on the kind of syntax node; each module of this package registers what it translates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from adjoint.program.core import Const, Name
from adjoint.program.walk import assigned
from adjoint.syntax.context import Context
from adjoint.syntax.exits import flattened, goes_on
from adjoint.syntax.packs import flat, snapshot
from adjoint.syntax.values import EXPRESSIONS, Value

_Expression = Callable[[Context, Any], Value]
_Statement = Callable[[Context, Any], None]

_Into = Callable[[Context, Any, "str | None"], Value]

_into: dict[type, _Into] = {}
_expressions: dict[type, _Expression] = {}
_statements: dict[type, _Statement] = {}


def expression_form(*kinds: type) -> Callable[[_Expression], _Expression]:
    """Register the translation of kinds of expressions."""

    def register(translation: _Expression) -> _Expression:
        _expressions.update(dict.fromkeys(kinds, translation))
        return translation

    return register


def statement_form(*kinds: type) -> Callable[[_Statement], _Statement]:
    """Register the translation of kinds of statements."""

    def register(translation: _Statement) -> _Statement:
        _statements.update(dict.fromkeys(kinds, translation))
        return translation

    return register


def expression(context: Context, node: Any) -> Value:
    """Translate an expression; statements that it needs first are emitted.

    A compound core expression that is returned has not been emitted: the caller does it at once.
    """
    translation = _expressions.get(type(node))
    if translation is None:
        word = _WORDS.get(type(node).__name__, type(node).__name__)
        context.refuse(f"{word} is not supported.", node, _HINTS.get(type(node).__name__, ""))
    return translation(context, node)


def into_form(*kinds: type) -> Callable[[_Into], _Into]:
    """Register the translation of kinds of expressions that can assign a variable themselves."""

    def register(translation: _Into) -> _Into:
        _into.update(dict.fromkeys(kinds, translation))
        _expressions.update({kind: lambda c, n: translation(c, n, None) for kind in kinds})
        return translation

    return register


def expression_into(context: Context, node: Any, target: str | None) -> Value:
    """Translate an expression that is meant for the variable `target`.

    The value is `Name(target)` if the variable has been assigned (in each branch of an `if`).
    """
    translation = _into.get(type(node))
    if translation is None or target is None:
        return expression(context, node)
    return translation(context, node, target)


def atom(context: Context, node: Any) -> Const | Name:
    """Translate an expression to a constant or a name."""
    return context.as_atom(expression(context, node), node)


def values(context: Context, nodes: Iterable[Any]) -> list[Value]:
    """Translate expressions left to right, each to something that needs no further statement."""
    found: list[Value] = []
    nodes = list(nodes)
    for node in nodes:
        start = len(context.block)
        value = expression(context, node)
        if isinstance(value, EXPRESSIONS):
            value = context.as_atom(value, node)
        keep_values(context, found, nodes, start)
        found.append(value)
    return found


def atoms(context: Context, nodes: Iterable[Any]) -> list[Const | Name]:
    """Translate expressions left to right to constants and names."""
    nodes = list(nodes)
    pairs = zip(values(context, nodes), nodes, strict=True)
    return [context.as_atom(value, node) for value, node in pairs]


def keep_values(context: Context, found: list[Value], nodes: list[Any], start: int) -> None:
    """Copy variables that statements since `start` assign (a walrus in a later operand)."""
    changed = assigned(flattened(context.block[start:]))
    for position, value in enumerate(found):
        if any(isinstance(item, Name) and item.id in changed for _, item in flat(value)):
            inner = context.inner()
            found[position] = snapshot(inner, value, nodes[position])
            context.block[start:start] = inner.block
            start += len(inner.block)


def statements(context: Context, body: Iterable[Any]) -> None:
    """Translate statements up to the first that control cannot pass."""
    for node in body:
        start = len(context.block)
        translation = _statements.get(type(node))
        if translation is None:
            word = _WORDS.get(type(node).__name__, type(node).__name__)
            context.refuse(f"{word} is not supported.", node, _HINTS.get(type(node).__name__, ""))
        translation(context, node)
        if not goes_on(context.block[start:]):
            return


_WORDS = {
    "TryStar": "`try`",
    "With": "`with`",
    "Global": "`global`",
    "Yield": "`yield`",
    "YieldFrom": "`yield from`",
    "Await": "`await`",
    "AsyncFunctionDef": "`async def`",
    "AsyncFor": "`async for`",
    "AsyncWith": "`async with`",
    "ClassDef": "a class inside a function",
    "SetComp": "a set comprehension",
    "Starred": "a starred expression here",
}
_HINTS = {
    "With": "only `with np.errstate(...)` is; move the statements out of the block",
    "Global": "return the value instead of assigning to a global",
    "Yield": "fill an array instead of yielding",
    "YieldFrom": "fill an array instead of yielding",
    "AsyncFunctionDef": "write a plain function",
    "Await": "write a plain function",
    "ClassDef": "use tuples or arrays",
    "SetComp": "fill a NumPy array in a loop",
    "Starred": "write the items out",
}
