"""Slices that are known to lie inside their axis, so that nothing is cut off.

for i in range(n):          # and a has length n
    a[:i]                   # i elements
    a[i + 1:]               # n - i - 1 elements, from i + 1
    a[-i - 1:]              # i + 1 elements, from n - i - 1
    a[i::-1]                # i + 1 elements, back from i
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from numba.core import types

from adjoint.program.core import Call, Const, Expr, Name, Slice
from adjoint.program.linear import Linear
from adjoint.runtime import shapes

if TYPE_CHECKING:
    from adjoint.lowering.builder import Builder

_ONE = Linear({}, 1)


def slice_within(
    builder: Builder, item: Slice, length: Expr, backward: bool = False
) -> tuple[Expr, Expr] | None:
    """First index and number of indices of a slice, one after the other; None if it may be cut off.

    Parameters
    ----------
    backward : the step is -1, not 1.
    """
    if backward:
        return _backward(builder, item, length)
    start = bound_within(builder, item.start or Const(0), length)
    stop = length if item.stop is None else bound_within(builder, item.stop, length)
    if start is None or stop is None:
        return None
    return start, _count(builder, start, stop, length)


def bound_within(builder: Builder, bound: Expr, length: Expr) -> Expr | None:
    """A bound of a slice counted from the front; None if the slice may be cut off there."""
    facts = builder.facts
    place, size = facts.form(bound), facts.form(length)
    if place is None or size is None:
        return None
    if _are_known(builder, (place, size - place), size):
        return variable(builder, "start", bound)
    if _are_known(builder, (place.scaled(-1) - _ONE, size + place), size):
        return expression(builder, "start", facts.written(length) + facts.written(bound))
    return None


def _backward(builder: Builder, item: Slice, length: Expr) -> tuple[Expr, Expr] | None:
    facts = builder.facts
    size = facts.form(length)
    if size is None:
        return None
    if item.start is None:
        start: Expr = builder.integer(operator.sub, length, Const(1))
        if item.stop is None:
            return start, length
    place = facts.form(item.start or start)
    end = None if item.stop is None else facts.form(item.stop)
    if place is None or (item.stop is not None and end is None):
        return None
    end = end or Linear({}, -1)
    inside = (place - end, place, size - place - _ONE)
    if not _are_known(builder, inside if item.stop is None else (*inside, end), size):
        return None
    written = facts.written(item.start or start)
    stop = Linear({}, -1) if item.stop is None else facts.written(item.stop)
    return variable(builder, "start", item.start or start), expression(builder, "n", written - stop)


def _are_known(builder: Builder, forms: tuple[Linear, ...], size: Linear) -> bool:
    return all(builder.facts.is_non_negative(form, size) for form in forms)


def _count(builder: Builder, start: Expr, stop: Expr, length: Expr) -> Expr:
    facts = builder.facts
    first, last, size = map(facts.form, (start, stop, length))
    if first and last and size and facts.is_non_negative(last - first, size):
        return expression(builder, "n", facts.written(stop) - facts.written(start))
    return builder.define("n", types.int64, Call(shapes.slice_length, (start, stop, Const(1))))


def variable(builder: Builder, stem: str, value: Expr) -> Expr:
    """An integer that keeps its value where the variable that it is changes."""
    if not isinstance(value, Name):
        return value
    name = builder.define(stem, types.int64, value)
    if value.id not in builder.rebound:
        builder.definitions[name.id] = value
    return name


def expression(builder: Builder, stem: str, form: Linear) -> Expr:
    """Compute a linear form, unless a variable has the number already."""
    whole = builder.facts.form(form.expr())
    key = None if whole is None else whole.expr()
    held = builder.numbers.get(key)
    if held is not None and held.id in builder.definitions:
        return held
    found = variable(builder, stem, _computed(builder, stem, form.expr()))
    if key is not None and isinstance(found, Name) and found.id in builder.definitions:
        builder.numbers[key] = found
    return found


def _computed(builder: Builder, stem: str, expr: Expr) -> Expr:
    if isinstance(expr, Call) and expr.function in (operator.add, operator.sub, operator.mul):
        args = (_computed(builder, "t", arg) for arg in expr.args)
        return builder.integer(expr.function, *args, stem=stem)
    if isinstance(expr, Call) and expr.function is operator.neg:
        return builder.define(stem, types.int64, expr)
    return expr
