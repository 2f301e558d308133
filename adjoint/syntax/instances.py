"""Instances of classes: made, their attributes looked up, their methods called.

A class's methods are inlined like functions. Named tuples and dataclasses have no source for what
`collections` and `dataclasses` write for them, so their fields are bound here.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import inspect
import types
from collections.abc import Mapping
from typing import Any

import numpy as np

from adjoint.expansions import is_stand_in
from adjoint.program.core import Call
from adjoint.syntax import resolve
from adjoint.syntax.calls import Arguments, applier, apply_function, arguments, special_call
from adjoint.syntax.containers import contents, dunder, make, set_contents, with_items
from adjoint.syntax.context import Context
from adjoint.syntax.static_types import is_array
from adjoint.syntax.terms import looks_up
from adjoint.syntax.translate import expression
from adjoint.syntax.values import EXPRESSIONS, Columns, Known, Method, Pack, Record, Super, Value

_MISSING = object()


def is_class(value: Value) -> bool:
    """Whether calling the value makes an instance whose attributes are kept apart."""
    kind = value.value if isinstance(value, Known) else None
    if not isinstance(kind, type) or issubclass(kind, BaseException | type):
        return False
    return is_named_tuple(kind) or _is_plain(kind)


def is_named_tuple(kind: type) -> bool:
    """Whether a class is one of `collections.namedtuple` or `typing.NamedTuple`."""
    return issubclass(kind, tuple) and hasattr(kind, "_fields")


def _is_plain(kind: type) -> bool:
    """Whether the attributes that `__init__` sets are all that an instance is."""
    own = type(kind) is type and kind.__new__ is object.__new__
    return own and all(base.__module__ != "builtins" or base is object for base in kind.__mro__)


@applier(is_class)
def construct(
    context: Context, callee: Any, args: Arguments, node: Any, into: str | None = None
) -> Value:
    """`kind(*args)`."""
    kind: Any = callee.value
    if is_named_tuple(kind):
        fields = bind_fields(context, kind, kind._fields, kind._field_defaults, args, node)
        return Pack(tuple(fields.values()), kind, tuple(fields))
    initialise = inspect.getattr_static(kind, "__init__")
    if dataclasses.is_dataclass(kind) and _is_generated(initialise):
        fields = _dataclass_fields(context, kind, args, node)
        made = make(context, Pack(tuple(fields.values()), callee.value, tuple(fields)), node)
        if hasattr(kind, "__post_init__"):
            return _initialised(context, made, kind.__post_init__, Arguments((), {}), node)
        return made
    empty = make(context, Pack((), callee.value), node)
    if initialise is object.__init__:
        if args.positional or args.keywords:
            context.refuse(f"`{kind.__name__}` takes no arguments.", node)
        return empty
    return _initialised(context, empty, initialise, args, node)


def _initialised(
    context: Context, made: Value, initialise: Any, args: Arguments, node: Any
) -> Value:
    """The instance after its `__init__`, which assigns its attributes.

    While it is being made it is changed in place; once made it is a value again, if nothing else
    changes it.
    """
    record = made
    if isinstance(made, Pack):
        (site,) = made.sites
        record = Record(made.kind.__name__.lower(), site, made.kind)
        set_contents(context, record, made, node)
    function = Known(initialise, getattr(initialise, "__qualname__", "__init__"))
    apply_function(context, function, args.after(record), node)
    if not isinstance(made, Pack):
        return made
    assert isinstance(record, Record)
    return dataclasses.replace(context.unit.heap[record], sites=made.sites)


def _is_generated(function: Any) -> bool:
    """Whether `dataclasses` has written the function."""
    return getattr(function, "__code__", None) is not None and (
        function.__code__.co_filename == "<string>"
    )


def bind_fields(
    context: Context,
    kind: type,
    names: tuple[str, ...],
    defaults: Mapping[str, Any],
    args: Arguments,
    node: Any,
) -> dict[str, Value]:
    """A value for each field, from arguments and defaults."""
    if len(args.positional) > len(names):
        context.refuse(f"`{kind.__name__}` takes {len(names)} arguments.", node)
    given = dict(zip(names, args.positional, strict=False))
    for key, value in args.keywords.items():
        if key in given or key not in names:
            context.refuse(f"`{kind.__name__}` cannot take the argument `{key}` here.", node)
        given[key] = value
    found: dict[str, Value] = {}
    for name in names:
        if name not in given and name not in defaults:
            context.refuse(f"`{kind.__name__}` needs the argument `{name}`.", node)
        if name in given:
            found[name] = given[name]
        else:
            found[name] = resolve.from_object(context, defaults[name], name)
    return found


def _dataclass_fields(context: Context, kind: Any, args: Arguments, node: Any) -> dict[str, Value]:
    fields = dataclasses.fields(kind)
    defaults = {f.name: f.default for f in fields if f.default is not dataclasses.MISSING}
    factories = {
        f.name: f.default_factory for f in fields if f.default_factory is not dataclasses.MISSING
    }
    positional = tuple(f.name for f in fields if f.init and not f.kw_only)
    count = len(args.positional)
    if count > len(positional):
        context.refuse(f"`{kind.__name__}` takes {len(positional)} positional arguments.", node)
    named = Arguments((), {**dict(zip(positional, args.positional, strict=False)), **args.keywords})
    made = {
        name: _from_factory(context, factory, name, node)
        for name, factory in factories.items()
        if name not in named.keywords
    }
    initial = tuple(f.name for f in fields if f.init)
    named = Arguments((), {**{k: v for k, v in made.items() if k in initial}, **named.keywords})
    found = bind_fields(context, kind, initial, defaults, named, node)
    for field in fields:
        if not field.init and (field.name in made or field.name in defaults):
            found[field.name] = made.get(field.name) or resolve.from_object(
                context, defaults[field.name], field.name
            )
    return found


def _from_factory(context: Context, factory: Any, name: str, node: Any) -> Value:
    """A field's value from its `default_factory`."""
    if factory in (list, dict):
        return make(context, Pack((), factory), node, name)
    return apply_function(context, Known(factory, name), Arguments((), {}), node)


# --------------------------------------------------------------------------- attributes


@looks_up(Pack, Record)
def attribute(context: Context, owner: Value, name: str, node: Any) -> Value:
    """`owner.name` of an instance, a named tuple, a list or a dict."""
    pack = contents(context, owner)
    assert pack is not None
    kind = pack.kind
    found = inspect.getattr_static(kind, name, _MISSING)
    if isinstance(found, property):
        return apply_function(context, Known(found.fget, name), Arguments((owner,), {}), node)
    own = pack.get(name)
    if own is not None:
        return own
    if is_named_tuple(kind) and name in ("_replace", "_asdict"):
        return Method(None, owner, name)
    match found:
        case types.FunctionType():
            return Method(found, owner, f"{kind.__name__}.{name}")
        case staticmethod():
            return Known(found.__func__, f"{kind.__name__}.{name}")
        case classmethod():
            return Method(found.__func__, Known(kind, kind.__name__), name)
        case functools.cached_property():
            return apply_function(context, Known(found.func, name), Arguments((owner,), {}), node)
    if found is _MISSING and is_stand_in(kind):
        context.refuse(
            f"`.{name}` of a {kind.__name__} is not supported.",
            node,
            "compute it before the call, or write down its formula",
        )
    if found is _MISSING:
        context.refuse(
            f"this {kind.__name__} has no attribute `{name}` here, or not on every path.", node
        )
    if name == "__class__":
        return Known(kind, kind.__name__)
    if kind.__module__ == "builtins" or callable(found):
        return Method(found, owner, name)
    return resolve.attribute(context, Known(kind, kind.__name__), name, node)


@dunder
def _special_method(
    context: Context, name: str, owner: Value, args: tuple[Value, ...], node: Any
) -> Value:
    method = attribute(context, owner, name, node)
    return apply_function(context, method, Arguments(args, {}), node)


# --------------------------------------------------------------------------- library functions


@special_call(dataclasses.replace)
def _replace(context: Context, node: Any) -> Value | None:
    args = arguments(context, node)
    return with_items(context, args.positional[0], args.keywords, node)


@special_call(dataclasses.asdict, dataclasses.astuple)
def _as_builtin(context: Context, node: Any) -> Value | None:
    (owner,) = arguments(context, node).positional
    pack = contents(context, owner)
    if pack is None:
        context.refuse("this is no dataclass.", node)
    if getattr(expression(context, node.func), "value", None) is dataclasses.astuple:
        return Pack(pack.items)
    return make(context, Pack(pack.items, dict, pack.keys), node)


@special_call(copy.copy)
def _copy(context: Context, node: Any) -> Value | None:
    (owner,) = arguments(context, node).positional
    return _copied(context, owner, node, deep=False)


@special_call(copy.deepcopy)
def _deep_copy(context: Context, node: Any) -> Value | None:
    (owner,) = arguments(context, node).positional
    return _copied(context, owner, node, deep=True)


def _copied(context: Context, owner: Value, node: Any, deep: bool) -> Value:
    """A copy of a container, or of an array."""
    pack = contents(context, owner)
    if pack is not None:
        items = pack.items
        if deep:
            items = tuple(_copied(context, item, node, deep) for item in items)
        same_kind = Pack(items, pack.kind, pack.keys)
        return same_kind if issubclass(pack.kind, tuple) else make(context, same_kind, node)
    if isinstance(owner, EXPRESSIONS) and is_array(context, owner, node):
        return Call(np.copy, (context.as_atom(owner, node),))
    return owner


# --------------------------------------------------------------------------- super


@special_call(super)
def _super(context: Context, node: Any) -> Value | None:
    if node.args:
        return context.refuse("super() with arguments is not supported.", node)
    function = context.frame.function
    code = function.__code__
    if "__class__" not in code.co_freevars:
        return context.refuse("super() is used outside of a method.", node)
    behind = function.__closure__[code.co_freevars.index("__class__")].cell_contents
    owner = resolve.lookup(context, code.co_varnames[0], node)
    return Super(behind, owner)


@looks_up(Columns)
def _of_columns(context: Context, owner: Columns, name: str, node: Any) -> Value:
    return Method(None, owner, name)


@looks_up(Super)
def _inherited(context: Context, value: Super, name: str, node: Any) -> Value:
    pack = contents(context, value.owner)
    kind = type(getattr(value.owner, "value", None)) if pack is None else pack.kind
    order = kind.__mro__
    for base in order[order.index(value.behind) + 1 :]:
        if name in vars(base):
            found = vars(base)[name]
            if isinstance(found, types.FunctionType):
                return Method(found, value.owner, f"{base.__name__}.{name}")
            if found is object.__init__:
                return Known(_nothing, name)
            break
    return context.refuse(f"super() has no method `{name}` here.", node)


def _nothing(self: Any) -> None:
    """What `object.__init__` does."""
