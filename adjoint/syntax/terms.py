"""Names, constants, tuples, attributes, subscripts, the walrus, and function displays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from adjoint.program import primitives
from adjoint.program.core import Call, Const, Expr, Item, Name, Slice
from adjoint.syntax import containers, resolve
from adjoint.syntax.context import Context
from adjoint.syntax.static_types import known_attribute, unpacked
from adjoint.syntax.translate import expression, expression_form, values
from adjoint.syntax.values import Closure, Columns, Known, Pack, Value, is_number

ATTRIBUTES: dict[str, Callable[..., Any]] = {
    "shape": np.shape,
    "ndim": np.ndim,
    "size": np.size,
    "T": np.transpose,
    "flat": np.ravel,
    "dtype": primitives.dtype,
    "real": np.real,
    "imag": np.imag,
}


@expression_form(gast.Name)
def _name(context: Context, node: Any) -> Value:
    return resolve.lookup(context, node.id, node)


@expression_form(gast.Constant)
def _constant(context: Context, node: Any) -> Value:
    return Const(node.value)


@expression_form(gast.Tuple)
def _tuple(context: Context, node: Any) -> Value:
    return Pack(tuple(items(context, node.elts)))


def items(context: Context, nodes: list[Any]) -> list[Value]:
    """Values of a display's or a call's items, with `*tuple` expanded."""
    plain = [node.value if isinstance(node, gast.Starred) else node for node in nodes]
    found: list[Value] = []
    for node, value in zip(nodes, values(context, plain), strict=True):
        if not isinstance(node, gast.Starred):
            found.append(value)
        elif (pack := unpacked(context, value, node)) is not None:
            found.extend(pack.items)
        else:
            context.refuse(
                "`*` needs a tuple whose length is known when compiling.",
                node,
                "write the items out",
            )
    return found


@expression_form(gast.List)
def _list(context: Context, node: Any) -> Value:
    return containers.make(context, Pack(tuple(items(context, node.elts)), list), node)


@expression_form(gast.Dict)
def _dict(context: Context, node: Any) -> Value:
    parts = [part for pair in zip(node.keys, node.values, strict=True) for part in pair]
    found = iter(values(context, [part for part in parts if part is not None]))
    entries: dict[Any, Value] = {}
    for key in node.keys:
        if key is None:
            entries.update(_entries(context, next(found), node))
        else:
            position = containers.as_key(context, next(found), key)
            entries[position] = next(found)
    pack = Pack(tuple(entries.values()), dict, tuple(entries))
    return containers.make(context, pack, node)


def _entries(context: Context, value: Value, node: Any) -> dict[Any, Value]:
    """What `**value` adds to a dict."""
    pack = containers.contents(context, value)
    if pack is None or pack.kind is not dict:
        context.refuse("`**` needs a dict whose keys are known when compiling.", node)
    return dict(zip(pack.keys, pack.items, strict=True))


@expression_form(gast.Set)
def _set(context: Context, node: Any) -> Value:
    """A set that can be asked for its members and nothing else."""
    return Pack(tuple(items(context, node.elts)), set)


@expression_form(gast.Lambda)
def _lambda(context: Context, node: Any) -> Value:
    return closure(context, node)


def closure(context: Context, node: Any) -> Closure:
    """A function defined in the program; defaults are evaluated here, as Python does."""
    arguments = node.args
    defaults = tuple(_default(context, default) for default in arguments.defaults)
    keyword_defaults = {
        param.id: _default(context, default)
        for param, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is not None
    }
    return Closure(node, context.frame, defaults, keyword_defaults)


def _default(context: Context, node: Any) -> Value:
    value = expression(context, node)
    if isinstance(value, Known | Closure | Const):
        return value
    return context.temporary(context.as_expr(value, node), node)


# --------------------------------------------------------------------------- attributes


@expression_form(gast.Attribute)
def _attribute(context: Context, node: Any) -> Value:
    return attribute_of(context, expression(context, node.value), node.attr, node)


_Lookup = Callable[[Context, Any, str, Any], Value]
_lookups: dict[type, _Lookup] = {}


def looks_up(*kinds: type) -> Callable[[_Lookup], _Lookup]:
    """Register the translation of attributes of kinds of values."""

    def register(translation: _Lookup) -> _Lookup:
        _lookups.update(dict.fromkeys(kinds, translation))
        return translation

    return register


def attribute_of(context: Context, owner: Value, name: str, node: Any) -> Value:
    """`owner.name`."""
    if type(owner) in _lookups:
        return _lookups[type(owner)](context, owner, name, node)
    if isinstance(owner, Known):
        return resolve.attribute(context, owner, name, node)
    if isinstance(owner, Const) and not is_number(owner):
        return resolve.fixed_attribute(context, owner.value, name, node)
    found = known_attribute(context, owner, name, node)
    if found is not None:
        return found
    function = ATTRIBUTES.get(name)
    if function is None:
        known = ", ".join(f".{name}" for name in ATTRIBUTES)
        context.refuse(
            f"the attribute `.{name}` is not supported.", node, f"attributes are {known}"
        )
    return Call(function, (context.as_atom(owner, node),))


# --------------------------------------------------------------------------- subscripts


_Subscription = Callable[[Context, Known, Any], Value]
_subscripts: dict[type, _Subscription] = {}


def subscripts(*kinds: type) -> Callable[[_Subscription], _Subscription]:
    """Register the translation of `owner[…]` for kinds of library objects."""

    def register(translation: _Subscription) -> _Subscription:
        _subscripts.update(dict.fromkeys(kinds, translation))
        return translation

    return register


@expression_form(gast.Subscript)
def _subscript(context: Context, node: Any) -> Value:
    value = expression(context, node.value)
    if isinstance(node.slice, gast.Slice) and isinstance(value, Call):
        value = unpacked(context, value, node) or value  # `x.shape[1:]`
    if isinstance(value, Known) and type(value.value) in _subscripts:
        return _subscripts[type(value.value)](context, value, node)
    if isinstance(value, Columns) or containers.contents(context, value) is not None:
        return containers.subscript(context, value, node.slice, node)
    array = context.as_atom(value, node.value)
    return Item(array, index(context, node.slice))


def index(context: Context, node: Any) -> tuple[Expr | Slice, ...]:
    """The parts of `a[…]`: atoms, and slices of atoms.

    A tuple that stands alone is several indices; other tuples, and lists, select elements.
    """
    parts = node.elts if isinstance(node, gast.Tuple) else [node]
    flat = [bound for part in parts for bound in _operands(part)]
    found = iter(zip(values(context, flat), flat, strict=True))
    if isinstance(node, gast.Tuple | gast.Slice):
        return tuple(_part(context, part, found) for part in parts)
    value, at = next(found)
    pack = containers.contents(context, value)
    if pack is not None and pack.kind is tuple:
        return tuple(_selected(context, item, at) for item in pack.items)
    return (_selected(context, value, at),)


def _selected(context: Context, value: Value, node: Any) -> Expr | Slice:
    """What an index selects: an element, elements of an array of indices, a `slice(…)`."""
    pack = containers.contents(context, value)
    if pack is not None and pack.kind is slice:
        bounds = (context.as_atom(bound, node) for bound in pack.items)
        return Slice(*(None if bound == Const(None) else bound for bound in bounds))
    if pack is not None and issubclass(pack.kind, tuple | list):
        if not pack.items:  # an array of nothing is one of floats, but selects nothing
            return context.as_atom(Call(np.empty, (Const(0), Const(np.int64))), node)
        return context.as_atom(Call(np.array, (_nested(context, pack, node),)), node)
    return context.as_atom(value, node)


def index_atom(context: Context, value: Value, node: Any) -> Const | Name:
    """What is passed as an index to a function: a tuple is several indices."""
    pack = containers.contents(context, value)
    if pack is None or pack.kind is not tuple:
        found = _selected(context, value, node)
        if isinstance(found, Slice):
            context.refuse("a slice is passed as an index here.", node)
        return context.as_atom(found, node)
    parts = tuple(context.as_atom(index_atom(context, i, node), node) for i in pack.items)
    return context.as_atom(Pack(parts), node)


def _nested(context: Context, value: Value, node: Any) -> Const | Name:
    """A sequence of numbers, arrays and such sequences as nested tuples."""
    pack = containers.contents(context, value)
    if pack is None:
        return context.as_atom(value, node)
    return context.as_atom(Pack(tuple(_nested(context, i, node) for i in pack.items)), node)


def _operands(part: Any) -> list[Any]:
    if isinstance(part, gast.Slice):
        return [bound for bound in _bounds(part) if bound is not None]
    return [part]


def _part(context: Context, part: Any, found: Any) -> Expr | Slice:
    if not isinstance(part, gast.Slice):
        return _selected(context, *next(found))
    bounds = (None if bound is None else next(found) for bound in _bounds(part))
    atoms = (None if bound is None else context.as_atom(*bound) for bound in bounds)
    return Slice(*(None if atom == Const(None) else atom for atom in atoms))


def _bounds(part: Any) -> tuple[Any, Any, Any]:
    return part.lower, part.upper, part.step


def array_of(context: Context, node: Any, owner: Value) -> Name:
    """The array of a subscript that is stored to, as a name."""
    array = context.as_atom(owner, node.value)
    if not isinstance(array, Name):
        context.refuse("an item of a constant is assigned.", node, "use a NumPy array")
    return array
