"""Calls: which stay calls, which are inlined, and what array methods are called as functions."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np
from numba.core import types as numba_types

from adjoint.errors import NoRule
from adjoint.expansions import expands_call, expansion_of, is_settled
from adjoint.program.core import Call, Const, Item, Name
from adjoint.program.user_rules import user_rule_of
from adjoint.syntax import containers, resolve
from adjoint.syntax.array_like import array_arguments
from adjoint.syntax.builtin_methods import builtin_method, columns_method
from adjoint.syntax.context import Context
from adjoint.syntax.elementwise import is_elementwise
from adjoint.syntax.methods import as_function, method
from adjoint.syntax.static_types import type_of
from adjoint.syntax.terms import attribute_of, items
from adjoint.syntax.translate import expression, into_form
from adjoint.syntax.ufunc_calls import ufunc_call
from adjoint.syntax.values import (
    EXPRESSIONS,
    Closure,
    Columns,
    Known,
    Method,
    Pack,
    Record,
    Value,
    is_library,
    is_number,
    is_standard,
)


@dataclass(frozen=True)
class Arguments:
    """Arguments of a call, evaluated."""

    positional: tuple[Value, ...]
    keywords: Mapping[str, Value]

    def after(self, *first: Value) -> Arguments:
        """The same with further positional arguments in front."""
        return Arguments((*first, *self.positional), self.keywords)


_Special = Callable[[Context, Any], "Value | None"]
_Inline = Callable[[Context, Any, "Arguments", Any, "str | None"], Value]

_special: dict[Any, _Special] = {}
_inline: list[_Inline] = []
_ruled: list[Callable[..., Value]] = []
_appliers: list[tuple[Callable[[Value], bool], _Inline]] = []


def special_call(*functions: Any) -> Callable[[_Special], _Special]:
    """Register a translation for calls of a builtin; it may return None to decline."""

    def register(translation: _Special) -> _Special:
        _special.update((function, translation) for function in functions)
        return translation

    return register


def inliner(translation: _Inline) -> _Inline:
    """Register what inlines a call of a user's function."""
    _inline.append(translation)
    return translation


def ruled_calls(translation: Any) -> Any:
    """Register what translates calls of functions that have a rule of the user's."""
    _ruled.append(translation)
    return translation


def applier(applies: Callable[[Value], bool]) -> Callable[[_Inline], _Inline]:
    """Register what translates calls of some kind of object."""

    def register(translation: _Inline) -> _Inline:
        _appliers.append((applies, translation))
        return translation

    return register


@into_form(gast.Call)
def call(context: Context, node: Any, into: str | None = None) -> Value:
    """Translate a call; `into` is the variable that the result is meant for, if any."""
    callee = _callee(context, node)
    if isinstance(callee, _ArrayMethod):
        evaluated = arguments(context, node)
        function, positional = as_function(callee.name, callee.array, evaluated.positional)
        whole = Arguments(positional, evaluated.keywords)
        if is_library(function) or _expansion(context, function, whole) is not None:
            return apply_function(context, Known(function, callee.name), whole, node, into)
        return method(context, callee.name, callee.array, evaluated, node)
    handler = _special_for(callee)
    if handler is not None:
        result = handler(context, node)
        if result is not None:
            return result
    return apply_function(context, callee, arguments(context, node), node, into)


@dataclass(frozen=True)
class _ArrayMethod:
    array: Const | Name
    name: str


def _callee(context: Context, node: Any) -> Value | _ArrayMethod:
    if not isinstance(node.func, gast.Attribute):
        return expression(context, node.func)
    owner = expression(context, node.func.value)
    if isinstance(owner, EXPRESSIONS) and (is_number(owner) or not isinstance(owner, Const)):
        return _ArrayMethod(context.as_atom(owner, node.func.value), node.func.attr)
    return attribute_of(context, owner, node.func.attr, node.func)


def _special_for(callee: Value | _ArrayMethod) -> _Special | None:
    function = callee.value if isinstance(callee, Known | Const) else None
    try:
        return _special.get(function)
    except TypeError:  # an unhashable callable object
        return None


def arguments(context: Context, node: Any) -> Arguments:
    """Evaluate the arguments of a call, left to right."""
    nodes = [*node.args, *(keyword.value for keyword in node.keywords)]
    values = items(context, nodes)
    count = len(values) - len(node.keywords)
    named: dict[str, Value] = {}
    for keyword, value in zip(node.keywords, values[count:], strict=True):
        pack = containers.contents(context, value)
        if keyword.arg is not None:
            named[keyword.arg] = value
        elif pack is not None and pack.kind is dict:
            named.update(zip(pack.keys, pack.items, strict=True))
        else:
            context.refuse("`**` needs keywords known when compiling.", keyword.value)
    return Arguments(tuple(values[:count]), named)


def apply_function(
    context: Context, callee: Any, args: Arguments, node: Any, into: str | None = None
) -> Value:
    """The value of a call with evaluated arguments."""
    callee, positional, keywords = ufunc_call(context, callee, args.positional, args.keywords)
    args = Arguments(positional, keywords)
    function = callee.value if isinstance(callee, Known | Const) else None
    if isinstance(function, functools.partial):
        return _apply_partial(context, callee, args, node, into)
    if isinstance(callee, Closure):
        return _inline[0](context, callee, args, node, into)
    if isinstance(callee, Method):
        return _call_method(context, callee, args, node, into)
    if isinstance(callee, Pack | Record):
        bound = attribute_of(context, callee, "__call__", node)
        return apply_function(context, bound, args, node, into)
    if function is None or not callable(function):
        context.refuse("what is called here is not a function.", node.func)
    args = Arguments(*array_arguments(context, function, args.positional, args.keywords, node))
    user = user_rule_of(function)
    if user is not None and user not in context.unit.plainly:
        return _ruled[0](context, callee, args, node, into, _inline[0])
    expansion = _expansion(context, function, args)
    if expansion is not None:
        place, args = context.standing_at(node), _with_shapes(context, args, node)
        return _inline[0](place, Known(expansion, _path(callee, node)), args, node, into)
    if is_settled(function):
        return _evaluated(context, function, args, node)
    # `np.random.normal` is a method too, of NumPy's own generator.
    owner = getattr(function, "__self__", None)
    if (
        isinstance(function, types.MethodType)
        and is_library(function)
        and not isinstance(owner, np.random.RandomState)
    ):
        raise NoRule(
            f"`{_path(callee, node)}` is a method of a library's object without a formula here.",
            context.at(node),
            "write its formula",
        )
    if stays_call(context, function):
        return library_call(context, function, args, node)
    if _is_method_of_constant(function) and _are_known(args):
        return _evaluated(context, function, args, node)
    if is_elementwise(function):
        return _inline[0](context, callee, args, node, into)
    for applies, translation in _appliers:
        if applies(callee):
            return translation(context, callee, args, node, into)
    if isinstance(function, types.MethodType):
        owner = resolve.from_object(context, function.__self__, _path(callee, node))
        bound = Known(function.__func__, _path(callee, node))
        return apply_function(context, bound, args.after(owner), node, into)
    if not isinstance(function, type) and isinstance(function.__call__, types.MethodType):
        method_of = Known(function.__call__, _path(callee, node))
        return apply_function(context, method_of, args, node, into)
    if is_standard(function) or not _is_python(function):
        raise NoRule(
            f"`{_path(callee, node)}` is neither Python source nor in the table of rules.",
            context.at(node),
            "give it a rule with `vjp_rule`, or write it with NumPy",
        )
    return _inline[0](context, callee, args, node, into)


def _expansion(context: Context, function: Any, args: Arguments) -> Callable[..., Any] | None:
    """What is written down for a call; inside it, the call is the library's."""
    found = expansion_of(function)
    if found is None or context.frame.function is found:
        return None
    return found if expands_call(found, len(args.positional), args.keywords) else None


def _is_method_of_constant(function: Any) -> bool:
    """Whether this is a method of a string or a dtype."""
    owner = getattr(function, "__self__", None)
    return isinstance(function, types.BuiltinMethodType) and isinstance(owner, str | np.dtype)


def _are_known(args: Arguments) -> bool:
    return all(map(containers.is_key, (*args.positional, *args.keywords.values())))


def _evaluated(context: Context, function: Any, args: Arguments, node: Any) -> Value:
    """What a function of constants gives; it is evaluated now."""
    if not _are_known(args):
        context.refuse("an argument of this has to be known when compiling.", node, "a constant")
    positional = [containers.as_key(context, arg, node) for arg in args.positional]
    named = {key: containers.as_key(context, arg, node) for key, arg in args.keywords.items()}
    try:
        found = function(*positional, **named)
    except (TypeError, ValueError, IndexError) as error:
        message = f"{error}."
    else:
        return resolve.from_object(context, found, "settled")
    return context.refuse(message, node)


def _with_shapes(context: Context, args: Arguments, node: Any) -> Arguments:
    """The arguments with each tuple of the program, `x.shape` say, as one whose items are known."""

    def known(value: Value) -> Value:
        found = type_of(context, value, node) if isinstance(value, Name) else None
        if not isinstance(value, Name) or not isinstance(found, numba_types.BaseTuple):
            return value
        items_of = (Item(value, (Const(k),)) for k in range(len(found)))
        return Pack(tuple(context.as_atom(item, node) for item in items_of))

    named = {key: known(value) for key, value in args.keywords.items()}
    return Arguments(tuple(map(known, args.positional)), named)


def _call_method(
    context: Context, callee: Method, args: Arguments, node: Any, into: str | None
) -> Value:
    if isinstance(callee.owner, Columns):
        return columns_method(context, callee.owner, callee.path, args, node)
    if isinstance(callee.function, types.FunctionType):
        function = Known(callee.function, callee.path)
        return apply_function(context, function, args.after(callee.owner), node, into)
    return builtin_method(context, callee.owner, callee.path, args, node)


def stays_call(context: Context, function: Any) -> bool:
    """Whether a function is called by the program, rather than inlined in it."""
    marked = context.unit.is_primitive(function)
    return marked or (is_library(function) and not is_elementwise(function))


def library_call(context: Context, function: Any, args: Arguments, node: Any) -> Call:
    """A call that stays one."""
    positional = tuple(context.as_atom(arg, node) for arg in args.positional)
    keywords = tuple((key, context.as_atom(arg, node)) for key, arg in args.keywords.items())
    return Call(function, positional, keywords)


def _apply_partial(
    context: Context, callee: Any, args: Arguments, node: Any, into: str | None
) -> Value:
    partial, path = callee.value, _path(callee, node)
    frozen = [
        resolve.from_object(context, obj, f"{path}_{k}") for k, obj in enumerate(partial.args)
    ]
    keywords = {
        key: resolve.from_object(context, obj, key) for key, obj in partial.keywords.items()
    }
    whole = Arguments((*frozen, *args.positional), {**keywords, **args.keywords})
    return apply_function(context, Known(partial.func, path), whole, node, into)


def _is_python(function: Any) -> bool:
    return isinstance(function, types.FunctionType) or any(
        hasattr(function, name) for name in ("py_func", "__wrapped__")
    )


def _path(callee: Any, node: Any) -> str:
    return getattr(callee, "path", None) or gast.unparse(node.func).strip()
