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

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

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
    Expr,
    For,
    Item,
    Name,
    Program,
    Return,
    Slice,
    Stmt,
)
from adjoint.program.growth import grown
from adjoint.program.walk import (
    assigned,
    children,
    map_blocks,
    map_operands,
    names,
    read,
    statements,
    stored,
    subexpressions,
    substitute,
    with_merged,
)

_MOST_CHECKS = 8  # comparisons of addresses that LLVM makes before a vectorised loop


def fuse_loops(program: Program) -> Program:
    """Fuse neighbours until none is left that may be."""
    while True:
        fusion = _Fusion(program)
        body = fusion.block(program.body)
        if body is program.body:
            return program
        program = replace(program, body=body)


class _Fusion:
    """One round: loops fused in it are left alone until the next."""

    def __init__(self, program: Program) -> None:
        self._types = program.types or {}
        self._dependences = Dependences(program)
        self._live = live_after(program)
        self._fused: set[Stmt] = set()

    def block(self, block: Block) -> Block:
        """The block with neighbours fused."""
        done: list[Stmt] = []
        for stmt in block:
            at = next((k for k in reversed(range(len(done))) if isinstance(done[k], For)), None)
            fused = None if at is None else self._together(done[at], done[at + 1 :], stmt)
            if at is None or fused is None:
                done.append(stmt)
            else:
                between, heading = heading_apart(done[at + 1 :])
                done[at:] = [*between, fused, *heading]
        if len(done) > 1 and isinstance(done[-1], Return) and isinstance(done[-2], Comment):
            del done[-2]  # a heading of what is now in the loop above it
        done = [s if s in self._fused else map_blocks(s, self.block) for s in done]
        same = len(done) == len(block) and all(a is b for a, b in zip(done, block, strict=True))
        return block if same else tuple(done)

    def _together(self, first: Stmt, between: list[Stmt], second: Stmt) -> For | None:
        """One loop for two, what is between them to be moved before it; None if that cannot be."""
        if not (isinstance(first, For) and isinstance(second, For)):
            return None
        live = self._live[second]
        if not self._have_same_range(first, second, live) or not self._is_worth_it(first, second):
            return None
        if not all(may_move_before(stmt, first) for stmt in between):
            return None
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

    def _have_same_range(self, first: For, second: For, live: frozenset[str]) -> bool:
        bounds = (first.start, first.stop, first.step)
        if bounds != (second.start, second.stop, second.step):
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

    def _is_worth_it(self, first: For, second: For) -> bool:
        """Whether both use an array, and what they use together is not too much for LLVM."""
        ours, theirs = self._arrays(first), self._arrays(second)
        if ours.isdisjoint(theirs):
            return False
        if any(isinstance(s, For) for loop in (first, second) for s in statements(loop.body)):
            return True
        written = len(stored(first.body) | stored(second.body))
        others = len(ours | theirs) - written
        return written * others + written * (written - 1) // 2 <= _MOST_CHECKS

    def _arrays(self, loop: For) -> set[str]:
        return {n for n in read(loop.body) if isinstance(self._types.get(n), types.Array)}


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
