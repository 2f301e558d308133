"""Comparisons: chained, of identity, membership; decided when compiling where possible."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import gast

from adjoint.program.core import Call, Const, Name
from adjoint.program.primitives import logical_and, logical_or
from adjoint.syntax import containers
from adjoint.syntax.array_like import array_operands
from adjoint.syntax.booleans import choice, is_safe
from adjoint.syntax.context import Context
from adjoint.syntax.operators import evaluate
from adjoint.syntax.translate import expression, expression_form, keep_values
from adjoint.syntax.values import EXPRESSIONS, Known, Pack, Record, Value, truth

_COMPARE: dict[type, Callable[..., Any]] = {
    gast.Lt: operator.lt,
    gast.LtE: operator.le,
    gast.Gt: operator.gt,
    gast.GtE: operator.ge,
    gast.Eq: operator.eq,
    gast.NotEq: operator.ne,
    gast.Is: operator.is_,
    gast.IsNot: operator.is_not,
}


@expression_form(gast.Compare)
def _compare(context: Context, node: Any) -> Value:
    left = expression(context, node.left)
    if isinstance(left, EXPRESSIONS):
        left = context.as_atom(left, node.left)
    return _chain(context, node, left, 0)


def _chain(context: Context, node: Any, left: Value, position: int) -> Value:
    """`left < c0 < c1 …` from the comparator at `position` on; each is evaluated once."""
    right_node = node.comparators[position]
    start = len(context.block)
    right = expression(context, right_node)
    if isinstance(right, EXPRESSIONS):
        right = context.as_atom(right, right_node)
    if isinstance(left, Name):
        left = _unchanged(context, left, node, start)
    first = compare(context, node.ops[position], left, right, node)
    if position + 1 == len(node.comparators):
        return first
    if truth(first) is False:
        return first
    if truth(first) is True:
        return _chain(context, node, right, position + 1)
    test = context.as_atom(first, node)
    if all(is_safe(context, comparator) for comparator in node.comparators[position + 1 :]):
        rest = context.as_atom(_chain(context, node, right, position + 1), node)
        return Call(logical_and, (test, rest))
    return choice(
        context,
        node,
        test,
        lambda inner: _chain(inner, node, right, position + 1),
        lambda inner: test,
    )


def _unchanged(context: Context, name: Name, node: Any, start: int) -> Name:
    found: list[Value] = [name]
    keep_values(context, found, [node], start)
    kept = found[0]
    assert isinstance(kept, Name)
    return kept


def compare(context: Context, op: Any, left: Value, right: Value, node: Any) -> Value:
    """`left op right`, for one operator."""
    if isinstance(op, gast.In | gast.NotIn):
        return _membership(context, op, left, right, node)
    function = _COMPARE[type(op)]
    if isinstance(op, gast.Is | gast.IsNot):
        same = _identical(context, left, right)
        if same is not None:
            return Const(same is isinstance(op, gast.Is))
    if isinstance(left, Const) and isinstance(right, Const):
        folded = evaluate(function, (left, right))
        if folded is not None:
            return folded
    left, right = array_operands(context, function, left, right, node)
    packs = containers.contents(context, left), containers.contents(context, right)
    if packs[0] is not None and packs[1] is not None:
        return _equal_items(context, op, packs[0], packs[1], node)
    if isinstance(left, Known | Const) and isinstance(right, Known | Const):
        folded = evaluate(function, (left, right))
        if folded is not None:
            return folded
    return Call(function, (context.as_atom(left, node), context.as_atom(right, node)))


def _identical(context: Context, left: Value, right: Value) -> bool | None:
    """Whether two values are one object; None if that is known only when running.

    A variable that is never assigned None is not None: an argument that is None is a constant.
    """
    if isinstance(left, Const) and isinstance(right, Const):
        return left == right
    for one, other in ((left, right), (right, left)):
        if one == Const(None):
            maybe = isinstance(other, Name) and other.id in context.unit.may_be_none
            return None if maybe else False
    if isinstance(left, Known) and isinstance(right, Known):
        return left.value is right.value
    if isinstance(left, Record) and isinstance(right, Record):
        return left is right
    return None


def _membership(context: Context, op: Any, left: Value, right: Value, node: Any) -> Value:
    pack = containers.contents(context, right)
    if pack is None:
        if isinstance(left, Const) and isinstance(right, Const) and isinstance(right.value, str):
            return Const((left.value in right.value) is isinstance(op, gast.In))
        context.refuse("`in` an array or a list is not supported.", node, "write a loop")
    if pack.kind is dict and containers.is_key(left):
        found = containers.as_key(context, left, node) in pack.keys
        return Const(found is isinstance(op, gast.In))
    result: Value = Const(isinstance(op, gast.NotIn))
    function = operator.eq if isinstance(op, gast.In) else operator.ne
    join = logical_or if isinstance(op, gast.In) else logical_and
    for item in pack.items:
        equal = compare(context, _node_of(function), left, item, node)
        if truth(equal) is isinstance(op, gast.In):
            return Const(isinstance(op, gast.In))
        if truth(equal) is None:
            test = context.as_atom(equal, node)
            known = isinstance(result, Const)
            result = test if known else Call(join, (context.as_atom(result, node), test))
    return result


def _equal_items(context: Context, op: Any, left: Pack, right: Pack, node: Any) -> Value:
    """`==` and `!=` of two tuples or lists."""
    if not isinstance(op, gast.Eq | gast.NotEq):
        context.refuse("tuples can be compared for equality only.", node, "compare their items")
    differ = Const(isinstance(op, gast.NotEq))
    if left.kind is not right.kind or left.keys != right.keys:
        return differ
    result: Value = Const(isinstance(op, gast.Eq))
    join = logical_and if isinstance(op, gast.Eq) else logical_or
    for one, other in zip(left.items, right.items, strict=True):
        equal = compare(context, op, one, other, node)
        if truth(equal) is truth(differ):
            return differ
        if truth(equal) is None:
            test = context.as_atom(equal, node)
            known = isinstance(result, Const)
            result = test if known else Call(join, (context.as_atom(result, node), test))
    return result


def _node_of(function: Callable[..., Any]) -> Any:
    return gast.Eq() if function is operator.eq else gast.NotEq()
