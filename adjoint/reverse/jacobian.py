"""A reverse sweep for each item of the result, after one forward sweep: the Jacobian.

    y = forward sweep                       y = forward sweep
    y_bar = …                               x_jacobian = np.zeros((len(y), len(x)))
    x_bar = np.zeros_like(x)           →    for item in range(len(y)):
    x_bar[0] += 2.0 * y_bar[0]                  y_bar = np.zeros_like(y)
                                                y_bar[item] += 1.0
                                                x_jacobian[item, 0] += 2.0 * y_bar[0]

The tapes are only read by a reverse sweep, so they serve all of them. A gradient that the sweep
uses as a whole, in a call, is an array of its own and copied to its row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    For,
    Item,
    Name,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.elements import making
from adjoint.program.exposure import upward_exposed
from adjoint.program.numbers import element_of
from adjoint.program.primitives import dim
from adjoint.program.walk import (
    assigned,
    map_blocks,
    map_operands,
    rewrite,
)

Fresh = Callable[[str, Any], Name]


class Rows:
    """The loops over the result's items, and the Jacobians that they fill, a row each.

    Parameters
    ----------
    result : the array whose items are seeded.
    items : the loops' counters, one for each axis of the result.
    bars : the name of each gradient's variable, with the parameter that it belongs to.
    """

    def __init__(
        self,
        result: Name,
        items: tuple[Name, ...],
        bars: Sequence[tuple[str, Name]],
        table: dict[str, Any],
        fresh: Fresh,
    ) -> None:
        self._table, self._fresh = table, fresh
        self._bars = bars
        self._sizes = self._lengths(result)
        self._items = items
        self._made = [self._jacobian(parameter) for _, parameter in bars]

    def _lengths(self, value: Name) -> tuple[Expr, ...]:
        type_ = self._table[value.id]
        axes = range(type_.ndim) if isinstance(type_, types.Array) else ()
        return tuple(Call(dim, (value, Const(axis))) for axis in axes)

    def _jacobian(self, parameter: Name) -> Name:
        element = element_of(self._table[parameter.id])
        ndim = len(self._sizes) + len(self._lengths(parameter))
        return self._fresh(f"{parameter.id}_jacobian", types.Array(element, ndim, "C"))

    @property
    def jacobians(self) -> tuple[Name, ...]:
        """The arrays that are filled, of the result's shape and then the parameter's."""
        return tuple(self._made)

    def around(self, sweep: Block, bound: set[str]) -> Block:
        """All that follows the forward sweep, around the reverse sweep for one item.

        `bound` are the variables that have a value before.
        """
        kept, restored = self._kept(sweep, bound)
        made: list[Stmt] = []
        copied: list[Stmt] = []
        for jacobian, (bar, parameter) in zip(self._made, self._bars, strict=True):
            in_place = self._is_by_element(bar, sweep)
            made.append(self._allocation(jacobian, parameter, np.zeros if in_place else np.empty))
            if in_place:
                sweep = self._in_row(sweep, bar, jacobian, parameter)
            else:
                copied.append(self._row(jacobian, bar, parameter))
        body: Block = (*restored, *sweep, *copied)
        for item, size in reversed(list(zip(self._items, self._sizes, strict=True))):
            body = (For(item.id, Const(0), size, Const(1), body),)
        return (*made, *kept, *body)

    def _allocation(self, jacobian: Name, parameter: Name, make: Callable[..., Any]) -> Assign:
        shape = Tuple((*self._sizes, *self._lengths(parameter)))
        dtype = as_dtype(self._table[jacobian.id].dtype).type
        given = () if dtype is np.float64 else (Const(dtype),)
        return Assign(jacobian.id, Call(make, (shape, *given)))

    def _kept(self, sweep: Block, bound: set[str]) -> tuple[list[Stmt], list[Stmt]]:
        """What saves and restores variables that the sweep finds and then changes."""
        names = sorted(upward_exposed(sweep) & assigned(sweep) & bound)
        kept = [(name, self._fresh(name, self._table[name])) for name in names]
        saved: list[Stmt] = [Assign(copy.id, Name(name)) for name, copy in kept]
        return saved, [Assign(name, copy) for name, copy in kept]

    # ----------------------------------------------------------------- gradients in their rows

    def _is_by_element(self, bar: str, sweep: Block) -> bool:
        """Whether a sweep zeroes an array and then only reads and writes single elements."""
        type_ = self._table[bar]
        if not isinstance(type_, types.Array):
            return False
        made = making(bar, type_, sweep)
        return made is not None and _is_zero(made.value)

    def _in_row(self, sweep: Block, bar: str, jacobian: Name, parameter: Name) -> Block:
        """The sweep with the Jacobian's row in the place of an array."""

        def change(expr: Any) -> Any:
            match expr:
                case Item(Name(name), index) if name == bar:
                    return Item(jacobian, (*self._items, *index))
                case Call(function, (Name(name), axis)) if function is dim and name == bar:
                    return Call(dim, (parameter, axis))
            return expr

        def changed(block: Block) -> Block:
            done: list[Stmt] = []
            for stmt in block:
                stmt = map_operands(stmt, lambda expr: rewrite(expr, change))
                if isinstance(stmt, Store) and stmt.array == bar:
                    stmt = replace(stmt, array=jacobian.id, index=(*self._items, *stmt.index))
                if not (isinstance(stmt, Assign) and stmt.target == bar):
                    done.append(map_blocks(stmt, changed))
            return tuple(done)

        return changed(sweep)

    def _row(self, jacobian: Name, bar: str, parameter: Name) -> Stmt:
        """What copies a gradient to its row."""
        lengths = self._lengths(parameter)
        own = tuple(self._fresh("ijklmnpq"[k], types.int64) for k in range(len(lengths)))
        value = Item(Name(bar), own) if own else Name(bar)
        row: Stmt = Store(jacobian.id, (*self._items, *own), value)
        for index, length in reversed(list(zip(own, lengths, strict=True))):
            row = For(index.id, Const(0), length, Const(1), (row,))
        return row


def _is_zero(value: Expr) -> bool:
    return isinstance(value, Call) and value.function is np.zeros_like
