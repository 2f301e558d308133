"""Neighbouring loops with the same range that run as one.

for i in range(n):                 for i in range(n):
    t[i] = x[i] * w                    t[i] = x[i] * w
for j in range(n):            →        y[i] = t[i] + b
    y[j] = t[j] + b

Each element is then still at hand where the second loop looks at it, and a temporary array whose
elements nothing else reads is gone after the passes that follow. Of nested loops the outer ones are
fused first; so rows are, where the columns have to wait for a sum over the row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import numpy as np
from numba.core import types

from adjoint.analyses.dependences import Dependences
from adjoint.analyses.liveness import live_after
from adjoint.analyses.purity import is_droppable
from adjoint.analyses.touches import SHAPE_ONLY
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Comment,
    Const,
    Expr,
    For,
    Item,
    Name,
    Program,
    Return,
    Slice,
    Stmt,
    Store,
)
from adjoint.program.growth import grown
from adjoint.program.primitives import dim
from adjoint.program.walk import (
    assigned,
    children,
    map_blocks,
    map_operands,
    names,
    operands,
    read,
    statements,
    stored,
    subexpressions,
    substitute,
    with_merged,
)

_MOST_CHECKS = 8  # comparisons of addresses that LLVM makes before a vectorised loop


def fuse_loops(program: Program, contract: bool = False) -> Program:
    """Fuse neighbours until none is left that may be.

    Parameters
    ----------
    contract : fuse outermost loops only if that leaves an array between them without use: the
        reverse sweep may run right after each iteration of one of them, and not of both. Inside
        loops, reach over statements that have nothing to do with it.
    """
    while True:
        fusion = _Fusion(program, contract)
        body = fusion.block(program.body)
        if body is program.body:
            return program
        program = replace(program, body=body)


class _Fusion:
    """One round: loops fused in it are left alone until the next."""

    def __init__(self, program: Program, contract: bool) -> None:
        self._apart = program.body if contract else ()
        self._passes_on = contract
        self._types = program.types or {}
        self._lengths = _lengths(program)
        self._made = _made_here(program)
        self._uses = Counter(
            name for stmt in statements(program.body) for name in _arrays_used(stmt, self._made)
        )
        self._passing: dict[tuple[Expr, ...], set[str]] = {}
        self._dependences = Dependences(program)
        self._live = live_after(program)
        self._fused: set[Stmt] = set()

    def block(self, block: Block) -> Block:
        """The block with neighbours fused."""
        done: list[Stmt] = []
        self._passing = self._passed_on(block)
        self._contract = block is self._apart
        for stmt in block:
            at = next((k for k in reversed(range(len(done))) if isinstance(done[k], For)), None)
            fused = None if at is None else self._together(done[at], done[at + 1 :], stmt)
            if at is not None and fused is not None:
                between, heading = heading_apart(done[at + 1 :])
                parted = self._parted(done[at], between, stmt)
                assert parted is not None
                done[at:] = [*parted[0], fused, *parted[1], *heading]
            elif at is None or not self._reaches_back(done, at, stmt):
                done.append(stmt)
        if len(done) > 1 and isinstance(done[-1], Return) and isinstance(done[-2], Comment):
            del done[-2]  # a heading of what is now in the loop above it
        done = [s if s in self._fused else map_blocks(s, self.block) for s in done]
        same = len(done) == len(block) and all(a is b for a, b in zip(done, block, strict=True))
        return block if same else tuple(done)

    def _together(
        self, first: Stmt, between: list[Stmt], second: Stmt, later: Iterable[str] = ()
    ) -> For | None:
        """One loop for two, what is between them to be moved out; None if that cannot be.

        `later` is read after them, besides what is read after the second one now.
        """
        if not (isinstance(first, For) and isinstance(second, For)):
            return None
        live = self._live[second].union(later)
        if not self._have_same_range(first, second, live) or not self._is_worth_it(first, second):
            return None
        parted = self._parted(first, between, second)
        if parted is None:
            return None
        live = live.union(*(names(e) for stmt in parted[1] for e in operands(stmt)))
        other = _with_counter(second, first.target)
        if not self._dependences.may_fuse(first, other, live):
            return None
        both = replace(
            first, body=(*first.body, *other.body), reverse=first.reverse and second.reverse
        )
        fused = with_merged(both, second)
        self._live[fused] = live
        self._fused.add(fused)
        return fused

    def _parted(
        self, first: Stmt, between: list[Stmt], second: Stmt
    ) -> tuple[list[Stmt], list[Stmt]] | None:
        """What may stand before two loops, and what after them; None if something may not."""
        before: list[Stmt] = []
        after: list[Stmt] = []
        for stmt in between:
            is_free = all(may_move_before(other, stmt) for other in after)
            if is_free and (may_move_before(stmt, first) or self._commutes(stmt, first)):
                before.append(stmt)
            elif may_move_before(stmt, second):
                after.append(stmt)
            else:
                return None
        return before, after

    def _commutes(self, stmt: Stmt, loop: Stmt) -> bool:
        """Whether a cotangent of one element may as well be added before a loop of such additions.

        Where a program reads one element of an array, that stands between the loop which has the
        array's other cotangents and the one that uses them all.
        """
        if not (isinstance(stmt, Store) and stmt.accumulate and stmt.reverse):
            return False
        if not isinstance(loop, For) or not all(isinstance(part, Const) for part in stmt.index):
            return False
        if not set(names(stmt.value)).isdisjoint(assigned((loop,)) | stored((loop,))):
            return False
        return stmt.array not in assigned((loop,)) and self._dependences.only_adds(stmt.array, loop)

    def _reaches_back(self, done: list[Stmt], last: int, second: Stmt) -> bool:
        """Fuse a loop with one before the last, over what has nothing to do with it, if it may."""
        for at in reversed(range(last if self._passes_on and not self._contract else 0)):
            first = done[at]
            if not (isinstance(first, For) and isinstance(second, For)):
                continue
            if stored(first.body).isdisjoint(self._arrays(second)):
                continue
            moved, left = _needed(done[at + 1 :], second)
            if not all(self._dependences.may_swap(stmt, second) for stmt in left):
                continue
            if not all(may_move_before(stmt, other) for stmt in moved for other in left):
                continue
            fused = self._together(first, moved, second, read(tuple(left)))
            if fused is not None:
                done[at:] = [*moved, fused, *left]
                return True
        return False

    def _have_same_range(self, first: For, second: For, live: frozenset[str]) -> bool:
        bounds = (first.start, first.stop, first.step)
        if self._settled(bounds) != self._settled((second.start, second.stop, second.step)):
            return False
        parts = [part for bound in bounds for part in subexpressions(bound)]
        if any(isinstance(part, Item) for part in parts):
            return False
        if not assigned((first,)).isdisjoint(n for bound in bounds for n in names(bound)):
            return False
        if first.target == second.target:
            return True
        same = self._types.get(first.target) == self._types.get(second.target)
        free = first.target not in read(second.body) | assigned(second.body)
        return same and free and second.target not in live

    def _passed_on(self, block: Block) -> dict[tuple[Expr, ...], set[str]]:
        """Arrays that only loops of a block with the same range use, by that range.

        When all these run as one, an element is a variable.
        """
        found: dict[str, set[tuple[Expr, ...] | None]] = {}
        times: Counter[str] = Counter()
        for stmt in block:
            count = Counter(
                name for inner in statements((stmt,)) for name in _arrays_used(inner, self._made)
            )
            times.update(count)
            for name in count:
                found.setdefault(name, set()).add(
                    self._range(stmt) if isinstance(stmt, For) else None
                )
        passing: dict[tuple[Expr, ...], set[str]] = {}
        for name, ranges in found.items():
            (one, *others) = ranges
            if one is not None and not others and times[name] == self._uses[name]:
                passing.setdefault(one, set()).add(name)
        return passing

    def _range(self, loop: For) -> tuple[Expr, ...]:
        return self._settled((loop.start, loop.stop, loop.step))

    def _settled(self, bounds: tuple[Expr, ...]) -> tuple[Expr, ...]:
        """Bounds without names of lengths."""
        return tuple(substitute(bound, self._lengths) for bound in bounds)

    def _is_worth_it(self, first: For, second: For) -> bool:
        """Whether both use an array, and what they use together is not too much for LLVM."""
        ours, theirs = self._arrays(first), self._arrays(second)
        passing = self._passing.get(self._range(first), set())
        if ours.isdisjoint(theirs) or (self._contract and passing.isdisjoint(ours & theirs)):
            return False
        if any(isinstance(s, For) for loop in (first, second) for s in statements(loop.body)):
            return True
        written = len((stored(first.body) | stored(second.body)) - passing)
        others = len((ours | theirs) - passing) - written
        return written * others + written * (written - 1) // 2 <= _MOST_CHECKS

    def _arrays(self, loop: For) -> set[str]:
        return {n for n in read(loop.body) if isinstance(self._types.get(n), types.Array)}


_FRESH = (np.empty, np.zeros, np.empty_like, np.zeros_like)


def _made_here(program: Program) -> set[str]:
    """Arrays that one statement makes anew."""
    made = [stmt for stmt in statements(program.body) if isinstance(stmt, Assign)]
    times = Counter(stmt.target for stmt in made)
    return {
        stmt.target
        for stmt in made
        if isinstance(stmt.value, Call)
        and stmt.value.function in _FRESH
        and times[stmt.target] == 1
        and stmt.target not in program.params
    }


def _arrays_used(stmt: Stmt, made: set[str]) -> Iterable[str]:
    """Of some arrays those that a statement looks at or writes to, once for each place."""
    for expr in operands(stmt):
        yield from (name for name in _contents(expr) if name in made)
    if isinstance(stmt, Store) and stmt.array in made:
        yield stmt.array


def _lengths(program: Program) -> dict[str, Expr]:
    """Variables that are lengths of parameters, all through the program."""
    made = [stmt for stmt in statements(program.body) if isinstance(stmt, Assign)]
    times = Counter(stmt.target for stmt in made)
    changing = {*times, *grown(program.body)}
    found: dict[str, Expr] = {}
    for stmt in made:
        match stmt.value:
            case Call(function, (Name(array), Const())) if function is dim:
                bound_once = times[stmt.target] == 1 and stmt.target not in program.params
                if bound_once and array in program.params and array not in changing:
                    found[stmt.target] = stmt.value
    return found


def _needed(between: list[Stmt], loop: For) -> tuple[list[Stmt], list[Stmt]]:
    """What makes variables that a loop reads, and the rest."""
    wanted = read((loop,))
    moved: list[Stmt] = []
    left: list[Stmt] = []
    for stmt in reversed(between):
        if isinstance(stmt, Assign) and stmt.target in wanted:
            moved.insert(0, stmt)
            wanted |= set(names(stmt.value))
        else:
            left.insert(0, stmt)
    return moved, left


def heading_apart(between: list[Stmt]) -> tuple[list[Stmt], list[Stmt]]:
    """Take off the comment at the end: it is about all that follows."""
    if between and isinstance(between[-1], Comment) and not between[-1].beside:
        return between[:-1], between[-1:]
    return between, []


def may_move_before(stmt: Stmt, other: Stmt) -> bool:
    """Whether a statement that follows another may stand before it: neither sees a difference."""
    if isinstance(stmt, Comment):
        return True
    if not isinstance(stmt, Assign) or not is_droppable(stmt.value):
        return False
    needed, looked_at = set(names(stmt.value)), set(_contents(stmt.value))
    changed = assigned((other,)) | grown((other,))
    if needed & changed or looked_at & stored((other,)):
        return False
    return stmt.target not in changed | read((other,))


def _contents(expr: Expr | Slice) -> Iterable[str]:
    """Names in an expression that it reads more of than lengths."""
    match expr:
        case Name(id):
            yield id
        case Call(function, (Name(), *rest)) if function in SHAPE_ONLY:
            for arg in rest:
                yield from _contents(arg)
        case _:
            for part in children(expr):
                yield from _contents(part)


def _with_counter(loop: For, counter: str) -> For:
    if loop.target == counter:
        return loop
    change = partial(substitute, mapping={loop.target: Name(counter)})

    def inside(block: Block) -> Block:
        return tuple(map_operands(map_blocks(stmt, inside), change) for stmt in block)

    return replace(loop, target=counter, body=inside(loop.body))
