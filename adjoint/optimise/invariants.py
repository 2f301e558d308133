"""What stays the same in an innermost loop is read before it, and a cell written after it.

    for j in range(m):                                if m > 0:
        x_bar[i] += y_bar[j] * A[i, j]                    t_1 = x_bar[i]
        A_bar[i, j] += y_bar[j] * (x[i] * c)    →         t_2 = x[i] * c
                                                          for j in range(m):
                                                              t_1 += y_bar[j] * A[i, j]
                                                              A_bar[i, j] += y_bar[j] * t_2
                                                          x_bar[i] = t_1

Machine code cannot do it: it has to assume that arrays share memory, so that what is written to one
may change another. Here it is known of arrays that the program makes and never lets another name
have. Where the loop has no iteration, nothing is read, because the place need not exist.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

from numba.core import types

from adjoint.analyses.purity import gives_fresh_memory
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Comment,
    Const,
    Expr,
    For,
    If,
    Item,
    Name,
    Program,
    Slice,
    Stmt,
    Store,
)
from adjoint.program.exposure import upward_exposed
from adjoint.program.primitives import dim
from adjoint.program.walk import (
    assigned,
    children,
    map_blocks,
    map_operands,
    names,
    operands,
    read,
    rewrite,
    statements,
    stored,
)

_ARITHMETIC = {operator.add, operator.sub, operator.mul, operator.truediv, operator.neg}
_NUMBERS = (types.Number, types.Boolean)
Index = tuple[Expr | Slice, ...]


def lift_invariants(program: Program) -> Program:
    """The program with loads and stores taken out of innermost loops."""
    if program.types is None:
        return program
    lifted = _Lifted(program)
    body = lifted.block(program.body)
    return program if body is program.body else replace(program, body=body, types=lifted.table)


class _Lifted:
    """The program's arrays, and names for what is taken out."""

    def __init__(self, program: Program) -> None:
        self.table: dict[str, Any] = dict(program.types or {})
        self._own = _own_arrays(program, self.table)
        self._used = {*program.params, *assigned(program.body), *read(program.body), *self.table}
        self._numbers = count(1)

    def block(self, block: Block) -> Block:
        done: list[Stmt] = []
        for stmt in block:
            if isinstance(stmt, For) and all(map(_is_plain, stmt.body)):
                done += self._loop(stmt)
            else:
                done.append(map_blocks(stmt, self.block))
        return block if all(a is b for a, b in zip(done, block, strict=False)) else tuple(done)

    def _loop(self, loop: For) -> list[Stmt]:
        """The loop, with what is done once before and after it."""
        runs = _runs(loop)
        if runs is None or not stored(loop.body):
            return [loop]
        before: list[Stmt] = []
        after: list[Stmt] = []
        fixed = _Fixed(loop, self._own, self.table)
        indices = [stmt for stmt in loop.body if fixed.fixes_index(stmt)]
        body = tuple(stmt for stmt in loop.body if stmt not in indices)
        stores = {(s.array, s.index): s for s in reversed(body) if isinstance(s, Store)}
        for store in reversed(stores.values()):  # the first one to each place
            if fixed.is_cell(store, body):
                cell = self._fresh(self.table[store.array].dtype)
                place = Item(Name(store.array), store.index)
                body = _with_cell(body, place, cell)
                before.append(_like(store, Assign(cell.id, place)))
                after.append(_like(store, Store(store.array, store.index, cell)))
        body = self._without_invariants(body, fixed, before)
        if not before:
            return [loop]
        inside = (*indices, *before, replace(loop, body=body), *after)
        return list(inside) if runs == Const(True) else [_like(loop, If(runs, inside))]

    def _without_invariants(self, body: Block, fixed: _Fixed, before: list[Stmt]) -> Block:
        """The body with names for what it computes anew each time; they are bound in `before`."""
        written = stored(body)
        if not written:  # then the machine code's compiler sees it too
            return body
        known: dict[Expr, Name] = {}
        done: list[Stmt] = []

        def lifted(stmt: Stmt, expr: Any) -> Any:
            type_ = fixed.type_of(expr, written)
            if type_ is not None and _has_load(expr):
                if expr not in known:
                    known[expr] = self._fresh(type_)
                    before.append(_like(stmt, Assign(known[expr].id, expr)))
                return known[expr]
            return _with_children(expr, [lifted(stmt, child) for child in children(expr)])

        for stmt in body:
            if isinstance(stmt, Assign) and _has_load(stmt.value) and fixed.fixes(stmt, written):
                before.append(stmt)
            else:
                done.append(map_operands(stmt, partial(lifted, stmt)))
        return tuple(done)

    def _fresh(self, type_: Any) -> Name:
        name = next(n for k in self._numbers if (n := f"t_{k}") not in self._used)
        self._used.add(name)
        self.table[name] = type_
        return Name(name)


class _Fixed:
    """What does not change while a loop runs."""

    def __init__(self, loop: For, own: set[str], table: dict[str, Any]) -> None:
        self._changing = {loop.target, *assigned(loop.body)}
        exposed = upward_exposed(loop.body)
        counts = Counter(stmt.target for stmt in loop.body if isinstance(stmt, Assign))
        self._once = {name for name, times in counts.items() if times == 1} - exposed
        self._own, self._table = own, table

    def _stays(self, expr: Expr | Slice) -> bool:
        return not isinstance(expr, Slice) and self._changing.isdisjoint(names(expr))

    def _apart(self, one: str, other: str) -> bool:
        """Whether two arrays surely have no memory in common."""
        return one != other and (one in self._own or other in self._own)

    def is_cell(self, store: Store, body: Block) -> bool:
        """Whether a store is always to one cell, which is not looked at through another array."""
        if not _is_float(self._table.get(store.array)) or not all(map(_is_number, store.index)):
            return False
        if not self._is_element(Item(Name(store.array), store.index)):
            return False
        for array, index in _places(body):
            if array == store.array:
                if index != store.index:
                    return False
            elif self._may_be_array(array) and not self._apart(array, store.array):
                return False
        return all(map(self._stays, store.index))

    def _may_be_array(self, name: str) -> bool:
        return not isinstance(self._table.get(name), _NUMBERS)

    def _is_element(self, item: Item) -> bool:
        array = item.value
        type_ = self._table.get(array.id) if isinstance(array, Name) else None
        if not isinstance(type_, types.Array) or len(item.index) != type_.ndim:
            return False
        return not any(isinstance(index, Slice) for index in item.index)

    def fixes(self, stmt: Assign, written: set[str]) -> bool:
        """Whether a variable has one value in all iterations; it stays the same from here on."""
        once = stmt.target in self._once and self.type_of(stmt.value, written) is not None
        self._changing -= {stmt.target} if once else set()
        return once

    def fixes_index(self, stmt: Stmt) -> bool:
        """Whether an index has one value in all iterations; it stays the same from here on."""
        if not isinstance(stmt, Assign) or stmt.target not in self._once:
            return False
        once = self._stays(stmt.value) and self._is_index(stmt.value)
        self._changing -= {stmt.target} if once else set()
        return once

    def _is_index(self, expr: Expr | Slice) -> bool:
        match expr:
            case Const(int()):
                return True
            case Name(id):
                return isinstance(self._table.get(id), types.Integer)
            case Call(operator.add | operator.sub | operator.mul, args):
                return all(map(self._is_index, args))
        return False

    def type_of(self, expr: Expr | Slice, written: set[str]) -> Any:
        """The type of a number that stays the same; None for all else."""
        if not self._stays(expr):
            return None
        match expr:
            case Const(float()):
                return types.float64
            case Name(id) if self._table.get(id) == types.float64:
                return types.float64
            case Item(Name(array), index) if self._is_element(expr):
                if not all(map(_is_number, index)) or not _is_float(self._table[array]):
                    return None
                return types.float64 if all(self._apart(array, w) for w in written) else None
            case Call(function, args) if function in _ARITHMETIC:
                parts = [self.type_of(arg, written) for arg in args]
                return None if None in parts else types.float64
        return None


def _own_arrays(program: Program, table: dict[str, Any]) -> set[str]:
    """Arrays that the program makes, and that no other name is ever bound to."""
    made: dict[str, bool] = {}
    for stmt in statements(program.body):
        if isinstance(stmt, Assign):
            made[stmt.target] = _makes_array(stmt.value) and stmt.target not in made
    shown = {
        name
        for stmt in statements(program.body)
        if isinstance(stmt, Assign) and not isinstance(table.get(stmt.target), _NUMBERS)
        for name in _handed_on(stmt.value)
    }
    own = {name for name, once in made.items() if once} - shown - set(program.params)
    return {name for name in own if isinstance(table.get(name), types.Array)}


def _handed_on(expr: Expr | Slice) -> Iterator[str]:
    """Names whose memory the value of an expression may be."""
    if not _makes_array(expr):
        yield from names(expr)


def _makes_array(expr: Expr | Slice) -> bool:
    return isinstance(expr, Call) and gives_fresh_memory(expr.function)


def _is_plain(stmt: Stmt) -> bool:
    return isinstance(stmt, Assign | Store | Comment)


def _is_number(index: Expr | Slice) -> bool:
    """Whether an index is computed without looking into memory."""
    return not isinstance(index, Slice) and not _has_load(index)


def _is_float(array: Any) -> bool:
    return isinstance(array, types.Array) and array.dtype == types.float64


def _has_load(expr: Expr | Slice) -> bool:
    return isinstance(expr, Item) or any(map(_has_load, children(expr)))


def _places(body: Block) -> Iterator[tuple[str, Index]]:
    """Arrays with the places of them that are read or written; all of one that is named whole."""
    for stmt in body:
        if isinstance(stmt, Store):
            yield stmt.array, stmt.index
        for expr in operands(stmt):
            yield from _places_in(expr)


def _places_in(expr: Expr | Slice) -> Iterator[tuple[str, Index]]:
    match expr:
        case Item(Name(array), index):
            yield array, index
            for part in index:
                yield from _places_in(part)
        case Name(id):
            yield id, ()
        case Call(function) if function is dim:
            return
        case _:
            for child in children(expr):
                yield from _places_in(child)


def _with_cell(body: Block, place: Item, cell: Name) -> Block:
    """The body with a variable in the place of an array's cell."""

    def change(expr: Any) -> Any:
        return rewrite(expr, lambda part: cell if part == place else part)

    done: list[Stmt] = []
    for stmt in body:
        stmt = map_operands(stmt, change)
        if isinstance(stmt, Store) and Item(Name(stmt.array), stmt.index) == place:
            value = _sum(cell, stmt.value) if stmt.accumulate else stmt.value
            unordered = stmt.accumulate and stmt.reverse
            stmt = _like(stmt, Assign(cell.id, value, unordered=unordered))
        done.append(stmt)
    return tuple(done)


def _sum(cell: Name, value: Expr) -> Expr:
    if isinstance(value, Call) and value.function is operator.neg:
        return Call(operator.sub, (cell, *value.args))
    return Call(operator.add, (cell, value))


def _with_children(expr: Any, new: list[Any]) -> Any:
    """An expression with other direct subexpressions."""
    old = children(expr)
    if all(a is b for a, b in zip(old, new, strict=True)):
        return expr
    match expr:
        case Call(function, args, keywords):
            values = new[len(args) :]
            given = tuple((key, v) for (key, _), v in zip(keywords, values, strict=True))
            return Call(function, tuple(new[: len(args)]), given)
        case Item():
            return Item(new[0], tuple(new[1:]))
    return expr


def _runs(loop: For) -> Expr | None:
    """A test of whether a loop has an iteration, `True` if it has; None if it cannot be said."""
    match loop.step:
        case Const(int() as step) if step > 0:
            first, last = loop.start, loop.stop
        case Const(int() as step) if step < 0:
            first, last = loop.stop, loop.start
        case _:
            return None
    if isinstance(first, Const) and isinstance(last, Const):
        return Const(True) if first.value < last.value else None
    match first, last:
        case Const(-1), Call(operator.sub, (length, Const(1))):
            return Call(operator.gt, (length, Const(0)))
    return Call(operator.gt, (last, first))


def _like(stmt: Stmt, new: Any) -> Any:
    """A new statement at the place of another."""
    return replace(new, at=stmt.at, reverse=stmt.reverse, merged=stmt.merged)
