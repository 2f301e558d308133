"""What the commands print: code and tables, in colours where there is a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

console = Console(highlight=False)


def code(text: str) -> None:
    """Print Python text; as it is, if it goes to a file or a pipe."""
    if Console().is_terminal:
        console.print(Syntax(text, "python", theme="ansi_dark", word_wrap=False))
    else:
        print(text, end="" if text.endswith("\n") else "\n")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table under a title; nothing if it has no rows."""
    rows = list(rows)
    if not rows:
        return
    grid = Table(*columns, title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        grid.add_row(*(cell.replace("[", r"\[") for cell in row))
    console.print(grid)


def line(text: str) -> None:
    """Print a line as it is."""
    console.print(text, markup=False, soft_wrap=True)
