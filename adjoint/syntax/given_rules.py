"""Functions with a rule of the user's: their calls stay calls, and the rule is the adjoint.

    @vjp_rule(f)
    def f_rule(z, x, z_bar):           def f_adjoint(x, z_bar):
        x_bar = z_bar * f(x)      →        …                       # what the rule does
        return (x_bar,)                    return x_bar

A function that Numba cannot compile is called outside of machine code, and with its rule again.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from adjoint.errors import OutsideWarning
from adjoint.program.core import (
    Assign,
    Call,
    Const,
    Expr,
    Item,
    Name,
    Program,
    Return,
    Tuple,
)
from adjoint.program.functions import Function, GivenRule
from adjoint.program.user_rules import UserRule, user_rule_of
from adjoint.syntax import callees
from adjoint.syntax.callees import Callee, Recurses, ReturnsOther, Shape, Shared
from adjoint.syntax.calls import Arguments, apply_function, ruled_calls
from adjoint.syntax.containers import as_tuple
from adjoint.syntax.context import Context
from adjoint.syntax.facts import Facts, Reconsider
from adjoint.syntax.finished import finished
from adjoint.syntax.names import Names
from adjoint.syntax.questions import Questions
from adjoint.syntax.read_source import location, read_source
from adjoint.syntax.units import Frame, Unit
from adjoint.syntax.values import Known, Value, is_number

_warned: set[Any] = set()


def given_rule(
    context: Context, callee: Any, node: Any
) -> Callable[[Mapping[str, Shape]], GivenRule] | None:
    """What makes the rule of a function for the shapes of its parameters; None without a rule."""
    user = user_rule_of(callee.value) if isinstance(callee, Known) else None
    if user is None or user in context.unit.plainly:
        return None
    is_primitive = context.unit.is_primitive

    def make(params: Mapping[str, Shape]) -> GivenRule:
        _check_params(context, user, params, node)
        leaves = [name for name, shape in params.items() if isinstance(shape, callees.Dynamic)]
        positions = tuple(map(leaves.index, user.rule.differentiable))

        def program(kinds: tuple[Any, ...]) -> Program:
            return _translated(user, params, kinds, is_primitive)

        return GivenRule(program, positions, user)

    return make


def _check_params(context: Context, user: UserRule, params: Mapping[str, Shape], node: Any) -> None:
    """Refuse a rule that does not fit, and containers, whose bars have no place in one."""
    name = user.function.__name__
    if tuple(params) != user.rule.params:
        context.refuse(f"`{name}` does not have the parameters of its rule.", node)
    for param, shape in params.items():
        if isinstance(shape, callees.Many):
            context.refuse(
                f"`{name}` has a rule, and its argument `{param}` is a container.",
                node,
                "give the rule to a function of numbers and arrays",
            )
        if param in user.rule.differentiable and not isinstance(shape, callees.Dynamic):
            context.refuse(
                f"the rule of `{name}` gives a cotangent for `{param}`, which is no number or "
                "array here.",
                node,
                "pass a number or an array",
            )


# --------------------------------------------------------------------------- compiled rules


def _translated(
    user: UserRule,
    params: Mapping[str, Shape],
    kinds: tuple[Any, ...],
    is_primitive: Callable[[object], bool],
) -> Program:
    """The rule as a program: of the function's arguments and the cotangent."""
    facts, shared = Facts(), Shared()
    while True:
        try:
            return _translated_once(user, params, kinds, is_primitive, facts, shared)
        except Reconsider:
            shared = shared.renewed()
        except (Recurses, ReturnsOther) as found:
            shared.learn(found)
            shared = shared.renewed()


def _translated_once(
    user: UserRule,
    params: Mapping[str, Shape],
    kinds: tuple[Any, ...],
    is_primitive: Callable[[object], bool],
    facts: Facts,
    shared: Shared,
) -> Program:
    rule = user.rule
    tree, source = read_source(rule.adjoint)  # type: ignore[arg-type]
    leaves = [name for name, shape in params.items() if isinstance(shape, callees.Dynamic)]
    names = Names((*leaves, rule.result_bar))
    unit = Unit(names, is_primitive, facts, Questions(kinds, None), shared=shared)
    unit.params, unit.plainly = (*leaves, rule.result_bar), frozenset({user})
    frame = Frame(unit, source, rule.adjoint, frozenset())
    frame.defined.update(unit.params)
    context = Context(unit, frame)
    values = {name: callees.put_together(shape, [Name(name)]) for name, shape in params.items()}
    bars = _bars(context, user, tuple(values.values()), tree)
    atoms = [context.as_atom(bar, tree) for bar in bars]
    result: Expr = atoms[0]
    if len(atoms) > 1:
        result = context.temporary(Tuple(tuple(atoms)), tree, "bars")
    context.emit(Return(result, at=location(source, tree)))
    if shared.callees or unit.captures:
        what = "calls a function that stays a call" if shared.callees else "reads a global array"
        context.refuse(
            f"the rule `{rule.adjoint.__name__}` {what}.",
            tree,
            "write it with its arguments, and plain functions of them",
        )
    program = Program(f"{rule.adjoint.__name__}", unit.params, context.done(), source)
    return finished(program, names)


def _bars(
    context: Context, user: UserRule, values: tuple[Value, ...], tree: Any
) -> tuple[Value, ...]:
    """What the rule returns; the function itself is run again for a rule that reads its result."""
    rule = user.rule
    seed = Name(rule.result_bar)
    if user.outside is not None:
        atoms = tuple(context.as_atom(value, tree) for value in values)
        whole = context.temporary(Call(user.outside[1], (*atoms, seed)), tree, "bars")
        count = len(rule.differentiable)
        return (whole,) if count == 1 else tuple(_items(context, whole, count, tree))
    result: Value = Const(0.0)
    if user.reads_result:
        called = Known(user.function, user.function.__name__)
        result = apply_function(context, called, Arguments(values, {}), tree)
    callee = Known(rule.adjoint, rule.adjoint.__name__)
    found = apply_function(context, callee, Arguments((result, *values, seed), {}), tree)
    if is_number(found):
        return (found,)
    pack = as_tuple(context, found, tree)
    assert pack is not None
    return pack.items


def _items(context: Context, whole: Name, count: int, tree: Any) -> list[Name]:
    return [context.temporary(Item(whole, (Const(k),)), tree, "bar") for k in range(count)]


# --------------------------------------------------------------------------- outside machine code


@ruled_calls
def call_ruled(
    context: Context,
    callee: Any,
    args: Arguments,
    node: Any,
    into: str | None,
    inline: Callable[..., Value],
) -> Value | None:
    """A call of a function that has a rule of the user's; None if it is inlined here."""
    user = user_rule_of(callee.value)
    assert user is not None
    if user.outside is None:
        return inline(context, callee, args, node, into)
    return _outside_call(context, user, callee, args, node)


def _outside_call(
    context: Context, user: UserRule, callee: Any, args: Arguments, node: Any
) -> Value:
    """The call of a function that Numba cannot compile."""
    _warn(context, user, node)
    bound = _bound(context, user, args, node)
    name = user.function.__name__
    unit = context.unit.beside()
    names = tuple(unit.names.variable(param) for param in bound)
    params: dict[str, Shape] = dict.fromkeys(bound, callees.Dynamic())
    known = next(
        (c for c in context.unit.shared.callees if c.free is user and tuple(c.params) == names),
        None,
    )
    if known is None:
        make = given_rule(context, callee, node)
        assert make is not None and user.outside is not None
        function = Function(name, rule=make(params))
        source = context.frame.source
        known = Callee((name, 0, 0, name), user, params, function, unit, source, names)
        at = context.at(node)
        result = unit.names.result("result")
        known.body = (
            Assign(result, Call(user.outside[0], tuple(map(Name, names))), at=at),
            Return(Name(result), at=at),
        )
        context.unit.names.reserve([name])
        context.unit.shared.callees.append(known)
    atoms = tuple(context.as_atom(value, node) for value in bound.values())
    return Call(known.function, atoms)


def _bound(context: Context, user: UserRule, args: Arguments, node: Any) -> dict[str, Value]:
    """The argument of each parameter: numbers and arrays only."""
    name = user.function.__name__
    params = user.rule.params
    bound = dict(zip(params, args.positional, strict=False)) | dict(args.keywords)
    for param in params[len(args.positional) :]:
        default = _default(user.function, param)
        if param not in bound and default is not inspect.Parameter.empty:
            bound[param] = Const(default)
    if set(bound) != set(params) or len(args.positional) > len(params):
        context.refuse(
            f"`{name}` is called with other arguments than its rule has: {', '.join(params)}.", node
        )
    for param, value in bound.items():
        if not is_number(value):
            context.refuse(
                f"`{name}` runs outside of machine code, and its argument `{param}` is no number "
                "or array.",
                node,
                "give the rule to a function of the numbers and arrays alone, that calls it",
            )
    return {param: bound[param] for param in params}


def _default(function: Any, param: str) -> Any:
    try:
        return inspect.signature(function).parameters[param].default
    except (ValueError, TypeError, KeyError):
        return inspect.Parameter.empty


def _warn(context: Context, user: UserRule, node: Any) -> None:
    """Say once of each place that it leaves machine code."""
    at = context.at(node)
    place = (user, at.source.filename, at.line)
    if place in _warned:
        return
    _warned.add(place)
    warnings.warn_explicit(
        f"{user.function.__name__} is not compiled: each call here leaves machine code, which "
        "takes tens of microseconds",
        OutsideWarning,
        at.source.filename,
        at.line,
    )
