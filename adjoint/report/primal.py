"""The left side of a report: the user's lines, and what is known of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import PurePath

from adjoint.explanation import Explanation
from adjoint.explanation.report import size
from adjoint.program.core import Assign, Program, Store
from adjoint.program.walk import statements
from adjoint.report.highlight import highlighted
from adjoint.report.pieces import Piece, Pieces

_TARGET = re.compile(r"\s*([^\W\d]\w*) [-+*/@]?= ")


def primal(told: Explanation, pieces: Pieces, lowered: Program) -> str:
    """HTML of the pieces, one after the other.

    Parameters
    ----------
    lowered : the program that was differentiated.
    """
    active = active_lines(told, pieces, lowered)
    marks = [(how, _notes(told, pieces, how)) for how in ("stored", "recomputed")]
    inactive = {v.name for v in told.variables if v.active is False}
    names = {v.name: "active" for v in told.variables if v.own and v.active}
    names |= {name: "active" for name in _bound(pieces.all[0], active) if name not in inactive}
    parts: list[str] = []
    for number, piece in enumerate(pieces.all):
        parts.append(f'<p class="file">{escape(_title(piece, told, number))}</p>\n')
        parts += _lines(number, piece, {} if number else names, active, marks)
    return "".join(parts)


def _bound(piece: Piece, active: frozenset[str]) -> Iterator[str]:
    """Variables that active lines bind, those that `lowering` has taken apart included."""
    for line, text in piece.lines():
        target = _TARGET.match(text)
        if target and f"0-{line}" in active:
            yield target[1]


def active_lines(told: Explanation, pieces: Pieces, lowered: Program) -> frozenset[str]:
    """Keys of the lines that compute something with a derivative."""
    names = {variable.name for variable in told.variables if variable.active}
    return frozenset(
        pieces.key(stmt.at)
        for stmt in statements(lowered.body)
        if stmt.at is not None
        and (
            (isinstance(stmt, Assign) and stmt.target in names)
            or (isinstance(stmt, Store) and stmt.array in names)
        )
    )


def _title(piece: Piece, told: Explanation, number: int) -> str:
    file = PurePath(piece.source.filename).name
    return f"{file}, line {piece.first}" if number else f"{told.function} in {file}"


def _notes(told: Explanation, pieces: Pieces, how: str) -> dict[str, str]:
    """By key of a line, what it has that is stored or recomputed."""
    found: dict[str, list[str]] = {}
    for value in told.values:
        key = pieces.key_of_line(value.line)
        if value.how == how and key:
            more = f" ({size(value)})" if how == "stored" else ""
            found.setdefault(key, []).append(f"{how}: {value.content}, {value.why}{more}")
    return {key: "\n".join(texts) for key, texts in found.items()}


def _lines(
    number: int,
    piece: Piece,
    names: Mapping[str, str],
    active: frozenset[str],
    marks: Sequence[tuple[str, Mapping[str, str]]],
) -> Iterator[str]:
    lines = list(piece.lines())
    texts = highlighted("\n".join(text for _, text in lines), names)
    for (line, _), text in zip(lines, texts, strict=True):
        key = f"{number}-{line}"
        kinds = " is-active" if key in active else ""
        marked = "".join(
            f'<b class="mark {how}" title="{escape(notes[key])}">{how[0]}</b>'
            for how, notes in marks
            if key in notes
        )
        yield (
            f'<div class="line{kinds}" data-at="{key}"><i>{line}</i>'
            f'<span class="marks">{marked}</span><code>{text}</code></div>\n'
        )
