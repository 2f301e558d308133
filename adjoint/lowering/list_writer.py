"""Statements about buffers and counts, which the translation of lists is made of."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from numba import typeof
from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.arrays import allocation
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    Expr,
    For,
    Item,
    Location,
    Name,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.primitives import dim
from adjoint.runtime import buffers, lists

_FIRST_CAPACITY = 16


class ListWriter:
    """Appends statements to a block under construction.

    Attributes
    ----------
    types : type of every variable, those made here included; a list's is that of its buffer.
    lists : the variables that are lists.
    buffers : the lists that have a buffer made before everything else; others are arrays made
        where the list is.
    count : how many items each list has: a variable, or a constant.
    at : the user's line that statements come from.
    """

    def __init__(self, table: dict[str, Any], lists_: set[str], buffers_: set[str]) -> None:
        self.types = table
        self.lists = lists_
        self.buffers = buffers_
        self.count: dict[str, Expr] = {}
        self.at: Location | None = None
        self._out: list[Stmt] = []

    # ----------------------------------------------------------------- statements

    def fresh(self, stem: str, type_: Any) -> Name:
        """A new variable."""
        name, number = stem, 0
        while name in self.types:
            number += 1
            name = f"{stem}_{number}"
        self.types[name] = type_
        return Name(name)

    def emit(self, *stmts: Stmt) -> None:
        """Append statements."""
        self._out.extend(s if s.at is not None else replace(s, at=self.at) for s in stmts)

    def define(self, stem: str, value: Expr, type_: Any = types.int64) -> Name:
        """Append the assignment of a new variable and return it."""
        name = self.fresh(stem, type_)
        self.emit(Assign(name.id, value))
        return name

    def nested(self, build: Callable[[], None]) -> Block:
        """The statements that `build` appends, as a block of their own."""
        outer, self._out = self._out, []
        build()
        block, self._out = tuple(self._out), outer
        return block

    def loops(self, shape: tuple[Expr, ...], build: Callable[[tuple[Name, ...]], None]) -> None:
        """Append loops that run the statements of `build(index)` for all indices of `shape`."""
        index = tuple(self.fresh("ijklmnpq"[k], types.int64) for k in range(len(shape)))
        body = self.nested(lambda: build(index))
        for name, length in reversed(list(zip(index, shape, strict=True))):
            body = (For(name.id, Const(0), length, Const(1), body, at=self.at),)
        self.emit(*body)

    # ----------------------------------------------------------------- memory

    def is_list(self, expr: object) -> bool:
        """Whether an operand is a list."""
        return isinstance(expr, Name) and expr.id in self.lists

    def holds_arrays(self, name: str) -> bool:
        """Whether a list is one of arrays."""
        return self.types[name].ndim > 1

    def lengths(self, value: Name, first: int = 0) -> tuple[Name, ...]:
        """The lengths of an array's axes from `first` on, in variables."""
        axes = range(first, self.types[value.id].ndim)
        return tuple(self.define("n", Call(dim, (value, Const(axis)))) for axis in axes)

    def allocate(self, name: str, shape: tuple[Expr, ...]) -> None:
        """Make an array of a variable's type."""
        call = allocation(shape, self.types[name].dtype)
        if len(shape) > 1:
            type_ = types.UniTuple(types.int64, len(shape))
            call = replace(call, args=(self.define("shape", Tuple(shape), type_), *call.args[1:]))
        self.emit(Assign(name, call))

    def made_before(self, name: str) -> list[Stmt]:
        """The empty buffer of a list; one for arrays gets its shape with the first of them."""
        type_, count = self.types[name], self.count[name]
        assert isinstance(count, Name)
        shape = (Const(0),) * type_.ndim if type_.ndim > 1 else (Const(_FIRST_CAPACITY),)
        return [Assign(name, allocation(shape, type_.dtype)), Assign(count.id, Const(0))]

    def set_count(self, name: str, value: Expr) -> None:
        """Change how many items a list has."""
        count = self.count[name]
        assert isinstance(count, Name)
        self.emit(Assign(count.id, value))

    def make_room(self, name: str, count: Expr, shape: tuple[Expr, ...]) -> None:
        """Have room for one more item, of a shape, than `count`."""
        if not self.holds_arrays(name):
            self.emit(Evaluate(Call(buffers.with_room, (Name(name), count))))
            return
        type_ = types.UniTuple(types.int64, len(shape))
        whole = self.define("shape", Tuple(shape), type_)
        self.emit(Evaluate(Call(buffers.with_room_for, (Name(name), count, whole))))

    # ----------------------------------------------------------------- items

    def put(self, name: str, position: Expr, value: Expr, accumulate: bool = False) -> None:
        """Write an item; there is room for it."""
        self._check_kind(name, value)
        if not self.holds_arrays(name):
            self.emit(Store(name, (position,), value, accumulate))
            return
        assert isinstance(value, Name) and not accumulate
        dtype = self.types[value.id].dtype

        def build(index: tuple[Name, ...]) -> None:
            element = self.define("t", Item(value, index), dtype)
            self.emit(Store(name, (position, *index), element))

        self.loops(self.lengths(value), build)

    def append(self, name: str, value: Expr) -> None:
        """`name.append(value)`."""
        count = self.count[name]
        arrays = self.holds_arrays(name) and isinstance(value, Name)
        self.make_room(name, count, self.lengths(value) if arrays else ())  # type: ignore[arg-type]
        self.put(name, count, value)
        self.set_count(name, Call(operator.add, (count, Const(1))))

    def pop(self, name: str) -> Name:
        """Take the last item away; returns where it is."""
        count = self.count[name]
        last = self.define("k", Call(lists.last_index, (count,)))
        self.set_count(name, Call(operator.sub, (count, Const(1))))
        return last

    def copy_items(
        self, target: str, start: Expr, source: str, first: Expr, count: Expr, rows: tuple
    ) -> None:
        """Copy `count` items of shape `rows` from index `first` on to `target` from `start` on."""

        def build(index: tuple[Name, ...]) -> None:
            there = self.define("k", Call(operator.add, (first, index[0])))
            here = self.define("k", Call(operator.add, (start, index[0])))
            item = Item(Name(source), (there, *index[1:]))
            value = self.define("t", item, self.types[source].dtype)
            self.emit(Store(target, (here, *index[1:]), value))

        self.loops((count, *rows), build)

    def array(self, name: str) -> Name:
        """What a list holds, in a new array."""
        count = self.define("n", self.count[name])
        rows = self.lengths(Name(name), 1)
        made = self.fresh("t", self.types[name])
        self.allocate(made.id, (count, *rows))
        self.copy_items(made.id, Const(0), name, Const(0), count, rows)
        return made

    def _check_kind(self, name: str, value: Expr) -> None:
        """Numba would make an integer of a float that is put in a list of integers."""
        assert isinstance(value, Name | Const)
        item = self.types[name].dtype
        given = self.types[value.id] if isinstance(value, Name) else typeof(value.value)
        given = given.dtype if isinstance(given, types.Array) else given
        if _rank(given) > _rank(item):
            raise UnsupportedSyntax(
                f"{name!r} is a list of {item}, and a {given} is put in it",
                self.at,
                "start the list with items of that type: 0.0 instead of 0 for floats",
            )


def _rank(type_: Any) -> tuple[int, int]:
    """Numbers of a lower rank may be put in a list of a higher one."""
    kinds = (types.Boolean, types.Integer, types.Float, types.Complex)
    kind = next(k for k, class_ in enumerate(kinds) if isinstance(type_, class_))
    return kind, type_.bitwidth if kind > 1 else 0
