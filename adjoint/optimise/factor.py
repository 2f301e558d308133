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
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from numba.core import types

from adjoint.program.core import Assign, Block, Call, Const, Expr, For, Name, Program, Stmt, While
from adjoint.program.walk import assigned, map_blocks, names, read, subexpressions

_ONE = Const(1.0)
_LARGEST = 12  # operations of a factor; a larger one would cost more than the wait
_DEEPEST = 4 * _LARGEST  # definitions one in another; those of a smaller factor are fewer


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
    return any(
        isinstance(part, Call) and part.function in (operator.add, operator.sub)
        for part in subexpressions(factor)
    )


def _operations(expr: Expr) -> int:
    return sum(isinstance(part, Call) for part in subexpressions(expr))


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
        return _Factors(variable, self._found, self._is_float).of(expr)

    def _is_float(self, operand: Expr) -> bool:
        if isinstance(operand, Const):
            return isinstance(operand.value, float)
        return isinstance(operand, Name) and self._table.get(operand.id) == types.float64


class _Factors:
    """What one variable is multiplied by in expressions.

    Definitions that share others are a tree with exponentially many branches, so each is looked at
    once, and what is too large or too deep to be written is given up at once.
    """

    def __init__(
        self, variable: str, definitions: dict[str, Expr], is_float: Callable[[Expr], bool]
    ) -> None:
        self._variable = variable
        self._definitions = definitions
        self._is_float = is_float
        self._known: dict[str, Expr | None] = {variable: _ONE}
        self._depth = 0

    def of(self, expr: Expr) -> Expr | None:
        """The factor in an expression; None if there is none, or none worth writing."""
        if isinstance(expr, Name):
            return self._of_name(expr.id)
        found = self._in(expr)
        return found if found is None or _operations(found) <= _LARGEST else None

    def _of_name(self, name: str) -> Expr | None:
        if name not in self._known:
            definition = self._definitions.get(name)
            self._depth += 1
            deep = self._depth > _DEEPEST
            self._known[name] = None if definition is None or deep else self.of(definition)
            self._depth -= 1
        return self._known[name]

    def _in(self, expr: Expr) -> Expr | None:
        match expr:
            case Call(operator.neg, (one,)):
                inner = self.of(one)
                return None if inner is None else Call(operator.neg, (inner,))
            case Call(operator.add | operator.sub as function, (left, right)):
                first, second = self.of(left), self.of(right)
                return None if first is None or second is None else _sum(function, first, second)
            case Call(operator.mul, (left, right)):
                return self._product(left, right) or self._product(right, left)
        return None

    def _product(self, part: Expr, other: Expr) -> Expr | None:
        """The factor in `part * other`, where the variable is in the first one alone.

        `other` stays as it is written, so the product is right whatever it stands for.
        """
        if not self._is_float(other) or self.of(other) is not None:
            return None
        inner = self.of(part)
        if inner is None or inner == _ONE:
            return None if inner is None else other
        return Call(operator.mul, (inner, other))
