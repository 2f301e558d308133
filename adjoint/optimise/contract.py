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

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numba.core import types

from adjoint.analyses.index_forms import IndexForms, only_in_one_iteration
from adjoint.analyses.lower_bounds import LowerBounds
from adjoint.analyses.sharing import sharing
from adjoint.analyses.touches import Touch, touched, touches
from adjoint.optimise.contraction import Contraction, Place, place_of
from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Block,
    Break,
    Call,
    Const,
    Expr,
    For,
    Name,
    Program,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.walk import (
    assigned,
    blocks,
    names,
    operands,
    statements,
)

_ZEROS = (np.zeros, np.zeros_like)
_LIKE = (np.zeros_like, np.empty_like)


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
        self._once = {stmt.target for stmt in program.body if isinstance(stmt, Assign)}
        self._uses = _uses(program.body)
        self._barred = kept | set(sharing(program)) | set(program.params)

    def plans(self) -> Iterator[Contraction]:
        """What may be contracted; the first is to be done before others are looked for."""
        yield from self._of_block(self._program.body)

    def _of_block(self, block: Block) -> Iterator[Contraction]:
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

    def _plan(self, made: Assign, rest: Block) -> Contraction | None:
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
        return Contraction(made, nest, loops, axes, shape, left, kind, is_cleared, added, kept)

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
        stays = all(self._stays(name) for length in shape for name in names(length))
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
                isinstance(value, Name) and value.id not in changed and self._stays(value.id)
            )
            taken = any(place_of(other.index) == place_of(stmt.index) for other in found)
            if not stmt.accumulate and taken:
                return None  # to a cell of zeros it is the same to store as to add
            if not (stmt.reverse and still and place_of(stmt.index)):
                return None
            found.append(replace(stmt, accumulate=True))
        return tuple(found)

    def _stays(self, name: str) -> bool:
        """Whether a variable has one value in a call: a parameter's, or one given outside loops."""
        if name in self._program.params:
            return not self._bindings[name]
        return self._bindings[name] == 1 and name in self._once

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
        place = None if touch.index is None else place_of(touch.index)
        if touch.store is not None or place is None:
            return None
        places.append(place)
    return tuple(dict.fromkeys(places))


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
