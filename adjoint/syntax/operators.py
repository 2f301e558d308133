"""Arithmetic operators: which function of module `operator` each is, what constants fold to."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import gast

from adjoint.program.core import Call, Const, Name
from adjoint.syntax import containers
from adjoint.syntax.array_like import array_operands
from adjoint.syntax.columns import as_test
from adjoint.syntax.context import Context
from adjoint.syntax.translate import expression, expression_form, values
from adjoint.syntax.values import EXPRESSIONS, Value, truth

BINARY: dict[type, Callable[..., Any]] = {
    gast.Add: operator.add,
    gast.Sub: operator.sub,
    gast.Mult: operator.mul,
    gast.Div: operator.truediv,
    gast.FloorDiv: operator.floordiv,
    gast.Mod: operator.mod,
    gast.Pow: operator.pow,
    gast.MatMult: operator.matmul,
    gast.BitAnd: operator.and_,
    gast.BitOr: operator.or_,
    gast.BitXor: operator.xor,
    gast.LShift: operator.lshift,
    gast.RShift: operator.rshift,
}
IN_PLACE: dict[type, Callable[..., Any]] = {
    gast.Add: operator.iadd,
    gast.Sub: operator.isub,
    gast.Mult: operator.imul,
    gast.Div: operator.itruediv,
    gast.FloorDiv: operator.ifloordiv,
    gast.Mod: operator.imod,
    gast.Pow: operator.ipow,
    gast.MatMult: operator.imatmul,
    gast.BitAnd: operator.iand,
    gast.BitOr: operator.ior,
    gast.BitXor: operator.ixor,
    gast.LShift: operator.ilshift,
    gast.RShift: operator.irshift,
}
_UNARY: dict[type, Callable[..., Any]] = {
    gast.USub: operator.neg,
    gast.UAdd: operator.pos,
    gast.Invert: operator.invert,
    gast.Not: operator.not_,
}
# Folded when every operand is an integer; floats stay as written, so that the text reads alike.
_FOLDED = {operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod}


@expression_form(gast.BinOp)
def _binary(context: Context, node: Any) -> Value:
    left, right = values(context, (node.left, node.right))
    if not (isinstance(left, EXPRESSIONS) and isinstance(right, EXPRESSIONS)):
        left, right = array_operands(context, BINARY[type(node.op)], left, right, node)
        found = containers.operate(context, node.op, left, right, node)
        if found is not None:
            return found
    args = context.as_atom(left, node.left), context.as_atom(right, node.right)
    return apply(BINARY[type(node.op)], *args)


def apply(function: Callable[..., Any], *args: Const | Name) -> Value:
    """The operator applied to atoms; arithmetic on integer constants is done here."""
    if function in _FOLDED and all(isinstance(a, Const) and _folds(a.value) for a in args):
        folded = evaluate(function, args)
        if folded is not None:
            return folded
    return Call(function, args)


def _folds(value: object) -> bool:
    return type(value) in (int, str)


@expression_form(gast.UnaryOp)
def _unary(context: Context, node: Any) -> Value:
    value = expression(context, node.operand)
    if isinstance(node.op, gast.USub) and containers.contents(context, value) is not None:
        return containers.call_special(context, "__neg__", value, (), node)
    if isinstance(node.op, gast.Not):
        known = truth(value)
        if known is not None:
            return Const(not known)
        value = as_test(context, value, node.operand)
    operand = context.as_atom(value, node.operand)
    function = _UNARY[type(node.op)]
    folded = evaluate(function, (operand,)) if _is_number(operand) else None
    return folded or Call(function, (operand,))


def _is_number(operand: object) -> bool:
    return isinstance(operand, Const) and type(operand.value) in (int, float, complex)


def evaluate(function: Callable[..., Any], args: tuple[Any, ...]) -> Const | None:
    """The result of a function of constants; None if it raises (when running, it will again)."""
    try:
        return Const(function(*(arg.value for arg in args)))
    except (TypeError, ValueError, ArithmeticError):
        return None
