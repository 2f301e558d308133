"""Primal values that the reverse sweep finds in an array, or as what was stored there.

*in memory*     a value was written to a cell that nothing overwrites: read the cell.

        e = np.exp(z[i]); q[i] = e          →  e = q[i]

*forwarded*     an element was loaded from an array that one loop had filled with something cheap,
                and that is overwritten since: compute what was stored, at the index of the
                load.

        for j in range(d): work[j] = x[i, j] - m[j]
        …  t = work[k]                      →  t = x[i, k] - m[k]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adjoint.analyses.coverage import resolved, single_definitions
from adjoint.analyses.memory import Memory
from adjoint.analyses.places import Place, Places
from adjoint.analyses.ranges import Ranges
from adjoint.analyses.versions import Version, Versions
from adjoint.program.core import (
    Assign,
    Break,
    Call,
    Const,
    Expr,
    For,
    Item,
    Name,
    Program,
    Stmt,
    Store,
)
from adjoint.program.walk import statements


class Elsewhere:
    """Looks values up in the program's stores.

    Parameters
    ----------
    standing : makes an expression of a version that the reverse sweep has for free; None if it
        has not.
    """

    def __init__(
        self,
        program: Program,
        places: Places,
        versions: Versions,
        memory: Memory,
        fused: frozenset[Stmt],
        standing: Callable[[Version, Place], Expr | None],
    ) -> None:
        self._places = places
        self._versions = versions
        self._memory = memory
        self._fused = fused
        self._standing = standing
        self._types: Mapping[str, Any] = program.types or {}
        self._definitions = single_definitions(program)
        self._holding: dict[Version, Store] = {}
        for array, stores in memory.stores.items():
            if len(stores) == 1 and not stores[0].accumulate:
                self._enter(array, stores[0])

    def _enter(self, array: str, store: Store) -> None:
        if isinstance(store.value, Name):
            version = self._versions.read[store].get(store.value.id)
            same_type = self._types.get(store.value.id) == self._types[array].dtype
            if version is not None and same_type:
                self._holding[version] = store

    # ----------------------------------------------------------------- in memory

    def in_memory(self, version: Version) -> Item | None:
        """The cell that holds a version for good; its index reads primal values of the store."""
        store = self._holding.get(version)
        if store is None or self._places.of[store].block != version.place.block:
            return None
        return Item(Name(store.array), store.index) if self._is_kept(store) else None

    def holder(self, version: Version) -> Store:
        """The store that `in_memory` refers to."""
        return self._holding[version]

    def _is_kept(self, store: Store) -> bool:
        """Whether each run of the store writes another cell, of one array that stays."""
        made = self._memory.bindings.get(store.array, [])
        if len(made) != 1 or not isinstance(made[0].value, Call):
            return False
        outer = self._places.loops(self._places.of[made[0]].block)
        inner = self._places.loops(self._places.of[store].block)
        if inner[: len(outer)] != outer or any(loop not in self._fused for loop in outer):
            return False
        between = [loop for loop in inner[len(outer) :] if loop not in self._fused]
        return all(
            isinstance(loop, For)
            and Name(loop.target) in store.index
            and Ranges(self._versions, self._places, inner[0]).counts_from_the_front(loop)
            for loop in between
        )

    # ----------------------------------------------------------------- forwarded

    def forwarded(self, version: Version) -> Expr | None:
        """What was stored where a version was loaded from, from values that are there for free."""
        load = version.stmt
        if not isinstance(load, Assign) or not isinstance(load.value, Item):
            return None
        base = load.value.value
        if not isinstance(base, Name) or len(self._memory.stores.get(base.id, ())) != 1:
            return None
        store = self._memory.stores[base.id][0]
        if store.accumulate or not self._fills_before(store, load, base.id):
            return None
        index = self._index(load, load.value.index)
        if index is None:
            return None
        mapping = {
            i.id: value for i, value in zip(store.index, index, strict=True) if isinstance(i, Name)
        }
        return self._again(store.value, store, store, mapping, 0)

    def _index(self, load: Assign, index: tuple[Any, ...]) -> list[Expr] | None:
        """The load's index as the reverse sweep has it, counted from the front for sure."""
        found: list[Expr] = []
        loops = self._places.loops(self._places.of[load].block)
        for item in index:
            ranges = Ranges(self._versions, self._places, loops[0] if loops else load)
            bounds = ranges.of(item, load)
            if bounds is None or not bounds[0].is_non_negative():
                return None
            if isinstance(item, Name):
                item = self._standing(self._versions.read[load][item.id], self._places.of[load])
            if not isinstance(item, Const | Name):
                return None
            found.append(item)
        return found

    def _fills_before(self, store: Store, load: Assign, array: str) -> bool:
        """Whether full loops around the store wrote every cell before the load, in one block."""
        shape = self._memory.shape(array)
        if shape is None or len(shape) != len(store.index):
            return False
        counters = {i.id for i in store.index if isinstance(i, Name)}
        if len(counters) != len(store.index):
            return False
        block = self._places.of[store].block
        while isinstance(block.owner, For) and block.owner.target in counters:
            loop = block.owner
            position = [i.id for i in store.index if isinstance(i, Name)].index(loop.target)
            if any(isinstance(inner, Break) for inner in statements(loop.body)):
                return False
            full = resolved(loop.stop, self._definitions) == resolved(
                shape[position][0], self._definitions
            )
            if not full or loop.start != Const(0) or loop.step != Const(1):
                return False
            counters.discard(loop.target)
            place = self._places.of[loop]
            block = place.block
        if counters:
            return False
        index = self._places.within(self._places.of[load], block)
        return index is not None and index > place.index

    def _again(
        self, expr: Expr, stmt: Stmt, store: Store, mapping: dict[str, Expr], depth: int
    ) -> Expr | None:
        """An expression of the store's iteration, computed at the load's index."""
        if isinstance(expr, Const):
            return expr
        if isinstance(expr, Name):
            return self._variable(expr, stmt, store, mapping, depth)
        if isinstance(expr, Item):
            return self._load(expr, stmt, store, mapping, depth)
        if isinstance(expr, Call) and not expr.keywords:
            args = [self._again(arg, stmt, store, mapping, depth + 1) for arg in expr.args]
            known = tuple(arg for arg in args if arg is not None)
            return Call(expr.function, known) if len(known) == len(args) else None
        return None

    def _variable(
        self, name: Name, stmt: Stmt, store: Store, mapping: dict[str, Expr], depth: int
    ) -> Expr | None:
        if name.id in mapping:
            return mapping[name.id]
        version = self._versions.read[stmt].get(name.id)
        if version is None or depth > 8:
            return None
        free = self._standing(version, self._places.of[store])
        if free is not None and version.place.block != self._places.of[store].block:
            return free
        if version.kind != "assign" or not isinstance(version.stmt, Assign):
            return free
        if version.place.block != self._places.of[store].block:
            return None
        return self._again(version.stmt.value, version.stmt, store, mapping, depth + 1)

    def _load(
        self, item: Item, stmt: Stmt, store: Store, mapping: dict[str, Expr], depth: int
    ) -> Expr | None:
        """A load from memory that is never written to after the store."""
        base = item.value
        if not isinstance(base, Name):
            return None
        pointer = self._versions.read[stmt].get(base.id)
        unchanged = not self._memory.changed_after(base.id, self._places.of[stmt], self._fused)
        lives = pointer is not None and (pointer.kind == "param" or self._is_outermost(base.id))
        if not (unchanged and lives):
            return None
        index = [self._again(i, stmt, store, mapping, depth + 1) for i in item.index]  # type: ignore[arg-type]
        known = tuple(i for i in index if i is not None)
        return Item(base, known) if len(known) == len(index) else None

    def _is_outermost(self, array: str) -> bool:
        made = self._memory.bindings.get(array, [])
        loops = self._places.loops(self._places.of[made[0]].block) if made else []
        return len(made) == 1 and not loops
