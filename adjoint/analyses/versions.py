"""Which definition of a variable each statement reads: SSA form as an analysis.

The program keeps its mutable variables; a `Version` is one of a variable's values: bound by a
statement, carried into an iteration, or merged after a branch or a loop.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from adjoint.analyses.places import TOP, BlockKey, Place, Places
from adjoint.program.core import (
    Assign,
    Block,
    For,
    If,
    Program,
    Stmt,
    Store,
    While,
)
from adjoint.program.walk import assigned, names, operands

Kind = Literal[
    "param", "assign", "index", "carried", "merge", "exit", "trips",
    "old", "array", "length", "size",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Version:
    """One value of a variable.

    Attributes
    ----------
    kind : how it comes about. "index": a loop's counter in an iteration. "carried": at the start
        of an iteration. "merge", "exit": after an `if`, after a loop. "trips": how many
        iterations a loop ran. "old": the content of a cell before a store overwrites it. "array":
        the whole content of an array before a statement. "length": the length, along `axis`, of
        the array that a name means before a statement binds it anew; "size": after that.
    stmt : the statement that makes it; None for parameters.
    place : after which statement it exists (index -1: from the start of the block).
    reader : of an array's content, a statement that reads it.
    """

    name: str
    kind: Kind
    stmt: Stmt | None
    place: Place
    axis: int = 0
    reader: Stmt | None = None


class Versions:
    """Versions of all variables.

    Attributes
    ----------
    read : by statement, the version of each variable that its operands read.
    defined : the version made by each `Assign`.
    by_name : every version of a variable.
    maybe_unbound : versions that merge a path on which the variable was never bound.
    """

    def __init__(self, program: Program, places: Places) -> None:
        self.read: dict[Stmt, dict[str, Version]] = {}
        self.defined: dict[Stmt, Version] = {}
        self.by_name: dict[str, list[Version]] = defaultdict(list)
        self.maybe_unbound: set[Version] = set()
        self._places = places
        env = {p: self._new(p, "param", None, Place(TOP, -1)) for p in program.params}
        self._block(program.body, TOP, env)

    def _new(self, name: str, kind: Kind, stmt: Stmt | None, place: Place) -> Version:
        version = Version(name, kind, stmt, place)
        self.by_name[name].append(version)
        return version

    def _block(self, block: Block, key: BlockKey, env: dict[str, Version]) -> None:
        for index, stmt in enumerate(block):
            self._statement(stmt, Place(key, index), env)

    def _statement(self, stmt: Stmt, place: Place, env: dict[str, Version]) -> None:
        if isinstance(stmt, While):
            self._while(stmt, place, env)
            return
        self._reads(stmt, env)
        match stmt:
            case Assign(target, _):
                env[target] = self.defined[stmt] = self._new(target, "assign", stmt, place)
            case If(_, body, orelse):
                branches = [dict(env), dict(env)]
                for slot, inner in enumerate((body, orelse)):
                    self._block(inner, BlockKey(stmt, slot), branches[slot])
                for name in sorted(assigned((stmt,))):
                    env[name] = self._new(name, "merge", stmt, place)
                    if not all(self._is_bound(name, branch) for branch in branches):
                        self.maybe_unbound.add(env[name])
            case For(target, _, _, _, body):
                inside = dict(env)
                self._carry(stmt, body, BlockKey(stmt, 0), inside)
                inside[target] = self._new(target, "index", stmt, Place(BlockKey(stmt, 0), -1))
                self._block(body, BlockKey(stmt, 0), inside)
                self._exits(stmt, place, env)

    def _while(self, stmt: While, place: Place, env: dict[str, Version]) -> None:
        inside = dict(env)
        self._carry(stmt, (*stmt.head, *stmt.body), BlockKey(stmt, 1), inside)
        self._block(stmt.head, BlockKey(stmt, 0), inside)
        self._reads(stmt, inside)
        self._block(stmt.body, BlockKey(stmt, 1), inside)
        self._exits(stmt, place, env)

    def _carry(self, loop: Stmt, body: Block, key: BlockKey, inside: dict[str, Version]) -> None:
        for name in sorted(assigned(body)):
            bound = self._is_bound(name, inside)
            inside[name] = self._new(name, "carried", loop, Place(key, -1))
            if not bound:
                self.maybe_unbound.add(inside[name])

    def _is_bound(self, name: str, env: dict[str, Version]) -> bool:
        return name in env and env[name] not in self.maybe_unbound

    def _exits(self, loop: Stmt, place: Place, env: dict[str, Version]) -> None:
        for name in sorted(assigned((loop,))):
            bound = self._is_bound(name, env)
            env[name] = self._new(name, "exit", loop, place)
            if not bound:
                self.maybe_unbound.add(env[name])

    def _reads(self, stmt: Stmt, env: dict[str, Version]) -> None:
        read = {name for expr in operands(stmt) for name in names(expr)}
        if isinstance(stmt, Store):
            read.add(stmt.array)
        self.read[stmt] = {name: env[name] for name in sorted(read) if name in env}


def definitions_after(
    version: Version, versions: Versions, places: Places, once: frozenset[Stmt]
) -> bool:
    """Whether the variable may be bound again after this version came to be."""
    return any(
        other is not version
        and other.kind in ("assign", "index")
        and places.follows(other.place, version.place, once)
        and not _made_by(other, version, places)
        for other in versions.by_name[version.name]
    )


def _made_by(other: Version, version: Version, places: Places) -> bool:
    """Whether `other` is a definition inside the statement that `version` comes out of."""
    if version.kind not in ("merge", "exit") or version.stmt is None:
        return False
    at = places.of[version.stmt]
    return places.within(other.place, at.block) == at.index
