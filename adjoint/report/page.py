"""The page: one file that needs nothing else, and the same in a frame for notebooks."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from adjoint.emit.texts import Texts
from adjoint.explanation import Explanation
from adjoint.report.generated import panels, tabs
from adjoint.report.pieces import Pieces
from adjoint.report.primal import primal
from adjoint.report.tables import tables
from adjoint.report.views import views

if TYPE_CHECKING:
    from adjoint.pipeline import Generated

_SHOWN = "adjoint"

_LEGEND = (
    (
        "active",
        "active",
        "carries a derivative; lines that compute such have an edge in this colour",
    ),
    ("bar", "x_bar", "the derivative by x; lines of the reverse sweep have an edge in this colour"),
    (
        "stored",
        "stored",
        "kept for the reverse sweep; lines of the function where that is so are marked s",
    ),
    (
        "recomputed",
        "recomputed",
        "computed again in the reverse sweep; marked r, there with an edge in this colour",
    ),
)


def page(made: Generated, told: Explanation) -> str:
    """HTML of the report on a generated module.

    Parameters
    ----------
    told : what was decided, with the bytes at certain arguments if there are any.
    """
    assert isinstance(made.stages, Texts)
    lowered = made.stages.program("lowering")
    stages = views(made)
    pieces = Pieces(lowered, told.line, (lowered, *made.programs))
    title = escape(f"The adjoint of {told.function}")
    params = ", ".join(f"{name}: {type_}" for name, type_ in told.parameters)
    signature = escape(f"{told.function}({params}) → {told.result}")
    legend = "".join(
        f'<span title="{escape(about)}"><b class="{kind}">{escape(text)}</b></span>'
        for kind, text, about in _LEGEND
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{_file("page.css")}</style>
</head>
<body>
<header>
<div><h1>{title}</h1><p><code>{signature}</code></p></div>
<div class="legend">{legend}</div>
<div class="tools">
<input type="search" id="search" placeholder="Search ( / )" aria-label="Search">
<output id="found" for="search"></output>
<button type="button" id="theme" title="Light or dark">◐</button>
</div>
</header>
<main>
<section id="primal" aria-label="The function">
<div class="bar-of-pane"><h2>The function</h2></div>
<div class="pane"><div class="listing">
{primal(told, pieces, lowered)}</div></div>
</section>
<section id="generated" aria-label="What the compiler makes of it">
<div class="bar-of-pane" role="tablist" aria-label="Stages">
{tabs(stages, _SHOWN)}</div>
<div class="pane">
{panels(stages, _SHOWN, told, pieces)}</div>
</section>
</main>
<div id="tables">
{tables(told, pieces.key_of_line)}</div>
<script>
{_file("page.js")}</script>
</body>
</html>
"""


def framed(text: str) -> str:
    """A page in a frame of its own, so that neither it nor the notebook changes the other."""
    return (
        f'<iframe srcdoc="{escape(text)}" sandbox="allow-scripts" '
        'style="width: 100%; height: 44em; border: 1px solid #8884; border-radius: 6px">'
        "</iframe>"
    )


def _file(name: str) -> str:
    return files("adjoint.report").joinpath(name).read_text(encoding="utf-8")
