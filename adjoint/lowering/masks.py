"""Boolean masks: the indices at which one is true, as arrays of indices of each axis.

    x[m]    →    index = np.empty(m.shape[0], np.int64)
                 count = 0
                 for i in range(m.shape[0]):
                     if m[i]:
                         index[count] = i
                         count += 1
                 … x[index[k]] for k in range(count)

With that a mask is an array of indices like others. Where the elements can be visited in the loop
over the mask instead (`unmasked`), nobody reads the indices, and their loop is taken out again.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from numba.core import types

from adjoint.lowering.arrays import (
    ArrayValue,
    Elementwise,
    Stored,
    View,
    allocate,
    is_array,
)
from adjoint.lowering.builder import Builder
from adjoint.program.core import Block, Call, Const, Expr, If, Name, Stmt
from adjoint.program.walk import map_blocks, names, operands, statements

Index = tuple[Expr, ...]


@dataclass(frozen=True)
class Selection:
    """Where a mask is true: how often, and the indices there, one array for each axis."""

    count: Name
    indices: tuple[Stored, ...]


class Selections:
    """The selections of a program's masks, each computed once where that is possible."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._known: dict[Stored, tuple[list[Stmt], Selection]] = {}
        self._computed: list[tuple[tuple[Stmt, ...], Selection]] = []

    def of(self, mask: ArrayValue, is_lasting: bool) -> Selection:
        """The selection of a mask, computed here unless it was on every path that leads here.

        Parameters
        ----------
        is_lasting : whether the mask is bound once and never written to.
        """
        if isinstance(mask, Stored) and mask in self._known:
            block, selection = self._known[mask]
            if self._builder.is_open(block):
                return selection
        with self._builder.block() as body:
            selection = selected(self._builder, mask)
        for stmt in body:
            self._builder.emit(stmt)
        self._computed.append((tuple(body), selection))
        if isinstance(mask, Stored) and is_lasting:
            self._known[mask] = self._builder.current, selection
        return selection

    def without_unread(self, body: Block) -> Block:
        """The program's body without the computations of selections that nobody reads."""
        removed: set[int] = set()
        for group, selection in reversed(self._computed):
            own = removed | set(map(id, statements(group)))
            read = {
                name
                for stmt in statements(body)
                if id(stmt) not in own
                for expr in operands(stmt)
                for name in names(expr)
            }
            if not read & {selection.count.id, *(array.name for array in selection.indices)}:
                removed = own
        return _without(body, removed) if removed else body


def _without(block: Block, removed: set[int]) -> Block:
    return tuple(
        map_blocks(stmt, lambda inner: _without(inner, removed))
        for stmt in block
        if id(stmt) not in removed
    )


def selected(builder: Builder, mask: ArrayValue) -> Selection:
    """Emit the loop that collects the indices; the arrays have room for all of the mask."""
    room: Expr = Const(1)
    for length in mask.shape:
        room = builder.integer(operator.mul, room, length, stem="room")
    arrays = tuple(_index_array(builder, room) for _ in mask.shape)
    count = builder.define("count", types.int64, Const(0))
    builder.non_negative.add(count.id)
    with where(builder, mask) as index:
        for array, position in zip(arrays, index, strict=True):
            builder.store(array.name, (count,), position)
        builder.assign(count.id, Call(operator.add, (count, Const(1))))
    return Selection(count, tuple(replace(array, shape=(count,)) for array in arrays))


def _index_array(builder: Builder, room: Expr) -> Stored:
    name = builder.fresh("index", types.Array(types.int64, 1, "C"))
    return allocate(builder, name.id, (room,), types.int64)


def trimmed(builder: Builder, selection: Selection) -> tuple[Stored, ...]:
    """The indices as arrays that are as long as their number (`np.nonzero`)."""
    found = []
    for array in selection.indices:
        name = builder.fresh("index", types.Array(types.int64, 1, "C"))
        copy = allocate(builder, name.id, (selection.count,), types.int64)
        with builder.loops(copy.shape) as index:
            builder.store(copy.name, index, array.element(builder, index))
        found.append(copy)
    return tuple(found)


@contextmanager
def where(builder: Builder, mask: ArrayValue) -> Iterator[Index]:
    """Loops over the mask; the statements of the `with` body run where it is true."""
    with builder.loops(mask.shape) as index:
        test = mask.element(builder, index)
        with builder.block() as body:
            yield index
        builder.emit(If(test, tuple(body), at=builder.at))


def unmasked(value: Any, mask: ArrayValue) -> Any:
    """The value at all elements, of which `value` has those where the mask is true.

    Scalars are as they are. None if the value is no function of such elements one by one.
    """
    if not is_array(value):
        return value
    if isinstance(value, View):
        return value.base if value.mask == mask else None
    if not isinstance(value, Elementwise):
        return None
    operands_ = tuple(unmasked(operand, mask) for operand in value.operands)
    arrays = [operand for operand in operands_ if is_array(operand)]
    in_step = all(step == Const(1) for steps in value.steps for step in steps)
    if None in operands_ or not in_step or len({len(array.shape) for array in arrays}) != 1:
        return None
    shape = arrays[0].shape
    steps = tuple((Const(1),) * len(shape) if is_array(o) else () for o in operands_)
    return replace(value, operands=operands_, steps=steps, shape=shape)


def common_mask(value: Any) -> ArrayValue | None:
    """The mask that a value's elements are taken with, if it is one."""
    if isinstance(value, View):
        return value.mask
    if isinstance(value, Elementwise):
        masks = (common_mask(operand) for operand in value.operands)
        return next((mask for mask in masks if mask is not None), None)
    return None
