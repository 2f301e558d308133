"""Temporaries with one use written where they are used, so that the text reads as formulas.

    sin_1 = np.sin(x_i)
    t = sin_1 * w        →    t = np.sin(x_i) * w

A temporary stays where moving it would pass an assignment or a store that changes its value, or
carry it into a loop, or make a line too long. Variables of the user's own keep their lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from numba.core import types

from adjoint.analyses.purity import is_repeatable
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    Expr,
    If,
    Item,
    Name,
    Program,
    Slice,
    Stmt,
    Store,
    Tuple,
    While,
)
from adjoint.program.growth import grown
from adjoint.program.walk import (
    assigned,
    blocks,
    children,
    map_blocks,
    map_operands,
    names,
    operands,
    statements,
    stored,
    subexpressions,
    substitute,
    with_merged,
)

_WIDTH = 68  # of an expression; with indentation and target a line stays below 100


def fold(program: Program, keep: frozenset[str] = frozenset()) -> Program:
    """Fold temporaries into their only use.

    Parameters
    ----------
    keep : variables that keep their assignments.
    """
    single = _read_once(program.body)
    table = program.types or {}
    foldable = {
        stmt
        for stmt in single
        if stmt.target not in keep and not isinstance(table.get(stmt.target), types.Array)
    }
    return replace(program, body=_Folding(foldable).block(program.body))


def _read_once(body: Block) -> set[Assign]:
    """Assignments whose value is read exactly once, and only after them in their own block.

    A variable may be assigned at several places (in the forward and in the reverse sweep, say)
    as long as each read clearly belongs to one of them.
    """
    total: Counter[str] = Counter()
    for stmt in statements(body):
        total.update(_reads(stmt))
    own: dict[Assign, int] = {}
    _count_own(body, own)
    covered: Counter[str] = Counter()
    for stmt, count in own.items():
        covered[stmt.target] += count
    return {
        stmt for stmt, n in own.items() if n == 1 and covered[stmt.target] == total[stmt.target]
    }


def _reads(stmt: Stmt) -> list[str]:
    found = [name for expr in operands(stmt) for name in names(expr)]
    return [*found, stmt.array] if isinstance(stmt, Store) else found


def _count_own(block: Block, own: dict[Assign, int], then: Sequence[str] = ()) -> None:
    """For each assignment, reads after it in its block, up to the next one of that variable.

    `then` are names that are read right after the block.
    """
    current: dict[str, Assign] = {}
    for stmt in block:
        for name in _reads(stmt) if not isinstance(stmt, While) else ():
            if name in current:
                own[current[name]] += 1
        for inner in blocks(stmt):
            is_head = isinstance(stmt, While) and inner is stmt.head
            _count_own(inner, own, _reads(stmt) if is_head else ())
        if isinstance(stmt, Assign):
            current[stmt.target] = stmt
            own[stmt] = 0
            continue
        rebound = assigned((stmt,))
        nested = [n for inner in blocks(stmt) for deep in statements(inner) for n in _reads(deep)]
        nested += _reads(stmt) if isinstance(stmt, While) else []
        for name in set(current) & set(nested) - rebound:
            own[current[name]] += nested.count(name)
        for name in rebound & set(current):
            del current[name]
    for name in then:
        if name in current:
            own[current[name]] += 1


@dataclass
class _Pending:
    """A temporary on its way to its use."""

    stmt: Assign
    value: Expr
    reads: set[str]
    loads: set[str]


class _Folding:
    def __init__(self, foldable: set[Assign]) -> None:
        self._foldable = foldable

    def block(self, block: Block) -> Block:
        """Fold within one block; nested blocks have their own."""
        done: list[Stmt] = []
        pending: dict[str, _Pending] = {}
        for stmt in block:
            waits = self._may_wait(stmt)
            if isinstance(stmt, While):
                stmt = self._with_test(stmt)
            stmt = map_blocks(stmt, self.block)
            if isinstance(stmt, While):
                self._settle(pending, set(pending), done)
            stmt = self._with_folded(stmt, pending, done)
            self._settle(pending, self._endangered(stmt, pending), done)
            if isinstance(stmt, Assign) and waits:
                pending[stmt.target] = _pending(stmt)
            else:
                done.append(stmt)
        self._settle(pending, set(pending), done)
        return tuple(done)

    def _may_wait(self, stmt: Stmt) -> bool:
        return stmt in self._foldable and isinstance(stmt, Assign) and is_repeatable(stmt.value)

    def _with_test(self, loop: While) -> While:
        """A loop whose test holds what the end of its head computes for it."""
        while loop.head:
            last = loop.head[-1]
            if not (isinstance(last, Assign) and self._may_wait(last)):
                return loop
            if last.target not in names(loop.test):
                return loop
            test = substitute(loop.test, {last.target: last.value})
            if _length(test) > _WIDTH:
                return loop
            loop = with_merged(replace(loop, head=loop.head[:-1], test=test), last)
        return loop

    def _with_folded(self, stmt: Stmt, pending: dict[str, _Pending], done: list[Stmt]) -> Stmt:
        """The statement with pending temporaries it uses in place, as long as it fits."""
        for name in [n for expr in operands(stmt) for n in names(expr) if n in pending]:
            value = pending[name].value
            folded = map_operands(stmt, partial(substitute, mapping={name: value}))
            folded = with_merged(folded, pending[name].stmt)
            if _fits(folded):
                stmt = folded
                del pending[name]
            else:
                self._settle(pending, {name}, done)
        return stmt

    def _endangered(self, stmt: Stmt, pending: dict[str, _Pending]) -> set[str]:
        """Pending temporaries whose value the statement may change, or that are used inside."""
        changed, written = assigned((stmt,)) | grown((stmt,)), stored((stmt,))
        if isinstance(stmt, Evaluate):
            written = written | set(names(stmt.call))
        inside = {
            name
            for inner in blocks(stmt)
            for deeper in statements(inner)
            for expr in operands(deeper)
            for name in names(expr)
        }
        return {
            name
            for name, item in pending.items()
            if item.reads & changed or item.loads & written or name in inside
        }

    def _settle(self, pending: dict[str, _Pending], which: set[str], done: list[Stmt]) -> None:
        """Write pending temporaries where they are, in their order."""
        for name in [n for n in pending if n in which]:
            done.append(replace(pending[name].stmt, value=pending[name].value))
            del pending[name]


def _pending(stmt: Assign) -> _Pending:
    loads = {
        e.value.id
        for e in subexpressions(stmt.value)
        if isinstance(e, Item) and isinstance(e.value, Name)
    }
    return _Pending(stmt, stmt.value, set(names(stmt.value)), loads)


def _fits(stmt: Stmt) -> bool:
    if isinstance(stmt, If | While):
        return _length(stmt.test) <= _WIDTH
    return sum(_length(expr) for expr in operands(stmt)) <= _WIDTH


def _length(expr: Expr | Slice) -> int:
    """About how many characters an expression takes."""
    match expr:
        case Name(id):
            return len(id)
        case Const(value):
            return len(repr(value)) if isinstance(value, int | float | str) else 10
        case Call(function, args):
            is_operator = getattr(function, "__module__", None) in ("_operator", "operator")
            own = 3 if is_operator else 5
            named = 0 if own == 3 else len(function.__name__)
            return own + named + sum(_length(arg) + 1 for arg in args)
        case Item() | Tuple():
            return 2 + sum(_length(child) + 2 for child in children(expr))
    return 5
