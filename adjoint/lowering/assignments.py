"""Assignments: what a name is bound to, and whether it is computed now or where it is used."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.arrays import (
    Along,
    ArrayValue,
    Fixed,
    Listed,
    Stored,
    View,
    is_array,
    is_component,
    memory,
)
from adjoint.lowering.expressions import expression
from adjoint.lowering.facts import COMPARISONS
from adjoint.lowering.rebinding import ChangesShape, assign_private, is_known_everywhere
from adjoint.lowering.state import Value
from adjoint.program import primitives
from adjoint.program.core import Call, Const, Expr, Name

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering

Selector = Fixed | Along | Listed


def assign(low: Lowering, target: str, expr: Expr, unordered: bool = False) -> None:
    """Lower `target = expr`; `unordered` if it is one of additions in any order."""
    if target in low.grown and isinstance(expr, Call):
        args = tuple(low.argument(arg) for arg in expr.args)
        low.builder.assign(target, replace(expr, args=args))
        return
    if target in low.private.names:
        assign_private(low, target, expr)
        return
    value = expression(low, target, expr)
    if isinstance(value, tuple):
        _bind_tuple(low, target, value)
    elif is_array(value):
        _bind_array(low, target, value)
    elif value is not None:
        _bind_scalar(low, target, value, unordered)


def _bind_scalar(low: Lowering, target: str, value: Expr, unordered: bool) -> None:
    if (
        low.bindings[target] == 1
        and (_is_integer_expr(value, low.builder.types) or _is_test(value, low.builder.types))
        and all(low.is_stable(arg) for arg in (value,))
    ):
        low.definitions[target] = value
    if low.bindings[target] == 1 and low.builder.is_outermost:
        low.outermost.add(target)
    low.builder.assign(target, value, unordered)


def _bind_tuple(low: Lowering, target: str, items: tuple[Value, ...]) -> None:
    if low.bindings[target] > 1:
        raise UnsupportedSyntax(
            f"the tuple {target!r} is assigned at several places",
            low.builder.at,
            "use one variable for each of its items",
        )
    low.bound[target] = tuple(_snapshot(low, target, item) for item in items)


def _snapshot(low: Lowering, target: str, item: Value) -> Value:
    """An item of what `target` stands for that later assignments do not change."""
    if isinstance(item, Name) and low.bindings[item.id] > (0 if target in low.lasting else 1):
        return low.builder.define(item.id, low.types[item.id], item)
    return item


def _bind_array(low: Lowering, target: str, value: ArrayValue) -> None:
    """Bind a name to an array value: keep it to be computed later, or compute it now."""
    if isinstance(value, Stored) and value.name == target:
        low.bound[target] = value
        return
    if low.bindings[target] > 1:
        _rebind(low, target, value)
    elif isinstance(value, Stored) and _may_be_rebound(low, value.name):
        # The name may be bound to another array before this one is used.
        low.builder.assign(target, Name(value.name))
        low.bound[target] = low.memory(target)
    elif isinstance(value, Stored) or memory(value) is not None or is_component(value):
        low.bound[target] = _with_fixed_index(low, target, value)
    elif low.uses[target] == 1:
        low.bound[target] = value
        low.pending.append(target)
    else:
        low.bound[target] = low.compute(target, value)


def _may_be_rebound(low: Lowering, name: str) -> bool:
    """Whether a name may mean another array by the time that what it means now is used.

    What shares memory with a private array is not used any more when that is bound again.
    """
    if name in low.private.names:
        return False
    return low.bindings[name] > 1 or name in low.outlived


def _rebind(low: Lowering, target: str, value: ArrayValue) -> None:
    """A name that several assignments bind: each binds it to an array of its own."""
    is_view = isinstance(value, View) and memory(value) is not None
    if (is_view or is_component(value)) and target in low.written:
        raise UnsupportedSyntax(
            f"{target!r} is a view here and another array elsewhere, and one of them is "
            "written to: which one cannot be told when compiling",
            low.builder.at,
            "give the view a name of its own, or copy it",
        )
    array = low.materialised(value, target)
    _keep_shape(low, target, array.shape)
    if low.bindings[array.name] > 1:
        low.builder.assign(target, Name(array.name))
        low.current.pop(target, None)
    else:
        low.current[target] = array


def _keep_shape(low: Lowering, target: str, shape: tuple[Expr, ...]) -> None:
    """Take a variable to keep the shape of the first array it is bound to.

    That lengths stay the same in a loop follows if they do so in each iteration as long as
    they did before; if an assignment breaks it, lowering starts again without.

    Raises
    ------
    ChangesShape : this is such an assignment.
    """
    if target in low.changing:
        return
    lengths = tuple(low.canonical(length) for length in shape)
    if target not in low.constant_shapes:
        if all(is_known_everywhere(low, length) for length in lengths):
            low.constant_shapes[target] = lengths
            return
        raise ChangesShape(target)
    if not all(map(low.same, low.constant_shapes[target], lengths)):
        raise ChangesShape(target)


def _with_fixed_index(low: Lowering, target: str, value: ArrayValue) -> ArrayValue:
    """A view keeps the index it was made with, even if the index variable changes later."""
    if is_component(value):
        (operand,) = value.operands
        assert is_array(operand)
        return replace(value, operands=(_with_fixed_index(low, target, operand),))
    if not isinstance(value, View):
        return _with_fixed_name(low, value)
    selectors = tuple(_with_fixed_selector(low, target, s) for s in value.selectors)
    return replace(value, base=_with_fixed_index(low, target, value.base), selectors=selectors)


def _with_fixed_selector(low: Lowering, target: str, selector: Selector) -> Selector:
    if isinstance(selector, Fixed):
        return Fixed(_snapshot(low, target, selector.index))
    if isinstance(selector, Along):
        return replace(selector, step=_snapshot(low, target, selector.step))
    return selector


def _with_fixed_name(low: Lowering, value: ArrayValue) -> ArrayValue:
    """Memory under a name that no later assignment binds to another array."""
    if not isinstance(value, Stored) or not _may_be_rebound(low, value.name):
        return value
    name = low.builder.define(value.name, low.builder.types[value.name], Name(value.name))
    return replace(value, name=name.id)


def _is_test(value: Expr, table: dict[str, Any]) -> bool:
    """Whether an expression compares integers, or joins such tests."""
    match value:
        case Call(function, args) if function in COMPARISONS:
            return all(_is_integer_expr(arg, table) for arg in args)
        case Call(primitives.logical_and, args):
            return all(isinstance(arg, Name) for arg in args)
    return False


def _is_integer_expr(value: Expr, table: dict[str, Any]) -> bool:
    """Whether an expression is integer arithmetic that can be repeated anywhere."""
    match value:
        case Const(number):
            return isinstance(number, int)
        case Name(id):
            return isinstance(table.get(id), types.Integer)
        case Call(primitives.dim, _):
            return True
        case Call(function, args) if function in _INTEGER_ARITHMETIC:
            return all(_is_integer_expr(arg, table) for arg in args)
    return False


_INTEGER_ARITHMETIC = {
    *(operator.add, operator.sub, operator.mul, operator.floordiv, operator.neg, min, max),
}
