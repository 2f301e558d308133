"""Arrays of which each iteration uses its own part only, as arrays of the size of that part.

    t = np.empty((n, m))                     t = np.empty(m)
    for i in range(n):                       for i in range(n):
        for j in range(m):                       for j in range(m):
            t[i, j] = np.exp(x[i, j])    →           t[j] = np.exp(x[i, j])
            s += t[i, j]                             s += t[j]
        for j in range(m):                       for j in range(m):
            y[i, j] = t[i, j] / s                    y[i, j] = t[j] / s

A row is in the cache when it is used again, where a matrix has to come from memory; what has no
axis left is a variable. An element that is read after the loops is kept by the iteration that has
it, and to one that a bar gets a cotangent for before the loops, that iteration adds it.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import Any

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.analyses.index_forms import IndexForms, only_in_one_iteration
from adjoint.analyses.lower_bounds import LowerBounds
from adjoint.analyses.sharing import sharing
from adjoint.analyses.touches import Touch, touched, touches
from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Block,
    Break,
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
from adjoint.program.walk import (
    assigned,
    blocks,
    map_blocks,
    map_operands,
    names,
    operands,
    rewrite,
    statements,
)
from adjoint.runtime import shapes

_ZEROS = (np.zeros, np.zeros_like)
_LIKE = (np.zeros_like, np.empty_like)
Place = tuple[int, ...]


def contract_arrays(program: Program, kept: frozenset[str]) -> Program:
    """Contract arrays until none is left that may be.

    Parameters
    ----------
    kept : arrays that stay as they are.
    """
    while True:
        found = next(_Arrays(program, kept).plans(), None)
        if found is None:
            return program
        program = found.applied(program)


@dataclass(frozen=True)
class _Plan:
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
        places = dict.fromkeys((*self.kept, *(_known(store.index) for store in self.added)))
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
            whole = _known(store.index)
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
        return Name(self._keeper(_known(expr.index)))


class _Arrays:
    """Finds arrays that may be contracted."""

    def __init__(self, program: Program, kept: frozenset[str]) -> None:
        self._program = program
        self._types = program.types or {}
        self._bounds = LowerBounds(program)
        bound = [stmt.target for stmt in statements(program.body) if isinstance(stmt, Assign | For)]
        self._bindings = Counter(bound)
        self._made = {
            stmt.target: stmt for stmt in statements(program.body) if isinstance(stmt, Assign)
        }
        self._uses = _uses(program.body)
        self._barred = kept | set(sharing(program)) | set(program.params)

    def plans(self) -> Iterator[_Plan]:
        """What may be contracted; the first is to be done before others are looked for."""
        yield from self._of_block(self._program.body)

    def _of_block(self, block: Block) -> Iterator[_Plan]:
        for index, stmt in enumerate(block):
            if isinstance(stmt, Assign) and self._is_candidate(stmt):
                plan = self._plan(stmt, block[index + 1 :])
                if plan is not None:
                    yield plan
            for inner in blocks(stmt):
                yield from self._of_block(inner)

    def _is_candidate(self, made: Assign) -> bool:
        name = made.target
        is_array = isinstance(self._types.get(name), types.Array)
        return is_array and self._bindings[name] == 1 and name not in self._barred

    def _plan(self, made: Assign, rest: Block) -> _Plan | None:
        name = made.target
        shape = self._shape(made.value)
        using = [stmt for stmt in rest if touched(stmt, name)]
        nests = [stmt for stmt in using if isinstance(stmt, For)]
        if shape is None or len(nests) != 1:
            return None
        (nest,) = nests
        found = list(touches(rest, name))
        by_element = sum(touch.index is not None for touch in found)
        if not by_element == self._uses[name] == len(found):
            return None  # or it is used as a whole, for its lengths, or elsewhere
        at = using.index(nest)
        added, kept = self._added(using[:at], name, nest), _kept(using[at + 1 :], name)
        if added is None or kept is None or any(isinstance(s, Break) for s in statements((nest,))):
            return None
        is_zero = isinstance(made.value, Call) and made.value.function in _ZEROS
        if (added and not is_zero) or ((added or kept or is_zero) and not self._is_double(name)):
            return None
        loops, axes = self._descent(nest, name, len(shape) - bool(added or kept))
        left = tuple(length for axis, length in enumerate(shape) if axis not in axes)
        if not axes or not (left or self._may_be_a_variable(name, nest)):
            return None
        starts = _starts(loops[-1].body, name, axes, left)
        is_cleared = is_zero and (bool(added) or not starts)
        is_cleared = is_cleared or not (left or starts)
        kind = types.Array(self._types[name].dtype, len(left), "C")
        return _Plan(made, nest, loops, axes, shape, left, kind, is_cleared, added, kept)

    def _is_double(self, name: str) -> bool:
        return bool(self._types[name].dtype == types.float64)

    def _shape(self, value: Expr) -> tuple[Expr, ...] | None:
        """The lengths of what a call makes, from what never changes; None if it makes no array."""
        if not isinstance(value, Call) or value.keywords:
            return None
        if value.function in _LIKE and isinstance(value.args[0], Name) and len(value.args) == 1:
            like = value.args[0].id
            if like in self._program.params and not self._bindings[like]:
                ndim = self._types[like].ndim
                return tuple(Call(primitives.dim, (Name(like), Const(k))) for k in range(ndim))
            return self._shape(self._made[like].value) if self._bindings[like] == 1 else None
        if value.function not in (np.empty, np.zeros):
            return None
        size = value.args[0]
        shape = size.items if isinstance(size, Tuple) else (size,)
        stays = all(
            self._bindings[name] <= (name not in self._program.params)
            for length in shape
            for name in names(length)
        )
        return shape if stays else None

    def _added(self, before: list[Stmt], name: str, nest: For) -> tuple[Store, ...] | None:
        """Cotangents of single elements; None if there is anything else."""
        changed = assigned((nest,))
        found: list[Store] = []
        for stmt in before:
            if not (isinstance(stmt, Store) and stmt.array == name):
                return None
            value = stmt.value
            still = isinstance(value, Const) or (
                isinstance(value, Name) and value.id not in changed and self._binds_once(value.id)
            )
            taken = any(_place(other.index) == _place(stmt.index) for other in found)
            if not stmt.accumulate and taken:
                return None  # to a cell of zeros it is the same to store as to add
            if not (stmt.reverse and still and _place(stmt.index)):
                return None
            found.append(replace(stmt, accumulate=True))
        return tuple(found)

    def _binds_once(self, name: str) -> bool:
        return self._bindings[name] <= (name not in self._program.params)

    def _descent(self, nest: For, name: str, most: int) -> tuple[tuple[For, ...], tuple[int, ...]]:
        """The loops in which each iteration has its own part, and their axes."""
        loops: list[For] = []
        axes: list[int] = []
        stmt: Stmt = nest
        while isinstance(stmt, For) and len(axes) < most:
            found = list(touches((stmt,), name))
            axis = self._axis(stmt, found, axes)
            if axis is None:
                break
            loops.append(stmt)
            axes.append(axis)
            using = [inner for inner in stmt.body if touched(inner, name)]
            if len(using) != 1:
                break
            (stmt,) = using
        return tuple(loops), tuple(axes)

    def _axis(self, loop: For, found: list[Touch], taken: list[int]) -> int | None:
        """The axis along which all elements have the loop's counter for their index."""
        if loop.checkpointed or loop.parallel or loop.target in assigned(loop.body):
            return None
        if any(touch.stmt is loop for touch in found):
            return None
        forms, counter = IndexForms(loop), Name(loop.target)
        if not only_in_one_iteration(forms, (counter,), forms, (counter,), self._bounds):
            return None
        for axis in range(self._types_ndim(found)):
            parts = [touch.index[axis] for touch in found if touch.index is not None]
            if axis not in taken and all(part == counter for part in parts):
                return axis
        return None

    @staticmethod
    def _types_ndim(found: list[Touch]) -> int:
        return min(len(touch.index) for touch in found if touch.index is not None)

    def _may_be_a_variable(self, name: str, nest: For) -> bool:
        """Whether what is stored has the type of the elements already."""
        dtype = self._types[name].dtype
        values = [touch.store.value for touch in touches((nest,), name) if touch.store is not None]
        return dtype == types.float64 and all(
            (isinstance(value, Name) and self._types.get(value.id) == dtype)
            or (isinstance(value, Const) and isinstance(value.value, float))
            for value in values
        )


def _kept(after: list[Stmt], name: str) -> tuple[Place, ...] | None:
    """The elements that are read one by one; None if there is anything else."""
    places: list[Place] = []
    for touch in touches(tuple(after), name):
        place = None if touch.index is None else _place(touch.index)
        if touch.store is not None or place is None:
            return None
        places.append(place)
    return tuple(dict.fromkeys(places))


def _place(index: tuple[Any, ...]) -> Place | None:
    """An index of numbers that count from the front."""
    numbers = [part.value for part in index if isinstance(part, Const)]
    known = len(numbers) == len(index) and all(type(n) is int and n >= 0 for n in numbers)
    return tuple(numbers) if known else None


def _known(index: tuple[Any, ...]) -> Place:
    place = _place(index)
    assert place is not None
    return place


def _starts(body: Block, name: str, axes: tuple[int, ...], left: tuple[Expr, ...]) -> bool:
    """Whether the first statement that touches a part gives a value to all of it."""
    stmt = next(s for s in body if touched(s, name))
    index: list[Expr] = []
    for length in left:
        if not isinstance(stmt, For) or (stmt.start, stmt.step) != (Const(0), Const(1)):
            return False
        if stmt.stop != length or not any(touched(s, name) for s in stmt.body):
            return False
        index.append(Name(stmt.target))
        stmt = next(s for s in stmt.body if touched(s, name))
    if not (isinstance(stmt, Store) and stmt.array == name) or stmt.accumulate:
        return False
    if sum(1 for _ in touches((stmt,), name)) != 1:
        return False
    return [part for axis, part in enumerate(stmt.index) if axis not in axes] == index


def _uses(block: Block) -> Counter[str]:
    """How often names are read or stored to."""
    found: Counter[str] = Counter()
    for stmt in statements(block):
        found.update(name for expr in operands(stmt) for name in names(expr))
        if isinstance(stmt, Store):
            found[stmt.array] += 1
    return found
