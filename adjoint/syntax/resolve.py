"""From a free name or a module's attribute to the object it means, and what is known of it.

Every read of a global, of a closure variable or of a user module's attribute is recorded as a
`Dependency`: the program holds the value of this moment.
"""

from __future__ import annotations

import builtins
import dataclasses
import functools
from collections.abc import Callable
from types import BuiltinMethodType, MethodType, ModuleType
from typing import Any

import numpy as np

from adjoint.expansions import stand_in
from adjoint.program.core import Const, Dependency, Name
from adjoint.syntax.callees import own_value
from adjoint.syntax.context import Context
from adjoint.syntax.units import Frame
from adjoint.syntax.values import (
    SITE_OF_ARGUMENT,
    Conflict,
    Known,
    Pack,
    Value,
    is_constant,
    is_library_module,
)

_MISSING = object()


def lookup(context: Context, name: str, node: Any) -> Value:
    """What a name means in the frame: a local, a closure variable, a global or a builtin."""
    frame: Frame | None = context.frame
    while frame is not None:
        if name in frame.bindings:
            found = frame.bindings[name]
            if isinstance(found, Conflict):
                context.as_expr(found, node)
            return own_value(context, found, frame, name)
        if name in frame.local:
            return own_value(context, Name(_variable(frame, name)), frame, name)
        outermost, frame = frame, frame.parent
    return _free(context, outermost.function, name, node)


def _variable(frame: Frame, name: str) -> str:
    if name not in frame.variables:
        frame.variables[name] = frame.unit.names.variable(name)
    return frame.variables[name]


def _free(context: Context, function: Any, name: str, node: Any) -> Value:
    where, current = _reader(function, name)
    obj = current()
    if obj is _MISSING:
        context.refuse(f"the name `{name}` is not defined.", node, "define it before the call")
    if obj is getattr(builtins, name, _MISSING):
        return Known(obj, name) if not is_constant(obj) else Const(obj)
    return from_object(context, obj, name, current, (id(where), name))


def _reader(function: Any, name: str) -> tuple[Any, Callable[[], Any]]:
    """Where a free variable of the function is kept, and what reads it, again at each call."""
    code = function.__code__
    if name in code.co_freevars:
        cell = function.__closure__[code.co_freevars.index(name)]

        def from_cell() -> Any:
            try:
                return cell.cell_contents
            except ValueError:  # not assigned yet
                return _MISSING

        return cell, from_cell
    namespace = function.__globals__
    return namespace, lambda: namespace.get(name, getattr(builtins, name, _MISSING))


def from_object(
    context: Context,
    obj: Any,
    path: str,
    current: Callable[[], Any] | None = None,
    key: object = None,
) -> Value:
    """What an object from outside is in the program.

    `current` reads it again where it can change; then `key` tells its variable from others, and
    the dependency is recorded.
    """
    if current is not None and not isinstance(obj, ModuleType):
        context.unit.dependencies.setdefault(key, _dependency(path, obj, current))
    return _value(context, obj, path, current)


def _dependency(path: str, obj: Any, current: Callable[[], Any]) -> Dependency:
    """A bound method is a new object at each access; its function is not.

    That of a built-in type has no such function, but equals the one of the access before.
    """
    if isinstance(obj, MethodType):
        return Dependency(path, obj.__func__, lambda: getattr(current(), "__func__", _MISSING))
    if isinstance(obj, BuiltinMethodType):
        return Dependency(path, obj, functools.partial(_same_method, current, obj))
    return Dependency(path, obj, current)


def _same_method(current: Callable[[], Any], method: BuiltinMethodType) -> Any:
    now = current()
    return method if isinstance(now, BuiltinMethodType) and now == method else now


def _value(context: Context, obj: Any, path: str, current: Callable[[], Any] | None) -> Value:
    if isinstance(obj, np.ndarray | np.random.Generator):
        return Name(_capture(context, obj, path))
    if is_constant(obj):
        return Const(_plain(obj))
    if isinstance(obj, tuple):
        items = tuple(_value(context, item, f"{path}_{k}", None) for k, item in enumerate(obj))
        fields = getattr(obj, "_fields", None)
        return Pack(items) if fields is None else Pack(items, type(obj), fields)
    kind = stand_in(type(obj))
    if kind is not None:
        return _stand_in(context, obj, kind, path, current)
    return Known(obj, path, current)


def _stand_in(
    context: Context, obj: Any, kind: Any, path: str, current: Callable[[], Any] | None
) -> Pack:
    """A library's object as an instance of what stands for its class, its fields read again."""

    def field(name: str) -> Value:
        read = functools.partial(_field, current or (lambda: obj), name)
        return from_object(context, getattr(obj, name), f"{path}_{name}", read, (id(obj), name))

    names = tuple(entry.name for entry in dataclasses.fields(kind))
    return Pack(tuple(map(field, names)), kind, names, frozenset({SITE_OF_ARGUMENT}))


def _field(current: Callable[[], Any], name: str) -> Any:
    return getattr(current(), name, _MISSING)


def _plain(obj: Any) -> Any:
    """NumPy's double, integer and bool as Python's, which compute alike and print better."""
    if isinstance(obj, np.float64 | np.int64 | np.bool_ | np.complex128):
        return obj.item()
    return obj


def _capture(context: Context, array: Any, path: str) -> str:
    captures = context.unit.captures
    for name, known in captures.items():
        if known is array:
            return name
    name = context.unit.names.variable(path.rpartition(".")[2])
    captures[name] = array
    return name


def opened(context: Context, owner: Known) -> Pack:
    """The items of a tuple, list or dict from outside, each read again where it can change."""
    obj, read = owner.value, owner.current

    def whole() -> Any:
        return obj if read is None else read()

    def keys() -> str:
        now = whole()
        return repr(tuple(now)) if isinstance(now, dict) else f"{type(now)} {len(now)}"

    name = f"the keys of {owner.path}"
    context.unit.dependencies.setdefault((id(obj), "keys"), Dependency(name, keys(), keys))
    pairs = obj.items() if isinstance(obj, dict) else enumerate(obj)
    items = tuple(
        from_object(
            context,
            item,
            f"{owner.path}_{key}",
            functools.partial(_item, whole, key),
            (id(obj), key),
        )
        for key, item in pairs
    )
    kind = next(kind for kind in (dict, list, tuple) if isinstance(obj, kind))
    return Pack(items, kind, tuple(obj) if kind is dict else (), frozenset({SITE_OF_ARGUMENT}))


def _item(whole: Callable[[], Any], key: Any) -> Any:
    try:
        return whole()[key]
    except (LookupError, TypeError):
        return _MISSING


def fixed_attribute(context: Context, owner: object, name: str, node: Any) -> Value:
    """`owner.name` of a constant: a string, a dtype, a class of NumPy's scalars."""
    found = getattr(owner, name, _MISSING)
    if found is _MISSING:
        context.refuse(f"`{owner!r}` has no attribute `{name}`.", node)
    return from_object(context, found, f"{owner!r}.{name}")


def attribute(context: Context, owner: Known, name: str, node: Any) -> Value:
    """`owner.name` of an object that is known when compiling."""
    obj = getattr(owner.value, name, _MISSING)
    if obj is _MISSING:
        context.refuse(f"`{owner.path}` has no attribute `{name}`.", node)
    path = f"{owner.path}.{name}"
    if is_library_module(owner.value):
        return Const(_plain(obj)) if is_constant(obj) else Known(obj, path)
    read = owner.current

    def current() -> Any:
        return getattr(owner.value if read is None else read(), name, _MISSING)

    return from_object(context, obj, path, current, (id(owner.value), name))
