"""Arrays as items of lists: where a copy in the list's buffer is as good as the array itself.

A Python list holds the arrays that were appended to it, not what was in them. The two are the same
if nobody writes to an array once it is in a list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.aliases import FRESH, share_groups
from adjoint.lowering.in_place import IN_PLACE
from adjoint.lowering.list_names import LISTS
from adjoint.lowering.second_names import Standing, standing
from adjoint.program.core import Assign, Call, Evaluate, Expr, Item, Name, Program, Slice, Store
from adjoint.program.primitives import append, new_list, pop


class StableLists:
    """What happens to each list of a program."""

    def __init__(self, program: Program) -> None:
        self._bindings: dict[str, list[Standing]] = {}
        self._changed: Counter[str] = Counter()
        self._longer: set[str] = set()
        self._bound: Counter[str] = Counter()
        for place in standing(program.body):
            stmt = place.stmt
            if isinstance(stmt, Assign):
                self._bindings.setdefault(stmt.target, []).append(place)
            call = _call_of(stmt)
            if call is not None and call.function in (append, pop) and call.args:
                assert isinstance(call.args[0], Name)
                self._longer.add(call.args[0].id)
                self._changed[call.args[0].id] += call.function is pop
            if isinstance(stmt, Store):
                self._changed[stmt.array] += 1

    def bindings(self, name: str) -> list[Standing]:
        """The assignments to a variable."""
        return self._bindings.get(name, [])

    def changes_length(self, name: str) -> bool:
        """Whether something is appended to a list, or taken away."""
        return name in self._longer

    def may_be_seen(self, name: str, target: str) -> bool:
        """Whether `target = name[i]` may be a view of the buffer: the item never changes."""
        made = self.bindings(name)
        once = len(made) == 1 and not made[0].loops()
        return once and not self._changed[name] and len(self.bindings(target)) == 1


def check_items(program: Program) -> None:
    """Check that arrays in lists are not written to.

    Raises
    ------
    UnsupportedSyntax : one may be.
    """
    table = program.types or {}
    lists = {
        name
        for name, type_ in table.items()
        if isinstance(type_, LISTS) and isinstance(type_.dtype, types.Array)
    }
    if lists:
        _Check(program, lists).run()


class _Check:
    def __init__(self, program: Program, lists: set[str]) -> None:
        self._lists = lists
        self._find = share_groups(program)
        self._places = list(standing(program.body))
        self._writes = [(name, place) for place in self._places for name in self._written(place)]
        self._bindings: dict[str, list[Standing]] = {}
        for place in self._places:
            if isinstance(place.stmt, Assign):
                self._bindings.setdefault(place.stmt.target, []).append(place)

    def run(self) -> None:
        """Check every array that goes into a list, and every one that comes out of it."""
        for place in self._places:
            for array in self._put_in(place):
                self._check_put_in(array, place)
            stmt = place.stmt
            if isinstance(stmt, Assign) and self._comes_out(stmt.value):
                self._check_taken_out(stmt)

    def _written(self, place: Standing) -> Iterator[str]:
        """Arrays that a statement writes to."""
        stmt = place.stmt
        if isinstance(stmt, Store) and stmt.array not in self._lists:
            yield stmt.array
        call = _call_of(stmt)
        if call is None or call.function in (append, pop, new_list):
            return
        if isinstance(stmt, Evaluate):
            yield from (arg.id for arg in call.args if isinstance(arg, Name))
        if _is_in_place(call) and isinstance(call.args[0], Name):
            yield call.args[0].id
        yield from (e.id for key, e in call.keywords if key == "out" and isinstance(e, Name))

    def _put_in(self, place: Standing) -> Iterator[str]:
        stmt = place.stmt
        values: tuple[Expr, ...] = ()
        call = _call_of(stmt)
        if isinstance(stmt, Store) and stmt.array in self._lists:
            values = (stmt.value,)
        elif isinstance(stmt, Assign) and stmt.target in self._lists and call is not None:
            values = call.args if call.function is new_list else ()
        elif call is not None and call.function is append and call.args[0] in self._names():
            values = call.args[1:]
        yield from (value.id for value in values if isinstance(value, Name))

    def _names(self) -> set[Expr]:
        return {Name(name) for name in self._lists}

    def _comes_out(self, value: Expr) -> bool:
        if isinstance(value, Item) and value.value in self._names():
            return not isinstance(value.index[0], Slice)
        return isinstance(value, Call) and value.function is pop and value.args[0] in self._names()

    def _check_put_in(self, array: str, put: Standing) -> None:
        group = self._find(array)
        writes = [(name, place) for name, place in self._writes if self._find(name) == group]
        if not writes:
            return
        original = self._original(array, put)
        if not all(
            _is_over(place, put)
            or (name == original and self._is_filled_before(original, place, put))
            for name, place in writes
        ):
            raise UnsupportedSyntax(
                f"the array {array!r} is put in a list and may be written to afterwards, which "
                "would change it in the list too",
                put.stmt.at,
                f"put a copy in the list: {array}.copy()",
            )

    def _original(self, array: str, put: Standing) -> str:
        """The name under which an array was made, where it got another just before."""
        for stmt in reversed(put.block[: put.index]):
            if isinstance(stmt, Assign) and stmt.target == array and isinstance(stmt.value, Name):
                array = stmt.value.id
        return array

    def _is_filled_before(self, array: str, write: Standing, put: Standing) -> bool:
        """Whether an array is made, written to and put in a list in this order in one block."""
        made = self._bindings.get(array, [])
        if len(made) != 1 or not _is_fresh(made[0].stmt):
            return False
        block, start = made[0].block, made[0].index
        written, end = _index_in(block, write), _index_in(block, put)
        return written is not None and end is not None and start < written < end

    def _check_taken_out(self, stmt: Assign) -> None:
        group = self._find(stmt.target)
        for name, place in self._writes:
            if self._find(name) == group:
                raise UnsupportedSyntax(
                    f"an array in the list {_list_of(stmt.value)!r} may be written to here",
                    place.stmt.at,
                    "take a copy out of the list before, and assign it to the item after",
                )


def _is_over(write: Standing, put: Standing) -> bool:
    """Whether a statement never runs once another has run."""
    for here in (put, *put.around):
        index = _index_in(here.block, write)
        if index is not None:
            return index < here.index and not here.loops()
    return False


def _index_in(block: tuple, place: Standing) -> int | None:
    """Position in a block of the statement that a statement is in (or is)."""
    return next((here.index for here in (place, *place.around) if here.block is block), None)


def _call_of(stmt: object) -> Call | None:
    value = stmt.call if isinstance(stmt, Evaluate) else getattr(stmt, "value", None)
    return value if isinstance(stmt, Assign | Evaluate) and isinstance(value, Call) else None


def _is_fresh(stmt: object) -> bool:
    call = _call_of(stmt)
    if call is None:
        return False
    function = call.function
    computed = isinstance(function, np.ufunc) or function.__module__ in ("_operator", "operator")
    return (computed and not _is_in_place(call)) or function in FRESH


def _list_of(value: Expr) -> str:
    """The list that an item comes out of."""
    source = value.value if isinstance(value, Item) else value.args[0]  # type: ignore[union-attr]
    assert isinstance(source, Name)
    return source.id


def _is_in_place(call: Call) -> bool:
    return call.function in IN_PLACE
