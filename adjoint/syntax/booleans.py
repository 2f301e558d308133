"""`and`, `or` and the ternary: evaluated only where Python would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from adjoint.program.core import Call, Const, If, Name
from adjoint.program.primitives import logical_and, logical_or, select
from adjoint.syntax import resolve
from adjoint.syntax.columns import as_test
from adjoint.syntax.context import Context, item_name
from adjoint.syntax.packs import keep
from adjoint.syntax.translate import (
    atom,
    expression,
    expression_form,
    expression_into,
    into_form,
)
from adjoint.syntax.units import Frame
from adjoint.syntax.values import EXPRESSIONS, Path, Value, is_atom, merged, truth

# Operators that neither raise nor take long: the right side of `and` may be evaluated always.
_SAFE = (gast.Add, gast.Sub, gast.Mult, gast.BitAnd, gast.BitOr, gast.BitXor)


@expression_form(gast.BoolOp)
def _boolean(context: Context, node: Any) -> Value:
    return _connect(context, node, list(node.values))


def _connect(context: Context, node: Any, operands: list[Any]) -> Value:
    """`a and b and …`, left to right; Python evaluates an operand only if it decides."""
    is_and = isinstance(node.op, gast.And)
    first, *rest = operands
    left = expression(context, first)
    known = truth(left)
    if not rest or (known is not None and known is not is_and):
        return left
    if known is not None:
        return _connect(context, node, rest)
    test = as_test(context, left, first)
    if is_safe(context, rest[0]):
        right = expression(context, rest[0])
        decided = truth(right)
        if decided is None:
            both = Call(logical_and if is_and else logical_or, (test, context.as_atom(right, node)))
            return _connect_to(context, node, both, rest[1:])
    return _short_circuit(context, node, test, rest)


def _connect_to(context: Context, node: Any, left: Value, rest: list[Any]) -> Value:
    if not rest:
        return left
    is_and = isinstance(node.op, gast.And)
    test = context.as_atom(left, node)
    if is_safe(context, rest[0]):
        right = atom(context, rest[0])
        both = Call(logical_and if is_and else logical_or, (test, right))
        return _connect_to(context, node, both, rest[1:])
    return _short_circuit(context, node, test, rest)


def _short_circuit(context: Context, node: Any, test: Const | Name, rest: list[Any]) -> Value:
    def go_on(inner: Context) -> Value:
        return _connect(inner, node, rest)

    def stop(inner: Context) -> Value:
        return test

    if isinstance(node.op, gast.And):
        return choice(context, node, test, go_on, stop)
    return choice(context, node, test, stop, go_on)


def is_safe(context: Context, node: Any) -> bool:
    """Whether evaluating the expression can neither fail nor take long nor have an effect."""

    def safe(inner: Any) -> bool:
        return is_safe(context, inner)

    match node:
        case gast.Constant():
            return True
        case gast.Name():
            return _is_number(context, resolve.lookup(context, node.id, node))
        case gast.UnaryOp(operand=operand):
            return safe(operand)
        case gast.BinOp(left=left, op=op, right=right):
            return isinstance(op, _SAFE) and safe(left) and safe(right)
        case gast.Compare(left=left, ops=ops, comparators=comparators):
            plain = not any(isinstance(op, gast.In | gast.NotIn) for op in ops)
            return plain and safe(left) and all(map(safe, comparators))
        case gast.BoolOp(values=parts):
            return all(map(safe, parts))
    return False


def _is_number(context: Context, value: Value) -> bool:
    """Whether a variable certainly has a value here, and not None."""
    if not isinstance(value, Name):
        return True
    frame: Frame | None = context.frame
    while frame is not None:
        if value.id in frame.variables.values() and value.id not in frame.defined:
            return False
        frame = frame.parent
    return value.id not in context.unit.may_be_none


@into_form(gast.IfExp)
def _ternary(context: Context, node: Any, into: str | None) -> Value:
    value = expression(context, node.test)
    known = truth(value)
    if known is not None:
        return expression_into(context, node.body if known else node.orelse, into)
    test = as_test(context, value, node.test)
    return choice(
        context,
        node,
        test,
        lambda inner: expression_into(inner, node.body, into),
        lambda inner: expression_into(inner, node.orelse, into),
        into,
    )


def _are_numbers(found: list[Value]) -> bool:
    """Whether both are atoms, and one of them is a number, so that the other is one too."""
    number = any(isinstance(v, Const) and isinstance(v.value, int | float) for v in found)
    return number and all(map(is_atom, found))


def choice(
    context: Context,
    node: Any,
    test: Const | Name,
    body: Callable[[Context], Value],
    orelse: Callable[[Context], Value],
    into: str | None = None,
) -> Value:
    """The value of one of two expressions: a `select` of numbers, else an `if`.

    A `select` evaluates both, and is for numbers only; a constant among the two says that both
    are numbers.
    """
    branches, found, ends = [], [], []
    for translate in (body, orelse):
        inner = context.inner()
        with context.alternative() as end:
            found.append(translate(inner))
        branches.append(inner)
        ends.append(end)
    context.merge(*ends)
    if not any(branch.block for branch in branches) and _are_numbers(found):
        return Call(select, (test, *found))  # type: ignore[arg-type]
    target = context.unit.names.temporary("t") if into is None else into
    variables = {(): target}

    def variable(path: Path) -> str:
        if path not in variables:
            variables[path] = context.unit.names.result(item_name(target, path))
        return variables[path]

    if all(isinstance(value, EXPRESSIONS) for value in found):
        for branch, value in zip(branches, found, strict=True):
            branch.assign(target, branch.as_expr(value, node), node)
        result: Value = Name(target)
    else:
        kept = [keep(b, value, variable, node) for b, value in zip(branches, found, strict=True)]
        result = merged(list(kept), variable)
    context.emit(If(test, branches[0].done(), branches[1].done(), at=context.at(node)))
    return result
