"""`match`: a chain of tests, of which those that are known when compiling leave no trace."""

from __future__ import annotations

from typing import Any

import gast

from adjoint.program.core import Call, Const, If
from adjoint.program.primitives import logical_and, logical_or
from adjoint.syntax import containers
from adjoint.syntax.assignments import ready, set_name
from adjoint.syntax.comparisons import compare
from adjoint.syntax.context import Context
from adjoint.syntax.exits import Region, goes_on
from adjoint.syntax.static_types import is_instance
from adjoint.syntax.terms import attribute_of
from adjoint.syntax.translate import atom, expression, statement_form, statements
from adjoint.syntax.values import Known, Pack, Value, truth

_Captures = dict[str, Value]


@statement_form(gast.Match)
def _match(context: Context, node: Any) -> None:
    subject = ready(context, expression(context, node.subject), node.subject)
    matched = context.label("matched")
    whole = context.inner()
    for case in node.cases:
        captures: _Captures = {}
        test = _pattern(whole, case.pattern, subject, captures)
        known = truth(test)
        if known is False:
            continue
        if known is True:
            _case(whole, case, captures, matched)
        else:
            decided = whole.as_atom(test, case.pattern)
            inner = whole.inner()
            with whole.alternative() as end:
                _case(inner, case, captures, matched)
            if goes_on(inner.block):
                whole.merge(end, whole.state())
            whole.emit(If(decided, inner.done(), at=whole.at(case.pattern)))
        if not goes_on(whole.block):
            break
    context.arrive(matched, goes_on(whole.block))
    context.emit(Region(matched, whole.done()))


def _case(context: Context, case: Any, captures: _Captures, matched: Any) -> None:
    """What a case does whose pattern fits: if its guard holds, its body, and then it is done."""
    for name, value in captures.items():
        set_name(context, name, value, case.pattern)
    if case.guard is None:
        statements(context, case.body)
        if goes_on(context.block):
            context.jump(matched, case.pattern)
        return
    guard = atom(context, case.guard)
    inner = context.inner()
    with context.alternative():
        statements(inner, case.body)
        if goes_on(inner.block):
            inner.jump(matched, case.pattern)
    context.emit(If(guard, inner.done(), at=context.at(case.guard)))


# --------------------------------------------------------------------------- patterns


def _pattern(context: Context, pattern: Any, value: Value, captures: _Captures) -> Value:
    """Whether a value fits a pattern; the names that it binds are added to `captures`."""
    match pattern:
        case gast.MatchValue(value=node):
            return compare(context, gast.Eq(), value, expression(context, node), pattern)
        case gast.MatchSingleton(value=constant):
            return compare(context, gast.Is(), value, Const(constant), pattern)
        case gast.MatchAs(pattern=inner, name=name):
            test = Const(True) if inner is None else _pattern(context, inner, value, captures)
            if name is not None:
                captures[name] = value
            return test
        case gast.MatchOr(patterns=patterns):
            return _either(context, patterns, value, captures, pattern)
        case gast.MatchSequence(patterns=patterns):
            return _sequence(context, patterns, value, captures, pattern)
        case gast.MatchMapping(keys=keys, patterns=patterns, rest=None):
            return _mapping(context, keys, patterns, value, captures, pattern)
        case gast.MatchClass():
            return _instance(context, pattern, value, captures)
    return context.refuse("this pattern is not supported.", pattern, "use if/elif/else")


def _either(
    context: Context, patterns: list[Any], value: Value, captures: _Captures, node: Any
) -> Value:
    result: Value = Const(False)
    for pattern in patterns:
        own: _Captures = {}
        test = _pattern(context, pattern, value, own)
        if truth(test) is False:
            continue
        if own and (truth(test) is None or result != Const(False)):
            context.refuse(
                "an alternative that binds a name, and fits for some values only, is not "
                "supported.",
                pattern,
                "write a case of its own",
            )
        captures.update(own)
        if truth(test) is True:
            return Const(True)
        if truth(test) is None:
            result = _joined(context, logical_or, result, test, node)
    return result


def _all(context: Context, tests: list[Value], node: Any) -> Value:
    result: Value = Const(True)
    for test in tests:
        if truth(test) is False:
            return Const(False)
        if truth(test) is None:
            result = _joined(context, logical_and, result, test, node)
    return result


def _joined(context: Context, join: Any, left: Value, right: Value, node: Any) -> Value:
    if isinstance(left, Const):
        return context.as_atom(right, node)
    return Call(join, (context.as_atom(left, node), context.as_atom(right, node)))


def _sequence(
    context: Context, patterns: list[Any], value: Value, captures: _Captures, node: Any
) -> Value:
    """A tuple or list of this length; an array is no sequence to `match`."""
    pack = containers.contents(context, value)
    if pack is None or not issubclass(pack.kind, tuple | list):
        return Const(False)
    star = next((k for k, p in enumerate(patterns) if isinstance(p, gast.MatchStar)), None)
    count = len(pack.items)
    if star is None:
        if count != len(patterns):
            return Const(False)
        pairs = list(zip(patterns, pack.items, strict=True))
    else:
        after = len(patterns) - star - 1
        if count < star + after:
            return Const(False)
        if patterns[star].name is not None:
            captures[patterns[star].name] = Pack(pack.items[star : count - after])
        last = pack.items[count - after :]
        pairs = [*zip(patterns, pack.items[:star], strict=False)]
        pairs += zip(patterns[star + 1 :], last, strict=True)
    return _all(context, [_pattern(context, p, item, captures) for p, item in pairs], node)


def _mapping(
    context: Context,
    keys: list[Any],
    patterns: list[Any],
    value: Value,
    captures: _Captures,
    node: Any,
) -> Value:
    pack = containers.contents(context, value)
    if pack is None or pack.kind is not dict:
        return Const(False)
    tests: list[Value] = []
    for key, pattern in zip(keys, patterns, strict=True):
        found = pack.get(containers.as_key(context, expression(context, key), key))
        if found is None:
            return Const(False)
        tests.append(_pattern(context, pattern, found, captures))
    return _all(context, tests, node)


def _instance(context: Context, pattern: Any, value: Value, captures: _Captures) -> Value:
    kind = expression(context, pattern.cls)
    if not isinstance(kind, Known | Const) or not isinstance(kind.value, type):
        context.refuse("this is no class.", pattern.cls)
    if not is_instance(context, value, kind.value, pattern):
        return Const(False)
    if kind.value in (int, float, bool, str, complex) and len(pattern.patterns) == 1:
        return _pattern(context, pattern.patterns[0], value, captures)
    names = [*getattr(kind.value, "__match_args__", ())[: len(pattern.patterns)]]
    pairs = zip(
        (*names, *pattern.kwd_attrs), (*pattern.patterns, *pattern.kwd_patterns), strict=True
    )
    tests = [
        _pattern(context, inner, attribute_of(context, value, name, pattern), captures)
        for name, inner in pairs
    ]
    return _all(context, tests, pattern)
