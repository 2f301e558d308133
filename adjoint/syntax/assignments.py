"""Assignments: plain, annotated, augmented, to elements, and unpacking."""

from __future__ import annotations

import operator
from typing import Any

import gast

from adjoint.program.core import Call, Const, Evaluate, Expr, Item, Name, Slice, Store
from adjoint.program.walk import statements as all_statements
from adjoint.syntax.context import Context
from adjoint.syntax.operators import BINARY, IN_PLACE, apply
from adjoint.syntax.scopes import read_names
from adjoint.syntax.terms import array_of, index
from adjoint.syntax.translate import (
    atom,
    expression,
    expression_into,
    statement_form,
    values,
)
from adjoint.syntax.values import Closure, Conflict, Keywords, Known, Pack, Value, is_stored

_KNOWN = (Known, Closure, Keywords, Conflict)


@statement_form(gast.Assign)
def _assign(context: Context, node: Any) -> None:
    first, *others = node.targets
    if not others:
        assign_node(context, first, node.value)
        return
    value = expression(context, node.value)
    if not isinstance(value, _KNOWN):
        value = context.as_atom(value, node.value)
    for target in node.targets:
        assign_value(context, target, value, node.value)


@statement_form(gast.AnnAssign)
def _annotated(context: Context, node: Any) -> None:
    if node.value is not None:
        assign_node(context, node.target, node.value)


def assign_node(context: Context, target: Any, value: Any) -> None:
    """`target = value` of syntax nodes."""
    if isinstance(target, gast.Name):
        _assign_name(context, target.id, value)
    elif isinstance(target, gast.Tuple | gast.List) and _same_shape(target, value):
        _assign_together(context, target.elts, value.elts)
    else:
        assign_value(context, target, expression(context, value), value)


def _assign_name(context: Context, name: str, node: Any) -> None:
    shadowed = context.frame.bindings.get(name)
    if isinstance(node, gast.IfExp | gast.Call):
        found = expression_into(context, node, context.variable(name))
    else:
        found = expression(context, node)
    if isinstance(found, Name) and found.id == context.frame.variables.get(name):
        if context.frame.bindings.get(name) is shadowed:
            context.frame.bindings.pop(name, None)
        return
    set_name(context, name, found, node)


def assign_value(context: Context, target: Any, value: Value, node: Any) -> None:
    """`target = value` of a translated value that `node` is."""
    match target:
        case gast.Name(id=name):
            set_name(context, name, value, node)
        case gast.Subscript():
            given = context.as_atom(value, node)
            array = array_of(context, target)
            store(context, array, index(context, target.slice), given, target)
        case gast.Tuple(elts=targets) | gast.List(elts=targets):
            _unpack(context, targets, value, node, target)
        case gast.Attribute():
            context.refuse(
                "assignment to an attribute is not supported.", target, "use a local variable"
            )
        case _:
            context.refuse("this target of an assignment is not supported.", target)


def set_name(context: Context, name: str, value: Value, node: Any) -> None:
    """Bind a local name: to what is known, or to a variable of the program."""
    if isinstance(value, Pack) and is_stored(value):
        context.set_variable(name, context.as_expr(value, node), node)
        context.frame.bindings[name] = _settled(context, value, node)
    elif isinstance(value, Pack | Known | Closure | Keywords | Conflict):
        context.frame.bindings[name] = value
    else:
        context.set_variable(name, context.as_expr(value, node), node)


def _settled(context: Context, value: Value, node: Any) -> Value:
    """A tuple whose items later assignments do not change."""
    if isinstance(value, Pack):
        return Pack(tuple(_settled(context, item, node) for item in value.items))
    return context.temporary(value, node) if isinstance(value, Name) else value


def store(
    context: Context,
    array: Name,
    parts: tuple[Expr | Slice, ...],
    value: Const | Name,
    node: Any,
    accumulate: bool = False,
) -> None:
    """`array[parts] = value`."""
    context.emit(Store(array.id, parts, value, accumulate, at=context.at(node)))


# --------------------------------------------------------------------------- unpacking


def _same_shape(target: Any, value: Any) -> bool:
    """Whether the items of two displays correspond one to one."""
    if not isinstance(value, gast.Tuple | gast.List) or len(target.elts) != len(value.elts):
        return False
    return not any(isinstance(n, gast.Starred) for n in (*target.elts, *value.elts))


def _assign_together(context: Context, targets: list[Any], nodes: list[Any]) -> None:
    """`a, b = e1, e2`: everything is evaluated before anything is assigned.

    A name that no later expression reads is assigned at once, which needs no temporary.
    """
    plain = all(isinstance(target, gast.Name) for target in targets)
    names = [target.id if plain else None for target in targets]
    distinct = len(set(names)) == len(names)
    pending: list[tuple[Any, Value, Any]] = []
    for position, (target, node) in enumerate(zip(targets, nodes, strict=True)):
        read_later = read_names(nodes[position + 1 :])
        if plain and distinct and target.id not in read_later:
            assign_node(context, target, node)
            continue
        value = expression(context, node)
        if not isinstance(value, _KNOWN):
            value = context.as_atom(value, node)
        if isinstance(value, Name):
            value = context.temporary(value, node)
        pending.append((target, value, node))
    for target, value, node in pending:
        assign_value(context, target, value, node)


def _unpack(context: Context, targets: list[Any], value: Value, node: Any, at: Any) -> None:
    star = next((k for k, t in enumerate(targets) if isinstance(t, gast.Starred)), None)
    if isinstance(value, Pack):
        parts = _split(context, targets, star, value, at)
    elif star is not None:
        context.refuse("a starred target needs a tuple of known length.", targets[star])
    else:
        whole = context.as_atom(value, node)
        parts = [Item(whole, (Const(k),)) for k in range(len(targets))]
        if not all(isinstance(target, gast.Name) for target in targets):
            parts = [context.as_atom(part, node) for part in parts]
    if isinstance(value, Pack) and len(parts) > 1:
        parts = [context.temporary(p, node) if isinstance(p, Name) else p for p in parts]
    for target, part in zip(targets, parts, strict=True):
        inner = target.value if isinstance(target, gast.Starred) else target
        assign_value(context, inner, part, node)


def _split(
    context: Context, targets: list[Any], star: int | None, value: Pack, at: Any
) -> list[Value]:
    """The items for each target; the starred one takes what is left."""
    count, wanted = len(value.items), len(targets)
    if count < wanted - 1 or (star is None and count != wanted):
        context.refuse(f"{count} values are unpacked into {wanted} targets.", at)
    if star is None:
        return list(value.items)
    end = count - (wanted - star - 1)
    return [*value.items[:star], Pack(value.items[star:end]), *value.items[end:]]


# --------------------------------------------------------------------------- augmented


@statement_form(gast.AugAssign)
def _augmented(context: Context, node: Any) -> None:
    match node.target:
        case gast.Name(id=name):
            left, right = values(context, (_loaded(node.target), node.value))
            first = context.as_atom(left, node.target)
            second = context.as_atom(right, node.value)
            context.set_variable(name, Call(IN_PLACE[type(node.op)], (first, second)), node)
        case gast.Subscript():
            _augmented_element(context, node)
        case _:
            context.refuse(
                "assignment to an attribute is not supported.", node.target, "use a local variable"
            )


def _augmented_element(context: Context, node: Any) -> None:
    """`a[i] += e`; the index is evaluated once, before `e`."""
    array = array_of(context, node.target)
    parts = index(context, node.target.slice)
    inner = context.inner()
    value = atom(inner, node.value)
    changes = any(isinstance(s, Store | Evaluate) for s in all_statements(inner.done()))
    if isinstance(node.op, gast.Add | gast.Sub) and not changes:
        context.emit(*inner.block)
        if isinstance(node.op, gast.Sub):
            value = _negated(context, value, node)
        store(context, array, parts, value, node, accumulate=True)
        return
    old = context.temporary(Item(array, parts), node.target)
    context.emit(*inner.block)
    new = context.as_atom(apply(BINARY[type(node.op)], old, value), node)
    store(context, array, parts, new, node)


def _negated(context: Context, value: Const | Name, node: Any) -> Const | Name:
    if isinstance(value, Const) and type(value.value) in (int, float, complex):
        return Const(-value.value)
    return context.temporary(Call(operator.neg, (value,)), node.value)


def _loaded(target: Any) -> Any:
    return gast.copy_location(gast.Name(target.id, gast.Load(), None, None), target)
