"""Assignments: plain, annotated, augmented, to elements, and unpacking."""

from __future__ import annotations

import operator
from typing import Any

import gast

from adjoint.program.core import Call, Const, Evaluate, Expr, Item, Name, Slice, Store
from adjoint.program.walk import statements as all_statements
from adjoint.syntax import columns, containers, resolve
from adjoint.syntax.array_like import array_operands, as_array
from adjoint.syntax.context import Context
from adjoint.syntax.exits import flattened
from adjoint.syntax.operators import BINARY, IN_PLACE, apply
from adjoint.syntax.packs import keep, snapshot
from adjoint.syntax.scopes import read_names
from adjoint.syntax.static_types import unpacked
from adjoint.syntax.terms import array_of, attribute_of, index
from adjoint.syntax.translate import (
    expression,
    expression_form,
    expression_into,
    keep_values,
    statement_form,
    values,
)
from adjoint.syntax.values import (
    EXPRESSIONS,
    Columns,
    Pack,
    Value,
)


@statement_form(gast.Assign)
def _assign(context: Context, node: Any) -> None:
    first, *others = node.targets
    if not others:
        assign_node(context, first, node.value)
        return
    value = ready(context, expression(context, node.value), node.value)
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
    context.unit.hints[id(node)] = name
    if isinstance(node, gast.IfExp | gast.Call) and name not in context.frame.outer_names:
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
            _assign_item(context, target, value, node)
        case gast.Tuple(elts=targets) | gast.List(elts=targets):
            _unpack(context, targets, value, node, target)
        case gast.Attribute(attr=attribute):
            owner = expression(context, target.value)
            containers.set_item(context, owner, attribute, value, target)
        case _:
            context.refuse("this target of an assignment is not supported.", target)


def ready(context: Context, value: Value, node: Any) -> Value:
    """The value, computed: a compound expression gets a name."""
    return context.as_atom(value, node) if isinstance(value, EXPRESSIONS) else value


def _assign_item(context: Context, target: Any, value: Value, node: Any) -> None:
    """`owner[index] = value`."""
    value = ready(context, value, node)
    owner = expression(context, target.value)
    if isinstance(owner, EXPRESSIONS):
        array = array_of(context, target, owner)
        parts = index(context, target.slice)
        store(context, array, parts, context.as_atom(as_array(context, value, node), node), target)
        return
    if isinstance(owner, Columns):
        position = context.as_atom(expression(context, target.slice), target.slice)
        columns.set_at(context, owner, position, value, target)
        return
    key = containers.constant_key(context, owner, target.slice)
    containers.set_item(context, owner, key, value, target)


def set_name(context: Context, name: str, value: Value, node: Any) -> None:
    """Bind a local name: to what is known, or to a variable of the program."""
    frame = context.frame
    if name in frame.outer_names:
        context, frame = context.at_frame(frame.outer_names[name]), frame.outer_names[name]
    if isinstance(value, EXPRESSIONS):
        context.set_variable(name, value, node)
        return
    if name in frame.shared:
        context.refuse(
            f"`{name}` is assigned by an inner function and is no number or array here.", node
        )
    if isinstance(value, Pack):
        value = keep(context, value, lambda path: context.item_variable(name, path), node)
    frame.bindings[name] = value


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


@expression_form(gast.NamedExpr)
def _walrus(context: Context, node: Any) -> Value:
    set_name(context, node.target.id, expression(context, node.value), node)
    return resolve.lookup(context, node.target.id, node)


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
        value = ready(context, expression(context, node), node)
        pending.append((target, snapshot(context, value, node), node))
    for target, value, node in pending:
        assign_value(context, target, value, node)


def _unpack(context: Context, targets: list[Any], value: Value, node: Any, at: Any) -> None:
    star = next((k for k, t in enumerate(targets) if isinstance(t, gast.Starred)), None)
    value = unpacked(context, value, node) or value
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
        parts = [snapshot(context, part, node) for part in parts]
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
            set_name(context, name, _in_place(context, node, left, right), node)
        case gast.Subscript():
            owner = expression(context, node.target.value)
            if isinstance(owner, EXPRESSIONS):
                _augmented_element(context, node, array_of(context, node.target, owner))
            else:
                key = containers.constant_key(context, owner, node.target.slice)
                left = containers.find(context, owner, key, node.target)
                _augmented_item(context, node, owner, key, left)
        case gast.Attribute(attr=attribute):
            owner = expression(context, node.target.value)
            left = attribute_of(context, owner, attribute, node.target)
            _augmented_item(context, node, owner, attribute, left)
        case _:
            context.refuse("this target of an assignment is not supported.", node.target)


def _in_place(context: Context, node: Any, left: Value, right: Value) -> Value:
    """What `left op= right` gives: of a list or an object, what its class says."""
    if not (isinstance(left, EXPRESSIONS) and isinstance(right, EXPRESSIONS)):
        left, right = array_operands(context, IN_PLACE[type(node.op)], left, right, node)
        found = containers.operate(context, node.op, left, right, node)
        if found is not None:
            return found
    first = context.as_atom(left, node.target)
    second = context.as_atom(right, node.value)
    return Call(IN_PLACE[type(node.op)], (first, second))


def _augmented_item(context: Context, node: Any, owner: Value, key: Any, left: Value) -> None:
    """`owner.key op= e` of a container that has `left` there."""
    start = len(context.block)
    found = [left]
    right = expression(context, node.value)
    if isinstance(right, EXPRESSIONS):
        right = context.as_atom(right, node.value)
    keep_values(context, found, [node.target], start)
    value = ready(context, _in_place(context, node, found[0], right), node)
    containers.set_item(context, owner, key, value, node.target)


def _augmented_element(context: Context, node: Any, array: Name) -> None:
    """`a[i] += e`; the index is evaluated once, before `e`."""
    parts = index(context, node.target.slice)
    inner = context.inner()
    value = inner.as_atom(as_array(inner, expression(inner, node.value), node.value), node.value)
    changes = any(isinstance(s, Store | Evaluate) for s in all_statements(flattened(inner.block)))
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
