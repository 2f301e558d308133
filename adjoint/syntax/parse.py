"""The front-end's pipeline: read, resolve and translate, then passes over the program."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import gast

from adjoint.errors import UnsupportedSyntax
from adjoint.expansions import stand_in
from adjoint.program.core import Const, Name, Program, Return
from adjoint.program.structure import Branch, Leaf, Static, Structure, leaves
from adjoint.program.user_rules import user_rule_of
from adjoint.syntax import (  # noqa: F401  (each registers what it translates)
    assignments,
    booleans,
    builtin_calls,
    calls,
    comparisons,
    comprehensions,
    control,
    exceptions,
    generalised,
    gradients,
    grids,
    inline,
    instances,
    loops,
    matches,
    operators,
    resolve,
    scatter_calls,
    statements,
    static_calls,
    terms,
)
from adjoint.syntax.callees import Recurses, ReturnsOther, Shared, link, program_of
from adjoint.syntax.calls import Arguments
from adjoint.syntax.context import Context
from adjoint.syntax.facts import Facts, Reconsider
from adjoint.syntax.finished import finished
from adjoint.syntax.names import RESERVED, Names
from adjoint.syntax.questions import Questions
from adjoint.syntax.read_source import location, python_function, read_source
from adjoint.syntax.scopes import assigned_inside, assigned_names, last_returned, params_of
from adjoint.syntax.units import Unit
from adjoint.syntax.values import SITE_OF_ARGUMENT, Known, MaybeNone, Pack, Value

_NOTHING: Mapping[str, Structure] = {}


def parse(
    function: Callable[..., Any],
    structures: Mapping[str, Structure] = _NOTHING,
    is_primitive: Callable[[object], bool] = lambda function: False,
    questions: Questions | None = None,
) -> Program:
    """The function as a program in the array dialect, in strict A-normal form.

    Parameters
    ----------
    function : a function, lambda or Numba dispatcher whose source can be read. One with an
        attribute `__adjoint_calls__` stands for a call of that gradient.
    structures : what parameters look like that are not one number or array each: containers,
        whose leaves are parameters of the program, and values that it is made for.
    is_primitive : tells of a user's function that it has a rule, so that it is not inlined.
    questions : types of the parameters, and who types what has been translated so far.

    Raises
    ------
    SourceNotAvailable : there is no Python source.
    UnsupportedSyntax : something in the function, or in one that it calls, is outside the
        language; the error shows where.
    NoRule : a compiled function without a rule is called.
    """
    facts, shared = Facts(), Shared()
    while True:
        try:
            return _parse(
                function, structures, is_primitive, questions or Questions(), facts, shared
            )
        except Reconsider:
            shared = shared.renewed()
        except (Recurses, ReturnsOther) as found:
            shared.learn(found)
            shared = shared.renewed()


def _parse(
    function: Callable[..., Any],
    structures: Mapping[str, Structure],
    is_primitive: Callable[[object], bool],
    questions: Questions,
    facts: Facts,
    shared: Shared,
) -> Program:
    """The program, if translation does not find out what it should have known before."""
    gradient = getattr(function, "__adjoint_calls__", None)
    plain = python_function(function if gradient is None else gradient)
    tree, source = read_source(plain)
    ruled = user_rule_of(plain) is not None
    decorated = gradient is not None or ruled or _is_decorated(plain, tree)
    body = () if isinstance(tree, gast.Lambda) else tree.body
    local = {param.id for param in params_of(tree)} | assigned_names(body).keys()
    names = Names(sorted(local - assigned_inside(body)))
    given = {
        name: _named_apart(structures.get(name, Leaf(name)), names)
        for name in _params(plain, tree, source, decorated, structures)
    }
    params = tuple(leaf.name for structure in given.values() for leaf in leaves(structure))
    names.reserve(params)
    unit = Unit(names, is_primitive, facts, questions, shared=shared)
    unit.params, unit.rebound = params, frozenset(assigned_names(body))
    frame = inline.make_frame(unit, tree, source, plain)
    context = Context(unit, frame)
    frame.variables |= {n: n for n in sorted(frame.local - frame.shared) if n not in RESERVED}
    frame.variables |= {name: name for name in params if name in given and name not in frame.shared}
    frame.defined.update(params)
    result = names.result("result")
    values = {name: _value_of(context, given[name], name) for name in given}
    if decorated:
        value = _call_of(context, plain, tree, values, gradient)
    else:
        bound = {
            name: value
            for name, value in values.items()
            if value != Name(name) or name in frame.shared
        }
        inline.enter(context, context, bound, tree, tree)
        with inline.entered(context, tree, source, plain.__name__):
            value = inline.body_value(context, tree, result)
    _finish(context, tree, value, result)
    body = link(unit, context.done())
    for callee in shared.callees:
        program_of(callee, finished)
    program = Program(
        name=_function_name(plain),
        params=(*params, *unit.captures),
        body=body,
        source=source,
        captures=dict(unit.captures),
        dependencies=tuple(unit.dependencies.values()),
    )
    return finished(program, names)


def _named_apart(structure: Structure, names: Names) -> Structure:
    """A parameter's structure, under a name that generated code does not use itself."""
    if isinstance(structure, Leaf) and structure.name in RESERVED:
        return Leaf(names.variable(structure.name))
    return structure


def _value_of(context: Context, structure: Structure, path: str) -> Value:
    """What a parameter is at the start."""
    match structure:
        case Leaf(name):
            return Name(name)
        case Static(value):
            return resolve.from_object(context, value, path)
        case Branch(kind, keys, children):
            pairs = zip(keys, children, strict=True)
            items = tuple(_value_of(context, child, f"{path}_{key}") for key, child in pairs)
            kind = stand_in(kind) or kind
            fixed = issubclass(kind, tuple)
            sites = frozenset() if fixed else frozenset({SITE_OF_ARGUMENT})
            return Pack(items, kind, keys, sites)


def _is_decorated(function: Any, tree: Any) -> bool:
    """Whether this is a wrapper `(*args, **kwargs)` that has another function's signature."""
    arguments = tree.args
    return hasattr(function, "__wrapped__") and bool(arguments.vararg or arguments.kwarg)


def _call_of(
    context: Context, function: Any, tree: Any, values: Mapping[str, Value], gradient: Any
) -> Value:
    """The value of a wrapper, called with the parameters of the function that it wraps.

    `gradient` is called instead of the function itself, if it is not None.
    """
    positional: list[Value] = []
    keywords: dict[str, Value] = {}
    for name, param in inspect.signature(function).parameters.items():
        if param.kind is param.KEYWORD_ONLY:
            keywords[name] = values[name]
        else:
            positional.append(values[name])
    args = Arguments(tuple(positional), keywords)
    if gradient is not None:
        callee = Known(gradient, function.__name__)
        return gradients.call_gradient(context, callee, args, tree, None)
    if user_rule_of(function) is not None:
        return calls.apply_function(context, Known(function, function.__name__), args, tree)
    return inline.inline(context, Known(function, function.__name__), args, tree, None)


def _params(
    function: Any, tree: Any, source: Any, decorated: bool, structures: Mapping[str, Structure]
) -> list[str]:
    if decorated:
        return list(inspect.signature(function).parameters)
    if isinstance(tree, gast.AsyncFunctionDef):
        raise UnsupportedSyntax("`async def` is not supported.", location(source, tree))
    for starred in (tree.args.vararg, tree.args.kwarg):
        if starred is not None and starred.id not in structures:
            raise UnsupportedSyntax(
                f"the function takes any number of arguments (`{starred.id}`).",
                location(source, starred),
                "give each parameter a name",
            )
    return [param.id for param in params_of(tree)]


def _finish(context: Context, tree: Any, value: Value, result: str) -> None:
    """Add the `Return`, of the user's own name for the result or else of `result`."""
    if isinstance(value, MaybeNone) or value == Const(None):
        raise UnsupportedSyntax(
            f"`{getattr(tree, 'name', 'lambda')}` may return None: there is a path without "
            "`return` of a value.",
            context.at(tree),
            "return a number or an array on every path",
        )
    at = context.at(last_returned(tree))
    expr = context.as_expr(value, last_returned(tree))
    if not isinstance(expr, Name | Const):
        context.assign(result, expr, last_returned(tree))
        expr = Name(result)
    context.emit(Return(expr, at=at))


def _function_name(function: Any) -> str:
    name = function.__name__
    return name if name.isidentifier() else "function"
