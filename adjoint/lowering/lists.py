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
from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.inference.list_types import is_numpy
from adjoint.lowering.list_bounds import indices_in_range
from adjoint.lowering.list_items import StableLists, check_items
from adjoint.lowering.list_making import length_of_display, make_list
from adjoint.lowering.list_names import LISTS, one_name_each
from adjoint.lowering.list_writer import ListWriter
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
    Name,
    Program,
    Slice,
    Stmt,
    Store,
    While,
)
from adjoint.program.primitives import append, astype, pop
from adjoint.program.walk import assigned, map_blocks, names, operands, statements
from adjoint.runtime import lists

_TO_ARRAY = {np.array, np.asarray}
# Functions of a list that only its count matters to.
_OF_COUNT: dict[Callable[..., Any], Callable[[Expr], Expr]] = {
    len: lambda count: count,
    bool: lambda count: Call(operator.gt, (count, Const(0))),
    operator.truth: lambda count: Call(operator.gt, (count, Const(0))),
    operator.not_: lambda count: Call(operator.eq, (count, Const(0))),
}


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
    """One program being translated."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._in_range = indices_in_range(program)
        self._stable = StableLists(program)
        bound = assigned(program.body)  # inference has lists of its own
        table = dict(program.types or {})
        found = {n for n, type_ in table.items() if isinstance(type_, LISTS) and n in bound}
        table.update({name: self._buffer_type(name, table[name].dtype) for name in found})
        buffers = {name for name in found if not self._is_made_in_place(name)}
        self._write = ListWriter(table, found, buffers)

    def run(self) -> Program:
        """The whole program."""
        write = self._write
        for name in sorted(write.lists):
            made = self._stable.bindings(name)[0].stmt
            known = length_of_display(made.value) if isinstance(made, Assign) else None
            fixed = known is not None and name not in write.buffers
            write.count[name] = known if fixed else write.fresh(f"{name}_len", types.int64)  # type: ignore[assignment]
        body = self._block(self._program.body)
        before = [stmt for name in sorted(write.buffers) for stmt in write.made_before(name)]
        return replace(self._program, body=(*before, *body), types=write.types)

    def _buffer_type(self, name: str, item: Any) -> Any:
        if isinstance(item, types.Array):
            return types.Array(item.dtype, item.ndim + 1, "C")
        if isinstance(item, types.Number | types.Boolean):
            return types.Array(item, 1, "C")
        stmt = next(s for s in statements(self._program.body) if _mentions(s, {name}))
        raise UnsupportedSyntax(
            f"{name!r} is a list of {item}",
            stmt.at,
            "use lists of numbers or of arrays: one list for each part of its items",
        )

    def _is_made_in_place(self, name: str) -> bool:
        """Whether a list is made in one place and has the length that it has there for good."""
        return len(self._stable.bindings(name)) == 1 and not self._stable.changes_length(name)

    def _refuse(self, stmt: Stmt, why: str | None = None, hint: str | None = None) -> NoReturn:
        name = min(name for name in self._write.lists if _mentions(stmt, {name}))
        raise UnsupportedSyntax(
            why or f"the list {name!r} is used in a way that is not supported",
            stmt.at,
            hint or f"make an array of it: np.array({name}); or write a loop over its items",
        )

    # ----------------------------------------------------------------- statements

    def _block(self, block: Block) -> Block:
        def build() -> None:
            for stmt in block:
                self._write.at = stmt.at
                self._statement(stmt)

        return self._write.nested(build)

    def _statement(self, stmt: Stmt) -> None:
        if not _mentions(stmt, self._write.lists):
            self._write.emit(stmt)
            return
        match stmt:
            case Evaluate(Call(function, (Name(name), value))) if function is append:
                self._write.append(name, value)
            case Evaluate(Call(function, (Name(name),))) if function is pop:
                self._write.pop(name)
            case Store(array, index, value, accumulate) if array in self._write.lists:
                self._store(stmt, array, index, value, accumulate)
            case Assign(target, value) if target in self._write.lists:
                if not make_list(self._write, target, value):
                    self._refuse(stmt)
            case Assign(target, value):
                self._assign(stmt, target, value)
            case Store(_, _, value) if self._write.is_list(value):
                self._write.emit(replace(stmt, value=self._for_numpy(value)))
            case If(test, body, orelse):
                test = self._test(test)
                self._write.emit(If(test, self._block(body), self._block(orelse), at=stmt.at))
            case While():
                self._while(stmt)
            case For() if not any(self._write.is_list(e) for e in operands(stmt)):
                self._write.emit(map_blocks(stmt, self._block))
            case _:
                self._refuse(stmt)

    def _test(self, test: Expr) -> Expr:
        """A list as a condition: whether there is something in it."""
        if isinstance(test, Name) and test.id in self._write.lists:
            some = Call(operator.gt, (self._write.count[test.id], Const(0)))
            return self._write.define("t", some, types.boolean)
        return test

    def _while(self, stmt: While) -> None:
        test: Expr = stmt.test

        def head() -> None:
            nonlocal test
            self._write.emit(*self._block(stmt.head))
            test = self._test(stmt.test)

        block = self._write.nested(head)
        self._write.emit(While(block, test, self._block(stmt.body), at=stmt.at))

    # ----------------------------------------------------------------- changing lists

    def _store(
        self, stmt: Stmt, name: str, index: tuple[Expr | Slice, ...], value: Expr, add: bool
    ) -> None:
        if len(index) != 1 or isinstance(index[0], Slice) or self._write.is_list(value):
            self._refuse(stmt, "a part of a list is assigned", "assign its items one by one")
        place = self._index(stmt, name, index[0])
        if self._write.holds_arrays(name) and isinstance(value, Name):
            own = self._write.lengths(value)
            for lengths in zip(own, self._write.lengths(Name(name), 1), strict=True):
                self._write.define("n", Call(lists.check_item_length, lengths))
        self._write.put(name, place, value, add)

    # ----------------------------------------------------------------- reading lists

    def _assign(self, stmt: Assign, target: str, value: Expr) -> None:
        match value:
            case Item(Name(name), (index,)) if self._write.is_list(value.value):
                if isinstance(index, Slice):
                    self._refuse(stmt)
                self._read(target, name, self._index(stmt, name, index))
            case Call(function, (Name(name),)) if function is pop:
                self._read(target, name, self._write.pop(name))
            case Call(function, (Name(name),)) if function in _OF_COUNT:
                self._write.emit(replace(stmt, value=_OF_COUNT[function](self._write.count[name])))
            case Call(function, (Name(name), *rest), keywords) if function in _TO_ARRAY:
                dtype = (*rest, *(v for key, v in keywords if key == "dtype"))
                self._to_array(stmt, target, name, dtype)
            case Call(function, args) if is_numpy(function):
                arrays = tuple(map(self._for_numpy, args))
                self._write.emit(replace(stmt, value=replace(value, args=arrays)))
            case _:
                self._refuse(stmt)

    def _for_numpy(self, operand: Expr) -> Expr:
        """An operand of a NumPy function: an array of what a list holds."""
        if isinstance(operand, Name) and self._write.is_list(operand):
            return self._write.array(operand.id)
        return operand

    def _index(self, stmt: Stmt, name: str, index: Expr) -> Expr:
        """An index counted from the front, and checked unless it is certainly one of an item."""
        if (stmt, name) in self._in_range:
            return index
        count = self._write.count[name]
        if isinstance(index, Const) and isinstance(count, Const):
            position = index.value + count.value if index.value < 0 else index.value
            if 0 <= position < count.value:
                return Const(position)
        return self._write.define("k", Call(lists.item_index, (index, count)))

    def _read(self, target: str, name: str, place: Expr) -> None:
        item = Item(Name(name), (place,))
        if not self._write.holds_arrays(name) or self._stable.may_be_seen(name, target):
            self._write.emit(Assign(target, item))
            return
        seen = self._write.define("t", item, self._write.types[target])
        self._write.emit(Assign(target, Call(np.copy, (seen,))))

    def _to_array(self, stmt: Assign, target: str, name: str, dtype: tuple[Expr, ...]) -> None:
        if name not in self._write.lists or len(dtype) > 1:
            self._refuse(stmt)
        made = self._write.array(name)
        self._write.emit(Assign(target, Call(astype, (made, *dtype)) if dtype else made))


def _mentions(stmt: Stmt, lists_: set[str]) -> bool:
    """Whether a statement or one inside it names one of the variables."""
    for inner in statements((stmt,)):
        if isinstance(inner, Assign) and inner.target in lists_:
            return True
        if isinstance(inner, Store) and inner.array in lists_:
            return True
        if any(name in lists_ for expr in operands(inner) for name in names(expr)):
            return True
    return False
