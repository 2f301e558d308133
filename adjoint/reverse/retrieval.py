"""How the reverse sweep gets each primal value it reads: it stands, is recomputed, or was stored.

*stands*      the variable still holds the value when the reverse sweep asks;
*recomputed*  by cheap arithmetic from values that are there anyway, or by loading an array element
              that is unchanged (or has been restored by then), or of which a copy was kept of the
              array (module `snapshots`);
*stored*      kept by the forward sweep, in a scalar or in a tape;
*elsewhere*   in a cell of an array, or as what was stored in one (module `elsewhere`);
*undone*      a counter that the reverse sweep counts back, so that it holds the value by itself.

A recomputed load of a restored array is right only from the point where the reverse sweep has
undone the stores that follow it; `position` says from where in the block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from numba.core import types

from adjoint.analyses.memory import Memory
from adjoint.analyses.places import TOP, Place, Places
from adjoint.analyses.variance import Variance
from adjoint.analyses.versions import Version, Versions, definitions_after
from adjoint.program.core import (
    Assign,
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
    While,
)
from adjoint.program.walk import assigned, names, statements
from adjoint.reverse.elsewhere import Elsewhere
from adjoint.reverse.needs import Needs
from adjoint.reverse.prices import INTEGER_LIMIT, LIMIT, price_of
from adjoint.reverse.snapshots import Snapshot, Snapshots

How = Literal["stands", "recompute", "store", "undo", "elsewhere"]

_END = 10**9
_LOOP_WEIGHT = 100  # iterations of a loop, where nobody knows


@dataclass(frozen=True)
class Retrieval:
    """The decision for one version.

    `position` is the index in its block up to which it is good; `expr`, of a value found elsewhere,
    has placeholders for the primal values in it. `snapshot` is the content of which a copy is kept
    that a recomputed load reads; `copies` says whether the price leaves out such a copy, made for
    the value itself or for one that it is computed from.
    """

    how: How
    position: int = _END
    price: int = 0
    expr: Expr | None = None
    snapshot: Version | None = None
    copies: bool = False


class Plan:
    """Decisions for all versions that the reverse sweep reads.

    Attributes
    ----------
    of : decision by version.
    feasible : whether counters that are counted back hold the right value wherever they are read.
    idle : contents of cells that need not be restored, as nothing before looks at the array.
    """

    def __init__(
        self,
        needs: Needs,
        memory: Memory,
        fused: frozenset[Stmt],
        restored: frozenset[str],
        undone: Mapping[str, Stmt],
        program: Program,
    ) -> None:
        self._needs = needs
        self._places: Places = needs.places
        self._memory = memory
        self._fused = fused
        self._restored = restored
        self._undone = undone
        self._types: Mapping[str, Any] = program.types or {}
        self._direct = {version: set(uses) for version, uses in needs.uses.items()}
        self._always_stored: set[Version] = set()
        self._elsewhere = Elsewhere(
            program, self._places, needs.versions, memory, fused, self._for_free
        )
        self._variance = Variance(program, self._places, needs.versions, memory)
        self._snapshots = Snapshots(program, self._places, memory, needs)
        self._shared: set[Version] = set()
        self.of: dict[Version, Retrieval] = {}
        while not self._settle():
            pass
        self._share_operands()
        self.idle = self._idle()

    def _settle(self) -> bool:
        """Decide everything; False if that has to be done again.

        A decision may have come out too late for one of its readers, and copies of arrays be worth
        while because there are other readers.
        """
        self.of = {}
        self._needs.uses = {version: set(uses) for version, uses in self._direct.items()}
        for version in list(self._needs.uses):
            self.decide(version)
        self.feasible = not any(
            self._is_undone_late(v) for v, r in self.of.items() if r.how == "undo"
        )
        late = {v for v, r in self.of.items() if r.how == "recompute" and self._is_late(v, r)}
        self._always_stored |= late
        shared = self._worth_sharing() - self._shared
        self._shared |= shared
        return not late and not shared

    def _worth_sharing(self) -> set[Version]:
        """Contents of arrays that are worth a copy, given what is stored now.

        One that is kept anyway serves all loads. Else there have to be several, or one that would
        be put on a tape that grows, so that one copy is not what one tape would be.
        """
        loads: dict[Version, list[Snapshot]] = {}
        growing: set[Version] = set()
        for version, decision in self.of.items():
            found = self._snapshot(version) if decision.how == "store" else None
            if found is not None:
                loads.setdefault(found.content, []).append(found)
                if any(isinstance(loop, While) for loop in self.unfused_loops(version)):
                    growing.add(found.content)
        return {
            content
            for content, found_for in loads.items()
            if content in self.of
            or (
                any(snapshot.covered for snapshot in found_for)
                and (len(found_for) > 1 or content in growing)
            )
        }

    def _share_operands(self) -> None:
        """Keep copies of arrays that more stored values are computed from, if that stores less."""
        operands = self._shareable()
        if not operands:
            return
        before, weight = dict(self.__dict__), self.weight()
        uses, stored = self._needs.uses, set(self._always_stored)
        self._shared = self._shared | operands
        while not self._settle():
            pass
        if not self.feasible or self.weight() >= weight:
            self.__dict__.update(before)
            self._needs.uses, self._always_stored = uses, stored

    def _shareable(self) -> set[Version]:
        """Contents that would do instead of more stored values, each computed from some of them."""
        groups: list[tuple[int, set[Version]]] = []
        for version, decision in self.of.items():
            behind = self._behind(version) if decision.how == "store" else None
            if not behind:
                continue
            joined = [group for group in groups if group[1] & behind]
            groups = [group for group in groups if not group[1] & behind]
            count = 1 + sum(group[0] for group in joined)
            groups.append((count, behind.union(*(group[1] for group in joined))))
        return {c for count, contents in groups if count > len(contents) for c in contents}

    def _behind(self, version: Version, depth: int = 0) -> set[Version] | None:
        """Contents of arrays that a value can be computed from; None if it cannot."""
        if depth and (self._stands(version) or self.is_undone(version)):
            return set()
        if version.kind != "assign" or not isinstance(version.stmt, Assign) or depth > LIMIT:
            return None
        if isinstance(version.stmt.value, Item):
            if self._load_position(version) is not None:
                return set()
            found = self._snapshot(version)
            return {found.content} if found is not None and found.covered else None
        if price_of(version.stmt.value) is None or not self._arrays_stand(version.stmt):
            return None
        behind = [self._behind(operand, depth + 1) for operand in self._operands(version)]
        known = [contents for contents in behind if contents is not None]
        return set().union(*known) if len(known) == len(behind) else None

    def weight(self) -> float:
        """How many values are stored, each weighted by the loops that it is stored in."""
        idle = self._idle()
        return sum(
            _LOOP_WEIGHT ** (len(self.tape_loops(version)) + self._own_axes(version))
            for version, decision in self.of.items()
            if decision.how == "store" and version not in idle
        )

    def _own_axes(self, version: Version) -> int:
        """How many axes a value has of its own."""
        return self._types[version.name].ndim if version.kind == "array" else 0

    def _idle(self) -> frozenset[Version]:
        first_read: dict[str, int] = {}
        for version, decision in self.of.items():
            match version.stmt:
                case Assign(value=Item(Name(array))) if _is_from_memory(decision):
                    first_read[array] = min(self._outermost(version), first_read.get(array, _END))
        return frozenset(
            version
            for version in self.of
            if version.kind == "old"
            and self._outermost(version) < first_read.get(version.name, _END)
        )

    def _outermost(self, version: Version) -> int:
        """Which statement of the program's body a version is made in."""
        index = self._places.within(version.place, TOP)
        assert index is not None
        return index

    def _is_undone_late(self, version: Version) -> bool:
        """Whether a statement reads a counter and moves it in its own blocks (`for j in range(k)`).

        Its reverse would ask for the counter before it has been counted back.
        """
        for use in self._needs.uses[version]:
            if use.index >= 0:
                stmt = self._places.contents[use.block][use.index]
                if not isinstance(stmt, Assign) and version.name in assigned((stmt,)):
                    return True
        return False

    def is_undone(self, version: Version) -> bool:
        """Whether the reverse sweep counts this value back."""
        loop = self._undone.get(version.name)
        return (
            loop is not None
            and version.kind in ("assign", "carried", "merge", "exit")
            and loop in self._places.loops(version.place.block)
        )

    def _is_late(self, version: Version, retrieval: Retrieval) -> bool:
        block = self._places.contents[version.place.block]
        for use in self._needs.uses[version]:
            index = self._needs.use_index(version, use)
            at_the_store = index == retrieval.position and isinstance(block[index], Store)
            if not (index < retrieval.position or at_the_store):
                return True
        return False

    def decide(self, version: Version) -> Retrieval:
        """The decision for a version, which from now on is read by the reverse sweep."""
        if version in self.of:
            return self.of[version]
        if self.is_undone(version):
            decision = Retrieval("undo")
        elif self._stands(version):
            decision = Retrieval("stands")
        else:
            found = None if version in self._always_stored else self._recompute(version)
            if found is None or found.copies:
                found = self._found_elsewhere(version) or found
            decision = found or Retrieval("store")
        self.of[version] = decision
        if decision.expr is not None:
            for name in names(decision.expr):
                operand = self._needs.of_placeholder(name)
                if operand is not None:
                    self.decide(operand)
        if decision.how == "undo":
            self.decide(self._at_exit(version.name))
        if decision.snapshot is not None:
            self._needs.version(decision.snapshot, version.place)
            self.decide(decision.snapshot)
        if decision.how == "recompute":
            for operand in self._operands(version):
                self._needs.version(operand, version.place)
                self.decide(operand)
        return decision

    def _found_elsewhere(self, version: Version) -> Retrieval | None:
        if version.kind != "assign" or version in self._always_stored:
            return None
        cell = self._elsewhere.in_memory(version)
        if cell is not None and cell.value.id not in self._restored:  # type: ignore[union-attr]
            store = self._elsewhere.holder(version)
            index = [self._index_for_free(i, store) for i in cell.index]
            if all(i is not None for i in index):
                return Retrieval("elsewhere", expr=Item(cell.value, tuple(index)))  # type: ignore[arg-type]
        expr = self._elsewhere.forwarded(version)
        if expr is None or not self._is_cheap(expr):
            return None
        return Retrieval("elsewhere", expr=expr)

    def _index_for_free(self, item: Expr | Slice, store: Store) -> Expr | None:
        if isinstance(item, Name):
            version = self._needs.versions.read[store][item.id]
            return self._for_free(version, self._places.of[store])
        return item if isinstance(item, Const) else None

    def _for_free(self, version: Version, at: Place) -> Expr | None:
        """The placeholder of a version that stands; None for others."""
        stands = self._stands(version) and not self.is_undone(version)
        return self._needs.version(version, at) if stands else None

    def _is_cheap(self, expr: Expr) -> bool:
        price = price_of(expr)
        return price is not None and price <= LIMIT

    def _at_exit(self, counter: str) -> Version:
        """A counter's value after the loop, from which it is counted back."""
        loop = self._undone[counter]
        version = exit_version(counter, loop, self._needs.versions)
        self._needs.version(version, self._places.of[loop])
        return version

    # ----------------------------------------------------------------- standing

    def unfused_loops(self, version: Version) -> list[Stmt]:
        """Loops around a version whose iterations are all over when the reverse sweep reads it."""
        return [loop for loop in self._places.loops(version.place.block) if loop not in self._fused]

    def tape_loops(self, version: Version) -> list[Stmt]:
        """Loops that a tape has an axis for: not those in whose iterations the value is the same.

        One is kept, so that what is stored is a tape even if the value never changes.
        """
        loops = self.unfused_loops(version)
        if version.kind != "assign":
            return loops
        varying = self._variance.of(version)
        kept = [loop for loop in loops if loop in varying]
        return kept or [loop for loop in loops[:1] if isinstance(loop, For)] or loops

    def _stands(self, version: Version) -> bool:
        if version.kind in ("param", "index"):
            return True
        if version.kind == "array":
            return self._array_stands(version)
        if self.unfused_loops(version):
            return False
        if version.kind in ("old", "length", "size"):  # gone: nothing holds it but what we keep
            return False
        if version.kind == "trips":
            return True
        return not definitions_after(version, self._needs.versions, self._places, self._fused)

    def _is_array(self, version: Version) -> bool:
        return version.kind not in ("trips", "old", "array", "length", "size") and isinstance(
            self._types.get(version.name), types.Array
        )

    def _array_stands(self, version: Version) -> bool:
        """Whether an array is still there with the content that a statement read."""
        assert version.reader is not None
        return (
            self._pointer_stands(version.name, version.reader)
            and version.name not in self._restored
            and not self._memory.changed_after(version.name, version.place, self._fused)
        )

    # ----------------------------------------------------------------- recomputing

    def _operands(self, version: Version) -> list[Version]:
        """Versions that the defining statement reads (arrays by name are no reads of values)."""
        assert version.stmt is not None
        read = self._needs.versions.read[version.stmt]
        return [operand for operand in read.values() if not self._is_array(operand)]

    def _recompute(self, version: Version) -> Retrieval | None:
        """The price of computing a version again, if it can and may be done."""
        if version.kind != "assign" or not isinstance(version.stmt, Assign):
            return None
        price, position = 0, _END
        load, snapshot = self._load_position(version), None
        if load is None:
            snapshot = self._kept_snapshot(version)
            load = _END
            if snapshot is None:
                return None
        if not isinstance(version.stmt.value, Item) and not self._arrays_stand(version.stmt):
            return None
        copies = snapshot is not None
        position = min(position, load)
        own = price_of(version.stmt.value)
        if own is None:
            return None
        price += own
        for operand in self._operands(version):
            found = self._obtain(operand, version)
            if found is None:
                return None
            price += found.price
            copies |= found.copies
            if self.is_undone(operand):
                position = min(position, self._first_move_after(operand.name, version.place))
            elif operand.place.block == version.place.block:
                position = min(position, found.position)
        whole = isinstance(self._types.get(version.name), types.Integer)
        return (
            Retrieval("recompute", position, price, None, snapshot, copies)
            if price <= (INTEGER_LIMIT if whole else LIMIT)
            else None
        )

    def _kept_snapshot(self, version: Version) -> Version | None:
        """The content to keep a copy of for a load, if that is worth while."""
        found = self._snapshot(version)
        if found is None or not (found.repeated or found.content in self._shared):
            return None
        return found.content

    def _snapshot(self, version: Version) -> Snapshot | None:
        if version.kind != "assign" or version in self._always_stored:
            return None
        match version.stmt:
            case Assign(value=Item()) as load:
                return self._snapshots.of(load)
        return None

    def why_not_repeated(self, version: Version) -> str:
        """Why a value that an assignment makes is not computed a second time, a clause."""
        assert isinstance(version.stmt, Assign)
        value = version.stmt.value
        if self._load_position(version) is None:
            return "the array that it was read from is written to later"
        price = price_of(value)
        if price is None and isinstance(value, Call):
            return f"{value.function.__name__} is not called twice"
        if price is None or price > LIMIT:
            return "computing it again costs more than reading it back"
        return "what it is computed from is not there any more, or dear to compute again"

    def _obtain(self, operand: Version, reader: Version) -> Retrieval | None:
        """How an operand of a recomputed value would come; None if only by storing it for that."""
        if self.is_undone(operand):
            return Retrieval("undo")
        if self._stands(operand):
            return Retrieval("stands")
        decided = self.of.get(operand)
        if decided is None and operand in self._direct:
            decided = self.decide(operand)
        if decided is not None:
            found = Retrieval(decided.how, decided.position, 0)
        else:
            recomputed = None if operand in self._always_stored else self._recompute(operand)
            if recomputed is None:
                return None
            found = recomputed
        index = self._places.within(reader.place, operand.place.block)
        assert index is not None
        return found if index < found.position else None

    def _load_position(self, version: Version) -> int | None:
        """Up to where in its block a load can be repeated; None if it cannot."""
        assert isinstance(version.stmt, Assign)
        value = version.stmt.value
        if not isinstance(value, Item):
            return _END
        if not isinstance(value.value, Name):
            return None
        array = value.value.id
        if not self._pointer_stands(array, version.stmt):
            return None
        if array not in self._restored:
            changed = self._memory.changed_after(array, version.place, self._fused)
            return None if changed else _END
        return self._first_store_after(array, version.place)

    def _arrays_stand(self, stmt: Stmt) -> bool:
        """Whether lengths of the arrays that a statement names can be asked for again."""
        read = self._needs.versions.read[stmt]
        return all(
            self._pointer_stands(name, stmt) for name, v in read.items() if self._is_array(v)
        )

    def _pointer_stands(self, array: str, stmt: Stmt) -> bool:
        """Whether the array's name still means the same memory in the reverse sweep."""
        pointer = self._needs.versions.read[stmt].get(array)
        if pointer is None or pointer.kind == "param":
            return True
        if self.unfused_loops(pointer):
            return False
        return not definitions_after(pointer, self._needs.versions, self._places, self._fused)

    def _first_move_after(self, counter: str, place: Place) -> int:
        block = self._places.contents[place.block]
        for index in range(place.index + 1, len(block)):
            if counter in assigned((block[index],)):
                return index
        return _END

    def _first_store_after(self, array: str, place: Place) -> int:
        block = self._places.contents[place.block]
        for index in range(place.index + 1, len(block)):
            inside = statements((block[index],))
            if any(isinstance(stmt, Store) and stmt.array == array for stmt in inside):
                return index
        return _END


def _is_from_memory(decision: Retrieval) -> bool:
    """Whether a load is repeated from the array itself."""
    return decision.how == "recompute" and decision.snapshot is None


def exit_version(name: str, loop: Stmt, versions: Versions) -> Version:
    """A variable's value after a loop."""
    return next(v for v in versions.by_name[name] if v.stmt is loop and v.kind == "exit")
