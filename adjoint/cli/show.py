"""`adjoint show`."""

from __future__ import annotations

from adjoint.cli import output
from adjoint.cli.errors import CommandError
from adjoint.cli.gradients import prepared


def run(target: str, types: str, values: str, wrt: str, stage: str) -> None:
    """Print the adjoint, the module around it, or a program before it."""
    gradient, args = prepared(target, types, values, wrt, 4)
    if stage == "adjoint":
        output.code(gradient.source(*args))
        return
    texts = {**gradient.stages(*args), "module": gradient.module(*args)}
    if stage not in texts:
        raise CommandError(f"--stage {stage}: there are adjoint, {', '.join(texts)}")
    output.code(texts[stage])
