"""The tables of a report: variables, kept values, loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

from adjoint.explanation import Explanation, Threaded
from adjoint.explanation.report import size, status, verdict
from adjoint.explanation.words import bytes_text

Row = tuple[int, Sequence[str]]
"""A line of the user's file, and cells."""


def tables(told: Explanation, key: Callable[[int], str]) -> str:
    """HTML of all tables; `key` gives the key of a line."""
    others = [value for value in told.values if value.how != "stored"]
    parts = [
        _table(
            "Stored for the reverse sweep",
            ("line", "value", "in", "why", "bytes"),
            ((v.line, (v.content, v.place, v.why, size(v))) for v in told.stored),
            key,
            _total(told),
        ),
        _table(
            "Loops",
            ("line", "loop", "verdict", "why", "fills"),
            ((x.line, (x.head, verdict(x), x.why, ", ".join(x.places))) for x in told.loops),
            key,
            "" if told.loops else "There are no loops.",
        ),
        _table(
            "Threads",
            ("line", "loop", "sweep", "verdict", "why", "arrays"),
            ((x.line, _threaded(x)) for x in told.threads),
            key,
        ),
        _table(
            "Variables",
            ("line", "name", "type", "status", "why"),
            ((v.line, (v.name, v.type, status(v), v.why)) for v in told.variables if v.own),
            key,
        ),
        _table(
            "Values that the reverse sweep has without storing them",
            ("line", "value", "how", "why"),
            ((v.line, (v.content, v.how, v.why)) for v in others),
            key,
        ),
    ]
    return "".join(parts)


def _threaded(loop: Threaded) -> Sequence[str]:
    arrays = "; ".join(f"{array.name}: {array.kind}, {array.why}" for array in loop.arrays)
    sweep = "reverse" if loop.reverse else "forward"
    return loop.head, sweep, "parallel" if loop.parallel else "serial", loop.why, arrays


def _total(told: Explanation) -> str:
    if not told.stored:
        return "Nothing is stored for the reverse sweep."
    known = [value.bytes for value in told.stored if value.bytes is not None]
    if not known:
        return "How many bytes that is depends on the arguments."
    more = "" if len(known) == len(told.stored) else ", and what is known only when it runs"
    return f"Together {bytes_text(sum(known))} at these arguments{more}."


def _table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    key: Callable[[int], str],
    note: str = "",
) -> str:
    """A table under its title; only the note if it has no rows, nothing if there is none."""
    body = "".join(_row(columns, line, cells, key(line)) for line, cells in rows)
    if not body and not note:
        return ""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"
    under = f"<p>{escape(note)}</p>\n" if note else ""
    return f"<section>\n<h2>{escape(title)}</h2>\n{table if body else ''}{under}</section>\n"


def _row(columns: Sequence[str], line: int, cells: Sequence[str], key: str) -> str:
    texts = [str(line) if line else "", *cells]
    tds = "".join(
        f'<td class="c-{column}{_word(text)}">{escape(text)}</td>'
        for column, text in zip(columns, texts, strict=True)
    )
    at = f' data-at="{key}"' if key else ""
    return f"<tr{at}>{tds}</tr>\n"


def _word(text: str) -> str:
    """A class for cells that hold a verdict."""
    known = {"active", "inactive", "recomputed", "stands", "fused", "reversed", "parallel"}
    return f" is-{text}" if text in known else ""
