"""Which variables hold the same values: numbers for values, equal where the values are.

Two values have one number if they are computed in the same way from values with the same numbers.
That goes for loops and branches too: what a loop computes is told by its text, in which only the
names of what it assigns may differ, and by the values that it starts from.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import count
from typing import Any

from numba.core import types

from adjoint.analyses.purity import is_droppable, is_repeatable
from adjoint.analyses.sharing import is_scalar
from adjoint.analyses.touches import SHAPE_ONLY
from adjoint.program.core import (
    Assign,
    Block,
    Break,
    Call,
    Comment,
    Const,
    Expr,
    For,
    If,
    Item,
    Name,
    Raise,
    Slice,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.exposure import upward_exposed
from adjoint.program.growth import grown
from adjoint.program.walk import (
    assigned,
    given_for_effect,
    operands,
    statements,
    stored,
    subexpressions,
)
from adjoint.runtime import buffers


def changed_by(block: Block) -> set[str]:
    """Names whose value a block may change: variables, and arrays by what they hold."""
    return assigned(block) | stored(block) | grown(block) | given_for_effect(block)


class ValueNumbers:
    """The number of the value that each variable has at one point of a program.

    Parameters
    ----------
    params : variables that have a value from the start.
    table : types by name.
    shared : names of arrays that may be in the memory of another one: nothing is known of these.
    """

    def __init__(
        self, params: tuple[str, ...], table: Mapping[str, Any], shared: frozenset[str]
    ) -> None:
        self._table = table
        self._shared = shared
        self._numbers: dict[Hashable, int] = {}
        self._next = count()
        self._now: dict[str, int] = {}
        self._made: dict[str, int] = {}  # of what an array was bound to: it tells the lengths
        self._holders: dict[int, list[str]] = {}
        self._seen: set[int] = set()
        self.forget(set(params))

    def inside(self, block: Block = ()) -> ValueNumbers:
        """A copy for a nested block; for the body of a loop, without what iterations change."""
        inner = ValueNumbers((), self._table, self._shared)
        inner._numbers, inner._next = self._numbers, self._next
        inner._now, inner._made = dict(self._now), dict(self._made)
        inner._holders = {number: list(held) for number, held in self._holders.items()}
        inner._seen = set(self._seen)
        changed, carried = changed_by(block), upward_exposed(block)
        inner.forget(changed & carried)
        for name in changed - carried:
            inner._now.pop(name, None)
            inner._made.pop(name, None)
        return inner

    def of(self, name: str) -> int:
        """The number of the value of a variable, or of the elements of an array, that is read."""
        if name not in self._now:
            self._bind(name, next(self._next))
        return self._now[name]

    def before(self, name: str) -> Hashable:
        """What is in a variable that is about to be assigned."""
        return self._now.get(name), self._made.get(name), self._table.get(name)

    def holder(self, name: str) -> str | None:
        """Another variable of the same type that has had the same value for longer."""
        for other in self._holders.get(self._now[name], ()):
            if other == name:
                return None
            same_type = self._table.get(other) == self._table.get(name)
            if same_type and self._now.get(other) == self._now[name]:
                return other
        return None

    def forget(self, changed: set[str]) -> None:
        """Nothing is known of these variables."""
        if not changed.isdisjoint(self._shared):
            changed = changed | self._shared
        for name in sorted(changed):
            self._bind(name, next(self._next))

    def note(self, stmt: Stmt) -> bool:
        """Take a statement into account; whether it does what one has done before."""
        if not all(map(_only_computes, statements((stmt,)))):
            self.forget(changed_by((stmt,)))
            return False
        text = _Text(self)
        key = self._number((text.statement(stmt), text.taken_over()))
        for place, name in enumerate(text.names()):
            if not self._is_known(name):
                self.forget({name})
            elif isinstance(stmt, Assign):
                self._bind(name, text.value(stmt.value))
            else:
                self._now[name] = self._number((key, place))
                self._hold(name)
                if name in assigned((stmt,)):
                    self._made[name] = self._now[name]
        is_repeated = key in self._seen
        self._seen.add(key)
        return is_repeated

    def _is_known(self, name: str) -> bool:
        kind = self._table.get(name)
        return name not in self._shared and (is_scalar(kind) or isinstance(kind, types.Array))

    def _bind(self, name: str, number: int) -> None:
        self._now[name] = self._made[name] = number
        self._hold(name)

    def _hold(self, name: str) -> None:
        held = self._holders.setdefault(self._now[name], [])
        if name not in held:
            held.append(name)

    def _number(self, key: Hashable) -> int:
        return self._numbers.setdefault(key, next(self._next))

    def _lengths(self, name: str) -> int:
        self.of(name)
        return self._made[name]


class _Text:
    """The text of a statement as a key: what it assigns by place, what it reads by value."""

    def __init__(self, numbers: ValueNumbers) -> None:
        self._numbers = numbers
        self._places: dict[str, int] = {}
        self._own: set[str] = set()

    def statement(self, stmt: Stmt) -> Hashable:
        """The key of a statement on its own."""
        self._own = assigned((stmt,)) | stored((stmt,))
        return self._statement(stmt)

    def names(self) -> list[str]:
        """What the statement changes, by place."""
        return list(self._places)

    def taken_over(self) -> Hashable:
        """What is in these variables before."""
        return tuple(map(self._numbers.before, self._places))

    def value(self, expr: Expr) -> int:
        """The number of an expression before the statement."""
        self._own = set()
        return self._numbers._number(self._expr(expr))

    def _statement(self, stmt: Stmt) -> Hashable:
        kind: Hashable = type(stmt).__name__
        if isinstance(stmt, Assign):
            kind = (kind, stmt.unordered, self._place(stmt.target))
        elif isinstance(stmt, Store):
            kind = (kind, stmt.accumulate, self._place(stmt.array))
        elif isinstance(stmt, Raise):
            kind = (kind, stmt.exception)
        parts = tuple(map(self._expr, operands(stmt)))
        if isinstance(stmt, For):
            return kind, parts, self._place(stmt.target), self._block(stmt.body)
        if isinstance(stmt, If):
            return kind, parts, self._block(stmt.body), self._block(stmt.orelse)
        return kind, parts

    def _block(self, block: Block) -> Hashable:
        return tuple(map(self._statement, block))

    def _place(self, name: str) -> int:
        return self._places.setdefault(name, len(self._places))

    def _expr(self, expr: Expr | Slice | None) -> Hashable:
        match expr:
            case Name(id) if id in self._own:
                return "own", self._place(id)
            case Name(id):
                return "value", self._numbers.of(id)
            case Call(function, (Name(id), *rest)) if function in SHAPE_ONLY:
                whose = self._expr(Name(id)) if id in self._own else self._numbers._lengths(id)
                return function, whose, tuple(map(self._expr, rest))
            case Call(function, args, keywords):
                given = tuple((key, self._expr(value)) for key, value in keywords)
                return function, tuple(map(self._expr, args)), given
            case Item(value, index):
                return "item", self._expr(value), tuple(map(self._expr, index))
            case Tuple(items):
                return "tuple", tuple(map(self._expr, items))
            case Slice(start, stop, step):
                return "slice", self._expr(start), self._expr(stop), self._expr(step)
        assert expr is None or isinstance(expr, Const)
        return expr


def _only_computes(stmt: Stmt) -> bool:
    """Whether a statement does the same each time, and nothing but give values to variables."""
    if isinstance(stmt, For) and (stmt.checkpointed or stmt.parallel):
        return False
    known = isinstance(stmt, Assign | Store | If | For | Break | Raise | Comment)
    return known and all(_is_function(e) for e in operands(stmt))


def _is_function(expr: Expr | Slice) -> bool:
    """Whether an expression is the same wherever what it reads is the same."""
    calls = (e for e in subexpressions(expr) if isinstance(e, Call))
    if any(getattr(call.function, "__module__", None) == buffers.__name__ for call in calls):
        return False  # memory that is used again
    return is_repeatable(expr) or is_droppable(expr)
