"""Lists whose length is known only when running: one list a number, of tuples one for each item.

    events.append((t, x))        events_0.append(t)
    t, x = events[k]       →     events_1.append(x)
                                 t = events_0[k]; x = events_1[k]

What the items look like is known once one is appended; then translation starts again with the lists
that it takes.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from adjoint.program.core import Call, Const, Evaluate, Item, Name, Store
from adjoint.program.primitives import append, new_list, pop
from adjoint.syntax.context import Context, item_name
from adjoint.syntax.facts import Reconsider
from adjoint.syntax.packs import flat
from adjoint.syntax.values import Columns, Pack, Path, Site, Value, is_number, same_shape

Atom = Const | Name


def growing_list(context: Context, items: Sequence[Value], site: Site, node: Any) -> Name | Columns:
    """A new list of these items, to which more are appended."""
    base = context.unit.hints.get(id(node), "items")
    template = context.unit.facts.columns.get(site)
    if template is None and items and isinstance(items[0], Pack) and not _is_row(items[0]):
        _learn(context, site, items[0])
    if template is None:
        atoms = tuple(context.as_atom(_row(item, context, node), node) for item in items)
        found = context.temporary(Call(new_list, atoms), node, base)
        context.unit.list_sites[found.id] = site
        return found
    lists = {
        path: context.temporary(Call(new_list, ()), node, item_name(base, path))
        for path, item in flat(template)
        if is_number(item)
    }
    found_columns = Columns(_with_leaves(template, lists), site)
    for item in items:
        grow(context, found_columns, item, node)
    return found_columns


def grow(context: Context, items: Name | Columns, value: Value, node: Any) -> None:
    """`items.append(value)`."""
    if isinstance(items, Columns):
        for (_, column), (_, item) in _pairs(context, items, value, node):
            _append(context, column, item, node)
        return
    if isinstance(value, Pack) and not _is_row(value):
        site = context.unit.list_sites.get(items.id)
        if site is not None:
            _learn(context, site, value)
    _append(context, items, _row(value, context, node), node)


def _append(context: Context, items: Value, value: Value, node: Any) -> None:
    assert isinstance(items, Name)
    call = Call(append, (items, context.as_atom(value, node)))
    context.emit(Evaluate(call, at=context.at(node)))


def _is_row(value: Pack) -> bool:
    """Whether this is a row of a list of lists, which is an array as well."""
    return value.kind is list and all(map(is_number, value.items))


def _row(value: Value, context: Context, node: Any) -> Value:
    if isinstance(value, Pack) and _is_row(value):
        return Call(np.array, (context.as_atom(value, node),))
    return value


def _learn(context: Context, site: Site, value: Pack) -> None:
    """Translate again, now that it is known what the items look like."""
    if any(isinstance(item, Columns) for _, item in flat(value)):
        return
    context.unit.facts.columns[site] = value
    raise Reconsider


def _with_leaves(value: Value, leaves: Mapping[Path, Atom], path: Path = ()) -> Any:
    """A container with other numbers in it."""
    if isinstance(value, Pack):
        pairs = zip(value.keys, value.items, strict=True)
        return value.like(_with_leaves(item, leaves, (*path, key)) for key, item in pairs)
    return leaves.get(path, value)


def _pairs(context: Context, items: Columns, value: Value, node: Any) -> Any:
    """The lists, with what of the value goes into each."""
    if not same_shape(items.lists, value):
        context.refuse(
            "the items of this list are not alike.", node, "append tuples of equal length"
        )
    pairs = zip(flat(items.lists), flat(value), strict=True)
    return [(one, other) for one, other in pairs if is_number(one[1])]


# --------------------------------------------------------------------------- reading and writing


def length(items: Columns) -> Call:
    """`len(items)`."""
    return Call(len, (_first(items),))


def _first(items: Columns) -> Name:
    return next(item for _, item in flat(items.lists) if isinstance(item, Name))


def as_test(context: Context, value: Value, node: Any) -> Atom:
    """What decides whether a value is true: of a list, whether it has items."""
    if isinstance(value, Columns):
        value = Call(operator.ne, (context.as_atom(length(value), node), Const(0)))
    elif isinstance(value, Name) and value.id in context.unit.list_sites:
        count = context.temporary(Call(len, (value,)), node)
        value = Call(operator.ne, (count, Const(0)))
    return context.as_atom(value, node)


def at(context: Context, items: Columns, index: Atom, node: Any) -> Value:
    """`items[index]`."""
    found = {
        path: context.as_atom(Item(column, (index,)), node)
        for path, column in flat(items.lists)
        if isinstance(column, Name)
    }
    return _with_leaves(items.lists, found)


def set_at(context: Context, items: Columns, index: Atom, value: Value, node: Any) -> None:
    """`items[index] = value`."""
    for (_, column), (_, item) in _pairs(context, items, value, node):
        store = Store(column.id, (index,), context.as_atom(item, node), at=context.at(node))
        context.emit(store)


def take_last(context: Context, items: Columns, node: Any) -> Value:
    """`items.pop()`."""
    found = {
        path: context.temporary(Call(pop, (column,)), node)
        for path, column in flat(items.lists)
        if isinstance(column, Name)
    }
    return _with_leaves(items.lists, found)
