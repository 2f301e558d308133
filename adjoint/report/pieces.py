"""The parts of the user's files that a report shows: the function, and those put in its place."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adjoint.program.core import Location, Program, Source, Stmt
from adjoint.program.walk import statements


@dataclass(frozen=True)
class Piece:
    """Lines `first` to `last` of a file."""

    source: Source
    first: int
    last: int

    def __contains__(self, at: Location) -> bool:
        return at.source.filename == self.source.filename and self.first <= at.line <= self.last

    def lines(self) -> Iterator[tuple[int, str]]:
        """Numbers and texts of the lines, without the indentation that all have."""
        numbers = range(self.first, self.last + 1)
        texts = [self.source.line(number).expandtabs() for number in numbers]
        margin = min((len(t) - len(t.lstrip()) for t in texts if t.strip()), default=0)
        return zip(numbers, (text[margin:] for text in texts), strict=True)


class Pieces:
    """The pieces that programs come from, and the keys of their lines.

    The key of a line is `piece-line`, say `0-12`.

    Parameters
    ----------
    first : of the programs, the one that is the user's function.
    line : where that is defined.
    programs : with statements whose places are to be shown.
    """

    def __init__(self, first: Program, line: int, programs: Iterable[Program]) -> None:
        self.all: list[Piece] = [_piece(first.source, line, inside=False)]
        for program in programs:
            for stmt in statements(program.body):
                for at in places(stmt):
                    self._show(at)

    def key(self, at: Location) -> str:
        """The key of a place; empty if no piece has it."""
        return next((f"{k}-{at.line}" for k, piece in enumerate(self.all) if at in piece), "")

    def keys(self, stmt: Stmt) -> tuple[str, ...]:
        """The keys of the places that a statement comes from."""
        return tuple(dict.fromkeys(key for at in places(stmt) if (key := self.key(at))))

    def key_of_line(self, line: int) -> str:
        """The key of a line whose file is not told; empty if several pieces have such a line."""
        found = [k for k, piece in enumerate(self.all) if piece.first <= line <= piece.last]
        return f"{found[0]}-{line}" if len(found) == 1 else ""

    def _show(self, at: Location) -> None:
        if not any(at in piece for piece in self.all) and at.source.line(at.line):
            new = _piece(at.source, at.line)
            kept = [piece for piece in self.all[1:] if not _covers(new, piece)]
            self.all = [self.all[0], *kept, new]


def places(stmt: Stmt) -> tuple[Location, ...]:
    """Where a statement comes from."""
    return (*([] if stmt.at is None else [stmt.at]), *stmt.merged)


def _covers(new: Piece, old: Piece) -> bool:
    same = new.source.filename == old.source.filename
    return same and new.first <= old.first and old.last <= new.last


def _piece(source: Source, line: int, inside: bool = True) -> Piece:
    """The innermost function around a line, or else the statement.

    `inside` is false of the line where the function starts, which may be a lambda's.
    """
    try:
        tree = ast.parse("\n".join(source.lines))
    except SyntaxError:  # a notebook's cell with magics
        return Piece(source, line, line)
    offset = source.first_line - 1
    spans = [
        (_first_line(node) + offset, (node.end_lineno or node.lineno) + offset, node)
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and not isinstance(node, ast.ClassDef)
    ]
    around = [span for span in spans if span[0] <= line <= span[1]]
    functions = [
        span
        for span in around
        if isinstance(span[2], ast.FunctionDef) and (inside or span[0] == line)
    ]
    if not around:
        return Piece(source, line, line)
    first, last, _ = max(functions or around, key=lambda span: span[0])
    return Piece(source, first, last)


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
