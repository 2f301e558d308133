"""Arrays in the order in which innermost loops walk through them.

for k in range(n):                             x_T = np.ascontiguousarray(x.T)
    for j in range(m):                         for k in range(n):
        for i in range(m):                →        for j in range(m):
            y[i] += x[i, k] * w[j]                     for i in range(m):
                                                           y[i] += x_T[k, i] * w[j]

Neighbours in memory are loaded many at a time, and a cache line holds eight of them. An array that
the program makes is made with its axes in another order. One that it is given is copied, where that
takes less time than it saves: if it is only read, the original is still read elsewhere; if it is
written to, all is done in the copy, which is copied back at the end.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numba.core import types

from adjoint.analyses.axis_orders import ALIKE, AxisOrders, Order, returned
from adjoint.analyses.walking_order import WalkingOrder
from adjoint.lowering.arrays import allocation
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Comment,
    Const,
    For,
    Item,
    Name,
    Program,
    Return,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.free_names import free_name
from adjoint.program.primitives import dim
from adjoint.program.walk import (
    assigned,
    map_blocks,
    map_operands,
    read,
    rewrite,
)


def lay_out_arrays(program: Program, fixed: frozenset[str]) -> Program:
    """The program with some arrays, or copies of them, in another order of axes.

    Parameters
    ----------
    fixed : arrays that stay as they are.
    """
    if program.types is None:
        return program
    choice = AxisOrders(program, fixed)
    if not choice.orders and not choice.copies:
        return program
    return _Written(program, choice).program()


class _Written:
    """The program with the arrays in their new orders."""

    def __init__(self, program: Program, choice: AxisOrders) -> None:
        self._program = program
        self.table: dict[str, Any] = dict(program.types or {})
        self._used = {*program.params, *assigned(program.body), *read(program.body), *self.table}
        self._orders = choice.orders
        self._copies = choice.copies
        self._names = {
            name: self._fresh(f"{name}_T" if len(order) == 2 else f"{name}_moved", name)
            for name, order in sorted({**choice.orders, **choice.copies}.items())
        }
        self._from_copy = {
            (step.array, step.index)
            for step in WalkingOrder(program).steps
            if step.array in choice.copies and step.axis == choice.copies[step.array][-1]
        }

    def program(self) -> Program:
        """All of it."""
        *body, last = self._program.body
        assert isinstance(last, Return)
        params = [p for p in self._program.params if p in self._names]
        before = [stmt for p in params for stmt in self._copy_in(p)]
        after = [stmt for p in params if p in self._orders for stmt in self._copy_out(p, p)]
        results = sorted(returned(self._program) & self._orders.keys() - set(params))
        after += [stmt for r in results for stmt in self._result(r)]
        last = map_operands(last, partial(rewrite, change=self._expr))
        heading = [stmt for stmt in body[:1] if isinstance(stmt, Comment)]
        rest = self._block(tuple(body[len(heading) :]))
        written = (*heading, *before, *rest, *after, last)
        return replace(self._program, body=written, types=self.table)

    def _fresh(self, wanted: str, like: str | None = None) -> str:
        name = free_name(wanted, self._used)
        self._used.add(name)
        self.table[name] = types.int64 if like is None else self.table[like]
        return name

    def _copy_in(self, param: str) -> list[Stmt]:
        if param in self._orders:
            return self._copied(*self._now(param), param, _in_order(len(self._orders[param])))
        order = self._copies[param]
        if len(order) == 2:
            return [_turned(self._names[param], param)]
        return self._copied(self._names[param], order, param, _in_order(len(order)))

    def _copy_out(self, target: str, name: str) -> list[Stmt]:
        """The loops that write all elements to an array in the old order."""
        order = self._orders[name]
        counters = tuple(self._fresh("i") for _ in order)
        index = tuple(map(Name, counters))
        value = Item(Name(self._names[name]), tuple(index[axis] for axis in order))
        lengths = [Call(dim, (Name(target), Const(axis))) for axis in range(len(order))]
        return [_nest(counters, lengths, Store(target, index, value))]

    def _result(self, name: str) -> list[Stmt]:
        now, order = self._now(name)
        if len(order) == 2:
            return [_turned(name, now)]
        return self._copied(name, _in_order(len(order)), now, order)

    def _copied(self, target: str, order: Order, source: str, old: Order) -> list[Stmt]:
        """`target`, new, with the elements of an array in another order."""
        if order == old:
            return [Assign(target, Call(np.copy, (Name(source),)))]
        lengths = tuple(Call(dim, (Name(source), Const(old.index(axis)))) for axis in order)
        made = Assign(target, allocation(lengths, self.table[target].dtype))
        counters = tuple(self._fresh("i") for _ in order)
        by_axis = dict(zip(order, map(Name, counters), strict=True))
        value = Item(Name(source), tuple(by_axis[axis] for axis in old))
        return [made, _nest(counters, lengths, Store(target, tuple(map(Name, counters)), value))]

    def _block(self, block: Block) -> Block:
        return tuple(new for stmt in block for new in self._stmt(stmt))

    def _stmt(self, stmt: Stmt) -> list[Stmt]:
        if isinstance(stmt, Assign) and isinstance(stmt.value, Call):
            function, args = stmt.value.function, stmt.value.args
            if function is np.copy and isinstance(args[0], Name):
                if {stmt.target, args[0].id} & self._orders.keys():
                    copied = self._copied(*self._now(stmt.target), *self._now(args[0].id))
                    return [_like(stmt, new) for new in copied]
            elif stmt.target in self._orders:
                return [map_operands(self._made(stmt), partial(rewrite, change=self._expr))]
            elif function in ALIKE and args[0] in [Name(name) for name in self._orders]:
                return [replace(stmt, value=self._alike(stmt.target, stmt.value))]
        stmt = map_operands(map_blocks(stmt, self._block), partial(rewrite, change=self._expr))
        if isinstance(stmt, Store) and stmt.array in self._orders:
            order = self._orders[stmt.array]
            index = tuple(stmt.index[axis] for axis in order)
            stmt = replace(stmt, array=self._names[stmt.array], index=index)
        return [stmt]

    def _now(self, name: str) -> tuple[str, Order]:
        """An array's name now, and the order of its axes."""
        if name in self._orders:
            return self._names[name], self._orders[name]
        return name, _in_order(self.table[name].ndim)

    def _made(self, stmt: Assign) -> Assign:
        """An allocation in the new order."""
        value, order = stmt.value, self._orders[stmt.target]
        assert isinstance(value, Call)
        if value.function in ALIKE:
            value = self._alike(stmt.target, value)
        shape = value.args[0]
        assert isinstance(shape, Tuple)
        turned = Tuple(tuple(shape.items[axis] for axis in order))
        value = replace(value, args=(turned, *value.args[1:]))
        return replace(stmt, target=self._names[stmt.target], value=value)

    def _alike(self, target: str, value: Call) -> Call:
        """An allocation by lengths, in the old order."""
        (like,) = value.args
        assert isinstance(like, Name)
        now, axes = self._now(like.id)
        type_ = self.table[target]
        lengths = tuple(
            Call(dim, (Name(now), Const(axes.index(axis)))) for axis in range(type_.ndim)
        )
        return allocation(lengths, type_.dtype, ALIKE[value.function])

    def _expr(self, expr: Any) -> Any:
        match expr:
            case Item(Name(array), index) if array in self._orders:
                order = self._orders[array]
                return Item(Name(self._names[array]), tuple(index[axis] for axis in order))
            case Item(Name(array), index) if (array, index) in self._from_copy:
                order = self._copies[array]
                return Item(Name(self._names[array]), tuple(index[axis] for axis in order))
            case Call(function, (Name(array), Const(axis))) if function is dim:
                if array in self._orders and array not in self._program.params:
                    now = self._orders[array].index(axis)
                    return Call(dim, (Name(self._names[array]), Const(now)))
        return expr


def _in_order(ndim: int) -> Order:
    return tuple(range(ndim))


def _turned(target: str, matrix: str) -> Stmt:
    """The rows of a matrix as columns.

    It may be the same memory, if the matrix has one row: for copies that are read, and results.
    """
    transposed = Call(np.transpose, (Name(matrix),))
    return Assign(target, Call(np.ascontiguousarray, (transposed,)))


def _nest(counters: tuple[str, ...], lengths: Any, store: Store) -> Stmt:
    """A store in loops over all indices."""
    stmt: Stmt = store
    for counter, length in reversed(list(zip(counters, lengths, strict=True))):
        stmt = For(counter, Const(0), length, Const(1), (stmt,))
    return stmt


def _like(stmt: Stmt, new: Stmt) -> Stmt:
    """A new statement at the place of another."""
    return replace(new, at=stmt.at, reverse=stmt.reverse, merged=stmt.merged)
