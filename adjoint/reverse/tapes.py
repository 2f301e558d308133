"""Where stored values are kept: scalars, arrays indexed by loop counters, arrays that grow.

A value stored in a nest of `for` loops gets an array with one axis for each loop, allocated before
the nest. If one of the loops is a `while`, can be left early, or has a length that depends on
earlier iterations, the values are pushed on an array that grows; all values of one block share
its counter. Arrays whose lengths are not known before the loops stand one after the other on a
flat tape that grows, beside a table of where each starts and its lengths.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.analyses.places import BlockKey, Places
from adjoint.analyses.ranges import Ranges
from adjoint.analyses.versions import Version
from adjoint.program.core import (
    Assign,
    Break,
    Call,
    Comment,
    Const,
    Expr,
    For,
    If,
    Item,
    Name,
    Stmt,
    Store,
    Tuple,
    While,
)
from adjoint.program.linear import Linear
from adjoint.program.primitives import dim
from adjoint.program.walk import assigned, names, substitute
from adjoint.reverse.needs import Needs
from adjoint.reverse.wording import content, line_of, lines, readers
from adjoint.runtime import buffers, shapes

_FIRST_CAPACITY = 64


@dataclass
class Instrumentation:
    """Statements to insert into the forward sweep (and, for counters, the reverse sweep).

    Attributes
    ----------
    before, after : by statement.
    at_start : by block.
    """

    before: dict[Stmt, list[Stmt]] = field(default_factory=dict)
    after: dict[Stmt, list[Stmt]] = field(default_factory=dict)
    at_start: dict[BlockKey, list[Stmt]] = field(default_factory=dict)
    reverse_start: dict[BlockKey, list[Stmt]] = field(default_factory=dict)


class Tapes:
    """Allocates tapes and instruments the forward sweep to fill them.

    Attributes
    ----------
    names : what holds each version that is kept.
    """

    def __init__(
        self,
        needs: Needs,
        loops_of: Callable[[Version], list[Stmt]],
        fresh: Callable[[str, Any], Name],
        shape_of: Callable[[Expr, Stmt], list[tuple[Expr, Stmt]] | None],
        rebound: frozenset[str],
    ) -> None:
        self._needs = needs
        self._places: Places = needs.places
        self._loops_of = loops_of
        self._fresh = fresh
        self._counters: dict[BlockKey, Name] = {}
        self._shape_of = shape_of
        self._rebound = rebound
        self.names: dict[Version, str] = {}
        self.inserted = Instrumentation()

    def keep(self, version: Version, stem: str, element: Any) -> Expr:
        """Have the forward sweep keep a version; returns what reads it in the reverse sweep."""
        loops = self._loops_of(version)
        if not loops:
            name = self._fresh(stem, element)
            self.names[version] = name.id
            self._insert(version, Assign(name.id, _content(version)))
            return name
        outermost = self._places.loops(version.place.block)[0]
        axes = self._axes(outermost, loops)
        if axes is None:
            return self._grown(version, stem, element, outermost)
        sizes = tuple(size for size, _ in axes)
        index = tuple(i for _, i in axes)
        tape = self._fresh(stem, types.Array(element, len(sizes), "C"))
        shape = sizes[0] if len(sizes) == 1 else Tuple(sizes)
        self._allocate(outermost, tape, shape, element, version)
        self._insert(version, Store(tape.id, index, _content(version)))
        return Item(tape, tuple(self._in_reverse(i, loops) for i in index))

    def keep_array(self, version: Version, array_type: Any) -> tuple[list[Assign], Expr]:
        """Have the forward sweep keep an array that a statement reads.

        Returns
        -------
        What the reverse sweep has to do before, and what reads the array then.
        """
        loops = self._loops_of(version)
        assert version.stmt is not None
        outermost = (*self._places.loops(version.place.block), version.stmt)[0]
        axes, shape = self._axes(outermost, loops), self._shape(version, outermost)
        if shape is None and not loops:
            name = self._fresh("stored", array_type)
            self.names[version] = name.id
            self._insert(version, Assign(name.id, Call(np.copy, (Name(version.name),))))
            return [], name
        if axes is None or shape is None:
            return self._grown_array(version, array_type, outermost)
        own = tuple(self._fresh("ijklmnpq"[k], types.int64) for k in range(len(shape)))
        sizes, index = tuple(size for size, _ in axes), tuple(i for _, i in axes)
        tape = self._fresh("stored", types.Array(array_type.dtype, len(axes) + len(shape), "C"))
        sizes = (*sizes, *map(_at_least_zero, shape))
        size = sizes[0] if len(sizes) == 1 else Tuple(sizes)
        self._allocate(outermost, tape, size, array_type.dtype, version)
        lengths = tuple(form.expr() for form in shape)
        for axis, length in enumerate(lengths if version.name in self._rebound else ()):
            # The tape was sized before the loop; the array must be what was expected then.
            found = Call(dim, (Name(version.name), Const(axis)))
            check = Call(shapes.check_unchanged, (found, length))
            self._insert(version, Assign(self._fresh("n", types.int64).id, check))
        copy: Stmt = Store(tape.id, (*index, *own), Item(Name(version.name), own))
        for name, length in reversed(list(zip(own, lengths, strict=True))):
            copy = For(name.id, Const(0), length, Const(1), (copy,))
        self._insert(version, copy)
        if not index:
            return [], tape
        return [], Item(tape, tuple(self._in_reverse(i, loops) for i in index))

    def _shape(self, version: Version, outermost: Stmt) -> tuple[Linear, ...] | None:
        """The array's lengths, if they are the same in all iterations."""
        assert version.reader is not None
        made = self._shape_of(Name(version.name), version.reader)
        if made is None:
            return None
        ranges = Ranges(self._needs.versions, self._places, outermost)
        lengths: list[Linear] = []
        for length, stmt in made:
            bounds = ranges.of(length, stmt)
            if bounds is None or bounds[0] != bounds[1]:
                return None
            lengths.append(bounds[0])
        return tuple(lengths)

    def _axes(self, outermost: Stmt, loops: list[Stmt]) -> list[tuple[Expr, Expr]] | None:
        """Size and index for each loop; None if one cannot be told before the loops start."""
        ranges = Ranges(self._needs.versions, self._places, outermost)
        axes: list[tuple[Expr, Expr]] = []
        for loop in loops:
            if not isinstance(loop, For) or leaves_early(loop):
                return None
            bounds = ranges.of_index(loop)
            if bounds is None or not bounds[0].is_non_negative():
                counted = self._counted_axis(loop, ranges)
                if counted is None:
                    return None
                axes.append(counted)
                continue
            low, high = bounds
            first = low.constant if not low.terms else 0
            size = high + Linear({}, 1 - first)
            index = Linear({Name(loop.target): 1}, -first).expr()
            axes.append((_at_least_zero(size), index))
        return axes

    def _counted_axis(self, loop: For, ranges: Ranges) -> tuple[Expr, Expr] | None:
        """Size and index by the number of the iteration, for bounds that are fixed before."""
        parts = [ranges.of(part, loop) for part in (loop.start, loop.stop, loop.step)]
        fixed = [bounds[0].expr() for bounds in parts if bounds and bounds[0] == bounds[1]]
        by_name = self._needs.versions.by_name
        if len(fixed) < len(parts) or any(len(by_name[n]) > 1 for e in fixed for n in names(e)):
            return None
        start, _, step = fixed
        offset = Call(operator.sub, (Name(loop.target), start))
        return Call(shapes.slice_length, tuple(fixed)), Call(operator.floordiv, (offset, step))

    def _in_reverse(self, index: Expr, loops: list[Stmt]) -> Expr:
        """Loop counters may have other names in the reverse sweep."""
        mapping = {}
        for loop in loops:
            assert isinstance(loop, For)
            mapping[loop.target] = self._needs.index_placeholder(loop)
        return substitute(index, mapping)

    def _allocate(
        self, outermost: Stmt, tape: Name, shape: Expr, element: Any, version: Version
    ) -> None:
        allocation = Assign(tape.id, Call(np.empty, (shape, *_dtype(element))))
        self.names[version] = tape.id
        about = Comment(self._about(version, element), beside=True)
        self.inserted.before.setdefault(outermost, []).extend([allocation, about])

    def _about(self, version: Version, element: Any) -> str:
        """The comment beside a tape's allocation."""
        what, read_by = content(version, element), readers(version, self._needs)
        if read_by == (line_of(version.stmt),):
            return f"{what}, for its adjoint"
        return f"{what}, for the adjoint of {lines(read_by)}" if read_by else what

    # ----------------------------------------------------------------- growing tapes

    def _grown(self, version: Version, stem: str, element: Any, outermost: Stmt) -> Expr:
        tape = self._fresh(stem, types.Array(element, 1, "C"))
        counter = self._counter(version.place.block, outermost)
        self._allocate(outermost, tape, Const(_FIRST_CAPACITY), element, version)
        last = Linear({counter: 1}, -1).expr()
        keep = Store(tape.id, (last,), _content(version))
        nest = self._counted_nest(version.place.block)
        if nest:
            room = Call(operator.add, (counter, reduce(_times, map(_trips, nest))))
            grow = Assign(tape.id, Call(buffers.reserve, (tape, room)))
            self.inserted.before.setdefault(nest[0], []).append(grow)
            self._insert(version, keep)
        else:
            self._insert(version, Assign(tape.id, Call(buffers.reserve, (tape, counter))), keep)
        return Item(tape, (counter,))

    def _counted_nest(self, block: BlockKey) -> list[For]:
        """The innermost loops around a block of which it is known before how often it is entered.

        Room is made for all their iterations at once, which costs nothing in them.
        """
        nest: list[For] = []
        for loop in reversed(self._places.loops(block)):
            if not isinstance(loop, For) or leaves_early(loop):
                break
            changed = assigned((loop,))
            bounds = [part for inner in (loop, *nest) for part in _bounds(inner)]
            if any(name in changed for part in bounds for name in names(part)):
                break
            nest.insert(0, loop)
        return nest

    def _grown_array(
        self, version: Version, array_type: Any, outermost: Stmt
    ) -> tuple[list[Assign], Expr]:
        """Keep arrays of any lengths one after the other, and where each starts and its lengths."""
        element, axes = array_type.dtype, range(array_type.ndim)
        tape = self._fresh("stored", types.Array(element, 1, "C"))
        pieces = self._fresh("pieces", types.Array(types.int64, 2, "C"))
        used = self._fresh("used", types.int64)
        counter = self._counter(version.place.block, outermost)
        before = self.inserted.before.setdefault(outermost, [])
        rows = Tuple((Const(_FIRST_CAPACITY), Const(1 + len(axes))))
        before.append(Assign(used.id, Const(0)))
        before.append(Assign(pieces.id, Call(np.empty, (rows, Const(np.int64)))))
        self._allocate(outermost, tape, Const(_FIRST_CAPACITY), element, version)

        row, array = Linear({counter: 1}, -1).expr(), Name(version.name)
        self._insert(
            version,
            Assign(pieces.id, Call(buffers.reserve, (pieces, counter))),
            Store(pieces.id, (row, Const(0)), used),
            *(Store(pieces.id, (row, Const(1 + k)), Call(dim, (array, Const(k)))) for k in axes),
            Assign(tape.id, Call(buffers.with_piece, (tape, used, array))),
            Assign(used.id, Call(buffers.end_of_piece, (used, array))),
        )
        start = self._fresh("start", types.int64)
        lengths = tuple(self._fresh("n", types.int64) for _ in axes)
        read = [
            Assign(name.id, Item(pieces, (counter, Const(k))))
            for k, name in enumerate((start, *lengths))
        ]
        return read, Call(buffers.piece, (tape, start, Tuple(lengths)))

    def _counter(self, block: BlockKey, outermost: Stmt) -> Name:
        """Counts how often a block was entered; the reverse sweep counts down again."""
        if block not in self._counters:
            counter = self._fresh("visits", types.int64)
            self._counters[block] = counter
            before = self.inserted.before.setdefault(outermost, [])
            before.append(Assign(counter.id, Const(0)))
            up, down = Linear({counter: 1}, 1).expr(), Linear({counter: 1}, -1).expr()
            self.inserted.at_start.setdefault(block, []).insert(0, Assign(counter.id, up))
            self.inserted.reverse_start.setdefault(block, []).append(Assign(counter.id, down))
        return self._counters[block]

    def _insert(self, version: Version, *stmts: Stmt) -> None:
        """Put statements where the forward sweep has just made the version."""
        place = version.place
        if version.kind in ("old", "array", "length"):
            assert version.stmt is not None
            self.inserted.before.setdefault(version.stmt, []).extend(stmts)
        elif place.index < 0:
            self.inserted.at_start.setdefault(place.block, []).extend(stmts)
        else:
            stmt = self._places.contents[place.block][place.index]
            self.inserted.after.setdefault(stmt, []).extend(stmts)


def _bounds(loop: For) -> tuple[Expr, Expr, Expr]:
    return loop.start, loop.stop, loop.step


def _trips(loop: For) -> Expr:
    if (loop.start, loop.step) == (Const(0), Const(1)):
        return loop.stop
    return Call(shapes.slice_length, _bounds(loop))


def _times(left: Expr, right: Expr) -> Expr:
    return Call(operator.mul, (left, right))


def leaves_early(loop: Stmt) -> bool:
    """Whether a loop has a `break` of its own."""
    assert isinstance(loop, For | While)
    return _has_break(loop.body)


def _has_break(block: tuple[Stmt, ...]) -> bool:
    return any(
        isinstance(stmt, Break)
        or (isinstance(stmt, If) and (_has_break(stmt.body) or _has_break(stmt.orelse)))
        for stmt in block
    )


def _at_least_zero(size: Linear) -> Expr:
    expr = size.expr()
    return expr if size.is_non_negative() else Call(max, (expr, Const(0)))


def _dtype(element: Any) -> tuple[Expr, ...]:
    return () if element == types.float64 else (Const(as_dtype(element).type),)


def _content(version: Version) -> Expr:
    """What the forward sweep stores: the variable, or the cell that is about to be overwritten."""
    if version.kind == "old":
        assert isinstance(version.stmt, Store)
        return Item(Name(version.stmt.array), version.stmt.index)
    if version.kind in ("length", "size"):
        return Call(dim, (Name(version.name), Const(version.axis)))
    return Name(version.name)
