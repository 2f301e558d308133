"""Tuples, lists, dicts and instances in a program: their items are read, set and gone through.

Nothing of a container is left in the program but the variables of its items; only a list whose
length is known when running alone is a variable itself (`growing`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import gast
import numpy as np
from numba.core import types

from adjoint.program.core import Call, Const, For, Item, Name
from adjoint.syntax import columns, resolve
from adjoint.syntax.columns import grow, growing_list
from adjoint.syntax.context import Context
from adjoint.syntax.packs import keep
from adjoint.syntax.translate import expression
from adjoint.syntax.values import (
    EXPRESSIONS,
    SITE_OF_ARGUMENT,
    Columns,
    Known,
    Pack,
    Path,
    Record,
    Site,
    Value,
)

_SEQUENCES = (tuple, list)


def site_of(context: Context, node: Any, part: str = "") -> Site:
    """The place where a container is made, the same in every translation.

    `part` tells several that are made at one place from each other.
    """
    return (context.frame.source.filename, node.lineno, node.col_offset, part)


def make(context: Context, pack: Pack, node: Any, part: str = "") -> Value:
    """A new list, dict or instance, in the form that the facts ask for; `part` as in `site_of`."""
    site = site_of(context, node, part)
    pack = Pack(pack.items, pack.kind, pack.keys, frozenset({site}))
    if site in context.unit.facts.growing:
        return growing_list(context, pack.items, site, node)
    if site in context.unit.facts.changed:
        return _record(context, pack, site, node)
    return pack


def _record(context: Context, pack: Pack, site: Site, node: Any) -> Record:
    base = context.unit.hints.get(id(node), pack.kind.__name__.lower())
    record = Record(base, site, pack.kind)
    set_contents(context, record, pack, node)
    return record


def set_contents(context: Context, record: Record, pack: Pack, node: Any) -> None:
    """What a container that is changed in place holds from here on."""
    varying = context.unit.facts.varying

    def variable(path: Path) -> str:
        return context.record_variable(record, path)

    kept = keep(context, pack, variable, node, lambda path: (record.site, path) not in varying)
    assert isinstance(kept, Pack)
    context.unit.heap[record] = kept


# --------------------------------------------------------------------------- reading


def contents(context: Context, value: Value) -> Pack | None:
    """What a container holds just now; None of what is no container."""
    match value:
        case Pack(live=live):
            return value if live is None else replace(value, items=live(), live=None)
        case Record():
            return context.unit.heap[value]
        case Known(obj) if isinstance(obj, list | tuple | dict):
            return resolve.opened(context, value)
    return None


def as_tuple(context: Context, value: Value, node: Any) -> Pack | None:
    """What a loop over a container goes through; None of what is no container."""
    pack = contents(context, value)
    if pack is None:
        return None
    if pack.kind is dict:
        return Pack(tuple(resolve.from_object(context, key, "key") for key in pack.keys))
    if not issubclass(pack.kind, _SEQUENCES):
        context.refuse(f"a {pack.kind.__name__} cannot be iterated over here.", node)
    if isinstance(value, Record):
        record, unit = value, context.unit
        return Pack(pack.items, live=lambda: unit.heap[record].items)
    return Pack(pack.items, live=value.live if isinstance(value, Pack) else None)


def constant_key(context: Context, owner: Value, part: Any) -> Any:
    """The key that a subscript of a container means.

    A list that is asked for an item whose number is not known is one whose length is not.
    """
    key = expression(context, part)
    if is_key(key):
        return as_key(context, key, part)
    let_grow(context, owner)
    pack = contents(context, owner)
    kind = "container" if pack is None else pack.kind.__name__
    return context.refuse(
        f"the key into this {kind} is known only when running.",
        part,
        "use an array, or a constant key",
    )


def is_key(value: Value) -> bool:
    """Whether a value is a key that is known now."""
    if isinstance(value, Pack):
        return all(map(is_key, value.items))
    return isinstance(value, Const | Known)


def as_key(context: Context, value: Value, node: Any) -> Any:
    """The object that a key of a dict is."""
    if isinstance(value, Pack) and is_key(value):
        return tuple(as_key(context, item, node) for item in value.items)
    if isinstance(value, Const | Known):
        return value.value
    return context.refuse(
        "a key of a dict is known only when running.", node, "use an array, or constant keys"
    )


def let_grow(context: Context, owner: Value) -> None:
    """Translate again with the list as one whose length is known only when running."""
    pack = contents(context, owner)
    if pack is None or pack.kind is not list:
        return
    sites = pack.sites - {SITE_OF_ARGUMENT}
    if isinstance(owner, Record):
        sites = frozenset({owner.site})
    if sites and not sites <= context.unit.facts.growing:
        context.unit.facts.learn(context.unit.facts.growing, sites)


def find(context: Context, owner: Value, key: Any, node: Any) -> Value:
    """The item of a container at a key that is known."""
    pack = contents(context, owner)
    assert pack is not None
    if issubclass(pack.kind, _SEQUENCES) and isinstance(key, int):
        count = len(pack.items)
        if not -count <= key < count:
            context.refuse(f"the index is outside the {pack.kind.__name__}.", node)
        return pack.items[key]
    found = pack.get(key)
    if found is None:
        context.refuse(
            f"there is no {key!r} in this {pack.kind.__name__}, or not on every path.", node
        )
    return found


def subscript(context: Context, owner: Value, part: Any, node: Any) -> Value:
    """`owner[part]` of a container."""
    if isinstance(owner, Columns):
        if isinstance(part, gast.Slice):
            context.refuse("a slice of a list of tuples is not supported.", node)
        return columns.at(context, owner, context.as_atom(expression(context, part), part), node)
    pack = contents(context, owner)
    assert pack is not None
    if pack.kind is not dict and not issubclass(pack.kind, _SEQUENCES):
        return call_special(context, "__getitem__", owner, (expression(context, part),), node)
    if isinstance(part, gast.Slice):
        return _slice(context, owner, pack, part, node)
    if pack.kind is dict:
        return find(context, owner, constant_key(context, owner, part), node)
    position = expression(context, part)
    if isinstance(position, Const) and isinstance(position.value, int | np.integer):
        return find(context, owner, position.value, node)
    if isinstance(position, EXPRESSIONS):
        position = context.as_atom(position, part)
        let_grow(context, owner)
        if all(_is_scalar(context, item, node) for item in pack.items):
            # Nothing can be written to a number in a tuple, so a copy of them is as good.
            numbers = context.temporary(Call(np.array, (context.as_atom(pack, node),)), node)
            return Item(numbers, (position,))
    return context.refuse(
        f"the index into this {pack.kind.__name__} is known only when running.",
        node,
        "use an array, or a constant index",
    )


def _is_scalar(context: Context, value: Value, node: Any) -> bool:
    """Whether a value is certainly a number, and no array."""
    if isinstance(value, Const):
        return type(value.value) in (int, float)
    found = context.unit.questions.type(context, value, node) if isinstance(value, Name) else None
    return isinstance(found, types.Float | types.Integer)


def _slice(context: Context, owner: Value, pack: Pack, part: Any, node: Any) -> Value:
    bounds = [
        Const(None) if bound is None else expression(context, bound)
        for bound in (part.lower, part.upper, part.step)
    ]
    if not all(isinstance(bound, Const) for bound in bounds):
        let_grow(context, owner)
        context.refuse("this slice of a tuple is known only when running.", node, "use an array")
    span = slice(*(bound.value for bound in bounds if isinstance(bound, Const)))
    kind = list if pack.kind is list else tuple
    found = Pack(pack.items[span], kind)
    return make(context, found, node) if kind is list else found


# --------------------------------------------------------------------------- changing


def set_item(context: Context, owner: Value, key: Any, value: Value, node: Any) -> None:
    """`owner[key] = value` or `owner.key = value` of a container."""
    record, pack = changeable(context, owner, node)
    if issubclass(pack.kind, list) and isinstance(key, int):
        find(context, owner, key, node)
        key %= len(pack.items)
    items = dict(zip(pack.keys, pack.items, strict=True)) | {key: value}
    set_contents(context, record, Pack(tuple(items.values()), pack.kind, tuple(items)), node)


def with_items(context: Context, owner: Value, changes: Mapping[str, Value], node: Any) -> Value:
    """A copy of an instance or a named tuple in which some fields are different."""
    pack = contents(context, owner)
    if pack is None:
        context.refuse("this is no dataclass or named tuple.", node)
    for name in changes:
        find(context, pack, name, node)
    items = tuple(changes.get(key, item) for key, item in zip(pack.keys, pack.items, strict=True))
    changed = Pack(items, pack.kind, pack.keys)
    return changed if issubclass(pack.kind, tuple) else make(context, changed, node)


def changeable(context: Context, owner: Value, node: Any) -> tuple[Record, Pack]:
    """A container that is changed in place; a value becomes one, in another translation."""
    if isinstance(owner, Record):
        return owner, context.unit.heap[owner]
    pack = contents(context, owner)
    if pack is None:
        context.refuse(
            "attributes and items of local objects, lists and dicts only can be assigned.",
            node,
            "use a local variable",
        )
    if SITE_OF_ARGUMENT in pack.sites or isinstance(owner, Known):
        context.refuse(
            f"this changes a {pack.kind.__name__} that the caller holds, which is not supported.",
            node,
            "make a new one, or change the arrays in it",
        )
    if pack.sites <= context.unit.facts.changed:
        context.refuse(
            f"a {pack.kind.__name__} of this kind cannot be changed.",
            node,
            "bind it to a variable of its own before it is changed",
        )
    return context.unit.facts.learn(context.unit.facts.changed, pack.sites)


# --------------------------------------------------------------------------- operators

_Dunder = Callable[[Context, str, Value, tuple[Value, ...], Any], Value]
_dunder_call: list[_Dunder] = []


def dunder(call: _Dunder) -> _Dunder:
    """Register what calls a special method of an instance."""
    _dunder_call.append(call)
    return call


def call_special(
    context: Context, name: str, owner: Value, args: tuple[Value, ...], node: Any
) -> Value:
    """The value of `owner.name(*args)` of a special method."""
    return _dunder_call[0](context, name, owner, args, node)


_NAMES: dict[type, str] = {
    gast.Add: "add",
    gast.Sub: "sub",
    gast.Mult: "mul",
    gast.Div: "truediv",
    gast.FloorDiv: "floordiv",
    gast.Mod: "mod",
    gast.Pow: "pow",
    gast.MatMult: "matmul",
}


def operate(context: Context, op: Any, left: Value, right: Value, node: Any) -> Value | None:
    """`left op right` where one is a container; None if that is arithmetic on arrays."""
    packs = contents(context, left), contents(context, right)
    if all(pack is None for pack in packs):
        return None
    for first, second, prefix, pack in (
        (left, right, "__", packs[0]),
        (right, left, "__r", packs[1]),
    ):
        name = f"{prefix}{_NAMES.get(type(op), '')}__"
        if pack is not None and _has(pack.kind, name) and pack.kind not in (tuple, list, dict):
            return call_special(context, name, first, (second,), node)
    if isinstance(op, gast.Add) and packs[0] is not None and packs[1] is not None:
        return _joined(context, packs[0], packs[1], node)
    if isinstance(op, gast.Mult):
        sequence, count = (packs[0], right) if packs[0] is not None else (packs[1], left)
        return _repeated(context, sequence, count, node)
    return None


def _has(kind: type, name: str) -> bool:
    return any(name in vars(base) for base in kind.__mro__ if base not in (object, tuple))


def _joined(context: Context, left: Pack, right: Pack, node: Any) -> Value | None:
    if not (issubclass(left.kind, _SEQUENCES) and issubclass(right.kind, _SEQUENCES)):
        return None
    kind = list if left.kind is list else tuple
    whole = Pack((*left.items, *right.items), kind)
    return make(context, whole, node) if kind is list else whole


def _repeated(context: Context, pack: Pack | None, count: Value, node: Any) -> Value | None:
    """`[0.0] * n`."""
    if pack is None or not issubclass(pack.kind, _SEQUENCES):
        return None
    kind = list if pack.kind is list else tuple
    if isinstance(count, Const) and isinstance(count.value, int):
        whole = Pack(pack.items * count.value, kind)
        return make(context, whole, node) if kind is list else whole
    if kind is list and isinstance(count, EXPRESSIONS):
        return _repeated_list(context, pack, context.as_atom(count, node), node)
    return None


def _repeated_list(context: Context, pack: Pack, count: Any, node: Any) -> Value:
    """`[…] * n` with a count that is known only when running."""
    items = growing_list(context, (), site_of(context, node), node)
    kept = [item if isinstance(item, Pack) else context.as_atom(item, node) for item in pack.items]
    body = context.inner()
    for item in kept:
        grow(body, items, item, node)
    counter = context.unit.names.temporary("i")
    loop = For(counter, Const(0), count, Const(1), body.done(), at=context.at(node))
    context.emit(loop)
    return items
