"""`adjoint cache`."""

from __future__ import annotations

import typer

from adjoint.cli import output
from adjoint.explanation.words import bytes_text
from adjoint.jit import folder


def info() -> None:
    """Print the folder, its size, and how many modules it holds."""
    place = folder.root()
    if not place.exists():
        output.line(f"{place}: nothing yet")
        return
    modules, code = (sum(1 for _ in place.rglob(f"*{kind}")) for kind in (".py", ".nbc"))
    output.line(
        f"{place}: {bytes_text(folder.size())}, {modules} generated modules, "
        f"{code} compiled functions"
    )


def clear(yes: bool) -> None:
    """Delete the folder."""
    place = folder.root()
    if not place.exists():
        output.line(f"{place}: nothing to delete")
        return
    if not yes:
        typer.confirm(f"delete {place}?", abort=True)
    folder.clear()
    output.line(f"deleted {place}")
