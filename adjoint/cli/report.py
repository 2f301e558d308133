"""`adjoint report`."""

from __future__ import annotations

from pathlib import Path

from adjoint.cli import output
from adjoint.cli.errors import CommandError
from adjoint.cli.gradients import prepared


def run(target: str, types: str, values: str, wrt: str, size: int, file: Path | None) -> None:
    """Write the page."""
    gradient, args = prepared(target, types, values, wrt, size)
    path = Path(f"{gradient.__name__.strip('<>')}.html") if file is None else file
    try:
        gradient.report(path, *args)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from None
    output.line(f"{path}: open it in a browser")
