"""Where in a program two names may share memory, and whose content is still looked at there.

    a = x * 1.0      # {}
    t = a            # {a t}
    a = b            # {b a}: t has the old array alone
    b = t            # {b t}

Flow-sensitive and by pairs: after buffers have gone round, each name has an array of its own
again, though in the course of a loop every name has meant every array.

Goes in: a typed program of the array dialect. Comes out: for each statement the pairs of names that
may share memory before it, and the names whose content may be read, or read or written, after it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numba.core import types

from adjoint.lowering.aliases import outputs, shared_names
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Evaluate,
    Expr,
    For,
    If,
    Name,
    Program,
    Slice,
    Stmt,
    Store,
    While,
)
from adjoint.program.growth import growing
from adjoint.program.numbers import item_types
from adjoint.program.primitives import dim
from adjoint.program.walk import children, names, operands, written_by

Pair = frozenset[str]
Pairs = frozenset[Pair]
Names = frozenset[str]

_ASKS_FOR_LENGTHS = (
    *(len, dim, np.shape, np.ndim, np.size),
    *(np.zeros_like, np.empty_like, np.ones_like),
)


class Sharing:
    """What may share memory at each statement, and what is still needed after it.

    Attributes
    ----------
    before : pairs of names that may share memory when the statement starts.
    read_after : names whose content may be read after the statement, before they are bound again;
        a parameter's is read by the caller.
    used_after : names through which memory may be read or written after it, likewise.
    """

    def __init__(self, program: Program) -> None:
        self._types = program.types or {}
        self.before: dict[Stmt, Pairs] = defaultdict(frozenset)
        self.read_after: dict[Stmt, Names] = defaultdict(frozenset)
        self.used_after: dict[Stmt, Names] = defaultdict(frozenset)
        self._pairs(program.body, frozenset())
        params = frozenset(program.params)
        _backward(program.body, params, content_read, self.read_after)
        _backward(program.body, params, _used, self.used_after)

    def may_hold_memory(self, name: str) -> bool:
        """Whether a variable is an array, or something that arrays may be in."""
        return _may_hold_memory(self._types.get(name))

    def sharing(self, stmt: Stmt, name: str) -> set[str]:
        """The other names that may share memory with one when a statement starts."""
        return {n for pair in self.before[stmt] if name in pair for n in pair if n != name}

    def is_seen_changing(self, name: str) -> bool:
        """Whether something is written to memory that a name may have, and somebody may see it.

        If nobody does, a view of that memory is as good as a copy.
        """
        for stmt in self.before:
            for target in written(stmt):
                sharing = self.sharing(stmt, target)
                if name in {target, *sharing} and sharing & self.used_after[stmt]:
                    return True
        return False

    # ----------------------------------------------------------------- pairs

    def _pairs(self, block: Block, pairs: Pairs) -> Pairs:
        for stmt in block:
            self.before[stmt] |= pairs
            match stmt:
                case Assign(target, value):
                    pairs = self._bound(target, value, pairs)
                case If(_, body, orelse):
                    pairs = self._pairs(body, pairs) | self._pairs(orelse, pairs)
                case For(body=body):
                    pairs = self._around(body, pairs)
                case While(head, _, body):
                    pairs = self._around((*head, *body), pairs)
        return pairs

    def _around(self, body: Block, pairs: Pairs) -> Pairs:
        """What holds after any number of iterations."""
        while True:
            more = pairs | self._pairs(body, pairs)
            if more == pairs:
                return pairs
            pairs = more

    def _bound(self, target: str, value: Expr, pairs: Pairs) -> Pairs:
        if not self.may_hold_memory(target):
            return pairs
        kept = frozenset(pair for pair in pairs if target not in pair)
        sources = {name for name in shared_names(value) if self.may_hold_memory(name)}
        near = sources | {n for pair in pairs if pair & sources for n in pair}
        return kept | {frozenset((target, name)) for name in near - {target}}


def _may_hold_memory(type_: Any) -> bool:
    if isinstance(type_, types.BaseTuple):
        return any(map(_may_hold_memory, item_types(type_)))
    return not isinstance(type_, types.Number | types.Boolean)


# --------------------------------------------------------------------------- later use


def content_read(stmt: Stmt) -> set[str]:
    """Names whose content a statement itself reads (lengths are no content)."""
    read = {name for expr in operands(stmt) for name in _content(expr)}
    if isinstance(stmt, Store) and stmt.accumulate:
        read.add(stmt.array)
    return read


def _content(expr: Expr | Slice) -> Iterable[str]:
    if isinstance(expr, Name):
        return (expr.id,)
    if isinstance(expr, Call) and expr.function in _ASKS_FOR_LENGTHS:
        return ()
    return (name for child in children(expr) for name in _content(child))


def written(stmt: Stmt) -> set[str]:
    """Names through which a statement itself writes to memory."""
    match stmt:
        case Store(array):
            return {array}
        case Evaluate(call):
            return set() if growing(stmt) or call.function is print else set(names(call))
        case Assign(_, value):
            by_call = written_by(value) if isinstance(value, Call) else set()
            return outputs(value) | by_call
    return set()


def _used(stmt: Stmt) -> set[str]:
    return content_read(stmt) | written(stmt)


def _backward(
    block: Block, after: Names, uses: Callable[[Stmt], set[str]], found: dict[Stmt, Names]
) -> Names:
    """Names needed before a block, if `after` are needed after it."""
    for stmt in reversed(block):
        found[stmt] |= after
        match stmt:
            case Assign(target, _):
                after = after - {target} | uses(stmt)
            case If(_, body, orelse):
                branches = (_backward(inner, after, uses, found) for inner in (body, orelse))
                after = frozenset().union(*branches) | uses(stmt)
            case For(body=body):
                after = _around(body, after, uses, found) | uses(stmt)
            case While(head, _, body):
                after = _around((*head, *body), after | uses(stmt), uses, found)
            case _:
                after = after | uses(stmt)
    return after


def _around(
    body: Block, after: Names, uses: Callable[[Stmt], set[str]], found: dict[Stmt, Names]
) -> Names:
    """Names needed before a loop: by its iterations, or after it."""
    needed = after
    while True:
        more = needed | _backward(body, needed, uses, found)
        if more == needed:
            return needed
        needed = more
