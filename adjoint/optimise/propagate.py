"""Copies and repeated expressions replaced by the variable that has the value already.

    t_1 = x[i]
    t_2 = x[i]                t_1 = x[i]
    y = t_1 * t_2        →    y = t_1 * t_1

What is known is forgotten where a variable or an array it depends on changes. Sines and the like
that a branch has computed are known again in the same branch of a later `if` with that test: the
reverse sweep of a branch finds those of the forward sweep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numba.core import types

from adjoint.analyses.purity import is_repeatable
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    Expr,
    For,
    If,
    Item,
    Name,
    Program,
    Stmt,
    Store,
    While,
)
from adjoint.program.growth import grown
from adjoint.program.walk import (
    S,
    assigned,
    map_operands,
    names,
    stored,
    subexpressions,
    substitute,
)


def propagate(program: Program, merge: bool = True) -> Program:
    """Propagate copies and constants, and with `merge` use one variable for equal expressions."""
    body = _Propagation(program, merge).block(program.body, _Known({}, {}, set()))
    return replace(program, body=body)


class _Known:
    """What holds at one point: copies by name, and the variable that holds an expression.

    `branches` are the variables that hold one if a test has come out in a certain way. `mentioned`
    has every name in all these, and maybe some that were: most variables are assigned once, and
    then there is nothing to forget.
    """

    def __init__(
        self,
        copies: dict[str, Expr],
        holders: dict[Expr, str],
        mentioned: set[str],
        branches: Mapping[tuple[str, bool], dict[Expr, str]] | None = None,
    ) -> None:
        self.copies = copies
        self.holders = holders
        self.mentioned = mentioned
        self.branches = dict(branches or {})

    def inside(self) -> _Known:
        """A copy, for a nested block."""
        return _Known(dict(self.copies), dict(self.holders), set(self.mentioned), self.branches)

    def branch(self, test: Expr, outcome: bool) -> _Known:
        """A copy, for a branch of an `if`, with what is known where a test comes out so."""
        inner = self.inside()
        if isinstance(test, Name):
            inner.holders = {**self.branches.get((test.id, outcome), {}), **inner.holders}
        return inner

    def note_branch(self, test: str, outcome: bool, holders: dict[Expr, str]) -> None:
        """Variables that hold expressions where a test has come out so."""
        self.branches[test, outcome] = holders
        for expr, holder in holders.items():
            self.mentioned.update((test, holder, *names(expr)))

    def note_copy(self, name: str, value: Expr) -> None:
        """The variable `name` is the atom `value`."""
        self.copies[name] = value
        self.mentioned.update((name, *names(value)))

    def note_holder(self, expr: Expr, holder: str) -> None:
        """The variable `holder` has the value of an expression."""
        self.holders[expr] = holder
        self.mentioned.update((holder, *names(expr)))

    def forget(self, changed: set[str], written: set[str]) -> None:
        """Drop what depends on variables that changed or arrays that were written to."""
        if self.mentioned.isdisjoint(changed) and self.mentioned.isdisjoint(written):
            return
        self.copies = {
            name: value
            for name, value in self.copies.items()
            if name not in changed and not changed.intersection(names(value))
        }
        self.holders = _unchanged(self.holders, changed, written)
        self.branches = {
            (test, outcome): _unchanged(holders, changed, written)
            for (test, outcome), holders in self.branches.items()
            if test not in changed
        }


def _unchanged(holders: dict[Expr, str], changed: set[str], written: set[str]) -> dict[Expr, str]:
    return {
        expr: holder
        for expr, holder in holders.items()
        if holder not in changed
        and not changed.intersection(names(expr))
        and not written.intersection(_loaded_from(expr))
    }


def _loaded_from(expr: Expr) -> set[str]:
    return {
        e.value.id
        for e in subexpressions(expr)
        if isinstance(e, Item) and isinstance(e.value, Name)
    }


class _Propagation:
    def __init__(self, program: Program, merge: bool) -> None:
        self._types: dict[str, Any] = dict(program.types or {})
        self._merge = merge

    def block(self, block: Block, known: _Known) -> Block:
        """Rewrite a block; `known` is updated to what holds after it."""
        done: list[Stmt] = []
        for stmt in block:
            done.extend(self._statement(stmt, known))
        return tuple(done)

    def _statement(self, stmt: Stmt, known: _Known) -> list[Stmt]:
        match stmt:
            case Assign():
                return self._assign(self._with_copies(stmt, known), known)
            case Store():
                stmt = self._with_copies(stmt, known)
                known.forget(set(), {stmt.array})
                self._hold_cell(stmt, known)
                return [stmt]
            case Evaluate():
                stmt = self._with_copies(stmt, known)
                known.forget(grown((stmt,)), set(names(stmt.call)))
                return [stmt]
            case If():
                stmt = self._with_copies(stmt, known)
                chosen = {outcome: known.branch(stmt.test, outcome) for outcome in (True, False)}
                body = self.block(stmt.body, chosen[True])
                orelse = self.block(stmt.orelse, chosen[False])
                self._leave(stmt, known)
                if isinstance(stmt.test, Name):
                    for outcome, inner in chosen.items():
                        self._note_branch(stmt.test.id, outcome, inner, known)
                return [replace(stmt, body=body, orelse=orelse)]
            case For():
                stmt = self._with_copies(stmt, known)
                self._leave(stmt, known)
                return [replace(stmt, body=self.block(stmt.body, known.inside()))]
            case While():
                self._leave(stmt, known)
                # What the head assigns may be read by the head and the test only.
                in_head, in_body = known.inside(), known.inside()
                head = self.block(stmt.head, in_head)
                test = substitute(stmt.test, in_head.copies)
                return [replace(stmt, head=head, test=test, body=self.block(stmt.body, in_body))]
        return [self._with_copies(stmt, known)]

    def _hold_cell(self, stmt: Store, known: _Known) -> None:
        """A cell just written to holds the variable that was stored."""
        if stmt.accumulate or not isinstance(stmt.value, Name) or not self._merge:
            return
        array = self._types.get(stmt.array)
        if array is not None and self._types.get(stmt.value.id) == array.dtype:
            known.note_holder(Item(Name(stmt.array), stmt.index), stmt.value.id)

    def _with_copies(self, stmt: S, known: _Known) -> S:
        return map_operands(stmt, lambda e: substitute(e, known.copies))

    def _leave(self, stmt: Stmt, known: _Known) -> None:
        """Forget what a nested statement may change (for a loop before its body is entered)."""
        known.forget(assigned((stmt,)) | grown((stmt,)), stored((stmt,)))

    def _note_branch(self, test: str, outcome: bool, inner: _Known, known: _Known) -> None:
        """Keep what a branch has computed by functions that take long, of numbers alone."""
        kept: dict[Expr, str] = {
            expr: holder
            for expr, holder in inner.holders.items()
            if expr not in known.holders
            and isinstance(expr, Call)
            and isinstance(expr.function, np.ufunc)
            and not any(isinstance(self._types.get(n), types.Array) for n in names(expr))
            and test not in (holder, *names(expr))
        }
        if kept:
            known.note_branch(test, outcome, kept)

    def _assign(self, stmt: Assign, known: _Known) -> list[Stmt]:
        target, value = stmt.target, stmt.value
        if value == Name(target):
            return []
        if self._merge and value in known.holders:
            value = Name(known.holders[value])
            stmt = replace(stmt, value=value)
            if value == Name(target):
                return []
        known.forget({target}, {target, *stored((stmt,))})
        if self._is_copy(target, value):
            known.note_copy(target, value)
        elif self._merge and self._is_merged(value) and target not in set(names(value)):
            known.note_holder(value, target)
        return [stmt]

    def _is_copy(self, target: str, value: Expr) -> bool:
        """Whether reads of the target may read the value instead: the same type, an atom."""
        if isinstance(value, Const):
            return isinstance(value.value, int | float | bool) and self._keeps_type(target, value)
        return isinstance(value, Name) and self._types.get(value.id) == self._types.get(target)

    def _keeps_type(self, target: str, value: Const) -> bool:
        kind = self._types.get(target)
        if isinstance(value.value, bool):
            return kind == types.boolean
        return kind == (types.int64 if isinstance(value.value, int) else types.float64)

    def _is_merged(self, value: Expr) -> bool:
        return isinstance(value, Call | Item) and is_repeatable(value)
