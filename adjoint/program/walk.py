"""Traversals of the core language, one function an idea.

Passes spend their time here: the first ones tell nodes apart by their class itself, which has no
subclasses, and build lists, since a generator for each level of a tree takes longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    Expr,
    For,
    If,
    Item,
    Name,
    Raise,
    Return,
    Slice,
    Stmt,
    Store,
    Tuple,
    While,
)

S = TypeVar("S", bound=Stmt)


def children(expr: Expr | Slice) -> tuple[Expr | Slice, ...]:
    """Direct subexpressions, left to right."""
    if type(expr) is Name or type(expr) is Const:
        return ()
    if type(expr) is Call:
        args, keywords = expr.args, expr.keywords
        return args + tuple([value for _, value in keywords]) if keywords else args
    match expr:
        case Item(value, index):
            return (value, *index)
        case Tuple(items):
            return items
        case Slice(start, stop, step):
            return tuple(part for part in (start, stop, step) if part is not None)
    return ()


def subexpressions(expr: Expr | Slice) -> Iterator[Expr | Slice]:
    """The expression and everything inside it."""
    yield expr
    for child in children(expr):
        yield from subexpressions(child)


def names(expr: Expr | Slice) -> Iterator[str]:
    """Names read by an expression, with repetitions."""
    if type(expr) is Name:
        return iter((expr.id,))
    found: list[str] = []
    _add_names(expr, found)
    return iter(found)


def _add_names(expr: Expr | Slice, found: list[str]) -> None:
    for child in children(expr):
        if type(child) is Name:
            found.append(child.id)
        else:
            _add_names(child, found)


def rewrite(expr: Any, change: Callable[[Any], Any]) -> Any:
    """Rebuild an expression bottom-up; `change` maps each node to its replacement."""
    match expr:
        case Call(function, args, keywords):
            expr = Call(
                function,
                tuple(rewrite(arg, change) for arg in args),
                tuple((key, rewrite(value, change)) for key, value in keywords),
            )
        case Item(value, index):
            expr = Item(rewrite(value, change), tuple(rewrite(i, change) for i in index))
        case Tuple(items):
            expr = Tuple(tuple(rewrite(item, change) for item in items))
        case Slice(start, stop, step):
            start, stop, step = (
                None if part is None else rewrite(part, change) for part in (start, stop, step)
            )
            expr = Slice(start, stop, step)
    return change(expr)


def substitute(expr: Any, mapping: Mapping[str, Expr]) -> Any:
    """Replace names by expressions, all at once."""
    return rewrite(expr, lambda e: mapping.get(e.id, e) if isinstance(e, Name) else e)


def operands(stmt: Stmt) -> tuple[Expr | Slice, ...]:
    """Expressions that the statement itself evaluates (not those of its blocks)."""
    if type(stmt) is Assign:
        return (stmt.value,)
    match stmt:
        case Store(_, index, value):
            return (*index, value)
        case Return(value):
            return (value,)
        case If(test) | While(_, test):
            return (test,)
        case For(_, start, stop, step):
            return (start, stop, step)
        case Evaluate(call):
            return (call,)
        case Raise(_, args):
            return args
    return ()


def blocks(stmt: Stmt) -> tuple[Block, ...]:
    """The statement's own blocks, in the order in which they stand."""
    match stmt:
        case If(_, body, orelse):
            return body, orelse
        case For(body=body):
            return (body,)
        case While(head, _, body):
            return head, body
    return ()


def map_blocks(stmt: Stmt, change: Callable[[Block], Block]) -> Stmt:
    """The statement with each of its blocks changed; itself if none was."""
    match stmt:
        case If(_, body, orelse):
            new = change(body), change(orelse)
            if new[0] is body and new[1] is orelse:
                return stmt
            return replace(stmt, body=new[0], orelse=new[1])
        case For(body=body):
            new_body = change(body)
            return stmt if new_body is body else replace(stmt, body=new_body)
        case While(head, _, body):
            new = change(head), change(body)
            if new[0] is head and new[1] is body:
                return stmt
            return replace(stmt, head=new[0], body=new[1])
    return stmt


def with_merged(stmt: S, other: Stmt) -> S:
    """The statement with the places of another one, whose work it does too."""
    places = [*stmt.merged, *other.merged, *([] if other.at is None else [other.at])]
    new = tuple(place for place in dict.fromkeys(places) if place != stmt.at)
    return stmt if new == stmt.merged else replace(stmt, merged=new)


def map_operands(stmt: S, change: Callable[[Any], Any]) -> S:
    """The statement with each expression it evaluates changed; itself if none was."""
    match stmt:
        case Assign(_, value) | Return(value):
            fields = {"value": change(value)}
        case Store(_, index, value):
            fields = {"index": tuple(change(i) for i in index), "value": change(value)}
        case If(test) | While(_, test):
            fields = {"test": change(test)}
        case For(_, start, stop, step):
            fields = {"start": change(start), "stop": change(stop), "step": change(step)}
        case Evaluate(call):
            fields = {"call": change(call)}
        case Raise(_, args):
            fields = {"args": tuple(change(arg) for arg in args)}
        case _:
            return stmt
    if all(getattr(stmt, key) == value for key, value in fields.items()):
        return stmt
    return replace(stmt, **fields)


def statements(block: Block) -> Iterator[Stmt]:
    """Every statement of a block and of the blocks inside it, in textual order."""
    found: list[Stmt] = []
    _add_statements(block, found)
    return iter(found)


def _add_statements(block: Block, found: list[Stmt]) -> None:
    for stmt in block:
        found.append(stmt)
        if type(stmt) is not Assign:
            for inner in blocks(stmt):
                _add_statements(inner, found)


def assigned(block: Block) -> set[str]:
    """Variables that the block may rebind (loop variables included)."""
    targets = set()
    for stmt in statements(block):
        if isinstance(stmt, Assign | For):
            targets.add(stmt.target)
    return targets


def stored(block: Block) -> set[str]:
    """Names of arrays that the block stores to by name (aliases are `analyses`' business)."""
    found: set[str] = set()
    for stmt in statements(block):
        if isinstance(stmt, Store):
            found.add(stmt.array)
        elif isinstance(stmt, Assign) and isinstance(stmt.value, Call):
            found |= written_by(stmt.value)
        elif isinstance(stmt, Evaluate):
            found |= written_by(stmt.call)
    return found


def given_for_effect(block: Block) -> set[str]:
    """Names that calls get which are made for what they do: they may write to them."""
    calls = [stmt.call for stmt in statements(block) if isinstance(stmt, Evaluate)]
    return {name for call in calls for name in names(call)}


def written_by(call: Call) -> set[str]:
    """Names of arrays that a call of a generated function adds to."""
    positions = getattr(call.function, "writes", ())
    return {arg.id for k in positions if isinstance(arg := call.args[k], Name)}


def read(block: Block) -> set[str]:
    """Names that the block reads; an array stored to counts as read."""
    found: set[str] = set()
    for stmt in statements(block):
        for expr in operands(stmt):
            found.update(names(expr))
        if isinstance(stmt, Store):
            found.add(stmt.array)
    return found
