"""Which loops may run in another order, and which may run as one.

The iterations of a loop are independent if no two of them touch the same element, or one only adds
to it what the other adds to it too: cotangents may be summed up in any order.
"""

from __future__ import annotations

from itertools import combinations_with_replacement, product

import numpy as np

from adjoint.analyses.index_forms import IndexForms, only_in_one_iteration
from adjoint.analyses.lower_bounds import LowerBounds
from adjoint.analyses.purity import is_droppable, is_repeatable
from adjoint.analyses.sharing import is_scalar, sharing
from adjoint.analyses.sums import only_summed
from adjoint.analyses.touches import Touch, touches
from adjoint.program.core import (
    Assign,
    Break,
    Call,
    Const,
    Evaluate,
    For,
    Program,
    Raise,
    Return,
    Stmt,
    While,
)
from adjoint.program.exposure import upward_exposed
from adjoint.program.walk import (
    assigned,
    operands,
    read,
    statements,
    stored,
    subexpressions,
    written_by,
)
from adjoint.runtime import buffers


class Dependences:
    """Answers for the loops of a program."""

    def __init__(self, program: Program) -> None:
        self._types = program.types or {}
        self._sharing = sharing(program)
        self._bounds = LowerBounds(program)

    def are_independent(self, loop: For, live: frozenset[str]) -> bool:
        """Whether the iterations of a loop may run in any order.

        Parameters
        ----------
        live : variables that are read after the loop.
        """
        if not _is_plain(loop) or not self._are_private(loop, live):
            return False
        forms = IndexForms(loop)
        own, used = assigned(loop.body), read(loop.body)
        for name in sorted(stored(loop.body)):
            if self._shares(name, used):
                return False
            if name in own:
                continue  # made by the iteration
            found = list(touches((loop,), name))
            for one, other in combinations_with_replacement(found, 2):
                if not self._commute(forms, one, forms, other):
                    return False
        return True

    def may_fuse(self, first: For, second: For, live: frozenset[str]) -> bool:
        """Whether two neighbours with the same range and the same counter may run as one.

        Parameters
        ----------
        live : variables that are read after them.
        """
        if not _is_plain(first) or not _is_plain(second):
            return False
        ours, theirs = assigned(first.body), assigned(second.body)
        if ours & upward_exposed(second.body) or theirs & upward_exposed(first.body):
            return False
        if ours & theirs & live or first.target in ours | theirs:
            return False
        forms, others = IndexForms(first), IndexForms(second)
        used = read(first.body), read(second.body)
        for name in sorted(stored(first.body) | stored(second.body)):
            if self._shares(name, used[0] | used[1]):
                return False
            if name in ours & theirs:
                continue
            for one, other in product(touches((first,), name), touches((second,), name)):
                if not self._commute(forms, one, others, other):
                    return False
        return True

    def only_adds(self, name: str, loop: For) -> bool:
        """Whether a loop does nothing with an array, by any name, but add cotangents to it."""
        adds = all(_adds_cotangent(touch) for touch in touches((loop,), name))
        return adds and not self._shares(name, read((loop,)))

    def may_swap(self, stmt: Stmt, loop: For) -> bool:
        """Whether a loop may as well run before the statement that it follows.

        They have nothing in common but what both only read.
        """
        if not _is_plain(loop):
            return False
        if isinstance(stmt, For):
            if not _is_plain(stmt):
                return False
        elif not (isinstance(stmt, Assign) and is_droppable(stmt.value)):
            return False
        changed = [assigned((s,)) | stored((s,)) for s in (stmt, loop)]
        used = [read((s,)) | written for s, written in zip((stmt, loop), changed, strict=True)]
        if changed[0] & used[1] or changed[1] & used[0]:
            return False
        written = stored((stmt,)) | stored((loop,))
        return not any(self._shares(name, used[0] | used[1]) for name in written)

    def _commute(self, forms: IndexForms, one: Touch, others: IndexForms, other: Touch) -> bool:
        """Whether it makes no difference which of two iterations touches its element first."""
        if one.store is None and other.store is None:
            return True
        if _adds_cotangent(one) and _adds_cotangent(other):
            return True
        if one.index is None or other.index is None:
            return False
        return only_in_one_iteration(forms, one.index, others, other.index, self._bounds)

    def _shares(self, name: str, used: set[str]) -> bool:
        """Whether an array may be in the memory of another one that is used too."""
        return not self._sharing.get(name, frozenset()).isdisjoint(used - {name})

    def _are_private(self, loop: For, live: frozenset[str]) -> bool:
        """Whether each iteration has its variables for itself, or only adds to them."""
        own = assigned(loop.body)
        if loop.target in own | live:
            return False
        carried = own & upward_exposed(loop.body)
        if not all(self._is_sum_in_any_order(name, loop) for name in carried):
            return False
        return live.isdisjoint(own - carried)

    def _is_sum_in_any_order(self, name: str, loop: For) -> bool:
        adds = [s for s in statements(loop.body) if isinstance(s, Assign) and s.target == name]
        known = is_scalar(self._types.get(name)) and all(
            stmt.reverse or stmt.unordered for stmt in adds
        )
        return known and only_summed(name, loop)


def _adds_cotangent(touch: Touch) -> bool:
    return touch.store is not None and touch.store.accumulate and touch.store.reverse


def _is_plain(loop: For) -> bool:
    """Whether a loop does nothing but compute: no effects, no draws, no way out."""
    if not isinstance(loop.step, Const) or loop.checkpointed or loop.parallel:
        return False
    return all(
        not isinstance(stmt, Break | Raise | Return | While)
        and (not isinstance(stmt, Evaluate) or is_repeatable(stmt.call))
        and all(_is_pure(part) for expr in operands(stmt) for part in subexpressions(expr))
        for stmt in statements(loop.body)
    )


def _is_pure(expr: object) -> bool:
    if not isinstance(expr, Call):
        return True
    function = expr.function
    if getattr(function, "__module__", None) == buffers.__name__ or written_by(expr):
        return False
    if isinstance(function, np.ufunc) and len(expr.args) > function.nin:
        return False
    if any(key == "out" for key, _ in expr.keywords):
        return False
    bare = Call(function, ())
    return is_repeatable(bare) or is_droppable(bare)
