"""Cotangents that a loop carries on, updated by one factor.

    t = x_bar * (1.0 - x)                        t = x_bar * (1.0 - x)
    r_bar += t * x                          →    r_bar += t * x
    x_bar = -(x_bar * (r * x)) + t * r           x_bar = x_bar * ((1.0 - x) * r - r * x)

A reverse sweep over a recurrence takes as long as an iteration waits for the one before it. What
multiplies the cotangent is known beforehand, so only one product is left to wait for. The sum is
associated in another way, as in a gradient written by hand.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from functools import partial
from typing import Any

from numba.core import types

from adjoint.program.core import Assign, Block, Call, Const, Expr, For, Name, Program, Stmt, While
from adjoint.program.walk import assigned, map_blocks, names, read, subexpressions

_ONE = Const(1.0)
_LARGEST = 12  # operations of a factor; a larger one would cost more than the wait


def factor_cotangents(program: Program) -> Program:
    """Write updates of carried cotangents as products."""
    return replace(program, body=_in_block(dict(program.types or {}), False, program.body))


def _in_block(table: dict[str, Any], looped: bool, block: Block) -> Block:
    inside = [
        map_blocks(stmt, partial(_in_block, table, looped or isinstance(stmt, For | While)))
        for stmt in block
    ]
    return _factored(tuple(inside), table) if looped else tuple(inside)


def _factored(block: Block, table: dict[str, Any]) -> Block:
    """A loop's block with each such update written as a product."""
    carried = _carried(block)
    known = _Definitions(table)
    done: list[Stmt] = []
    for stmt in block:
        if isinstance(stmt, Assign) and stmt.reverse and stmt.target in carried:
            factor = known.factor(stmt.target, stmt.value)
            if factor is not None and _is_worth_it(factor):
                value = Call(operator.mul, (Name(stmt.target), factor))
                stmt = replace(stmt, value=value)
        known.note(stmt)
        done.append(stmt)
    return tuple(done)


def _carried(block: Block) -> set[str]:
    """Variables that have, where they are first read, the value of the iteration before."""
    carried: set[str] = set()
    seen: set[str] = set()
    for stmt in block:
        carried |= read((stmt,)) - seen
        seen |= assigned((stmt,))
    return carried & seen


def _is_worth_it(factor: Expr) -> bool:
    calls = [part.function for part in subexpressions(factor) if isinstance(part, Call)]
    return len(calls) <= _LARGEST and any(f in (operator.add, operator.sub) for f in calls)


def _sum(function: Any, first: Expr, second: Expr) -> Expr:
    """The sum or difference of two floats; -a + b is b - a."""
    match first:
        case Call(operator.neg, (one,)) if function is operator.add:
            return Call(operator.sub, (second, one))
    return Call(function, (first, second))


class _Definitions:
    """What variables stand for at a point of a block, as long as it still has that value."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._table = table
        self._found: dict[str, Expr] = {}
        self._mentioned: set[str] = set()

    def note(self, stmt: Stmt) -> None:
        """A statement is passed."""
        changed = assigned((stmt,))
        if not self._mentioned.isdisjoint(changed):
            self._found = {
                name: value
                for name, value in self._found.items()
                if name not in changed and changed.isdisjoint(names(value))
            }
        if not (isinstance(stmt, Assign) and stmt.reverse and self._is_float(Name(stmt.target))):
            return
        if stmt.target not in set(names(stmt.value)):
            self._found[stmt.target] = stmt.value
            self._mentioned |= {stmt.target, *names(stmt.value)}

    def factor(self, variable: str, expr: Expr) -> Expr | None:
        """What the variable is multiplied by in an expression; None if it is no such product."""
        if expr == Name(variable):
            return _ONE
        match expr:
            case Name(name):
                definition = self._found.get(name)
                return None if definition is None else self.factor(variable, definition)
            case Call(operator.neg, (one,)):
                inner = self.factor(variable, one)
                return None if inner is None else Call(operator.neg, (inner,))
            case Call(operator.add | operator.sub as function, (left, right)):
                first, second = self.factor(variable, left), self.factor(variable, right)
                return None if first is None or second is None else _sum(function, first, second)
            case Call(operator.mul, (left, right)):
                return self._product(variable, left, right) or self._product(variable, right, left)
        return None

    def _product(self, variable: str, part: Expr, other: Expr) -> Expr | None:
        """The factor in `part * other`, where the variable is in the first one alone."""
        if not self._is_float(other) or self.factor(variable, other) is not None:
            return None
        inner = self.factor(variable, part)
        if inner is None or inner == _ONE:
            return None if inner is None else other
        return Call(operator.mul, (inner, other))

    def _is_float(self, operand: Expr) -> bool:
        if isinstance(operand, Const):
            return isinstance(operand.value, float)
        return isinstance(operand, Name) and self._table.get(operand.id) == types.float64
