"""`adjoint emit`."""

from __future__ import annotations

from pathlib import Path

from adjoint.api.standalone import stand_alone
from adjoint.cli import output
from adjoint.cli.errors import CommandError
from adjoint.cli.gradients import OTHER_ARGUMENTS, prepared, require_running


def run(target: str, types: str, values: str, wrt: str, size: int, file: Path | None) -> None:
    """Write the file, which tests itself at the arguments."""
    gradient, args = prepared(target, types, values, wrt, size)
    require_running(gradient.__wrapped__, args, f"its self-test needs some; {OTHER_ARGUMENTS}")
    text = stand_alone(gradient, args)
    if file is None:
        print(text, end="")
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}") from None
    output.line(f"wrote {file}, {len(text.splitlines())} lines; `python {file}` runs its self-test")
