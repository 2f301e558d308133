"""Writing to a region of an array: element by element, and what is copied before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba.core import types

from adjoint.errors import ShapeMismatch
from adjoint.lowering.arrays import (
    Along,
    ArrayValue,
    Elementwise,
    Stored,
    View,
    broadcast_element,
    broadcast_steps,
    home,
    is_array,
    leaves,
    memory,
)
from adjoint.lowering.state import Value
from adjoint.program.core import Call, Const, Expr
from adjoint.runtime import shapes

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering


def only_element(low: Lowering, value: ArrayValue) -> Expr:
    """The element of an array that must hold just one."""
    for length in value.shape:
        if length != Const(1):
            low.builder.define("n", types.int64, Call(shapes.check_single, (length,)))
    return value.element(low.builder, tuple(Const(0) for _ in value.shape))


def store_region(low: Lowering, region: View, value: Value, accumulate: bool) -> None:
    """Write a value, broadcast, to every index of a region."""
    steps: tuple[Expr, ...] = ()
    if is_array(value):
        if overlaps(low, region, value):
            copy_type = types.Array(value.dtype, len(value.shape), "C")
            value = low.compute(low.builder.fresh("t", copy_type).id, value)
        while len(value.shape) > len(region.shape) and value.shape[0] == Const(1):
            raise ShapeMismatch("too many dimensions on the right", low.builder.at)
        steps = broadcast_steps(low.builder, value.shape, region.shape, low.same)
    with low.builder.loops(region.shape) as at:
        element = broadcast_element(low.builder, value, steps, at)
        name, place = region.place(low.builder, at)
        low.builder.store(name, place, element, accumulate)


def overlaps(low: Lowering, region: ArrayValue, value: ArrayValue) -> bool:
    """Whether writing the region may change what the value is still to read."""
    target = home(region)
    shared = [leaf for leaf in leaves(value) if is_array(leaf) and may_share(low, leaf, target)]
    if not _is_in_step(value):
        return bool(shared)
    return any(_flat(leaf) != _flat(region) for leaf in shared)


def may_share(low: Lowering, leaf: ArrayValue, target: str | None) -> bool:
    """Whether a leaf may be in the target's memory; names bound twice may be anywhere."""
    name = memory(leaf)
    assert name is not None and target is not None
    return name == target or low.bindings[name] > 1 or low.bindings[target] > 1


def _is_in_step(value: ArrayValue) -> bool:
    """Whether the element at an index is computed from those of the leaves at the same index."""
    if not isinstance(value, Elementwise):
        return memory(value) is not None
    return all(
        all(step == Const(1) for step in steps)
        and len(operand.shape) == len(value.shape)
        and _is_in_step(operand)
        for operand, steps in zip(value.operands, value.steps, strict=True)
        if is_array(operand)
    )


def _flat(value: ArrayValue) -> Any:
    """Which cells of its memory a value shows, in which order; equal ones are the same."""
    if isinstance(value, Stored):
        return value.name, tuple(Along(axis) for axis in range(len(value.shape)))
    assert isinstance(value, View)
    if isinstance(value.base, Stored):
        return value.base.name, value.selectors
    return value  # a view of a view: never equal to another, so a copy is made
