"""A reverse sweep for each item of the result, after one forward sweep: the Jacobian.

    y = forward sweep                       y = forward sweep
    y_bar = …                               x_jacobian = np.empty((len(y), len(x)))
    x_bar = reverse sweep with y_bar   →    for item in range(len(y)):
                                                y_bar = np.zeros_like(y)
                                                y_bar[item] = 1.0
                                                x_bar = reverse sweep with y_bar
                                                x_jacobian[item, :] = x_bar

The tapes are only read by a reverse sweep, so they serve all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from adjoint.program.exposure import upward_exposed
from adjoint.program.numbers import element_of
from adjoint.program.primitives import dim
from adjoint.program.walk import assigned

Fresh = Callable[[str, Any], Name]


class Rows:
    """The loops over the result's items, and the Jacobians that they fill, a row each.

    Parameters
    ----------
    result : the array whose items are seeded.
    bars : the name of each gradient's variable, with the parameter that it belongs to.
    """

    def __init__(
        self, result: Name, bars: Sequence[tuple[str, Name]], table: dict[str, Any], fresh: Fresh
    ) -> None:
        self._table, self._fresh = table, fresh
        self._bars = bars
        self._sizes = self._lengths(result)
        self._items = tuple(fresh("item", types.int64) for _ in self._sizes)
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

    def around(self, result: Name, seed: Name, sweep: Block, bound: set[str]) -> Block:
        """All that follows the forward sweep, around the reverse sweep for one seed.

        `bound` are the variables that have a value before.
        """
        before: list[Stmt] = []
        for jacobian, (_, parameter) in zip(self._made, self._bars, strict=True):
            shape = Tuple((*self._sizes, *self._lengths(parameter)))
            dtype = as_dtype(self._table[jacobian.id].dtype).type
            given = () if dtype is np.float64 else (Const(dtype),)
            before.append(Assign(jacobian.id, Call(np.empty, (shape, *given))))
        kept, restored = self._kept(sweep, bound)
        body: Block = (
            *restored,
            Assign(seed.id, Call(np.zeros_like, (result,))),
            Store(seed.id, self._items, Const(1.0)),
            *sweep,
            *self._rows(),
        )
        for item, size in reversed(list(zip(self._items, self._sizes, strict=True))):
            body = (For(item.id, Const(0), size, Const(1), body),)
        return (*before, *kept, *body)

    def _kept(self, sweep: Block, bound: set[str]) -> tuple[list[Stmt], list[Stmt]]:
        """What saves and restores variables that the sweep finds and then changes."""
        names = sorted(upward_exposed(sweep) & assigned(sweep) & bound)
        kept = [(name, self._fresh(name, self._table[name])) for name in names]
        saved: list[Stmt] = [Assign(copy.id, Name(name)) for name, copy in kept]
        return saved, [Assign(name, copy) for name, copy in kept]

    def _rows(self) -> Block:
        """What copies each gradient to its row."""
        rows: list[Stmt] = []
        for jacobian, (bar, parameter) in zip(self._made, self._bars, strict=True):
            lengths = self._lengths(parameter)
            own = tuple(self._fresh("ijklmnpq"[k], types.int64) for k in range(len(lengths)))
            value = Item(Name(bar), own) if own else Name(bar)
            row: Stmt = Store(jacobian.id, (*self._items, *own), value)
            for index, length in reversed(list(zip(own, lengths, strict=True))):
                row = For(index.id, Const(0), length, Const(1), (row,))
            rows.append(row)
        return tuple(rows)
