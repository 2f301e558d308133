"""Methods of tuples, lists and dicts that a program keeps apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from adjoint.program.core import Const
from adjoint.syntax import resolve
from adjoint.syntax.columns import grow, take_last
from adjoint.syntax.containers import (
    as_key,
    as_tuple,
    changeable,
    contents,
    make,
    set_contents,
    set_item,
    with_items,
)
from adjoint.syntax.context import Context
from adjoint.syntax.values import Columns, Pack, Record, Value

if TYPE_CHECKING:
    from adjoint.syntax.calls import Arguments

_Translation = Callable[[Context, Value, "Arguments", Any], Value]
_methods: dict[tuple[type, str], _Translation] = {}


def _method(kind: type, *names: str) -> Callable[[_Translation], _Translation]:
    def register(translation: _Translation) -> _Translation:
        _methods.update(((kind, name), translation) for name in names)
        return translation

    return register


def builtin_method(context: Context, owner: Value, name: str, args: Arguments, node: Any) -> Value:
    """`owner.name(*args)` of a method that is not written in Python."""
    pack = contents(context, owner)
    assert pack is not None
    for kind in pack.kind.__mro__:
        if (kind, name) in _methods:
            return _methods[kind, name](context, owner, args, node)
    if hasattr(pack.kind, "_fields") and name in ("_replace", "_asdict"):
        return _named_tuple(context, owner, name, args, node)
    return context.refuse(f"`{pack.kind.__name__}.{name}` is not supported.", node)


def _named_tuple(context: Context, owner: Value, name: str, args: Arguments, node: Any) -> Value:
    if name == "_replace":
        return with_items(context, owner, args.keywords, node)
    pack = contents(context, owner)
    assert pack is not None
    return make(context, Pack(pack.items, dict, pack.keys), node)


def columns_method(
    context: Context, owner: Columns, name: str, args: Arguments, node: Any
) -> Value:
    """`owner.name(*args)` of a list of tuples whose length is known only when running."""
    if name == "append":
        grow(context, owner, args.positional[0], node)
        return Const(None)
    if name == "pop" and not args.positional:
        return take_last(context, owner, node)
    return context.refuse(
        f"`list.{name}` of a list of tuples is not supported.", node, "use append() and pop()"
    )


# --------------------------------------------------------------------------- lists


@_method(list, "append")
def _append(context: Context, owner: Value, args: Arguments, node: Any) -> Value:
    record, pack = changeable(context, owner, node)
    set_contents(context, record, Pack((*pack.items, *args.positional), list), node)
    return Const(None)


@_method(list, "extend")
def _extend(context: Context, owner: Value, args: Arguments, node: Any) -> Value:
    record, pack = changeable(context, owner, node)
    (added,) = args.positional
    more = as_tuple(context, added, node)
    if more is None:
        context.unit.facts.learn(context.unit.facts.growing, [record.site])
    set_contents(context, record, Pack((*pack.items, *more.items), list), node)
    return Const(None)


@_method(list, "insert")
def _insert(context: Context, owner: Value, args: Arguments, node: Any) -> Value:
    record, pack = changeable(context, owner, node)
    items = list(pack.items)
    items.insert(as_key(context, args.positional[0], node), args.positional[1])
    set_contents(context, record, Pack(tuple(items), list), node)
    return Const(None)


@_method(list, "pop")
def _pop(context: Context, owner: Value, args: Arguments, node: Any) -> Value:
    record, pack = changeable(context, owner, node)
    items = list(pack.items)
    position = as_key(context, args.positional[0], node) if args.positional else -1
    if not -len(items) <= position < len(items):
        context.refuse("pop from an empty list, or of an index outside of it.", node)
    taken = items.pop(position)
    if context.holds(taken):
        taken = context.temporary(taken, node)
    set_contents(context, record, Pack(tuple(items), list), node)
    return taken


@_method(list, "reverse")
def _reverse(context: Context, owner: Value, args: Arguments, node: Any) -> Value:
    record, pack = changeable(context, owner, node)
    set_contents(context, record, Pack(pack.items[::-1], list), node)
    return Const(None)


@_method(list, "clear")
@_method(dict, "clear")
def _clear(context: Context, owner: Value, args: Arguments, node: Any) -> Value:
    record, pack = changeable(context, owner, node)
    set_contents(context, record, Pack((), pack.kind), node)
    return Const(None)


@_method(list, "copy")
@_method(dict, "copy")
def _copy(context: Context, owner: Value, args: Arguments, node: Any) -> Value:
    pack = contents(context, owner)
    assert pack is not None
    return make(context, Pack(pack.items, pack.kind, pack.keys), node)


# --------------------------------------------------------------------------- dicts


@_method(dict, "items", "keys", "values")
def _views(context: Context, owner: Value, args: Arguments, node: Any) -> Value:
    pack = contents(context, owner)
    assert pack is not None
    keys = tuple(resolve.from_object(context, key, "key") for key in pack.keys)
    unit, kind = context.unit, node.func.attr

    def now() -> tuple[Value, ...]:
        items = unit.heap[owner].items if isinstance(owner, Record) else pack.items
        if kind == "values":
            return items
        return tuple(Pack(pair) for pair in zip(keys, items, strict=False))

    if kind == "keys":
        return Pack(keys)
    return Pack(now(), live=now if isinstance(owner, Record) else None)


@_method(dict, "get")
def _get(context: Context, owner: Value, args: Arguments, node: Any) -> Value:
    pack = contents(context, owner)
    assert pack is not None
    found = pack.get(as_key(context, args.positional[0], node))
    default = args.positional[1] if len(args.positional) > 1 else Const(None)
    return default if found is None else found


@_method(dict, "setdefault")
def _setdefault(context: Context, owner: Value, args: Arguments, node: Any) -> Value:
    key = as_key(context, args.positional[0], node)
    pack = contents(context, owner)
    assert pack is not None
    if pack.get(key) is None:
        set_item(context, owner, key, args.positional[1], node)
        pack = contents(context, owner)
        assert pack is not None
    found = pack.get(key)
    assert found is not None
    return found


@_method(dict, "pop")
def _take(context: Context, owner: Value, args: Arguments, node: Any) -> Value:
    key = as_key(context, args.positional[0], node)
    record, pack = changeable(context, owner, node)
    taken = pack.get(key)
    if taken is None:
        if len(args.positional) == 1:
            context.refuse(f"there is no {key!r} in this dict, or not on every path.", node)
        return args.positional[1]
    if context.holds(taken):
        taken = context.temporary(taken, node)
    left = {k: v for k, v in zip(pack.keys, pack.items, strict=True) if k != key}
    set_contents(context, record, Pack(tuple(left.values()), dict, tuple(left)), node)
    return taken


@_method(dict, "update")
def _update(context: Context, owner: Value, args: Arguments, node: Any) -> Value:
    changes: dict[Any, Value] = {}
    for value in args.positional:
        pack = contents(context, value)
        if pack is None or pack.kind is not dict:
            context.refuse("a dict is updated with something else than a dict.", node)
        changes.update(zip(pack.keys, pack.items, strict=True))
    changes.update(args.keywords)
    record, pack = changeable(context, owner, node)
    whole = dict(zip(pack.keys, pack.items, strict=True)) | changes
    set_contents(context, record, Pack(tuple(whole.values()), dict, tuple(whole)), node)
    return Const(None)
