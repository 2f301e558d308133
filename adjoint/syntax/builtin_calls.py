"""Calls of builtins that need more than their evaluated arguments."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from adjoint.program.core import Call, Const, Evaluate, For, If, Name
from adjoint.syntax import containers
from adjoint.syntax.assignments import assign_value
from adjoint.syntax.calls import special_call
from adjoint.syntax.context import Context
from adjoint.syntax.iterations import Iteration, iteration
from adjoint.syntax.messages import message_parts
from adjoint.syntax.terms import items
from adjoint.syntax.translate import atom, atoms, expression
from adjoint.syntax.values import Known, Pack, Value

Atom = Const | Name


@special_call(divmod)
def _divmod(context: Context, node: Any) -> Value | None:
    x, y = atoms(context, node.args)
    quotient = context.temporary(Call(operator.floordiv, (x, y)), node, "quotient")
    remainder = context.temporary(Call(operator.mod, (x, y)), node, "remainder")
    return Pack((quotient, remainder))


@special_call(pow)
def _pow(context: Context, node: Any) -> Value | None:
    if len(node.args) != 2 or node.keywords:
        context.refuse("pow with a modulus is not supported.", node)
    return Call(operator.pow, tuple(atoms(context, node.args)))


@special_call(print)
def _print(context: Context, node: Any) -> Value | None:
    parts = [part for arg in node.args for part in message_parts(context, arg)]
    keywords = tuple((k.arg, atom(context, k.value)) for k in node.keywords)
    context.emit(Evaluate(Call(print, tuple(parts), keywords), at=context.at(node)))
    return Const(None)


@special_call(float, int, bool)
def _convert(context: Context, node: Any) -> Value | None:
    """`float("inf")` is a constant."""
    if len(node.args) == 1 and isinstance(node.args[0], gast.Constant):
        convert: Any = getattr(expression(context, node.func), "value", None)
        text = node.args[0].value
        if isinstance(text, str):
            try:
                return Const(convert(text))
            except ValueError as error:
                context.refuse(f"{error}.", node)
    return None


@special_call(np.finfo, np.iinfo)
def _limits(context: Context, node: Any) -> Value | None:
    """Limits of a dtype that is named are known now."""
    (of,) = (expression(context, arg) for arg in node.args)
    if not isinstance(of, Const):
        context.refuse("the dtype has to be known when compiling.", node, "name it: np.float64")
    limits = np.finfo if _is(context, node, np.finfo) else np.iinfo
    return Known(limits(of.value), gast.unparse(node).strip())


@special_call(len)
def _len(context: Context, node: Any) -> Value | None:
    if len(node.args) != 1:
        context.refuse("len takes one argument.", node)
    value = expression(context, node.args[0])
    pack = containers.contents(context, value)
    if pack is not None:
        if pack.kind is dict or issubclass(pack.kind, tuple | list):
            return Const(len(pack.items))
        return containers.call_special(context, "__len__", value, (), node)
    return Call(len, (context.as_atom(value, node.args[0]),))


@special_call(tuple, list)
def _tuple(context: Context, node: Any) -> Value | None:
    if len(node.args) == 1 and not node.keywords:
        value = expression(context, node.args[0])
        if isinstance(value, Pack):
            return value
    return context.refuse(
        "tuple() and list() of this are not supported.",
        node,
        "use a NumPy array or a tuple display",
    )


# --------------------------------------------------------------------------- reductions


@special_call(min, max)
def _extremum(context: Context, node: Any) -> Value | None:
    """Of several values two at a time; of one array NumPy's."""
    function = min if _is(context, node, min) else max
    if node.keywords:
        context.refuse("min and max with keywords are not supported.", node)
    if len(node.args) == 1 and not isinstance(node.args[0], gast.Starred):
        value = expression(context, node.args[0])
        if not isinstance(value, Pack):
            whole = np.min if function is min else np.max
            return Call(whole, (context.as_atom(value, node.args[0]),))
        return _pairwise(context, function, [context.as_atom(v, node) for v in value.items], node)
    found = [context.as_atom(value, node) for value in items(context, node.args)]
    return _pairwise(context, function, found, node)


def _pairwise(context: Context, function: Callable[..., Any], args: list[Atom], node: Any) -> Value:
    if not args:
        context.refuse(f"{function.__name__} of nothing.", node)
    result: Value = args[0]
    for arg in args[1:]:
        result = Call(function, (context.as_atom(result, node), arg))
    return result


@special_call(sum)
def _sum(context: Context, node: Any) -> Value | None:
    """A loop that adds, from left to right as Python does."""
    start = atom(context, node.args[1]) if len(node.args) > 1 else Const(0)
    if isinstance(node.args[0], gast.GeneratorExp | gast.ListComp):
        total = context.temporary(start, node, "sum")
        _comprehend(context, node.args[0], lambda inner, x: _add(inner, total, x, node))
        return total
    found = iteration(context, node.args[0], frozenset())
    if isinstance(found, Pack):
        return _add_up(context, start, found, node)
    total = context.temporary(start, node, "sum")
    _loop(context, found, node, lambda inner, x: _add(inner, total, inner.as_atom(x, node), node))
    return total


def _add_up(context: Context, start: Atom, pack: Pack, node: Any) -> Value:
    result: Value = start
    for item in pack.items:
        right = context.as_atom(item, node)
        if result == Const(0):
            result = right
        else:
            result = Call(operator.add, (context.as_atom(result, node), right))
    return result


def _add(context: Context, total: Name, x: Atom, node: Any) -> None:
    context.assign(total.id, Call(operator.add, (total, x)), node)


@special_call(any, all)
def _quantifier(context: Context, node: Any) -> Value | None:
    is_all = _is(context, node, all)
    if isinstance(node.args[0], gast.GeneratorExp | gast.ListComp):
        found = context.temporary(Const(is_all), node, "all" if is_all else "any")

        def decide(inner: Context, x: Atom) -> None:
            settled = inner.inner()
            settled.assign(found.id, Const(not is_all), node)
            blocks = ((), settled.done()) if is_all else (settled.done(), ())
            inner.emit(If(x, *blocks, at=inner.at(node)))

        _comprehend(context, node.args[0], decide)
        return found
    value = expression(context, node.args[0])
    return Call(np.all if is_all else np.any, (context.as_atom(value, node),))


def _comprehend(context: Context, node: Any, use: Callable[[Context, Atom], None]) -> None:
    """Loops of a comprehension, `use` called with each element."""
    frame = context.frame
    names = {n.id for g in node.generators for n in gast.walk(g.target) if isinstance(n, gast.Name)}
    hidden = (frame.local, dict(frame.bindings), dict(frame.variables))
    first, *others = node.generators
    source = iteration(context, first.iter, frozenset())
    frame.local = frame.local | names
    for name in names:
        frame.bindings.pop(name, None)
        frame.variables.pop(name, None)
    _generate(context, node, source, first, others, use)
    frame.local, frame.bindings, frame.variables = hidden


def _generate(
    context: Context,
    node: Any,
    source: Iteration | Pack,
    generator: Any,
    others: list[Any],
    use: Callable[[Context, Atom], None],
) -> None:
    def element(inner: Context, item: Value) -> None:
        assign_value(inner, generator.target, item, generator.iter)
        _filtered(inner, list(generator.ifs), proceed)

    def proceed(inner: Context) -> None:
        if others:
            following = iteration(inner, others[0].iter, frozenset())
            _generate(inner, node, following, others[0], others[1:], use)
        else:
            use(inner, atom(inner, node.elt))

    _loop(context, source, generator.iter, element)


def _filtered(context: Context, tests: list[Any], proceed: Callable[[Context], None]) -> None:
    if not tests:
        proceed(context)
        return
    test = atom(context, tests[0])
    inner = context.inner()
    _filtered(inner, tests[1:], proceed)
    context.emit(If(test, inner.done(), at=context.at(tests[0])))


def _loop(
    context: Context, source: Iteration | Pack, node: Any, use: Callable[[Context, Value], None]
) -> None:
    if isinstance(source, Pack):
        for item in source.items:
            use(context, item)
        return
    body = context.inner()
    counter = Name(context.unit.names.temporary("i"))
    use(body, source.at(body, counter))
    loop = For(counter.id, source.start, source.stop, source.step, body.done(), at=context.at(node))
    context.emit(loop)


def _is(context: Context, node: Any, function: Callable[..., Any]) -> bool:
    value = expression(context, node.func)
    return getattr(value, "value", None) is function
