"""Calls that stay calls: arguments in contiguous memory, and what they return taken apart.

a, b = f(x[::2], n)      →      t = …                  # x[::2]
                                f_1 = f(t, n)
                                a = f_1[0]
                                b = f_1[1]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core import types

from adjoint.lowering.arrays import Stored, is_array, stored
from adjoint.lowering.library_shapes import axes_of_result
from adjoint.program import primitives
from adjoint.program.core import Call, Const, Expr, Item, Name
from adjoint.program.functions import Joint
from adjoint.program.walk import rewrite

if TYPE_CHECKING:
    from adjoint.lowering.state import State


def joint_call(low: State, call: Call) -> tuple[Call, list[Any]]:
    """A call of a function of the module, and the values of its arguments."""
    values = [_argument(low, arg) for arg in call.args]
    args = (Name(v.name) if isinstance(v, Stored) else v for v in values)
    return Call(call.function, tuple(args)), values


def joint_value(low: State, target: str, call: Call) -> Any:
    """The value of a call of a function of the module."""
    joint = call.function
    assert isinstance(joint, Joint)
    if joint.elementwise is not None:
        operands = tuple(low.value(arg) for arg in call.args)
        if any(map(is_array, operands)):
            return low.elementwise(joint, operands, joint.result, target)
    lowered, values = joint_call(low, call)
    if len(joint.items) == 1:
        if not isinstance(joint.items[0], types.Array):
            return lowered
        name = target
        if low.bindings[target] > 1:
            name = low.builder.fresh(target, joint.items[0]).id
        low.builder.assign(name, lowered)
        return _array(low, name, joint, 0, values)
    whole = low.builder.define(
        f"{joint.name}_all", types.BaseTuple.from_types(joint.items), lowered
    )
    return tuple(_item(low, whole, joint, k, values) for k in range(len(joint.items)))


def _item(low: State, whole: Name, joint: Joint, k: int, values: list[Any]) -> Any:
    item = low.builder.define(f"{whole.id}_{k}", joint.items[k], Item(whole, (Const(k),)))
    is_memory = isinstance(joint.items[k], types.Array)
    return _array(low, item.id, joint, k, values) if is_memory else item


def item_of(low: State, whole: Name, kind: Any, k: int, call: Call) -> Any:
    """An item of the tuple that a library call returned."""
    item = low.builder.define(f"{whole.id}_{k}", kind, Item(whole, (Const(k),)))
    return library_array(low, item.id, call, k) if isinstance(kind, types.Array) else item


def library_array(low: State, name: str, call: Call, k: int) -> Stored:
    """An array that a library call returned, with lengths known from those of its arguments."""
    values = [low.value(arg) for arg in call.args]
    shapes = [value.shape if is_array(value) else () for value in values]
    axes = axes_of_result(call.function, [len(shape) for shape in shapes], k)
    is_square = call.function is np.eye and len(values) == 1 and not call.keywords
    if axes is None and not is_square:
        return low.memory(name)
    lengths = tuple(shapes[arg][axis] for arg, axis in axes or ())
    lengths = lengths or (values[0], values[0])
    low.remember_lengths(name, lengths)
    return stored(low.builder, name, lengths)


def _array(low: State, name: str, joint: Joint, k: int, values: list[Any]) -> Any:
    """An array that the call returned, with lengths known from those of its arguments."""
    shape = joint.shapes[k] if joint.shapes else None
    if shape is None:
        return low.memory(name)
    given = dict(zip(joint.body.params, values, strict=True))

    def here(expr: Expr) -> Expr:
        if isinstance(expr, Call) and expr.function is primitives.dim:
            array, axis = expr.args
            assert isinstance(array, Name) and isinstance(axis, Const)
            return low.lengths(given[array.id])[axis.value]
        return given[expr.id] if isinstance(expr, Name) and expr.id in scalars else expr

    scalars = {param for param, value in given.items() if not isinstance(value, Stored)}
    lengths = tuple(rewrite(length, here) for length in shape)
    low.remember_lengths(name, lengths)
    return stored(low.builder, name, lengths)


def _argument(low: State, expr: Expr) -> Any:
    """An argument: a scalar, or an array in contiguous memory."""
    value = low.value(expr)
    if not is_array(value):
        return value
    array = low.materialised(value)
    type_ = low.builder.types[array.name]
    contiguous = types.Array(type_.dtype, type_.ndim, "C")
    if type_ == contiguous:
        return array
    return low.compute(low.builder.fresh(array.name, contiguous).id, array)
