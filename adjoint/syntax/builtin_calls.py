"""Calls of builtins that need more than their evaluated arguments."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import gast
import numpy as np
from numba.core import types as numba_types

from adjoint.program.core import Call, Const, Evaluate, For, If, Item, Name
from adjoint.program.primitives import logical_and, logical_or
from adjoint.syntax import columns, containers
from adjoint.syntax.assignments import ready
from adjoint.syntax.calls import Arguments, apply_function, arguments, special_call
from adjoint.syntax.columns import grow, growing_list
from adjoint.syntax.comprehensions import UNROLLED, go_through, loop
from adjoint.syntax.context import Context
from adjoint.syntax.iterations import Iteration, iteration
from adjoint.syntax.messages import message_parts
from adjoint.syntax.operators import evaluate
from adjoint.syntax.static_types import type_of, unpacked
from adjoint.syntax.terms import items
from adjoint.syntax.translate import atom, atoms, expression
from adjoint.syntax.values import Columns, Known, Pack, Value, truth

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
    """`float("inf")` is a constant; Numba has no `float(x > 0)`, but that of an integer."""
    if len(node.args) != 1:
        return None
    (arg,) = node.args
    if _is(context, node, float) and _is_truth(arg):
        whole = context.temporary(Call(int, (atom(context, arg),)), node, "truth")
        return Call(float, (whole,))
    if isinstance(arg, gast.Constant):
        convert: Any = getattr(expression(context, node.func), "value", None)
        text = arg.value
        if isinstance(text, str):
            try:
                return Const(convert(text))
            except ValueError as error:
                context.refuse(f"{error}.", node)
    return None


def _is_truth(node: Any) -> bool:
    """Whether an expression is a comparison or its negation, or True or False."""
    if isinstance(node, gast.Constant):
        return isinstance(node.value, bool)
    negated = isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Not)
    return negated or isinstance(node, gast.Compare)


@special_call(np.finfo, np.iinfo)
def _limits(context: Context, node: Any) -> Value | None:
    """Limits of a dtype that is named are known now."""
    (of,) = (expression(context, arg) for arg in node.args)
    if not isinstance(of, Const):
        context.refuse("the dtype has to be known when compiling.", node, "name it: np.float64")
    limits = np.finfo if _is(context, node, np.finfo) else np.iinfo
    return Known(limits(of.value), gast.unparse(node).strip())


@special_call(slice)
def _slice(context: Context, node: Any) -> Value | None:
    bounds = atoms(context, node.args)
    none = Const(None)
    start, stop, step = (none, *bounds, none) if len(bounds) == 1 else (*bounds, none)[:3]
    return Pack((start, stop, step), slice, ("start", "stop", "step"))


@special_call(len)
def _len(context: Context, node: Any) -> Value | None:
    if len(node.args) != 1:
        context.refuse("len takes one argument.", node)
    value = expression(context, node.args[0])
    pack = containers.contents(context, value)
    if isinstance(value, Columns):
        return columns.length(value)
    if isinstance(value, Call) and value.function is np.shape:
        pack = unpacked(context, value, node)
    if pack is not None:
        if pack.kind is dict or issubclass(pack.kind, tuple | list):
            return Const(len(pack.items))
        return containers.call_special(context, "__len__", value, (), node)
    return Call(len, (context.as_atom(value, node.args[0]),))


@special_call(tuple, list)
def _sequence(context: Context, node: Any) -> Value | None:
    kind = tuple if _is(context, node, tuple) else list
    found = iteration(context, node.args[0], context.unit.held) if node.args else Pack(())
    if isinstance(found, Iteration):
        found = found.unrolled(context, UNROLLED) or found
    site = containers.site_of(context, node)
    if isinstance(found, Pack) and site not in context.unit.facts.growing:
        return containers.make(context, Pack(found.items, list), node) if kind is list else found
    if kind is tuple:
        context.refuse("the length of this tuple is known only when running.", node, "use a list")
    items = growing_list(context, (), site, node)
    loop(context, found, node, lambda inner, x: grow(inner, items, x, node))
    return items


@special_call(zip, enumerate, reversed, range)
def _lazy(context: Context, node: Any) -> Value | None:
    """One of these that is no loop's: a tuple, if its length is known."""
    found = iteration(context, node, context.unit.held)
    if isinstance(found, Iteration):
        found = found.unrolled(context, UNROLLED) or context.refuse(
            "how long this is is known only when running.", node, "write list(…) around it"
        )
    return found


@special_call(dict)
def _mapping(context: Context, node: Any) -> Value | None:
    args = arguments(context, node)
    entries: dict[Any, Value] = {}
    for value in args.positional:
        pack = containers.contents(context, value)
        if pack is None:
            context.refuse("dict() of this is not supported.", node, "write a dict display")
        if pack.kind is dict:
            entries.update(zip(pack.keys, pack.items, strict=True))
            continue
        for pair in pack.items:
            key, item = (containers.as_tuple(context, pair, node) or Pack(())).items
            entries[containers.as_key(context, key, node)] = item
    entries.update(args.keywords)
    return containers.make(context, Pack(tuple(entries.values()), dict, tuple(entries)), node)


@special_call(map)
def _map(context: Context, node: Any) -> Value | None:
    """As a list: nothing is gained by not making the elements at once."""
    function = expression(context, node.args[0])
    sources = [iteration(context, arg, context.unit.held) for arg in node.args[1:]]
    if len(sources) != 1:
        context.refuse("map over several sequences is not supported.", node, "use zip and a loop")
    (source,) = sources
    if isinstance(source, Iteration):
        source = source.unrolled(context, UNROLLED) or source

    def apply_to(inner: Context, item: Value) -> Value:
        value = apply_function(inner, function, Arguments((ready(inner, item, node),), {}), node)
        return ready(inner, value, node)

    site = containers.site_of(context, node)
    if isinstance(source, Pack) and site not in context.unit.facts.growing:
        return containers.make(
            context, Pack(tuple(apply_to(context, item) for item in source.items), list), node
        )
    items = growing_list(context, (), site, node)
    loop(context, source, node, lambda c, x: grow(c, items, apply_to(c, x), node))
    return items


# --------------------------------------------------------------------------- reductions


@special_call(min, max)
def _extremum(context: Context, node: Any) -> Value | None:
    """Of several values two at a time; of one array NumPy's."""
    function = min if _is(context, node, min) else max
    if node.keywords:
        context.refuse("min and max with keywords are not supported.", node)
    if len(node.args) == 1 and not isinstance(node.args[0], gast.Starred):
        value = expression(context, node.args[0])
        pack = containers.as_tuple(context, value, node)
        if pack is None:
            return _extremum_of(context, function, context.as_atom(value, node.args[0]), node)
        return _pairwise(context, function, [context.as_atom(v, node) for v in pack.items], node)
    found = [context.as_atom(value, node) for value in items(context, node.args)]
    return _pairwise(context, function, found, node)


def _extremum_of(context: Context, function: Callable[..., Any], items: Atom, node: Any) -> Value:
    """Of an array NumPy's; of a list whose length is known when running, in a loop."""
    if not isinstance(type_of(context, items, node), numba_types.List):
        return Call(np.min if function is min else np.max, (items,))
    best = context.temporary(Item(items, (Const(0),)), node, function.__name__)
    length = context.temporary(Call(len, (items,)), node, "len")
    counter = Name(context.unit.names.temporary("i"))
    body = context.inner()
    item = body.as_atom(Item(items, (counter,)), node)
    body.assign(best.id, Call(function, (best, item)), node)
    loop_ = For(counter.id, Const(1), length, Const(1), body.done(), at=context.at(node))
    context.emit(loop_)
    return best


def _pairwise(context: Context, function: Callable[..., Any], args: list[Atom], node: Any) -> Value:
    if not args:
        context.refuse(f"{function.__name__} of nothing.", node)
    result: Value = args[0]
    for arg in args[1:]:
        left = context.as_atom(result, node)
        known = all(isinstance(x, Const) and type(x.value) is int for x in (left, arg))
        result = (evaluate(function, (left, arg)) if known else None) or Call(function, (left, arg))
    return result


@special_call(sum)
def _sum(context: Context, node: Any) -> Value | None:
    """A loop that adds, from left to right as Python does."""
    start = atom(context, node.args[1]) if len(node.args) > 1 else Const(0)
    if isinstance(node.args[0], gast.GeneratorExp | gast.ListComp):
        total = context.temporary(start, node, "sum")
        go_through(context, node.args[0], lambda c, x: _add(c, total, c.as_atom(x, node), node))
        return total
    found = iteration(context, node.args[0], frozenset())
    if isinstance(found, Pack):
        return _add_up(context, start, found, node)
    total = context.temporary(start, node, "sum")
    loop(context, found, node, lambda c, x: _add(c, total, c.as_atom(x, node), node))
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

        def decide(inner: Context, value: Value) -> None:
            known = truth(value)
            if known is is_all:
                return
            x = inner.as_atom(value, node)
            settled = inner.inner()
            settled.assign(found.id, Const(not is_all), node)
            blocks = ((), settled.done()) if is_all else (settled.done(), ())
            inner.emit(If(x, *blocks, at=inner.at(node)))

        go_through(context, node.args[0], decide)
        return found
    value = expression(context, node.args[0])
    pack = containers.as_tuple(context, value, node)
    if pack is not None:
        return _all_of(context, pack, is_all, node)
    return Call(np.all if is_all else np.any, (context.as_atom(value, node),))


def _all_of(context: Context, pack: Pack, is_all: bool, node: Any) -> Value:
    """The conjunction, or disjunction, of what has been computed already."""
    result: Value = Const(is_all)
    for item in pack.items:
        known = truth(item)
        if known is not None and known is not is_all:
            return Const(not is_all)
        if known is None:
            test = context.as_atom(item, node)
            join = logical_and if is_all else logical_or
            first = isinstance(result, Const)
            result = test if first else Call(join, (context.as_atom(result, node), test))
    return result


def _is(context: Context, node: Any, function: Callable[..., Any]) -> bool:
    value = expression(context, node.func)
    return getattr(value, "value", None) is function
