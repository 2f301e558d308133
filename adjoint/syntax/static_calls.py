"""Calls whose result is known when compiling: `isinstance`, `hasattr`, `np.ndim`, …"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.program.core import Call, Const
from adjoint.syntax import resolve
from adjoint.syntax.calls import arguments, special_call
from adjoint.syntax.containers import as_key, contents
from adjoint.syntax.context import Context
from adjoint.syntax.static_types import class_of, is_instance, known_attribute, type_of
from adjoint.syntax.terms import attribute_of
from adjoint.syntax.translate import expression
from adjoint.syntax.values import Closure, Known, Method, Value


@special_call(isinstance)
def _isinstance(context: Context, node: Any) -> Value | None:
    value, classes = arguments(context, node).positional
    return Const(is_instance(context, value, as_key(context, classes, node), node))


@special_call(issubclass, np.issubdtype)
def _issubclass(context: Context, node: Any) -> Value | None:
    found = arguments(context, node).positional
    one, other = (as_key(context, value, node) for value in found)
    if isinstance(one, np.dtype):
        return Const(np.issubdtype(one, other))
    return Const(issubclass(one, other))


@special_call(type)
def _type(context: Context, node: Any) -> Value | None:
    (value,) = arguments(context, node).positional
    found = class_of(context, value, node)
    if found is None:
        context.refuse("the type of this is known only when running.", node)
    return resolve.from_object(context, found, found.__name__)


@special_call(callable)
def _callable(context: Context, node: Any) -> Value | None:
    (value,) = arguments(context, node).positional
    pack = contents(context, value)
    if pack is not None:
        return Const(any("__call__" in vars(base) for base in pack.kind.__mro__))
    if isinstance(value, Known):
        return Const(callable(value.value))
    return Const(isinstance(value, Closure | Method))


@special_call(hasattr)
def _hasattr(context: Context, node: Any) -> Value | None:
    value, name = arguments(context, node).positional
    name = as_key(context, name, node)
    pack = contents(context, value)
    if pack is not None:
        return Const(pack.get(name) is not None or hasattr(pack.kind, name))
    if isinstance(value, Known):
        return Const(hasattr(value.value, name))
    kind = class_of(context, value, node)
    if kind is None:
        context.refuse("the type of this is known only when running.", node)
    return Const(hasattr(kind, name))


@special_call(getattr)
def _getattr(context: Context, node: Any) -> Value | None:
    value, name, *default = arguments(context, node).positional
    name = as_key(context, name, node)
    pack = contents(context, value)
    missing = pack is not None and pack.get(name) is None and not hasattr(pack.kind, name)
    if isinstance(value, Known):
        missing = not hasattr(value.value, name)
    if missing and default:
        return default[0]
    return attribute_of(context, value, name, node)


@special_call(np.ndim)
def _ndim(context: Context, node: Any) -> Value | None:
    (value,) = arguments(context, node).positional
    above = 0
    while (pack := contents(context, value)) is not None and pack.items:
        value, above = pack.items[0], above + 1
    if isinstance(value, Const):
        return Const(above)
    atom = context.as_atom(value, node)
    known = known_attribute(context, atom, "ndim", node)
    if isinstance(known, Const):
        return Const(above + known.value)
    if above:
        context.refuse("how many axes this has is known only when running.", node)
    return Call(np.ndim, (atom,))


@special_call(np.isscalar)
def _isscalar(context: Context, node: Any) -> Value | None:
    (value,) = arguments(context, node).positional
    kind = class_of(context, value, node)
    if kind is None:
        context.refuse("the type of this is known only when running.", node)
    return Const(issubclass(kind, bool | int | float | complex | str | np.generic))


@special_call(np.iscomplexobj, np.isrealobj)
def _iscomplex(context: Context, node: Any) -> Value | None:
    (value,) = arguments(context, node).positional
    atom = context.as_atom(value, node)
    found = type_of(context, atom, node)
    if found is None and not isinstance(atom, Const):
        context.refuse("the type of this is known only when running.", node)
    element = getattr(found, "dtype", found)
    is_complex = isinstance(element, types.Complex) or (
        isinstance(atom, Const) and isinstance(atom.value, complex)
    )
    wanted = getattr(expression(context, node.func), "value", None) is np.iscomplexobj
    return Const(is_complex is wanted)


@special_call(np.result_type)
def _result_type(context: Context, node: Any) -> Value | None:
    """NumPy's promotion, in which a scalar of the program counts as Python's."""
    found = [_promotes_as(context, value, node) for value in arguments(context, node).positional]
    return Const(np.result_type(*found))


def _promotes_as(context: Context, value: Value, node: Any) -> Any:
    if isinstance(value, Const):
        return value.value
    atom = context.as_atom(value, node)
    found = type_of(context, atom, node)
    if isinstance(found, types.Array):
        return as_dtype(found.dtype)
    kind = class_of(context, atom, node)
    if kind is None:
        context.refuse("the type of this is known only when running.", node)
    return kind if issubclass(kind, np.generic) else kind()
