"""Copies `y = x` removed, items of tuples that are known, and constants that nothing reads.

t = sin(x)          y = sin(x)
y = t          →    z = y * y
z = y * t           return z
r = z
return r
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from adjoint.program.core import (
    Assign,
    Block,
    Const,
    Expr,
    For,
    Item,
    Name,
    Program,
    Slice,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.walk import (
    assigned,
    blocks,
    map_blocks,
    map_operands,
    names,
    operands,
    rewrite,
    statements,
    substitute,
)
from adjoint.syntax.names import Names


def propagate_copies(program: Program, names: Names) -> Program:
    """The program without copies that no assignment tells apart from their originals.

    `y = x` goes if this is the only assignment of y, every read of y follows it in its block,
    and x is not assigned in between: then y is replaced by x - or x by y, where x is a temporary
    and y the user's own name for it.
    """
    while True:
        body = _take_items(program.body)
        body = _Round(body, names.temporaries).result()
        if body is program.body:
            return program
        program = replace(program, body=body)


class _Round:
    """All the removals that do not get in each other's way.

    Attributes
    ----------
    renamed : names and what replaces them.
    dropped : statements that go, by identity.
    settled : names of which this round has changed an assignment, or all reads.
    """

    def __init__(self, body: Block, temporaries: set[str]) -> None:
        self.body = body
        self.temporaries = temporaries
        self.definitions = _definitions(body)
        self.facts: dict[int, _Facts] = {}
        self.reads = self._collect(body).reads
        self.renamed: dict[str, str] = {}
        self.dropped: set[int] = set()
        self.settled: set[str] = set()

    def result(self) -> Block:
        """The body after the round; the same object if there was nothing to remove."""
        self._search(self.body)
        return _rename(self.body, self.renamed, self.dropped) if self.dropped else self.body

    def _collect(self, block: Block) -> _Facts:
        """What each statement of the block reads and assigns, and all of them together."""
        total = _Facts()
        for stmt in block:
            facts = _Facts.of(stmt)
            for inner in blocks(stmt):
                facts.include(self._collect(inner))
            self.facts[id(stmt)] = facts
            total.include(facts)
        return total

    def _search(self, block: Block) -> None:
        for position, stmt in enumerate(block):
            if isinstance(stmt, Assign):
                self._assignment(block, position, stmt)
            for inner in blocks(stmt):
                self._search(inner)

    def _assignment(self, block: Block, position: int, stmt: Assign) -> None:
        if not self.reads[stmt.target] and isinstance(stmt.value, Const | Name | Tuple):
            self.dropped.add(id(stmt))
        elif isinstance(stmt.value, Name):
            copy, original = stmt.target, stmt.value.id
            if not {copy, original} & self.settled:
                self._copy(block, position, stmt, original)

    def _copy(self, block: Block, position: int, stmt: Assign, original: str) -> None:
        copy, rest = stmt.target, block[position + 1 :]
        used_as_original = {copy, original} & set(self.renamed.values())
        if self.definitions[copy] > 1:
            if not used_as_original and self._is_last_step(block, position, original):
                self._remove(stmt, original, copy)
        elif not self._follow(rest, copy):
            return
        elif self._gives_way(original, copy):
            if not used_as_original:
                self._remove(stmt, original, copy)
        elif copy not in self.renamed.values() and self._stands(rest, copy, original):
            self.dropped.add(id(stmt))
            self.renamed[copy] = original
            self.settled.add(copy)

    def _remove(self, stmt: Assign, original: str, copy: str) -> None:
        """Drop the copy and give its name to the original."""
        self.dropped.add(id(stmt))
        self.renamed[original] = copy
        self.settled |= {original, copy}

    def _follow(self, rest: Block, name: str) -> bool:
        """Whether every read of the name is in the rest of the block."""
        return sum(self.facts[id(stmt)].reads[name] for stmt in rest) == self.reads[name]

    def _stands(self, rest: Block, copy: str, original: str) -> bool:
        """Whether the original is not assigned before the last read of the copy."""
        facts = [self.facts[id(stmt)] for stmt in rest]
        changed = next((k for k, f in enumerate(facts) if original in f.assigned), len(facts))
        return not any(f.reads[copy] for f in facts[changed:])

    def _gives_way(self, original: str, copy: str) -> bool:
        """Whether `original` is a temporary that can bear the name of its copy from the start."""
        if original not in self.temporaries or copy in self.temporaries:
            return False
        return self.definitions[original] == 1 or self.reads[original] == 1

    def _is_last_step(self, block: Block, position: int, original: str) -> bool:
        """`t = e; y = t` with nothing else reading t, which can be `y = e`."""
        previous = block[position - 1] if position else None
        follows = isinstance(previous, Assign) and previous.target == original
        once = self.reads[original] == 1 and self.definitions[original] == 1
        return follows and once and original in self.temporaries


class _Facts:
    """What statements read, with the number of times, and what they assign."""

    def __init__(self) -> None:
        self.reads: Counter[str] = Counter()
        self.assigned: set[str] = set()

    @staticmethod
    def of(stmt: Stmt) -> _Facts:
        """Of the statement itself; an array stored to counts as read."""
        facts = _Facts()
        facts.reads.update(name for expr in operands(stmt) for name in names(expr))
        if isinstance(stmt, Store):
            facts.reads[stmt.array] += 1
        if isinstance(stmt, Assign | For):
            facts.assigned.add(stmt.target)
        return facts

    def include(self, other: _Facts) -> None:
        """Add those of other statements."""
        self.reads.update(other.reads)
        self.assigned |= other.assigned


def _definitions(body: Block) -> Counter[str]:
    return Counter(s.target for s in statements(body) if isinstance(s, Assign | For))


def _rename(block: Block, renamed: Mapping[str, str], dropped: set[int]) -> Block:
    """Names replaced wherever they stand, and statements dropped."""
    as_names: dict[str, Expr] = {old: Name(new) for old, new in renamed.items()}

    def change(stmt: Stmt) -> Stmt:
        stmt = map_operands(stmt, lambda expr: substitute(expr, as_names))
        match stmt:
            case Assign(target) | For(target) if target in renamed:
                stmt = replace(stmt, target=renamed[target])
            case Store(array) if array in renamed:
                stmt = replace(stmt, array=renamed[array])
        return map_blocks(stmt, inner)

    def inner(block: Block) -> Block:
        return _map(change, tuple(stmt for stmt in block if id(stmt) not in dropped))

    return inner(block)


# --------------------------------------------------------------------------- items of tuples


def _take_items(body: Block) -> Block:
    """`t[k]` of a tuple display `t = (…)` replaced by its item, where that still stands."""
    definitions = _definitions(body)

    def block(stmts: Block) -> Block:
        stmts = _map(lambda stmt: map_blocks(stmt, block), stmts)
        for position, stmt in enumerate(stmts):
            match stmt:
                case Assign(target, Tuple(items)) if definitions[target] == 1:
                    rest = stmts[position + 1 :]
                    new = _substitute_items(rest, target, items, assigned(rest))
                    if any(a is not b for a, b in zip(rest, new, strict=True)):
                        stmts = (*stmts[: position + 1], *new)
        return stmts

    return block(body)


def _substitute_items(block: Block, name: str, items: tuple[Expr, ...], changed: set[str]) -> Block:
    def item(expr: Expr | Slice) -> Expr | Slice:
        match expr:
            case Item(Name(id), (Const(int(k)),)) if id == name and -len(items) <= k < len(items):
                found = items[k]
                if not (isinstance(found, Name) and found.id in changed):
                    return found
        return expr

    def change(stmt: Stmt) -> Stmt:
        new = map_operands(stmt, lambda expr: rewrite(expr, item))
        return map_blocks(new, lambda inner: _map(change, inner))

    return _map(change, block)


def _map(change: Callable[[Stmt], Stmt], block: Block) -> Block:
    """Each statement changed; the same block if none was."""
    new = tuple(map(change, block))
    return block if all(a is b for a, b in zip(block, new, strict=True)) else new
