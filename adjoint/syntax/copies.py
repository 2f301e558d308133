"""Copies `y = x` removed, items of tuples that are known, and constants that nothing reads.

t = sin(x)          y = sin(x)
y = t          →    z = y * y
z = y * t           return z
r = z
return r
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
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
        body = _Round(program, names.temporaries).result()
        if body is None:
            return program
        program = replace(program, body=body)


class _Round:
    """One search through the program for something to remove."""

    def __init__(self, program: Program, temporaries: set[str]) -> None:
        self.temporaries = temporaries
        self.body = program.body
        self.definitions = Counter(
            stmt.target for stmt in statements(program.body) if isinstance(stmt, Assign | For)
        )
        self.reads = _reads(program.body)

    def result(self) -> Block | None:
        """The body with one thing removed, or None if there is nothing to remove."""
        return self._search(self.body)

    def _search(self, block: Block) -> Block | None:
        for position, stmt in enumerate(block):
            found = self._assignment(block, position) if isinstance(stmt, Assign) else None
            for inner in blocks(stmt) if found is None else ():
                found = found or self._search(inner)
            if found is not None:
                return found
        return None

    def _assignment(self, block: Block, position: int) -> Block | None:
        stmt, rest = block[position], block[position + 1 :]
        assert isinstance(stmt, Assign)
        without = (*block[:position], *rest)
        if not self.reads[stmt.target] and isinstance(stmt.value, Const | Name | Tuple):
            return _with(self.body, block, without)
        match stmt.value:
            case Name(original):
                return self._copy(block, position, stmt.target, original)
            case Tuple(items) if self.definitions[stmt.target] == 1:
                new = _substitute_items(rest, stmt.target, items, assigned(rest))
                if new is not rest:
                    return _with(self.body, block, (*block[: position + 1], *new))
        return None

    def _copy(self, block: Block, position: int, copy: str, original: str) -> Block | None:
        before, rest = block[:position], block[position + 1 :]
        if self.definitions[copy] > 1:
            return self._last_step(block, position, copy, original)
        if _reads(rest)[copy] != self.reads[copy]:
            return None
        if self._gives_way(original, copy):
            return _rename(_with(self.body, block, (*before, *rest)), original, copy)
        if original not in assigned(_until_last_read(rest, copy)):
            mapping = {copy: original}
            return _with(self.body, block, (*before, *_replace_reads(rest, mapping)))
        return None

    def _gives_way(self, original: str, copy: str) -> bool:
        """Whether `original` is a temporary that can bear the name of its copy from the start."""
        if original not in self.temporaries or copy in self.temporaries:
            return False
        return self.definitions[original] == 1 or self.reads[original] == 1

    def _last_step(self, block: Block, position: int, copy: str, original: str) -> Block | None:
        """`t = e; y = t` with nothing else reading t: `y = e`."""
        previous = block[position - 1] if position else None
        only_read = original in self.temporaries and self.reads[original] == 1
        if not only_read or not isinstance(previous, Assign) or previous.target != original:
            return None
        if self.definitions[original] != 1:
            return None
        merged = replace(previous, target=copy)
        return _with(self.body, block, (*block[: position - 1], merged, *block[position + 1 :]))


def _with(body: Block, old: Block, new: Block) -> Block:
    """The body with one of its blocks exchanged."""
    if body is old:
        return new
    return _map(lambda stmt: map_blocks(stmt, lambda inner: _with(inner, old, new)), body)


def _reads(block: Block) -> Counter[str]:
    """How often each name is read; an array stored to counts as read."""
    found: Counter[str] = Counter()
    for stmt in statements(block):
        found.update(name for expr in operands(stmt) for name in names(expr))
        if isinstance(stmt, Store):
            found[stmt.array] += 1
    return found


def _until_last_read(block: Block, name: str) -> Block:
    """The statements up to the last that reads the name."""
    last = max((k for k, stmt in enumerate(block) if _reads((stmt,))[name]), default=-1)
    return block[: last + 1]


def _replace_reads(block: Block, mapping: dict[str, str]) -> Block:
    as_names: dict[str, Expr] = {old: Name(new) for old, new in mapping.items()}

    def change(stmt: Stmt) -> Stmt:
        new = map_operands(stmt, lambda expr: substitute(expr, as_names))
        if isinstance(new, Store):
            new = replace(new, array=mapping.get(new.array, new.array))
        return map_blocks(new, lambda inner: _map(change, inner))

    return _map(change, block)


def _rename(block: Block, old: str, new: str) -> Block:
    def change(stmt: Stmt) -> Stmt:
        if isinstance(stmt, Assign | For) and stmt.target == old:
            stmt = replace(stmt, target=new)
        return map_blocks(stmt, lambda inner: _map(change, inner))

    return _replace_reads(_map(change, block), {old: new})


def _substitute_items(block: Block, name: str, items: tuple[Expr, ...], changed: set[str]) -> Block:
    """`name[k]` replaced by the k-th item, where that is not assigned in the block."""

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
