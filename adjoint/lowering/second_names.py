"""Second names of arrays and lists removed, where each always means the first.

    v = u; v[0] = 1.0    →    u[0] = 1.0

In a loop that makes the array anew, a second name may still mean the array of an earlier iteration:
it is removed only if each iteration gives it before anything reads it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from numba.core import types

from adjoint.lowering.aliases import shared_names
from adjoint.program.core import Assign, Block, Expr, For, Name, Program, Stmt, Store, While
from adjoint.program.exposure import upward_exposed
from adjoint.program.walk import blocks, map_blocks, map_operands, substitute


@dataclass(frozen=True)
class Standing:
    """Where a statement stands: its block, its position there, and the same of those around it.

    Attributes
    ----------
    around : innermost first; the statement's own block is not among them.
    """

    stmt: Stmt
    block: Block
    index: int
    around: tuple[Standing, ...]

    def loops(self) -> list[For | While]:
        """The loops around the statement, innermost first."""
        return [s.stmt for s in self.around if isinstance(s.stmt, For | While)]


def standing(block: Block, around: tuple[Standing, ...] = ()) -> Iterator[Standing]:
    """Every statement of a block and of those inside it with where it stands."""
    for index, stmt in enumerate(block):
        here = Standing(stmt, block, index, around)
        yield here
        for inner in blocks(stmt):
            yield from standing(inner, (here, *around))


def loop_body(loop: For | While) -> Block:
    """What a loop runs again and again."""
    return loop.body if isinstance(loop, For) else (*loop.head, *loop.body)


def is_used_after(name: str, place: Standing) -> bool:
    """Whether what a name means at a statement may be looked at by that name later."""
    for here in (place, *place.around):
        if name in upward_exposed(here.block[here.index + 1 :]):
            return True
        if isinstance(here.stmt, While) and name in upward_exposed((here.stmt,)):
            return True
    return any(name in upward_exposed(loop_body(loop)) for loop in place.loops())


def renamed(program: Program, name: str, other: str) -> Program:
    """The program with a variable under another name."""

    def change(block: Block) -> Block:
        done: list[Stmt] = []
        for stmt in block:
            stmt = map_operands(
                map_blocks(stmt, change), lambda e: substitute(e, {name: Name(other)})
            )
            if isinstance(stmt, Assign) and stmt.target == name:
                stmt = replace(stmt, target=other)
            if isinstance(stmt, Store) and stmt.array == name:
                stmt = replace(stmt, array=other)
            done.append(stmt)
        return tuple(done)

    return replace(program, body=change(program.body))


def remove_second_names(program: Program, kinds: Any = types.Array) -> Program:
    """Substitute the original for every name of a type in `kinds` that always means it."""
    while True:
        second = _second_name(program, kinds)
        if second is None:
            return program
        program = _substituted(program, *second)


def _substituted(program: Program, name: str, original: Name) -> Program:
    def rename(expr: Any) -> Any:
        return substitute(expr, {name: original})

    def change(block: Block) -> Block:
        kept = []
        for stmt in block:
            if isinstance(stmt, Assign) and stmt.target == name:
                continue
            stmt = map_operands(map_blocks(stmt, change), rename)
            if isinstance(stmt, Store) and stmt.array == name:
                stmt = replace(stmt, array=original.id)
            kept.append(stmt)
        return tuple(kept)

    return replace(program, body=change(program.body))


def _second_name(program: Program, kinds: Any) -> tuple[str, Name] | None:
    """A name whose bindings are all copies of one that is itself bound in one place."""
    bindings: dict[str, list[Standing]] = defaultdict(list)
    for place in standing(program.body):
        if isinstance(place.stmt, Assign) and place.stmt.value != Name(place.stmt.target):
            bindings[place.stmt.target].append(place)
    for name, copies in bindings.items():
        if not isinstance((program.types or {}).get(name), kinds):
            continue
        values: set[Expr] = {c.stmt.value for c in copies if isinstance(c.stmt, Assign)}
        original = next(iter(values))
        if len(values) == 1 and isinstance(original, Name):
            made = bindings.get(original.id, [])
            if not made or (len(made) == 1 and _is_same(name, copies, made[0])):
                return name, original
    return None


def outlived(program: Program) -> frozenset[str]:
    """Arrays made anew in a loop that another name may still mean in a later iteration."""
    bindings: dict[str, list[Standing]] = defaultdict(list)
    for place in standing(program.body):
        if isinstance(place.stmt, Assign):
            bindings[place.stmt.target].append(place)
    found = set()
    for name, copies in bindings.items():
        for copy in copies:
            assert isinstance(copy.stmt, Assign)
            for base in shared_names(copy.stmt.value) - {name}:
                if any(_is_stale(name, copies, made) for made in bindings.get(base, ())):
                    found.add(base)
    return frozenset(found)


def _is_stale(name: str, copies: list[Standing], made: Standing) -> bool:
    """Whether a name may be looked at when its original has been made anew since."""
    if _is_same(name, copies, made):
        return False
    loop = next(here for here in made.around if here.stmt is made.loops()[0])
    return name in upward_exposed(loop_body(made.loops()[0])) or is_used_after(name, loop)


def _is_same(name: str, copies: list[Standing], made: Standing) -> bool:
    """Whether a name always means what its original was last bound to."""
    loops = made.loops()
    if not loops:
        return True
    together = any(c.block is made.block and c.index > made.index for c in copies)
    return together and name not in upward_exposed(loop_body(loops[0]))
