"""The front-end's pipeline: read, resolve and translate, then passes over the program."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import gast

from adjoint.errors import UnsupportedSyntax
from adjoint.program.core import Const, Name, Program, Return
from adjoint.syntax import (  # noqa: F401  (each registers what it translates)
    assignments,
    booleans,
    builtin_calls,
    calls,
    comparisons,
    control,
    inline,
    loops,
    operators,
    resolve,
    statements,
    terms,
)
from adjoint.syntax.absent import flag_absent_numbers
from adjoint.syntax.calls import Arguments
from adjoint.syntax.context import Context, Unit
from adjoint.syntax.copies import propagate_copies
from adjoint.syntax.names import RESERVED, Names
from adjoint.syntax.read_source import location, python_function, read_source
from adjoint.syntax.scopes import own_nodes
from adjoint.syntax.values import Known, MaybeNone, Value
from adjoint.syntax.versions import rename_versions

_NOTHING: Mapping[str, object] = {}


def parse(
    function: Callable[..., Any],
    static: Mapping[str, object] = _NOTHING,
    is_primitive: Callable[[object], bool] = lambda function: False,
) -> Program:
    """The function as a program in the array dialect, in strict A-normal form.

    Parameters
    ----------
    function : a function, lambda or Numba dispatcher whose source can be read.
    static : values of parameters that are constants of this specialisation (None, a flag, a
        mode, a function); they are no parameters of the program.
    is_primitive : tells of a user's function that it has a rule, so that it is not inlined.

    Raises
    ------
    SourceNotAvailable : there is no Python source.
    UnsupportedSyntax : something in the function, or in one that it calls, is outside the
        language; the error shows where.
    NoRule : a compiled function without a rule is called.
    """
    plain = python_function(function)
    tree, source = read_source(plain)
    decorated = _is_decorated(plain, tree)
    params = [p for p in _params(plain, tree, source, decorated) if p not in static]
    frame = inline.make_frame(tree, source, plain)
    unit = Unit(Names((*frame.local, *params)), is_primitive)
    context = Context(unit, frame)
    frame.variables = {name: name for name in params}
    frame.defined.update(params)
    result = unit.names.result("result")
    if decorated:
        value = _call_of(context, plain, tree, static)
    else:
        frame.variables.update((n, n) for n in frame.local if n not in RESERVED)
        _enter_static(context, tree, static)
        with inline.entered(context, tree, source, plain.__name__, tree):
            value = inline.body_value(context, tree, result)
    _finish(context, tree, value, result)
    program = Program(
        name=_function_name(plain),
        params=(*params, *unit.captures),
        body=context.done(),
        source=source,
        captures=dict(unit.captures),
        dependencies=tuple(unit.dependencies.values()),
    )
    return propagate_copies(flag_absent_numbers(rename_versions(program, unit.names), unit.names), unit.names)


def _is_decorated(function: Any, tree: Any) -> bool:
    """Whether this is a wrapper `(*args, **kwargs)` that has another function's signature."""
    arguments = tree.args
    return hasattr(function, "__wrapped__") and bool(arguments.vararg or arguments.kwarg)


def _call_of(context: Context, function: Any, tree: Any, static: Mapping[str, object]) -> Value:
    """The value of a wrapper, called with the parameters of the function that it wraps."""
    positional: list[Value] = []
    keywords: dict[str, Value] = {}
    for name, param in inspect.signature(function).parameters.items():
        value: Value = Name(name)
        if name in static:
            value = resolve.from_object(context, static[name], name)
        if param.kind is param.KEYWORD_ONLY:
            keywords[name] = value
        else:
            positional.append(value)
    args = Arguments(tuple(positional), keywords)
    return inline.inline(context, Known(function, function.__name__), args, tree, None)


def _params(function: Any, tree: Any, source: Any, decorated: bool) -> list[str]:
    if decorated:
        return list(inspect.signature(function).parameters)
    if isinstance(tree, gast.AsyncFunctionDef):
        raise UnsupportedSyntax("`async def` is not supported.", location(source, tree))
    arguments = tree.args
    for starred in (arguments.vararg, arguments.kwarg):
        if starred is not None:
            raise UnsupportedSyntax(
                f"the function takes any number of arguments (`{starred.id}`).",
                location(source, starred),
                "give each parameter a name",
            )
    return [p.id for p in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def _enter_static(context: Context, tree: Any, static: Mapping[str, object]) -> None:
    bound: dict[str, Value] = {
        name: resolve.from_object(context, value, name) for name, value in static.items()
    }
    inline.enter(context, context, bound, tree, tree)


def _finish(context: Context, tree: Any, value: Value, result: str) -> None:
    """Add the `Return`, of the user's own name for the result or else of `result`."""
    if isinstance(value, MaybeNone) or value == Const(None):
        raise UnsupportedSyntax(
            f"`{getattr(tree, 'name', 'lambda')}` may return None: there is a path without "
            "`return` of a value.",
            context.at(tree),
            "return a number or an array on every path",
        )
    at = context.at(_last_value(tree))
    expr = context.as_expr(value, _last_value(tree))
    if not isinstance(expr, Name | Const):
        context.assign(result, expr, _last_value(tree))
        expr = Name(result)
    context.emit(Return(expr, at=at))


def _last_value(tree: Any) -> Any:
    if isinstance(tree, gast.Lambda):
        return tree.body
    found = own_nodes(tree.body)
    returns = [n for n in found if isinstance(n, gast.Return) and n.value is not None]
    return returns[-1].value if returns else tree


def _function_name(function: Any) -> str:
    name = function.__name__
    return name if name.isidentifier() else "function"
