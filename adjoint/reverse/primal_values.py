"""Primal values in the reverse sweep: their names, where they are kept and where read back.

In goes the plan, which says how each value is had; out come what the forward sweep has to store,
and the reverse sweep with its placeholders replaced and its slots filled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from numba.core import types

from adjoint.analyses.places import Place
from adjoint.analyses.versions import Version
from adjoint.program.core import Assign, Block, Expr, For, Item, Name, Stmt, Store
from adjoint.program.walk import map_blocks, map_operands, substitute
from adjoint.reverse.facts import Facts
from adjoint.reverse.generate import Slot
from adjoint.reverse.naming import FreshNames
from adjoint.reverse.needs import Needs
from adjoint.reverse.retrieval import Plan
from adjoint.reverse.tapes import Tapes


class PrimalValues:
    """The primal values that a reverse sweep reads.

    Parameters
    ----------
    private : by restored array, where its cells get their content back.
    counters : by counter that is counted back, the loop and its name in the reverse sweep.
    results : variables of the program's result, which keep their names.

    Attributes
    ----------
    inserted : what the forward sweep does besides, and where counters are counted back.
    held : what holds each value that is kept.
    """

    def __init__(
        self,
        facts: Facts,
        needs: Needs,
        plan: Plan,
        names: FreshNames,
        private: Mapping[str, str],
        fused: frozenset[For],
        counters: Mapping[str, tuple[Stmt, str]],
        results: set[str],
    ) -> None:
        self._facts, self._needs, self._plan, self._names = facts, needs, plan, names
        self._private, self._fused, self._counters = private, fused, counters
        self._results = results
        memory = facts.memory
        self._tapes = Tapes(
            needs, plan.tape_loops, names.fresh, memory.operand_shape, memory.rebound
        )
        self.inserted, self.held = self._tapes.inserted, self._tapes.names
        self._retrievals: dict[Place, list[tuple[tuple[int, int], Assign]]] = {}
        self._mapping: dict[str, Expr] = {}
        self._copies: dict[Version, Expr] = {}
        self._name_versions()
        for version, decision in plan.of.items():
            if version in plan.idle:
                continue
            if decision.how == "store":
                self._read_back(version)
        for version, decision in plan.of.items():
            if decision.how == "recompute":
                self._repeat(version)
            elif decision.expr is not None:
                end = len(facts.places.contents[version.place.block])
                self._retrieve(version, Place(version.place.block, end), decision.expr)

    def _name_versions(self) -> None:
        """Give each value a name: its variable's own where nothing else needs that."""
        by_name: dict[str, list[Version]] = {}
        for version in self._plan.of:
            by_name.setdefault(version.name, []).append(version)
        results = self._results
        for version, decision in self._plan.of.items():
            placeholder = self._needs.version(version, version.place)
            if decision.how == "undo":
                self._mapping[placeholder.id] = Name(self._counters[version.name][1])
                continue
            if decision.how == "stands" and version.kind != "index":
                self._mapping[placeholder.id] = Name(version.name)
                continue
            taken = len(by_name[version.name]) > 1 or version.name in results
            taken = taken or version.name in self._facts.program.params
            taken = taken or self._is_fused(version)
            type_ = self._element_type(version)
            if version.kind == "array":
                name = self._names.fresh(version.name, type_)
            elif version.kind in ("length", "size"):
                name = self._names.fresh("n", type_)
            elif version.kind == "old":
                name = self._names.fresh(f"{version.name}_old", type_)
            else:
                name = self._names.fresh(version.name, type_) if taken else Name(version.name)
            self._mapping[placeholder.id] = name

    def _is_fused(self, version: Version) -> bool:
        """Whether the forward sweep goes on after the version is read back."""
        loops = self._facts.places.loops(version.place.block)
        return any(loop in self._fused for loop in loops) and version.stmt not in self._fused

    def _element_type(self, version: Version) -> Any:
        if version.kind in ("trips", "length", "size"):
            return types.int64
        type_ = self._facts.types[version.name]
        return type_.dtype if version.kind == "old" else type_

    def _read_back(self, version: Version) -> None:
        """Have a version stored; the reverse sweep reads it at the start of its block."""
        type_ = self._element_type(version)
        if version.kind == "array":
            self._read_array_back(version, *self._tapes.keep_array(version, type_))
            return
        stem = "branch" if isinstance(type_, types.Boolean) else "stored"
        place = self._tapes.keep(version, stem, type_)
        placeholder = self._needs.version(version, version.place).id
        if isinstance(place, Name):
            self._mapping[placeholder] = place
            return
        end = len(self._facts.places.contents[version.place.block])
        self._retrieve(version, Place(version.place.block, end), place)

    def _read_array_back(self, version: Version, before: list[Assign], kept: Expr) -> None:
        placeholder = self._needs.version(version, version.place).id
        self._copies[version] = self._mapping[placeholder] if before else kept
        if isinstance(kept, Name):
            self._mapping[placeholder] = kept
            return
        end = Place(version.place.block, len(self._facts.places.contents[version.place.block]))
        for stmt in before:
            self._retrieve_by(stmt, version, end)
        self._retrieve(version, end, kept)

    def _repeat(self, version: Version) -> None:
        """Have a version computed again."""
        assert isinstance(version.stmt, Assign)
        block = version.place.block
        end = len(self._facts.places.contents[block])
        position = min(self._plan.of[version].position, end)
        value = self._needs.operand(version.stmt.value, version.stmt)
        if isinstance(value, Item) and isinstance(version.stmt.value, Item):
            array = version.stmt.value.value
            assert isinstance(array, Name)
            snapshot = self._plan.of[version].snapshot
            if snapshot is not None:
                self._retrieve(version, Place(block, position), self._copied(snapshot, value))
                return
            inside_fused = self._fused.intersection(self._facts.places.loops(block))
            memory = array.id if inside_fused else self._private.get(array.id, array.id)
            value = Item(Name(memory), value.index)
        self._retrieve(version, Place(block, position), value)

    def _copied(self, content: Version, load: Item) -> Item:
        """The cell that a load reads, in the copy of the array or in the array that stands."""
        copy = self._copies.get(content, Name(content.name))
        if isinstance(copy, Item):
            return Item(copy.value, (*copy.index, *load.index))
        return Item(copy, load.index)

    def _retrieve(self, version: Version, slot: Place, value: Expr) -> None:
        placeholder = self._needs.version(version, version.place).id
        name = self._mapping[placeholder]
        assert isinstance(name, Name)
        self._retrieve_by(Assign(name.id, value), version, slot)

    def _retrieve_by(self, stmt: Assign, version: Version, slot: Place) -> None:
        """Put an assignment where a version is retrieved; those of one version keep their order."""
        order = 0 if version.stmt is None else self._facts.places.order[version.stmt]
        at = getattr(version.stmt, "at", None)
        self._retrievals.setdefault(slot, []).append(
            ((version.place.index, order), replace(stmt, at=at, reverse=True))
        )

    def finished(self, block: Block) -> Block:
        """The reverse code with retrievals in their slots and placeholders replaced."""
        done: list[Stmt] = []
        for stmt in block:
            if isinstance(stmt, Store) and self._restores_idly(stmt):
                continue
            if isinstance(stmt, Slot):
                key, index = stmt.place.block, stmt.place.index
                if index == len(self._facts.places.contents[key]):
                    done += self.inserted.reverse_start.get(key, [])
                found = sorted(self._retrievals.get(stmt.place, []), key=lambda item: item[0])
                done += [self._named(retrieval) for _, retrieval in found]
            else:
                stmt = map_blocks(stmt, self.finished)
                done.append(self._named(stmt))
        return tuple(done)

    def _restores_idly(self, stmt: Store) -> bool:
        version = self._needs.of_placeholder(getattr(stmt.value, "id", ""))
        return version in self._plan.idle

    def _named(self, stmt: Stmt) -> Stmt:
        mapping = self._mapping
        stmt = map_operands(stmt, lambda e: substitute(e, mapping))
        if isinstance(stmt, For | Assign) and stmt.target in mapping:
            target = mapping[stmt.target]
            assert isinstance(target, Name)
            return replace(stmt, target=target.id)
        return stmt
