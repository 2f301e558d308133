"""Calls of the user's own functions, replaced by their bodies.

A parameter that the callee never rebinds stands for the caller's argument; other local variables
get names of their own, the callee's where they are free. Arguments are evaluated once, before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gast

from adjoint.errors import SourceNotAvailable
from adjoint.program.core import Const, Name, Source
from adjoint.syntax import resolve
from adjoint.syntax.calls import Arguments, inliner
from adjoint.syntax.context import Context, Frame
from adjoint.syntax.exits import Jump, Label, Region, goes_on, structure
from adjoint.syntax.read_source import python_function, read_source
from adjoint.syntax.scopes import assigned_names, captured_names, own_nodes
from adjoint.syntax.terms import items
from adjoint.syntax.translate import assign_into, expression_into, statement_form, statements
from adjoint.syntax.values import (
    EXPRESSIONS,
    Closure,
    Conflict,
    Keywords,
    Known,
    MaybeNone,
    Pack,
    Value,
    is_atom,
)


@inliner
def inline(
    context: Context, callee: Any, args: Arguments, node: Any, into: str | None = None
) -> Value:
    """The value of a call of a user's function or of a function of the program."""
    tree, source, frame_of, defaults, keyword_defaults = _definition(context, callee, node)
    name = getattr(tree, "name", "lambda")
    with entered(context, tree, source, name, node):
        bound = bind(context, tree.args, args, defaults, keyword_defaults, name, node)
        frame = make_frame(tree, source, frame_of)
        frame.result = name
        inner = Context(context.unit, frame, context.block)
        enter(inner, context, bound, tree, node)
        value = body_value(inner, tree, into)
        return _named(inner, tree, value, into)


@contextmanager
def entered(context: Context, tree: Any, source: Source, name: str, node: Any) -> Iterator[None]:
    """Notes what is being inlined; refuses recursion."""
    key = (source.filename, tree.lineno, tree.col_offset, name)
    if key in context.unit.inlining:
        context.refuse(
            f"`{name}` calls itself (recursion), which is not supported.", node, "write a loop"
        )
    context.unit.inlining.append(key)
    try:
        yield
    finally:
        context.unit.inlining.pop()


def _definition(context: Context, callee: Any, node: Any) -> tuple[Any, Source, Any, Any, Any]:
    """Tree, source, where free names are looked up, and default values."""
    if isinstance(callee, Closure):
        frame = callee.frame
        return callee.node, frame.source, frame, callee.defaults, callee.keyword_defaults or {}
    try:
        function = python_function(callee.value)
        tree, source = read_source(function)
    except SourceNotAvailable as error:
        error.at = context.at(node)
        raise
    name = function.__name__
    defaults = [
        resolve.from_object(context, obj, f"{name}_default") for obj in function.__defaults__ or ()
    ]
    keyword_defaults = {
        key: resolve.from_object(context, obj, key)
        for key, obj in (function.__kwdefaults__ or {}).items()
    }
    return tree, source, function, defaults, keyword_defaults


def make_frame(tree: Any, source: Source, free: Any) -> Frame:
    """A frame for one call; `free` is the enclosing frame or the Python function."""
    body = _body(tree)
    params = dict.fromkeys(param.id for param in _params(tree.args))
    parent = free if isinstance(free, Frame) else None
    return Frame(
        source=source,
        function=parent.function if parent else free,
        local=frozenset(params | assigned_names(body)),
        captured=captured_names(body),
        parent=parent,
    )


def _body(tree: Any) -> list[Any]:
    return [tree.body] if isinstance(tree, gast.Lambda) else tree.body


def _params(arguments: Any) -> list[Any]:
    starred = [p for p in (arguments.vararg, arguments.kwarg) if p is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *starred]


def _named(inner: Context, tree: Any, value: Value, into: str | None) -> Value:
    """The value in a variable, so that its statement is placed in the callee."""
    if is_atom(value) or not isinstance(value, EXPRESSIONS):
        return value
    node = tree.body if isinstance(tree, gast.Lambda) else tree.body[-1].value
    if into is None:
        return inner.temporary(value, node, getattr(tree, "name", None))
    inner.assign(into, value, node)
    return Name(into)


# --------------------------------------------------------------------------- parameters


def bind(
    context: Context,
    parameters: Any,
    args: Arguments,
    defaults: Any,
    keyword_defaults: Mapping[str, Value],
    name: str,
    node: Any,
) -> dict[str, Value]:
    """Which value each parameter gets, by Python's rules."""
    plain = [param.id for param in (*parameters.posonlyargs, *parameters.args)]
    bound: dict[str, Value] = dict(zip(plain, args.positional, strict=False))
    extra = args.positional[len(plain) :]
    if parameters.vararg is not None:
        bound[parameters.vararg.id] = Pack(extra)
    elif extra:
        context.refuse(f"`{name}` takes {len(plain)} positional arguments.", node)
    by_name = {*(p.id for p in parameters.args), *(p.id for p in parameters.kwonlyargs)}
    others: dict[str, Value] = {}
    for key, value in args.keywords.items():
        if key in by_name and key not in bound:
            bound[key] = value
        elif parameters.kwarg is not None and key not in by_name:
            others[key] = value
        else:
            context.refuse(f"`{name}` cannot take the argument `{key}` here.", node)
    if parameters.kwarg is not None:
        bound[parameters.kwarg.id] = Keywords(others)
    fallback = dict(zip(plain[len(plain) - len(defaults) :], defaults, strict=True))
    fallback.update(keyword_defaults)
    for param in (*plain, *(p.id for p in parameters.kwonlyargs)):
        if param not in bound:
            if param not in fallback:
                context.refuse(f"`{name}` needs the argument `{param}`.", node)
            bound[param] = fallback[param]
    return bound


def enter(
    inner: Context, caller: Context, bound: Mapping[str, Value], tree: Any, node: Any
) -> None:
    """Bind parameters: to the argument itself, or to a variable if the callee changes it."""
    frame = inner.frame
    rebound = assigned_names(_body(tree))
    for param, value in bound.items():
        if param in rebound and not isinstance(value, Known | Closure | Keywords):
            target = inner.variable(param)
            caller.assign(target, caller.as_expr(value, node), node)
            if isinstance(value, Const):
                frame.bindings[param] = value
        elif param in frame.captured and isinstance(value, Name):
            # A function that outlives this call must not see the caller's variable change.
            target = inner.variable(param)
            caller.assign(target, value, node)
        else:
            frame.bindings[param] = value


# --------------------------------------------------------------------------- the body


def body_value(inner: Context, tree: Any, into: str | None = None) -> Value:
    """Translate the body into the context's block; the value that is returned."""
    if isinstance(tree, gast.Lambda):
        return expression_into(inner, tree.body, into)
    *before, last = tree.body
    early = [n for n in own_nodes(before) if isinstance(n, gast.Return)]
    if isinstance(last, gast.Return) and not early:
        inside = inner.inner()
        statements(inside, before)
        inner.emit(*structure(inside.done(), inner.unit.names))
        if not goes_on(inside.block):
            return Const(None)
        if last.value is None:
            return Const(None)
        return expression_into(inner, last.value, into)
    return _several_returns(inner, tree, into)


def _several_returns(inner: Context, tree: Any, into: str | None) -> Value:
    """A body with an early `return`: the result is assigned on every path."""
    frame = inner.frame
    names = inner.unit.names
    frame.finish = Label("returned")
    frame.result = into or names.result(frame.result)
    frame.result_size = _common_size(tree)
    inside = inner.inner()
    statements(inside, tree.body)
    falls_through = goes_on(inside.block)
    inner.emit(*structure((Region(frame.finish, inside.done()),), names))
    found = [*frame.returned, *([Const(None)] if falls_through else [])]
    if all(value == Const(None) for value in found):
        return Const(None)
    if any(value == Const(None) for value in found):
        return MaybeNone(tree.name)
    first = found[0]
    same = all(value is first or (isinstance(first, Name) and value == first) for value in found)
    return first if same or isinstance(first, Pack) else Conflict()


@statement_form(gast.Return)
def _return(context: Context, node: Any) -> None:
    frame = context.frame
    assert frame.finish is not None
    frame.returned.append(_set_result(context, node))
    context.emit(Jump(frame.finish, at=context.at(node)))


def _set_result(context: Context, node: Any) -> Value:
    """Assign what is returned to the variables of the result; the value that these then have."""
    frame = context.frame
    if node.value is None:
        return Const(None)
    if frame.result_size is not None:
        return _set_parts(context, node.value)
    return assign_into(context, frame.result, node.value)


def _set_parts(context: Context, display: Any) -> Value:
    frame = context.frame
    parts = items(context, display.elts)
    if any(isinstance(part, Known | Closure) for part in parts):
        return Pack(tuple(parts))
    if not frame.parts:
        names = context.unit.names
        frame.parts = [names.result(f"{frame.result}_{k}") for k in range(len(parts))]
    for target, part, node in zip(frame.parts, parts, display.elts, strict=True):
        context.assign(target, context.as_expr(part, node), node)
    return Pack(tuple(map(Name, frame.parts)))


def _common_size(tree: Any) -> int | None:
    """Length of the tuple that every `return` displays, if all have the same."""
    sizes = {
        len(node.value.elts) if isinstance(node.value, gast.Tuple) else None
        for node in own_nodes(tree.body)
        if isinstance(node, gast.Return)
    }
    return sizes.pop() if len(sizes) == 1 else None
