"""An array contracted to the part of it that an iteration uses: the program written anew.

`contract` finds such arrays and says when this may be done.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import Any

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    Expr,
    For,
    If,
    Item,
    Name,
    Program,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.walk import map_blocks, map_operands, rewrite
from adjoint.runtime import shapes

Place = tuple[int, ...]


@dataclass(frozen=True)
class Contraction:
    """One array to be contracted.

    Attributes
    ----------
    made : its allocation.
    nest : the statement that all of its elements are used in, but for those below.
    loops, axes : the loops that it has a part for in each iteration, and the axes they go along.
    shape : the lengths of all axes.
    lengths : those of the axes that are left.
    kind : its type, then.
    is_cleared : whether an iteration has to start with zeros.
    added : cotangents that single elements get before the nest.
    kept : single elements that are read after it.
    """

    made: Assign
    nest: For
    loops: tuple[For, ...]
    axes: tuple[int, ...]
    shape: tuple[Expr, ...]
    lengths: tuple[Expr, ...]
    kind: Any
    is_cleared: bool
    added: tuple[Store, ...]
    kept: tuple[Place, ...]

    def applied(self, program: Program) -> Program:
        """The program with the array contracted."""
        table = dict(program.types or {})
        table[self._name] = self.kind if self.lengths else self._dtype
        body = self._block(table, program.body)
        return replace(program, body=body, types=table)

    @property
    def _name(self) -> str:
        return self.made.target

    @property
    def _dtype(self) -> Any:
        return self.kind.dtype

    def _block(self, table: dict[str, Any], block: Block) -> Block:
        done: list[Stmt] = []
        for stmt in block:
            if stmt is self.made:
                done += self._allocation()
            elif stmt is self.nest:
                known = {s.call for s in block if isinstance(s, Evaluate)}
                done += [check for check in self._checks() if check.call not in known]
                for place in self.kept:
                    table[self._keeper(place)] = self._dtype
                    done.append(Assign(self._keeper(place), Const(0.0), at=stmt.at))
                done.append(self._within(table, stmt, 0))
            elif not (isinstance(stmt, Store) and stmt.array == self._name):
                inside = map_blocks(stmt, partial(self._block, table))
                done.append(map_operands(inside, lambda e: rewrite(e, self._read_after)))
        return tuple(done)

    def _allocation(self) -> list[Stmt]:
        if not self.lengths:
            return []
        size = self.lengths[0] if len(self.lengths) == 1 else Tuple(self.lengths)
        args: tuple[Expr, ...] = (size,)
        if self._dtype != types.float64:
            args += (Const(as_dtype(self._dtype).type),)
        return [replace(self.made, value=Call(np.empty, args))]

    def _checks(self) -> list[Evaluate]:
        """Single elements are elements of the array, as indexing it says."""
        places = dict.fromkeys((*self.kept, *(known_place(store.index) for store in self.added)))
        pairs = dict.fromkeys(pair for at in places for pair in zip(at, self.shape, strict=True))
        return [
            Evaluate(Call(shapes.check_index, (Const(part), length)), at=self.nest.at)
            for part, length in pairs
        ]

    def _within(self, table: dict[str, Any], stmt: Stmt, depth: int) -> Stmt:
        """A loop around the part of an iteration, or the innermost such."""
        loop = self.loops[depth]
        assert stmt is loop
        if depth + 1 < len(self.loops):
            inner = self.loops[depth + 1]
            body = tuple(self._within(table, s, depth + 1) if s is inner else s for s in loop.body)
            return replace(loop, body=body)
        before = self._cleared(table) if self.is_cleared else []
        for store in self.added:
            whole = known_place(store.index)
            add = replace(store, index=tuple(map(Const, self._left(whole))))
            before += self._only_at(table, whole, add)
        after: list[Stmt] = []
        for place in self.kept:
            element = Item(Name(self._name), tuple(map(Const, self._left(place))))
            keep = Assign(self._keeper(place), element, at=loop.at)
            after += self._only_at(table, place, keep)
        return replace(loop, body=(*before, *map(self._contracted, loop.body), *after))

    def _cleared(self, table: dict[str, Any]) -> list[Stmt]:
        zero = Const(0.0)
        at, reverse = self.nest.at, self.nest.reverse
        if not self.lengths:
            return [Assign(self._name, zero, at=at, reverse=reverse)]
        counters = [f"{self._name}_at_{axis}" for axis in range(len(self.lengths))]
        table.update(dict.fromkeys(counters, types.int64))
        stmt: Stmt = Store(self._name, tuple(map(Name, counters)), zero, at=at, reverse=reverse)
        for counter, length in reversed(list(zip(counters, self.lengths, strict=True))):
            body = (stmt,)
            stmt = For(counter, Const(0), length, Const(1), body, at=at, reverse=reverse)
        return [stmt]

    def _only_at(self, table: dict[str, Any], place: Place, stmt: Stmt) -> list[Stmt]:
        """A statement that runs only in the iteration which has an element."""
        there = [
            Call(operator.eq, (Name(loop.target), Const(place[axis])))
            for loop, axis in zip(self.loops, self.axes, strict=True)
        ]
        test = Name(f"{self._keeper(place)}_is_here")
        table[test.id] = types.boolean
        whole = reduce(lambda one, other: Call(primitives.logical_and, (one, other)), there)
        here = Assign(test.id, whole, at=stmt.at, reverse=stmt.reverse)
        return [here, If(test, (stmt,), at=stmt.at, reverse=stmt.reverse)]

    def _keeper(self, place: Place) -> str:
        return f"{self._name}_{'_'.join(map(str, place))}"

    def _left(self, index: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(part for axis, part in enumerate(index) if axis not in self.axes)

    def _contracted(self, stmt: Stmt) -> Stmt:
        stmt = map_blocks(stmt, lambda block: tuple(map(self._contracted, block)))
        stmt = map_operands(stmt, lambda e: rewrite(e, self._read))
        if not (isinstance(stmt, Store) and stmt.array == self._name):
            return stmt
        if self.lengths:
            return replace(stmt, index=self._left(stmt.index))
        value = stmt.value
        if stmt.accumulate:
            value = Call(operator.add, (Name(self._name), value))
        unordered = stmt.accumulate and stmt.reverse
        assign = Assign(self._name, value, unordered=unordered, at=stmt.at, reverse=stmt.reverse)
        return replace(assign, merged=stmt.merged)

    def _read(self, expr: Any) -> Any:
        if not (isinstance(expr, Item) and expr.value == Name(self._name)):
            return expr
        return replace(expr, index=self._left(expr.index)) if self.lengths else Name(self._name)

    def _read_after(self, expr: Any) -> Any:
        if not (isinstance(expr, Item) and expr.value == Name(self._name)):
            return expr
        return Name(self._keeper(known_place(expr.index)))


def place_of(index: tuple[Any, ...]) -> Place | None:
    """An index of numbers that count from the front."""
    numbers = [part.value for part in index if isinstance(part, Const)]
    known = len(numbers) == len(index) and all(type(n) is int and n >= 0 for n in numbers)
    return tuple(numbers) if known else None


def known_place(index: tuple[Any, ...]) -> Place:
    """An index that is known to be of such numbers."""
    place = place_of(index)
    assert place is not None
    return place
