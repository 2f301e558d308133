"""Reaching definitions: which assignments each read of a variable may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from adjoint.program.core import Assign, Block, Break, Const, For, If, Raise, Stmt, Store, While
from adjoint.program.walk import names, operands

# A definition is the statement that makes it; a parameter's is its name.
Definition = Stmt | str
_State = dict[str, frozenset[Definition]]


@dataclass
class Reaching:
    """Result of the analysis.

    Attributes
    ----------
    at : definitions that reach a read, by statement and name.
    """

    at: dict[tuple[Stmt, str], frozenset[Definition]] = field(default_factory=dict)


def reaching_definitions(params: Iterable[str], body: Block) -> Reaching:
    """Definitions that reach each read in the body."""
    result = Reaching()
    _Walk(result).block(body, {param: frozenset({param}) for param in params})
    return result


def names_read(stmt: Stmt) -> set[str]:
    """Names that the statement itself reads; an array stored to counts as read."""
    found = {name for expr in operands(stmt) for name in names(expr)}
    if isinstance(stmt, Store):
        found.add(stmt.array)
    return found


class _Walk:
    """Abstract execution; a state of None is a place that control does not reach."""

    def __init__(self, result: Reaching) -> None:
        self.result = result
        self.breaks: list[_State] = []

    def block(self, block: Block, state: _State | None) -> _State | None:
        for stmt in block:
            if state is None:
                return None
            state = self.statement(stmt, state)
        return state

    def statement(self, stmt: Stmt, state: _State) -> _State | None:
        if not isinstance(stmt, While):
            self._read(stmt, state)
        match stmt:
            case Assign(target):
                return {**state, target: frozenset({stmt})}
            case If(_, body, orelse):
                return _join(self.block(body, state), self.block(orelse, state))
            case For():
                return self._for(stmt, state)
            case While():
                return self._while(stmt, state)
            case Break():
                self.breaks.append(state)
                return None
            case Raise():
                return None
        return state

    def _read(self, stmt: Stmt, state: _State) -> None:
        at = self.result.at
        for name in names_read(stmt):
            at[stmt, name] = at.get((stmt, name), frozenset()) | state.get(name, frozenset())

    def _for(self, stmt: For, state: _State) -> _State | None:
        outer, self.breaks = self.breaks, []
        entry: _State | None = state
        while True:
            assert entry is not None
            end = self.block(stmt.body, {**entry, stmt.target: frozenset({stmt})})
            again = _join(entry, end)
            if again == entry:
                break
            entry = again
        left, self.breaks = self.breaks, outer
        return _join(entry, *left)

    def _while(self, stmt: While, state: _State) -> _State | None:
        outer, self.breaks = self.breaks, []
        entry: _State | None = state
        while True:
            assert entry is not None
            tested = self.block(stmt.head, entry)
            if tested is not None:
                self._read(stmt, tested)
            end = self.block(stmt.body, tested)
            again = _join(entry, end)
            if again == entry:
                break
            entry = again
        left, self.breaks = self.breaks, outer
        return _join(None if stmt.test == Const(True) else tested, *left)


def _join(*states: _State | None) -> _State | None:
    reached = [state for state in states if state is not None]
    if not reached:
        return None
    joined: _State = {}
    for state in reached:
        for name, definitions in state.items():
            joined[name] = joined.get(name, frozenset()) | definitions
    return joined
