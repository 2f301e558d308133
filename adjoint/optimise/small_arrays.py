"""Small arrays of the program's own that are only used element by element, as variables.

    y_bar = np.zeros(2)               y_bar_0 = 0.0
    y_bar[i] += 1.0              →    y_bar_1 = 0.0
    a_bar += y_bar[0] * x             y_bar_0 = y_bar_0 + 1.0 if i == 0 else y_bar_0
    b_bar += y_bar[1] * x             y_bar_1 = y_bar_1 + 1.0 if i == 1 else y_bar_1
                                      a_bar += y_bar_0 * x
                                      b_bar += y_bar_1 * x

To make an array takes as long as dozens of multiplications, and what is in memory is not in a
register. An element that is only known when the program runs may be written, by a choice for each.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numba.core import types

from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    For,
    Item,
    Name,
    Program,
    Slice,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.primitives import dim, select
from adjoint.program.walk import (
    assigned,
    children,
    map_blocks,
    map_operands,
    operands,
    read,
    rewrite,
    statements,
)

LARGEST = 8  # elements
_START: dict[Callable[..., Any], float] = {
    np.empty: 0.0,
    np.empty_like: 0.0,
    np.zeros: 0.0,
    np.zeros_like: 0.0,
    np.ones: 1.0,
    np.ones_like: 1.0,
}
Shape = tuple[int, ...]
Place = tuple[int, ...]


def small_arrays_as_variables(program: Program) -> Program:
    """The program without such arrays; itself if it has none."""
    shapes = _constant_shapes(program)
    small = {name: shape for name, shape in shapes.items() if prod(shape) <= LARGEST}
    counters = _counters(program.body, shapes)
    small = {n: s for n, s in small.items() if n not in set(_whole(program.body, small, counters))}
    return _Variables(program, small, shapes).program() if small else program


def _constant_shapes(program: Program) -> dict[str, Shape]:
    """Arrays of floats that are made once, with lengths that are numbers."""
    table = program.types or {}
    bound = [stmt for stmt in statements(program.body) if isinstance(stmt, Assign)]
    times = Counter(stmt.target for stmt in bound)
    found: dict[str, Shape] = {}
    for stmt in bound:
        type_ = table.get(stmt.target)
        if times[stmt.target] > 1 or stmt.target in program.params:
            continue
        if isinstance(type_, types.Array) and type_.dtype == types.float64:
            shape = _shape(stmt.value, found)
            if shape is not None:
                found[stmt.target] = shape
    return found


def _shape(value: Expr, known: dict[str, Shape]) -> Shape | None:
    if not isinstance(value, Call) or value.function not in _START:
        return None
    match value.args[0]:
        case Name(other):
            return known.get(other)
        case Const(int() as length):
            return (length,)
        case Tuple(items):
            lengths = [i.value for i in items if isinstance(i, Const)]
            return tuple(lengths) if len(lengths) == len(items) else None
    return None


def _counters(body: Block, shapes: dict[str, Shape]) -> dict[str, int]:
    """Counters of loops from zero up to lengths that are numbers, if each has one loop."""
    loops = [stmt for stmt in statements(body) if isinstance(stmt, For)]
    times = Counter(stmt.target for stmt in statements(body) if isinstance(stmt, Assign | For))
    found: dict[str, int] = {}
    for loop in loops:
        match loop:
            case For(target, Const(0), Call(function, (Name(array), Const(axis))), Const(1)):
                if function is dim and array in shapes and times[target] == 1:
                    found[target] = shapes[array][axis]
    return found


def _whole(body: Block, small: dict[str, Shape], counters: dict[str, int]) -> Iterator[str]:
    """Arrays that are used in another way than element by element."""
    for stmt in statements(body):
        if isinstance(stmt, Store) and stmt.array in small:
            shape = small[stmt.array]
            if _place(stmt.index, shape) is None and not _is_counted(stmt.index, shape, counters):
                yield stmt.array
        made = isinstance(stmt, Assign) and stmt.target in small
        for expr in operands(stmt):
            yield from _whole_in(expr, small, made)


def _is_counted(index: tuple[Expr | Slice, ...], shape: Shape, counters: dict[str, int]) -> bool:
    """Whether a subscript of a vector is a counter that stays within it."""
    match index:
        case (Name(counter),):
            return len(shape) == 1 and counters.get(counter, shape[0] + 1) <= shape[0]
    return False


def _whole_in(expr: Expr | Slice, small: dict[str, Shape], made: bool = False) -> Iterator[str]:
    match expr:
        case Name(id) if id in small:
            yield id
        case Item(Name(id), index) if id in small:
            if _place(index, small[id]) is None:
                yield id
        case Call(function, (Name(), Const())) if function is dim:
            return
        case Call(function, (Name(),)) if made and function in _START:
            return
        case _:
            for child in children(expr):
                yield from _whole_in(child, small)


def _place(index: tuple[Expr | Slice, ...], shape: Shape) -> Place | None:
    """The element that a subscript means, if it is known."""
    if len(index) != len(shape):
        return None
    place = []
    for part, length in zip(index, shape, strict=True):
        if not isinstance(part, Const) or type(part.value) is not int:
            return None
        if not -length <= part.value < length:
            return None
        place.append(part.value % length)
    return tuple(place)


class _Variables:
    """The program with a variable for each element."""

    def __init__(self, program: Program, small: dict[str, Shape], shapes: dict[str, Shape]) -> None:
        self._program, self._small, self._shapes = program, small, shapes
        self._table = dict(program.types or {})
        body = program.body
        self._used = {*program.params, *assigned(body), *read(body), *self._table}
        self._names = {
            array: {place: self._fresh(array, place) for place in _places(shape)}
            for array, shape in small.items()
        }

    def _fresh(self, stem: str, place: Place = (), type_: Any = types.float64) -> Name:
        name = "_".join([stem, *map(str, place)])
        while name in self._used:
            name += "_1"
        self._used.add(name)
        self._table[name] = type_
        return Name(name)

    def program(self) -> Program:
        return replace(self._program, body=self._block(self._program.body), types=self._table)

    def _block(self, block: Block) -> Block:
        done: list[Stmt] = []
        for stmt in block:
            done += self._statement(map_blocks(stmt, self._block))
        return tuple(done)

    def _statement(self, stmt: Stmt) -> list[Stmt]:
        if isinstance(stmt, Assign) and stmt.target in self._small:
            assert isinstance(stmt.value, Call)
            start = Const(_START[stmt.value.function])
            return [
                replace(stmt, target=name.id, value=start)
                for name in self._names[stmt.target].values()
            ]
        stmt = map_operands(stmt, lambda expr: rewrite(expr, self._changed))
        if isinstance(stmt, Store) and stmt.array in self._small:
            return self._stored(stmt)
        return [stmt]

    def _changed(self, expr: Any) -> Any:
        match expr:
            case Item(Name(array), index) if array in self._small:
                place = _place(index, self._small[array])
                assert place is not None
                return self._names[array][place]
            case Call(function, (Name(array), Const(axis))) if function is dim:
                return Const(self._shapes[array][axis]) if array in self._shapes else expr
        return expr

    def _stored(self, store: Store) -> list[Stmt]:
        """What a store to an element becomes; several assignments if it is not known which."""
        names = self._names[store.array]
        place = _place(store.index, self._small[store.array])
        if place is not None:
            return [self._assigned(store, names[place], self._new(store, names[place]))]
        done: list[Stmt] = []
        for (k,), name in names.items():
            chosen, new = self._fresh("t", (k,), types.boolean), self._fresh("t", (k,))
            index = store.index[0]
            assert not isinstance(index, Slice)
            test = Call(operator.eq, (index, Const(k)))
            done.append(self._assigned(store, chosen, test))
            done.append(self._assigned(store, new, self._new(store, name)))
            done.append(self._assigned(store, name, Call(select, (chosen, new, name))))
        return done

    def _new(self, store: Store, name: Name) -> Expr:
        if store.accumulate:
            return Call(operator.add, (name, store.value))
        match store.value:
            case Const(float()):
                return store.value
            case Name(id) if self._table.get(id) == types.float64:
                return store.value
        return Call(float, (store.value,))

    def _assigned(self, store: Store, name: Name, value: Expr) -> Assign:
        return Assign(name.id, value, at=store.at, reverse=store.reverse, merged=store.merged)


def _places(shape: Shape) -> Iterator[Place]:
    return product(*map(range, shape))
