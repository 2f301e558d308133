"""`adjoint check`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adjoint.cli import output
from adjoint.cli.arguments import arguments, chosen_positions
from adjoint.cli.gradients import OTHER_ARGUMENTS, require_running
from adjoint.cli.locate import locate
from adjoint.testing import GradientMismatch, check_grads

_OTHERS = {
    "python": "the generated text as Python",
    "tape": "the tape",
    "numeric": "finite differences",
}


def run(target: str, types: str, values: str, wrt: str, size: int, rtol: float) -> bool:
    """Print a row for each way to compute the gradient; whether none disagrees."""
    function = locate(target)
    args = arguments(function, types, values, size)
    found = chosen_positions(wrt, function, args)
    positions = found if isinstance(found, tuple) else (found,)
    require_running(function, args, OTHER_ARGUMENTS)
    verdicts = {
        label: _verdict(mode, function, args, positions, rtol) for mode, label in _OTHERS.items()
    }
    output.table("the compiled gradient and", ("", "verdict"), verdicts.items())
    return not any(verdict.startswith("disagrees") for verdict in verdicts.values())


def _verdict(
    mode: str,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    positions: tuple[int, ...],
    rtol: float,
) -> str:
    try:
        check_grads(function, args, ("compiled", mode), rtol=rtol, argnums=positions)
    except GradientMismatch as error:
        return f"disagrees: {error.message.partition(': ')[2]}"
    except Exception as error:  # whatever the user's function raises on the tape
        if mode != "tape":
            raise  # the compiler's own refusals
        # The tape runs the function itself, on arrays that the function may not know.
        return f"cannot run it: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
    return "agrees"
