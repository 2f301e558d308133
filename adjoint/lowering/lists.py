"""Lists to arrays: a list becomes a buffer, which has room at its end, and a count of items.

    l = []                   l_len = 0
    l.append(v)              l = with_room(l, l_len); l[l_len] = v; l_len += 1
    v = l.pop()         →    k = last_index(l_len); l_len -= 1; v = l[k]
    v = l[i]                 k = item_index(i, l_len); v = l[k]
    a = np.array(l)          n = l_len; a = np.empty(n); for i in range(n): a[i] = l[i]

The buffer is made once, before everything else: a list that is made anew starts again at its
front, which is the same to everybody as long as no other name knows the old list (`list_names`)
and arrays taken out of it are not written to (`list_items`). A list that is made in one place and
never gets longer is an array made there.

Goes in: a typed program of the array dialect. Comes out: the same without lists.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np
from numba import typeof
from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.inference.list_types import is_numpy
from adjoint.lowering.arrays import allocation
from adjoint.lowering.list_bounds import indices_in_range
from adjoint.lowering.list_items import StableLists, check_items
from adjoint.lowering.list_names import LISTS, one_name_each
from adjoint.lowering.second_names import remove_second_names
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
    Location,
    Name,
    Program,
    Slice,
    Stmt,
    Store,
    Tuple,
    While,
)
from adjoint.program.primitives import append, astype, dim, new_list, pop
from adjoint.program.walk import assigned, map_blocks, names, operands, statements
from adjoint.runtime import buffers, lists, shapes

_TO_ARRAY = {np.array, np.asarray}
_ITEMS = types.Number | types.Boolean | types.Array
_FIRST_CAPACITY = 16


def lists_to_buffers(program: Program) -> Program:
    """Replace lists by arrays.

    Raises
    ------
    UnsupportedSyntax : something is done with a list that has no translation.
    """
    if not any(isinstance(type_, LISTS) for type_ in (program.types or {}).values()):
        return program
    program = one_name_each(program)
    check_items(program)
    return remove_second_names(_Translation(program).run())


class _Translation:
    """One program being translated; `_out` is the block under construction."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._types = dict(program.types or {})
        bound = assigned(program.body)  # inference has lists of its own
        self._lists = {n: t for n, t in self._types.items() if isinstance(t, LISTS) and n in bound}
        self._in_range = indices_in_range(program)
        self._stable = StableLists(program)
        self._out: list[Stmt] = []
        self._at: Location | None = None
        self._count: dict[str, Expr] = {}
        self._buffers = [n for n in sorted(self._lists) if not self._is_made_in_place(n)]
        for name, type_ in self._lists.items():
            self._types[name] = self._buffer_type(name, type_)

    def run(self) -> Program:
        """The whole program."""
        for name in self._lists:
            made = self._stable.bindings(name)[0].stmt
            self._count[name] = self._fresh(f"{name}_len", types.int64)
            if name not in self._buffers and isinstance(made, Assign):
                self._count[name] = _length_of_display(made.value) or self._count[name]
        body = self._block(self._program.body)
        made = [stmt for name in self._buffers for stmt in self._made_before(name)]
        return replace(self._program, body=(*made, *body), types=self._types)

    def _buffer_type(self, name: str, type_: Any) -> Any:
        item = type_.dtype
        if isinstance(item, types.Array):
            return types.Array(item.dtype, item.ndim + 1, "C")
        if isinstance(item, types.Number | types.Boolean):
            return types.Array(item, 1, "C")
        stmt = next(s for s in statements(self._program.body) if _mentions(s, name))
        raise UnsupportedSyntax(
            f"{name!r} is a list of {item}",
            stmt.at,
            "use lists of numbers or of arrays: one list for each part of its items",
        )

    def _is_made_in_place(self, name: str) -> bool:
        """Whether a list has one length for good: that of the one display that makes it."""
        made = self._stable.bindings(name)
        return len(made) == 1 and not self._stable.changes_length(name)

    def _made_before(self, name: str) -> list[Stmt]:
        type_ = self._types[name]
        capacity = _FIRST_CAPACITY if type_.ndim == 1 else 0
        shape = (Const(capacity),) + (Const(0),) * (type_.ndim - 1)
        count = self._count[name]
        assert isinstance(count, Name)
        return [
            Assign(name, allocation(shape, type_.dtype)),
            Assign(count.id, Const(0)),
        ]

    # ----------------------------------------------------------------- building

    def _fresh(self, stem: str, type_: Any) -> Name:
        name, number = stem, 0
        while name in self._types:
            number += 1
            name = f"{stem}_{number}"
        self._types[name] = type_
        return Name(name)

    def _emit(self, stmt: Stmt) -> None:
        self._out.append(replace(stmt, at=stmt.at or self._at))

    def _define(self, stem: str, value: Expr, type_: Any = types.int64) -> Name:
        name = self._fresh(stem, type_)
        self._emit(Assign(name.id, value))
        return name

    def _nested(self, build: Callable[[], None]) -> Block:
        outer, self._out = self._out, []
        build()
        block, self._out = tuple(self._out), outer
        return block

    def _loops(self, shape: tuple[Expr, ...], build: Callable[[tuple[Name, ...]], None]) -> None:
        """Statements of `build(index)` for all indices of `shape`."""
        index = tuple(self._fresh("ijklmnpq"[k], types.int64) for k in range(len(shape)))
        body = self._nested(lambda: build(index))
        for name, length in reversed(list(zip(index, shape, strict=True))):
            body = (For(name.id, Const(0), length, Const(1), body, at=self._at),)
        self._out.extend(body)

    def _row_shape(self, name: str) -> tuple[Expr, ...]:
        """The lengths of a list's items, as they are now; nothing for a list of numbers."""
        axes = range(1, self._types[name].ndim)
        return tuple(self._define("n", Call(dim, (Name(name), Const(axis)))) for axis in axes)

    # ----------------------------------------------------------------- statements

    def _block(self, block: Block) -> Block:
        def build() -> None:
            for stmt in block:
                self._at = stmt.at
                self._statement(stmt)

        return self._nested(build)

    def _statement(self, stmt: Stmt) -> None:
        if not any(_mentions(stmt, name) for name in self._lists):
            self._out.append(stmt)
            return
        match stmt:
            case Evaluate(Call(function, (Name(name), value))) if function is append:
                self._append(name, value)
            case Evaluate(Call(function, (Name(name),))) if function is pop:
                self._pop(name)
            case Store(array, index, value, accumulate) if array in self._lists:
                self._store(stmt, array, index, value, accumulate)
            case Assign(target, value) if target in self._lists:
                self._bind(stmt, target, value)
            case Assign(target, value):
                self._assign(stmt, target, value)
            case If(test, body, orelse):
                test = self._test(test)
                self._emit(If(test, self._block(body), self._block(orelse), at=stmt.at))
            case While():
                self._while(stmt)
            case For() if not any(_is_list(e, self._lists) for e in operands(stmt)):
                self._emit(map_blocks(stmt, self._block))
            case _:
                self._refuse(stmt)

    def _test(self, test: Expr) -> Expr:
        """A list as a condition: whether there is something in it."""
        if isinstance(test, Name) and test.id in self._lists:
            some = Call(operator.gt, (self._count[test.id], Const(0)))
            return self._define("t", some, types.boolean)
        return test

    def _while(self, stmt: While) -> None:
        test: Expr = stmt.test

        def head() -> None:
            nonlocal test
            self._out.extend(self._block(stmt.head))
            test = self._test(stmt.test)

        block = self._nested(head)
        self._emit(While(block, test, self._block(stmt.body), at=stmt.at))

    def _refuse(self, stmt: Stmt, why: str | None = None, hint: str | None = None) -> NoReturn:
        name = next(name for name in sorted(self._lists) if _mentions(stmt, name))
        raise UnsupportedSyntax(
            why or f"the list {name!r} is used in a way that is not supported",
            stmt.at,
            hint or f"make an array of it: np.array({name}); or write a loop over its items",
        )

    # ----------------------------------------------------------------- making lists

    def _bind(self, stmt: Assign, target: str, value: Expr) -> None:
        match value:
            case Call(function, items) if function is new_list:
                self._display(target, items)
            case Item(Name(source), (Slice() as part,)) if source in self._lists:
                self._copy(target, [(source, *self._part(stmt, source, part))])
            case Name(source) if source in self._lists:
                self._copy(target, [(source, Const(0), self._count[source])])
            case Call(function, (Name(source),)) if function in (list, np.copy):
                self._copy(target, [(source, Const(0), self._count[source])])
            case Call(operator.add, (Name(one), Name(other))):
                self._copy(target, [(s, Const(0), self._count[s]) for s in (one, other)])
            case Call(operator.mul, (Name(source), times)) if source in self._lists:
                self._repeat(target, source, times)
            case Call(operator.mul, (times, Name(source))) if source in self._lists:
                self._repeat(target, source, times)
            case _:
                self._refuse(stmt)

    def _display(self, target: str, items: tuple[Expr, ...]) -> None:
        if target not in self._buffers:
            count = Const(len(items))
            shape = (count, *self._shape_of_items(target, items))
            self._emit(Assign(target, allocation(shape, self._types[target].dtype)))
            for position, item in enumerate(items):
                self._put(target, Const(position), item)
            return
        self._set_count(target, Const(0))
        for item in items:
            self._append(target, item)

    def _shape_of_items(self, target: str, items: tuple[Expr, ...]) -> tuple[Expr, ...]:
        """The one shape of arrays in a display."""
        axes = range(self._types[target].ndim - 1)
        found = [tuple(Call(dim, (item, Const(axis))) for axis in axes) for item in items]
        if not axes:
            return ()
        first = tuple(self._define("n", length) for length in found[0])
        for other in found[1:]:
            for length, n in zip(other, first, strict=True):
                self._define("n", Call(lists.check_item_length, (length, n)))
        return first

    def _copy(self, target: str, parts: list[tuple[str, Expr, Expr]]) -> None:
        """A list of what parts of lists hold: each a list, the first index, and how many items."""
        total: Expr = Const(0)
        starts: list[Expr] = []
        for _, _, count in parts:
            starts.append(total)
            total = self._define("n", Call(operator.add, (total, count)))
        rows = self._row_shape(parts[0][0])
        made = self._made(target, (total, *rows))
        for (source, first, count), start in zip(parts, starts, strict=True):
            self._copy_items(made, start, source, first, count, rows)
        self._take_over(target, made, total)

    def _repeat(self, target: str, source: str, times: Expr) -> None:
        """`source * times`."""
        times = self._define("n", Call(max, (times, Const(0))))
        count = self._define("n", self._count[source])
        total = self._define("n", Call(operator.mul, (count, times)))
        rows = self._row_shape(source)
        made = self._made(target, (total, *rows))

        def build(index: tuple[Name, ...]) -> None:
            start = self._define("t", Call(operator.mul, (index[0], count)))
            self._copy_items(made, start, source, Const(0), count, rows)

        self._loops((times,), build)
        self._take_over(target, made, total)

    def _made(self, target: str, shape: tuple[Expr, ...]) -> str:
        """Memory for a new list: its own, or, in case the list is in its parts, another."""
        name = target
        if target in self._buffers:
            name = self._fresh("t", self._types[target]).id
        self._emit(Assign(name, allocation(shape, self._types[target].dtype)))
        return name

    def _copy_items(
        self, made: str, start: Expr, source: str, first: Expr, count: Expr, rows: tuple[Expr, ...]
    ) -> None:
        def build(index: tuple[Name, ...]) -> None:
            there = self._define("k", Call(operator.add, (first, index[0])))
            here = self._define("k", Call(operator.add, (start, index[0])))
            place = (there, *index[1:])
            value = self._define("t", Item(Name(source), place), self._types[source].dtype)
            self._emit(Store(made, (here, *index[1:]), value))

        self._loops((count, *rows), build)

    def _take_over(self, target: str, made: str, total: Expr) -> None:
        if target == made:
            self._set_count(target, total)
            return
        last = self._define("t", Call(operator.sub, (total, Const(1))))
        self._make_room(target, last, made)
        rows = self._row_shape(made)
        self._copy_items(target, Const(0), made, Const(0), total, rows)
        self._set_count(target, total)

    def _set_count(self, name: str, value: Expr) -> None:
        count = self._count[name]
        assert isinstance(count, Name)
        self._emit(Assign(count.id, value))

    # ----------------------------------------------------------------- changing lists

    def _append(self, name: str, value: Expr) -> None:
        count = self._count[name]
        row = value.id if self._types[name].ndim > 1 and isinstance(value, Name) else None
        self._make_room(name, count, row, one=True)
        self._put(name, count, value)
        self._set_count(name, Call(operator.add, (count, Const(1))))

    def _make_room(self, name: str, count: Expr, like: str | None, one: bool = False) -> None:
        """Room for one more item than `count`; `like` is an item (`one`) or a buffer of them."""
        if self._types[name].ndim == 1:
            self._emit(Evaluate(Call(buffers.with_room, (Name(name), count))))
            return
        assert like is not None
        first = 0 if one else 1
        ndim = self._types[like].ndim
        shape = tuple(Call(dim, (Name(like), Const(axis))) for axis in range(first, ndim))
        atoms = tuple(self._define("n", length) for length in shape)
        whole = self._define("shape", Tuple(atoms), types.UniTuple(types.int64, len(atoms)))
        self._emit(Evaluate(Call(buffers.with_room_for, (Name(name), count, whole))))

    def _put(self, name: str, position: Expr, value: Expr) -> None:
        """Write an item."""
        self._check_kind(name, value)
        if self._types[name].ndim == 1:
            self._emit(Store(name, (position,), value))
            return
        assert isinstance(value, Name)
        dtype = self._types[value.id].dtype
        axes = range(self._types[value.id].ndim)
        shape = tuple(self._define("n", Call(dim, (value, Const(axis)))) for axis in axes)

        def build(index: tuple[Name, ...]) -> None:
            element = self._define("t", Item(value, index), dtype)
            self._emit(Store(name, (position, *index), element))

        self._loops(shape, build)

    def _check_kind(self, name: str, value: Expr) -> None:
        """Numba would make an integer of a float that is put in a list of integers."""
        item = self._types[name].dtype
        given = self._types[value.id] if isinstance(value, Name) else typeof(value.value)  # type: ignore[union-attr]
        given = given.dtype if isinstance(given, types.Array) else given
        if _rank(given) > _rank(item):
            raise UnsupportedSyntax(
                f"{name!r} is a list of {item}, and a {given} is put in it",
                self._at,
                "start the list with items of that type, 0.0 instead of 0 for a list of floats",
            )

    def _pop(self, name: str) -> Name:
        """Take the last item away; returns where it is."""
        count = self._count[name]
        last = self._define("k", Call(lists.last_index, (count,)))
        self._set_count(name, Call(operator.sub, (count, Const(1))))
        return last

    def _store(
        self, stmt: Stmt, name: str, index: tuple[Expr | Slice, ...], value: Expr, add: bool
    ) -> None:
        if len(index) != 1 or isinstance(index[0], Slice) or _is_list(value, self._lists):
            self._refuse(stmt, "a part of a list is assigned", "assign its items one by one")
        place = self._index(stmt, name, index[0])
        self._check_kind(name, value)
        if self._types[name].ndim == 1:
            self._emit(Store(name, (place,), value, add))
            return
        assert isinstance(value, Name) and not add
        for axis in range(1, self._types[name].ndim):
            lengths = Call(dim, (value, Const(axis - 1))), Call(dim, (Name(name), Const(axis)))
            atoms = tuple(self._define("n", length) for length in lengths)
            self._define("n", Call(lists.check_item_length, atoms))
        self._put(name, place, value)

    # ----------------------------------------------------------------- reading lists

    def _assign(self, stmt: Assign, target: str, value: Expr) -> None:
        match value:
            case Call(function, (Name(name),)) if function is len and name in self._lists:
                self._emit(replace(stmt, value=self._count[name]))
            case Call(function, (Name(name),)) if function in (bool, operator.truth):
                self._emit(replace(stmt, value=Call(operator.gt, (self._count[name], Const(0)))))
            case Call(operator.not_, (Name(name),)):
                self._emit(replace(stmt, value=Call(operator.eq, (self._count[name], Const(0)))))
            case Call(function, (Name(name),)) if function is pop:
                self._read(target, name, self._pop(name))
            case Item(Name(name), (index,)) if name in self._lists and not isinstance(index, Slice):
                self._read(target, name, self._index(stmt, name, index))
            case Call(function, (Name(name), *rest), keywords) if function in _TO_ARRAY:
                dtype = (*rest, *(v for key, v in keywords if key == "dtype"))
                self._to_array(stmt, target, name, dtype)
            case Call(function, args) if is_numpy(function):
                made = tuple(self._array(a.id) if _is_list(a, self._lists) else a for a in args)  # type: ignore[union-attr]
                self._emit(replace(stmt, value=replace(value, args=made)))
            case _:
                self._refuse(stmt)

    def _index(self, stmt: Stmt, name: str, index: Expr) -> Expr:
        """An index counted from the front, and checked unless it is certainly one of an item."""
        if (stmt, name) in self._in_range:
            return index
        count = self._count[name]
        if isinstance(index, Const) and isinstance(count, Const):
            position = index.value + count.value if index.value < 0 else index.value
            if 0 <= position < count.value:
                return Const(position)
        return self._define("k", Call(lists.item_index, (index, count)))

    def _read(self, target: str, name: str, place: Expr) -> None:
        item = Item(Name(name), (place,))
        if self._types[name].ndim == 1 or self._stable.may_be_seen(name, target):
            self._emit(Assign(target, item))
            return
        seen = self._define("t", item, self._types[target])
        self._emit(Assign(target, Call(np.copy, (seen,))))

    def _to_array(self, stmt: Assign, target: str, name: str, dtype: tuple[Expr, ...]) -> None:
        if name not in self._lists or len(dtype) > 1:
            self._refuse(stmt)
        made = self._array(name)
        self._emit(Assign(target, Call(astype, (made, *dtype)) if dtype else made))

    def _array(self, name: str) -> Name:
        """What a list holds, in an array."""
        count = self._define("n", self._count[name])
        rows = self._row_shape(name)
        made = self._fresh("t", self._types[name])
        self._emit(Assign(made.id, allocation((count, *rows), self._types[name].dtype)))
        self._copy_items(made.id, Const(0), name, Const(0), count, rows)
        return made

    def _part(self, stmt: Stmt, name: str, part: Slice) -> tuple[Expr, Expr]:
        """First index and number of items of a slice."""
        if part.step not in (None, Const(1)):
            self._refuse(stmt, "a list is sliced with a step", "write a loop over the indices")
        count = self._define("n", self._count[name])
        start: Expr = Const(0)
        stop: Expr = count
        if part.start is not None:
            start = self._define("start", Call(shapes.slice_start, (part.start, count)))
        if part.stop is not None:
            stop = self._define("stop", Call(shapes.slice_start, (part.stop, count)))
        return start, self._define("n", Call(shapes.slice_length, (start, stop, Const(1))))


def _length_of_display(value: Expr) -> Expr | None:
    return (
        Const(len(value.args)) if isinstance(value, Call) and value.function is new_list else None
    )


def _rank(type_: Any) -> tuple[int, int]:
    """Numbers of a lower rank may be put in a list of a higher one."""
    kinds = (types.Boolean, types.Integer, types.Float, types.Complex)
    kind = next(k for k, class_ in enumerate(kinds) if isinstance(type_, class_))
    return kind, getattr(type_, "bitwidth", 1) if kind > 1 else 0


def _is_list(expr: Expr, lists_: dict[str, Any]) -> bool:
    return isinstance(expr, Name) and expr.id in lists_


def _mentions(stmt: Stmt, name: str) -> bool:
    """Whether a statement or one inside it names a variable."""
    for inner in statements((stmt,)):
        if isinstance(inner, Assign) and inner.target == name:
            return True
        if isinstance(inner, Store) and inner.array == name:
            return True
        if any(name in names(expr) for expr in operands(inner)):
            return True
    return False
