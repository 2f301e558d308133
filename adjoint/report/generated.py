"""The right side of a report: generated text, with the lines of the user that each is of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from adjoint.explanation import Explanation
from adjoint.program.core import Assign, Call, Item, Stmt
from adjoint.program.walk import names
from adjoint.report.highlight import highlighted
from adjoint.report.pieces import Pieces
from adjoint.report.views import Lines, View
from adjoint.reverse.wording import TEMPORARY

_COTANGENT = re.compile(r"\w+_bar(_\d+)?\Z")
_NAME = re.compile(r"[^\W\d]\w*")


def tabs(views: list[View], shown: str) -> str:
    """A button for each view."""
    return "".join(
        f'<button type="button" role="tab" id="tab-{view.name}" aria-controls="view-{view.name}" '
        f'aria-selected="{"true" if view.name == shown else "false"}">{view.name}</button>\n'
        for view in views
    )


def panels(views: list[View], shown: str, told: Explanation, pieces: Pieces) -> str:
    """The texts of the views, all but one hidden."""
    return "".join(_panel(view, view.name == shown, told, pieces) for view in views)


def name_classes(view: View, told: Explanation) -> dict[str, str]:
    """What the names of a text are: active, a cotangent, a place of something stored."""
    classes = {name: "bar" for name in set(_NAME.findall(view.text)) if _COTANGENT.match(name)}
    for variable in told.variables:
        # In the finished text, a temporary may have the name that another one had.
        if variable.own or not (view.finished and TEMPORARY.match(variable.name)):
            classes[variable.name] = "active" if variable.active else ""
    return classes | {value.place: "stored" for value in told.stored}


def recomputed(lines: Lines, kept: set[str]) -> set[Stmt]:
    """Assignments of the reverse sweep of what has no cotangent in it.

    `kept` are the names that hold stored values, which are only read back.
    """
    reverse = {s for _, s in lines if isinstance(s, Assign) and s.reverse}
    tainted: set[str] = set()
    size = -1
    while size != len(tainted):
        size = len(tainted)
        tainted |= {s.target for s in reverse if _is_tainted(s, tainted)}
    return {
        s
        for s in reverse
        if s.target not in tainted
        and isinstance(s.value, Call | Item)
        and kept.isdisjoint(names(s.value))
        and s.target not in names(s.value)  # a count
    }


def _is_tainted(stmt: Assign, tainted: set[str]) -> bool:
    involved = {stmt.target, *names(stmt.value)}
    return not involved.isdisjoint(tainted) or any(map(_COTANGENT.match, involved))


def _panel(view: View, shown: bool, told: Explanation, pieces: Pieces) -> str:
    hidden = "" if shown else " hidden"
    lines = "".join(_lines(view, told, pieces))
    return (
        f'<div role="tabpanel" id="view-{view.name}" aria-labelledby="tab-{view.name}"{hidden}>\n'
        f'<p class="about">{escape(view.about)}</p>\n{lines}</div>\n'
    )


def _lines(view: View, told: Explanation, pieces: Pieces) -> Iterator[str]:
    again = recomputed(view.lines, {value.place for value in told.stored})
    texts = highlighted("\n".join(line for line, _ in view.lines), name_classes(view, told))
    for number, (text, (_, stmt)) in enumerate(zip(texts, view.lines, strict=True), 1):
        keys = () if stmt is None else pieces.keys(stmt)
        at = f' data-at="{" ".join(keys)}"' if keys else ""
        kinds = "".join(f" {kind}" for kind in _kinds(stmt, again))
        yield f'<div class="line{kinds}"{at}><i>{number}</i><code>{text}</code></div>\n'


def _kinds(stmt: Stmt | None, again: set[Stmt]) -> Iterator[str]:
    if stmt is not None and stmt.reverse:
        yield "reverse"
        if stmt in again:
            yield "recomputed"
