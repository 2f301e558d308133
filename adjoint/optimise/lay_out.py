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

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numba.core import types

from adjoint.analyses.purity import is_scalar_function
from adjoint.analyses.sharing import sharing
from adjoint.analyses.walking_order import LENGTH, Step, WalkingOrder
from adjoint.lowering.arrays import allocation
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Comment,
    Const,
    Evaluate,
    Expr,
    For,
    Item,
    Name,
    Program,
    Raise,
    Return,
    Slice,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.primitives import dim
from adjoint.program.walk import (
    assigned,
    children,
    map_blocks,
    map_operands,
    operands,
    read,
    rewrite,
    statements,
    stored,
    subexpressions,
)

_MAKING: set[Callable[..., Any]] = {np.empty, np.zeros, np.ones}
_ALIKE: dict[Callable[..., Any], Callable[..., Any]] = {
    np.empty_like: np.empty,
    np.zeros_like: np.zeros,
    np.ones_like: np.ones,
}
_APART = 4  # how many times longer it takes to touch what is not next to each other
_COPYING = 1 + _APART
_SAVED = 4  # the part of an array's time that must be saved is one of so many
Order = tuple[int, ...]


def lay_out_arrays(program: Program, fixed: frozenset[str]) -> Program:
    """The program with some arrays, or copies of them, in another order of axes.

    Parameters
    ----------
    fixed : arrays that stay as they are.
    """
    if program.types is None:
        return program
    choice = _Choice(program, fixed)
    if not choice.orders and not choice.copies:
        return program
    return _Written(program, choice).program()


class _Choice:
    """The arrays that get another order.

    Attributes
    ----------
    orders : of those that are only there in the new order, the old axes in the new order.
    copies : of those that are read, and have a copy.
    """

    def __init__(self, program: Program, fixed: frozenset[str]) -> None:
        self._program = program
        self._table = program.types or {}
        self._made = _made_once(program)
        self._written = stored(program.body)
        self._returned = _returned(program)
        self.orders: dict[str, Order] = {}
        self.copies: dict[str, Order] = {}
        whole = set(_used_whole(program.body))
        shared = sharing(program)
        steps: dict[str, list[Step]] = defaultdict(list)
        for step in WalkingOrder(program).steps:
            steps[step.array].append(step)
        raises = any(map(_may_stop, statements(program.body)))
        for name, found in steps.items():
            if not self._has_order(name) or name in fixed or name in shared:
                continue
            if name in self._made and name not in whole:
                self._choose(name, found)
            elif name in program.params and name not in self._written:
                self._choose_copy(name, found)
            elif name in program.params and name not in whole and not raises:
                self._choose(name, found)

    def _has_order(self, name: str) -> bool:
        type_ = self._table.get(name)
        return isinstance(type_, types.Array) and type_.ndim > 1 and type_.layout == "C"

    def _choose(self, name: str, steps: list[Step]) -> None:
        """Another order for all that an array is used for."""
        ndim = self._table[name].ndim
        times = [_time(steps, axis) for axis in range(ndim)]
        best = min(range(ndim), key=lambda axis: times[axis])
        copied = (name in self._program.params) * 2 + (name in self._returned)
        if copied and not any(all(step.depths) for step in steps if step.axis == best):
            return
        if times[best] + copied * _COPYING * LENGTH**ndim < times[-1] * (1 - 1 / _SAVED):
            self.orders[name] = _order(steps, best)

    def _choose_copy(self, name: str, steps: list[Step]) -> None:
        """A copy to read from along one axis."""
        ndim = self._table[name].ndim
        saved = [
            (_APART - 1) * sum(s.times for s in steps if s.axis == axis and all(s.depths))
            for axis in range(ndim - 1)
        ]
        best = max(range(ndim - 1), key=lambda axis: saved[axis])
        gain = saved[best] - _COPYING * LENGTH**ndim
        if gain * _SAVED > _time(steps, ndim - 1):
            self.copies[name] = _order([s for s in steps if s.axis == best], best)


def _time(steps: list[Step], last: int) -> int:
    """How long all steps take, by a guess, if an axis is the last one."""
    return sum(step.times * (1 if step.axis == last else _APART) for step in steps)


def _order(steps: list[Step], last: int) -> Order:
    """The axes, outermost loops' first."""
    depths = [sum(s.times * s.depths[axis] for s in steps) for axis in range(len(steps[0].index))]
    others = [axis for axis in range(len(depths)) if axis != last]
    return (*sorted(others, key=lambda axis: depths[axis]), last)


class _Written:
    """The program with the arrays in their new orders."""

    def __init__(self, program: Program, choice: _Choice) -> None:
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
        results = sorted(_returned(self._program) & self._orders.keys() - set(params))
        after += [stmt for r in results for stmt in self._result(r)]
        last = map_operands(last, partial(rewrite, change=self._expr))
        heading = [stmt for stmt in body[:1] if isinstance(stmt, Comment)]
        rest = self._block(tuple(body[len(heading) :]))
        written = (*heading, *before, *rest, *after, last)
        return replace(self._program, body=written, types=self.table)

    def _fresh(self, wanted: str, like: str | None = None) -> str:
        name, number = wanted, 1
        while name in self._used:
            name, number = f"{wanted}_{number}", number + 1
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
            elif function in _ALIKE and args[0] in [Name(name) for name in self._orders]:
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
        if value.function in _ALIKE:
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
        return allocation(lengths, type_.dtype, _ALIKE[value.function])

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


def _made_once(program: Program) -> set[str]:
    """Variables that are bound once, to a new array whose lengths are written there."""
    bound = [stmt.target for stmt in statements(program.body) if isinstance(stmt, Assign | For)]
    return {
        stmt.target
        for stmt in statements(program.body)
        if isinstance(stmt, Assign) and _makes(stmt.value) and bound.count(stmt.target) == 1
    } - set(program.params)


def _makes(value: Expr) -> bool:
    if not isinstance(value, Call) or value.keywords:
        return False
    if value.function in _MAKING:
        return isinstance(value.args[0], Tuple)
    return value.function in (np.copy, *_ALIKE) and _is_plain(value.args)


def _is_plain(args: tuple[Expr, ...]) -> bool:
    return len(args) == 1 and isinstance(args[0], Name)


def _returned(program: Program) -> set[str]:
    """Names of what is returned."""
    last = program.body[-1]
    assert isinstance(last, Return)
    items = last.value.items if isinstance(last.value, Tuple) else (last.value,)
    return {item.id for item in items if isinstance(item, Name)}


def _used_whole(block: Block) -> Iterator[str]:
    """Names used otherwise than by their elements, lengths, copies, or as a result."""
    for stmt in statements(block):
        if isinstance(stmt, Store) and not _is_element(stmt.index):
            yield stmt.array
        for expr in operands(stmt):
            match stmt, expr:
                case Assign(), Call(function, args, ()) if function in (np.copy, *_ALIKE):
                    if _is_plain(args):
                        continue
                case Return(), Tuple(items):
                    for item in items:
                        if not isinstance(item, Name):
                            yield from _whole(item)
                    continue
                case Return(), Name():
                    continue
            yield from _whole(expr)


def _whole(expr: Expr | Slice) -> Iterator[str]:
    match expr:
        case Name(id):
            yield id
            return
        case Call(function, (Name(), Const())) if function is dim:
            return
        case Item(Name(), index) if _is_element(index):
            for part in index:
                yield from _whole(part)
            return
    for child in children(expr):
        yield from _whole(child)


def _is_element(index: tuple[Expr | Slice, ...]) -> bool:
    """Whether an index has no part that stands for more or fewer axes than one."""
    return not any(isinstance(part, Slice) or part in _AXES for part in index)


_AXES = (Const(None), Const(Ellipsis))


def _may_stop(stmt: Stmt) -> bool:
    """Whether a statement may raise an error: then what was written so far is seen."""
    if isinstance(stmt, Raise | Evaluate):
        return True
    return any(
        isinstance(part, Call) and not _is_total(part)
        for expr in operands(stmt)
        for part in subexpressions(expr)
    )


def _is_total(call: Call) -> bool:
    return is_scalar_function(call.function) or call.function in _TOTAL


_TOTAL = {np.copy, *_MAKING, *_ALIKE}


def _like(stmt: Stmt, new: Stmt) -> Stmt:
    """A new statement at the place of another."""
    return replace(new, at=stmt.at, reverse=stmt.reverse, merged=stmt.merged)
