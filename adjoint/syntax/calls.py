"""Calls: which stay calls, which are inlined, and what array methods are called as functions."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gast

from adjoint.errors import NoRule
from adjoint.program.core import Call, Const, Name
from adjoint.syntax import resolve
from adjoint.syntax.context import Context
from adjoint.syntax.methods import method
from adjoint.syntax.terms import as_tuple, items
from adjoint.syntax.translate import expression, into_form
from adjoint.syntax.values import Closure, Keywords, Known, Value, is_library, is_standard


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


@into_form(gast.Call)
def call(context: Context, node: Any, into: str | None = None) -> Value:
    """Translate a call; `into` is the variable that the result is meant for, if any."""
    callee = _callee(context, node)
    if isinstance(callee, _Method):
        evaluated = arguments(context, node)
        return method(context, callee.name, callee.array, evaluated, node)
    handler = _special_for(callee)
    if handler is not None:
        result = handler(context, node)
        if result is not None:
            return result
    return apply_function(context, callee, arguments(context, node), node, into)


@dataclass(frozen=True)
class _Method:
    array: Const | Name
    name: str


def _callee(context: Context, node: Any) -> Value | _Method:
    if not isinstance(node.func, gast.Attribute):
        return expression(context, node.func)
    owner = expression(context, node.func.value)
    if isinstance(owner, Known):
        return resolve.attribute(context, owner, node.func.attr, node.func)
    return _Method(context.as_atom(owner, node.func.value), node.func.attr)


def _special_for(callee: Value | _Method) -> _Special | None:
    function = callee.value if isinstance(callee, Known | Const) else None
    try:
        return _special.get(function)
    except TypeError:  # an unhashable callable object
        return None


def arguments(context: Context, node: Any) -> Arguments:
    """Evaluate the arguments of a call, left to right."""
    nodes = [*node.args, *(keyword.value for keyword in node.keywords)]
    values = items(context, [as_tuple(argument) for argument in nodes])
    count = len(values) - len(node.keywords)
    named: dict[str, Value] = {}
    for keyword, value in zip(node.keywords, values[count:], strict=True):
        if keyword.arg is not None:
            named[keyword.arg] = value
        elif isinstance(value, Keywords):
            named.update(value.items)
        else:
            context.refuse("`**` needs keywords known when compiling.", keyword.value)
    return Arguments(tuple(values[:count]), named)


def apply_function(
    context: Context, callee: Any, args: Arguments, node: Any, into: str | None = None
) -> Value:
    """The value of a call with evaluated arguments."""
    function = callee.value if isinstance(callee, Known | Const) else None
    if isinstance(function, functools.partial):
        return _apply_partial(context, callee, args, node, into)
    if isinstance(callee, Closure):
        return _inline[0](context, callee, args, node, into)
    if function is None or not callable(function):
        context.refuse("what is called here is not a function.", node.func)
    if stays_call(context, function):
        return library_call(context, function, args, node)
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


def stays_call(context: Context, function: Any) -> bool:
    """Whether a function is called by the program, rather than inlined in it."""
    marked = context.unit.is_primitive(function) or hasattr(function, "__adjoint_gradient__")
    return marked or is_library(function)


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
