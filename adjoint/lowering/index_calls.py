"""Calls that give indices or take elements by them: `np.nonzero`, `np.where(m)`, `np.take`."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.arrays import ArrayValue, elementwise, is_array
from adjoint.lowering.calls import handles
from adjoint.lowering.displays import display
from adjoint.lowering.expressions import indexed
from adjoint.lowering.masks import trimmed
from adjoint.lowering.picking import is_mask
from adjoint.program import primitives
from adjoint.program.core import Call, Const, Slice

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering


@handles(np.nonzero, np.flatnonzero)
def _nonzero(low: Lowering, target: str, call: Call) -> Any:
    """The indices as arrays of their own, one for each axis."""
    value = low.value(call.args[0])
    if not is_array(value) or (call.function is np.flatnonzero and len(value.shape) != 1):
        return NotImplemented
    mask = value if is_mask(value) else _is_not_zero(low, value)
    found = trimmed(low.builder, low.selections.of(mask, low.is_lasting(mask)))
    return found if call.function is np.nonzero else found[0]


@handles(np.where)
def _where(low: Lowering, target: str, call: Call) -> Any:
    operands = [low.value(arg) for arg in call.args]
    if len(operands) == 3 and not call.keywords and not any(map(is_array, operands)):
        return Call(primitives.select, tuple(operands))
    if len(call.args) > 1 or call.keywords:
        return NotImplemented
    return _nonzero(low, target, Call(np.nonzero, call.args))


def _is_not_zero(low: Lowering, value: ArrayValue) -> ArrayValue:
    return elementwise(low.builder, operator.ne, (value, Const(0)), types.boolean, low.same)


@handles(np.take)
def _take(low: Lowering, target: str, call: Call) -> Any:
    """`np.take(x, index, axis)` is `x[:, index]` with as many slices as there are axes before."""
    given = dict(zip(("a", "indices", "axis"), call.args, strict=False))
    given.update(call.keywords)
    value, index = low.value(given.pop("a")), low.value(given.pop("indices"))
    axis = low.value(given.pop("axis", Const(None)))
    if not is_array(value) or given:
        return NotImplemented
    if axis == Const(None) and len(value.shape) == 1:
        axis = Const(0)
    if not isinstance(axis, Const) or axis == Const(None):
        raise UnsupportedSyntax(
            "np.take needs a constant axis here", low.builder.at, "write `a.ravel()[index]`"
        )
    if isinstance(index, tuple):
        index = display(low, types.int64, index)
    before = (Slice(None, None, None),) * (axis.value % len(value.shape))
    seen = indexed(low, value, (*before, index))
    return seen if is_array(index) and seen.shape else seen.element(low.builder, ())
