"""Names that are bound to several arrays while one of them is written to: each gets its own array.

    a = x * 1.0                          a = x * 1.0
    b = np.zeros(n)                      b = np.zeros(n)
    for t in range(m):                   for t in range(m):
        b[1:] = a[:-1] * x[1:]     →         b[1:] = a[:-1] * x[1:]
        t_1 = a                              t_1 = a.copy()
        a = b                                a[...] = b
        b = t_1                              b[...] = t_1

Which memory a name means would else change as the program runs, and the reverse sweep would have to
remember it. To copy contents is the same to everybody if no write through one name is looked for
through another one. So for a name of its own array:

- when memory is written to, no other name that may share it is read later, unless it is a view that
  the lowered program has on that very array too;
- when the name is bound again, which overwrites its array, no view of that array is used later.

A caller reads every parameter later. What does not keep this is left as it is, and refused where
memory has to be told apart.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from numba.core import types

from adjoint.lowering.aliases import share_groups, shared_names, written_memory
from adjoint.lowering.second_names import Standing, loop_body, standing
from adjoint.lowering.sharing import Sharing, written
from adjoint.program.core import Assign, Name, Program, Stmt, Store
from adjoint.program.exposure import upward_exposed
from adjoint.program.growth import grown
from adjoint.program.walk import names, operands, statements


@dataclass(frozen=True)
class Private:
    """Names that get arrays of their own.

    Attributes
    ----------
    names : all of them.
    made_first : those whose first assignment comes before every other use; the array is made there.
        The others' are made at the start, in the outermost block.
    """

    names: frozenset[str] = frozenset()
    made_first: frozenset[str] = frozenset()


def private_arrays(program: Program, sharing: Sharing) -> Private:
    """Choose the names, of a typed program in the array dialect without second names."""
    choice = _Choice(program, sharing)
    while choice.widens():
        pass
    first = frozenset(name for name in choice.chosen if choice.is_made_first(name))
    return Private(frozenset(choice.chosen), first)


class _Choice:
    """The names chosen so far, and what they have to be held against."""

    def __init__(self, program: Program, sharing: Sharing) -> None:
        self._program = program
        self._sharing = sharing
        self._group = share_groups(program)
        self._excluded: set[str] = set(map(self._group, grown(program.body)))
        bindings: dict[str, list[Standing]] = defaultdict(list)
        mentions: dict[str, list[Standing]] = defaultdict(list)
        self._statements: list[Stmt] = list(statements(program.body))
        stores: dict[str, list[Standing]] = defaultdict(list)
        for place in standing(program.body):
            for name in _mentioned(place.stmt):
                mentions[name].append(place)
            for name in written(place.stmt):
                stores[name].append(place)
            if isinstance(place.stmt, Assign):
                bindings[place.stmt.target].append(place)
        self._bindings, self._mentions, self._stores = dict(bindings), dict(mentions), dict(stores)
        touched = written_memory(program)
        self.chosen = {
            name
            for name, places in self._bindings.items()
            if len(places) > 1
            and name in touched
            and self._may_be_chosen(name)
            and not self._is_plainly_rebound(name)
        }

    def _may_be_chosen(self, name: str) -> bool:
        is_array = isinstance((self._program.types or {}).get(name), types.Array)
        is_local = name not in self._program.params
        return is_array and is_local and self._group(name) not in self._excluded

    def widens(self) -> bool:
        """Choose a further name, or give up a group; False if all is well."""
        for stmt in self._statements:
            for name in sorted(written(stmt)):
                if self._is_seen_elsewhere(stmt, name):
                    self._exclude(name)
                    return True
            if isinstance(stmt, Assign) and self._takes_along(stmt):
                return True
        return False

    def _is_seen_elsewhere(self, stmt: Stmt, name: str) -> bool:
        """Whether what a statement writes through a name is looked for in another array."""
        own = self._root(name)
        for other in self._sharing.sharing(stmt, name) & self._sharing.read_after[stmt]:
            root = self._root(other)
            if None in (root, own):
                if self._has_chosen(name):
                    return True
            elif root != own and not {root, own}.isdisjoint(self.chosen):
                return True
        return False

    def _takes_along(self, stmt: Assign) -> bool:
        """Choose a name that needs a copy because of an assignment."""
        target = stmt.target
        if target in self.chosen:
            for other in sorted(self._sharing.sharing(stmt, target)):
                is_view = other not in self.chosen and self._root(other) in (target, None)
                if is_view and other in self._sharing.used_after[stmt]:
                    if self._may_be_chosen(other):
                        self.chosen.add(other)
                    else:
                        self._exclude(target)
                    return True
        elif len(self._bindings.get(target, ())) > 1 and self._may_be_chosen(target):
            roots = {
                self._root(name)
                for name in shared_names(stmt.value)
                if self._sharing.may_hold_memory(name)
            }
            if roots & self.chosen:
                self.chosen.add(target)
                return True
            if None in roots and self._has_chosen(target):
                self._exclude(target)
                return True
        return False

    def _has_chosen(self, name: str) -> bool:
        """Whether a name may share memory with one that is chosen, wherever that is."""
        return any(self._group(chosen) == self._group(name) for chosen in self.chosen)

    def _exclude(self, name: str) -> None:
        group = self._group(name)
        self._excluded.add(group)
        self.chosen = {other for other in self.chosen if self._group(other) != group}

    def _root(self, name: str) -> str | None:
        """The array behind a name in the lowered program; None if it may be several."""
        while name not in self.chosen:
            places = self._bindings.get(name, [])
            if not places:
                return name
            sources = {
                source
                for place in places
                if isinstance(place.stmt, Assign)
                for source in shared_names(place.stmt.value)
                if self._sharing.may_hold_memory(source)
            }
            if not sources:
                return name if len(places) == 1 else None
            if len(places) > 1 or len(sources) > 1:
                return None
            (name,) = sources
        return name

    # ----------------------------------------------------------------- what needs no choice

    def _is_plainly_rebound(self, name: str) -> bool:
        """Whether nothing is written to the name's arrays once it is bound to them."""
        for stmt in self._statements:
            for target in written(stmt):
                if target == name or name in self._sharing.sharing(stmt, target):
                    return False
        return all(self._is_plain(place) for place in self._bindings[name])

    def _is_plain(self, place: Standing) -> bool:
        """Whether an array is bound that was made and filled before, in the same block."""
        assert isinstance(place.stmt, Assign)
        value = place.stmt.value
        if not isinstance(value, Name):
            return not any(map(self._sharing.may_hold_memory, shared_names(value)))
        made = self._bindings.get(value.id, [])
        stores = self._stores.get(value.id, [])
        if not stores:
            return True
        if len(made) != 1 or made[0].block is not place.block:
            return False
        positions = [_position_in(store, place) for store in stores]
        return all(p is not None and made[0].index < p < place.index for p in positions)

    # ----------------------------------------------------------------- where arrays are made

    def is_made_first(self, name: str) -> bool:
        """Whether the first assignment comes before every other mention, in each iteration."""
        first, *others = self._mentions[name]
        if not isinstance(first.stmt, Assign) or first.stmt.target != name:
            return False
        if name in names(first.stmt.value):
            return False
        if any(_position_in(other, first) is None for other in others):
            return False
        return not any(name in upward_exposed(loop_body(loop)) for loop in first.loops())


def _mentioned(stmt: Stmt) -> set[str]:
    """Names that a statement itself reads, writes to or binds."""
    found = {name for expr in operands(stmt) for name in names(expr)} | written(stmt)
    if isinstance(stmt, Assign):
        found.add(stmt.target)
    if isinstance(stmt, Store):
        found.add(stmt.array)
    return found


def _position_in(place: Standing, other: Standing) -> int | None:
    """Index, in the block in which `other` stands, of what a statement stands in."""
    for around in (place, *place.around):
        if around.block is other.block:
            return around.index
    return None
