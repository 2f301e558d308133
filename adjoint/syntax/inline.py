"""Calls of the user's own functions, replaced by their bodies.

A parameter that the callee never rebinds stands for the caller's argument; other local variables
get names of their own, the callee's where they are free. Arguments are evaluated once, before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import gast

from adjoint.errors import SourceNotAvailable, UnsupportedSyntax
from adjoint.expansions.registry import is_expansion
from adjoint.program.checkpoint import is_checkpoint
from adjoint.program.core import Const, Name, Source
from adjoint.syntax import callees, resolve
from adjoint.syntax.assignments import set_name
from adjoint.syntax.calls import Arguments, inliner
from adjoint.syntax.containers import make
from adjoint.syntax.context import Context, item_name
from adjoint.syntax.elementwise import is_elementwise, scalar_function
from adjoint.syntax.exits import Region, goes_on, leaves_outside, structure
from adjoint.syntax.given_rules import given_rule
from adjoint.syntax.packs import flat, keep
from adjoint.syntax.read_source import python_function, read_source
from adjoint.syntax.scopes import (
    assigned_inside,
    assigned_names,
    captured_names,
    last_returned,
    nonlocal_names,
    own_nodes,
    params_of,
)
from adjoint.syntax.translate import expression_into, statement_form, statements
from adjoint.syntax.units import Frame, Unit
from adjoint.syntax.values import (
    EXPRESSIONS,
    Closure,
    Known,
    MaybeNone,
    Pack,
    Path,
    Value,
    is_atom,
    is_number,
    merged,
)


@inliner
def inline(
    context: Context, callee: Any, args: Arguments, node: Any, into: str | None = None
) -> Value:
    """The value of a call of a user's function or of a function of the program."""
    signatures = None
    if isinstance(callee, Known) and is_elementwise(callee.value):
        callee, signatures = scalar_function(context, callee, node)
    tree, source, frame_of, defaults, keyword_defaults = _definition(context, callee, node)
    if is_expansion(source.filename):
        context = context.standing_at(node)
    name = getattr(tree, "name", "lambda")
    key = _key(tree, source, name)
    given = given_rule(context, callee, node)
    stays = key in context.unit.shared.recursive or _is_marked(context, callee)
    if stays or signatures is not None or given is not None:
        bound = bind(context, tree.args, args, defaults, keyword_defaults, name, node)
        definition = callees.Definition(key, tree, source, frame_of, signatures, given)
        return callees.joint_call(context, definition, bound, node, _translate, context.unit.beside)
    with entered(context, tree, source, name):
        bound = bind(context, tree.args, args, defaults, keyword_defaults, name, node)
        frame = make_frame(context.unit, tree, source, frame_of)
        frame.result = name
        inner = context.called(frame)
        enter(inner, context, bound, tree, node)
        value = body_value(inner, tree, into)
        return _named(inner, tree, value, into)


@contextmanager
def entered(context: Context, tree: Any, source: Source, name: str) -> Iterator[None]:
    """Notes what is being inlined.

    Raises
    ------
    Recurses : it is being inlined already, so its calls have to stay calls.
    """
    key = _key(tree, source, name)
    if key in context.unit.inlining:
        raise callees.Recurses(key)
    context.unit.inlining.append(key)
    try:
        yield
    finally:
        context.unit.inlining.pop()


def _key(tree: Any, source: Source, name: str) -> callees.Key:
    return source.filename, tree.lineno, tree.col_offset, name


def _is_marked(context: Context, callee: Any) -> bool:
    """Whether the user wants the function's calls to stay calls."""
    if isinstance(callee, Closure):
        return any(callee.node is node for node in context.unit.shared.marked)
    return is_checkpoint(callee.value)


def _translate(context: Context, definition: callees.Definition, callee: callees.Callee) -> Value:
    """Translate a function that stays one to a program of its own; the value that it returns."""
    unit, tree = callee.unit, definition.tree
    frame = make_frame(unit, tree, definition.source, definition.free)
    inner = Context(unit, frame)
    inputs: list[str] = []
    for param, shape in callee.params.items():
        if isinstance(shape, callees.Dynamic):
            inputs.append(inner.variable(param))
            continue
        leaves = [Name(unit.names.variable(f"{param}_{k}")) for k in range(callees.size(shape))]
        inputs += [leaf.id for leaf in leaves]
        frame.bindings[param] = callees.put_together(shape, leaves)
    frame.defined.update(inputs)
    callee.inputs = tuple(inputs)
    result = frame.result = unit.names.result(definition.key[-1])
    with entered(inner, tree, definition.source, definition.key[-1]):
        value = _named(inner, tree, body_value(inner, tree, result), result)
    callees.finish(inner, callee, value, last_returned(tree), result)
    return value


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


def make_frame(unit: Unit, tree: Any, source: Source, free: Any) -> Frame:
    """A frame for one call; `free` is the enclosing frame or the Python function."""
    body = _body(tree)
    params = dict.fromkeys(param.id for param in params_of(tree))
    parent = free if isinstance(free, Frame) else None
    outer = {name: _frame_with(parent, name) for name in nonlocal_names(body)}
    frame = Frame(
        unit=unit,
        source=source,
        function=parent.function if parent else free,
        local=frozenset(params | assigned_names(body)) - outer.keys(),
        captured=captured_names(body),
        shared=assigned_inside(body),
        outer_names=outer,
        parent=parent,
    )
    for name in frame.shared:
        frame.variables[name] = unit.names.variable(name)
        unit.held.add(frame.variables[name])
    return frame


def _frame_with(frame: Frame | None, name: str) -> Frame:
    """The enclosing function that has a `nonlocal` name."""
    while frame is not None and (name not in frame.local):
        frame = frame.parent
    if frame is None:  # in a function of its own that is called: its cell is not ours to change
        raise UnsupportedSyntax(f"`nonlocal {name}` of a function that is not part of this one.")
    return frame


def _body(tree: Any) -> list[Any]:
    return [tree.body] if isinstance(tree, gast.Lambda) else tree.body


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
        whole = Pack(tuple(others.values()), dict, tuple(others))
        bound[parameters.kwarg.id] = make(context, whole, node, "**")
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
        # A function that outlives this call must not see the caller's variable change.
        own = param in rebound or param in frame.shared or param in frame.captured
        if own or any(caller.holds(item) for _, item in flat(value)):
            _assign_param(inner, caller, param, value, node)
        else:
            frame.bindings[param] = value


def _assign_param(inner: Context, caller: Context, param: str, value: Value, node: Any) -> None:
    """Assign a parameter, the place in the source that of the call."""
    at_call = replace(caller, frame=inner.frame, source=caller.source or caller.frame.source)
    set_name(at_call, param, value, node)
    if isinstance(value, Const) and param not in inner.frame.shared:
        inner.frame.bindings[param] = value


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
        block = inside.done()
        inner.emit(*(block if leaves_outside(block) else structure(block, inner.unit.names)))
        if not goes_on(inside.block):
            return Const(None)
        if last.value is None:
            return Const(None)
        return expression_into(inner, last.value, into)
    return _several_returns(inner, tree, into)


def _several_returns(inner: Context, tree: Any, into: str | None) -> Value:
    """A body with an early `return`: the result is assigned on every path."""
    frame, unit = inner.frame, inner.unit
    frame.finish = inner.label("returned")
    frame.result = into or unit.names.result(frame.result)
    inside = inner.inner()
    statements(inside, tree.body)
    falls_through = goes_on(inside.block)
    inner.arrive(frame.finish, falls_through)
    block = (Region(frame.finish, inside.done()),)
    inner.emit(*(block if leaves_outside(block) else structure(block, unit.names)))
    found = [*frame.returned, *([Const(None)] if falls_through else [])]
    if all(value == Const(None) for value in found):
        return Const(None)
    if any(value == Const(None) for value in found):
        return MaybeNone(tree.name)
    return merged(found, lambda path: _result_variable(inner, path))


@statement_form(gast.Return)
def _return(context: Context, node: Any) -> None:
    frame = context.frame
    assert frame.finish is not None
    frame.returned.append(_set_result(context, node.value))
    context.jump(frame.finish, node)


def _set_result(context: Context, node: Any) -> Value:
    """Assign what is returned to the variables of the result; the value that these then have."""
    if node is None:
        return Const(None)
    result = context.frame.result
    value = expression_into(context, node, result)
    value = keep(context, value, lambda path: _result_variable(context, path), node)
    return Name(result) if is_number(value) else value


def _result_variable(context: Context, path: Path) -> str:
    """The variable of the result, or of an item of it."""
    frame = context.frame
    if not path:
        return frame.result
    key = ".".join(["return", *map(str, path)])
    if key not in frame.variables:
        frame.variables[key] = context.unit.names.result(item_name(frame.result, path))
    return frame.variables[key]
