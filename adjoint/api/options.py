"""How a gradient is to be computed: compiled and with which options, or on the tape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from adjoint.errors import AdjointError

Mode = Literal["compiled", "tape"]
DEFAULTS = {"jit": True, "fastmath": False, "cache": True, "optimise": True}


class InvalidMode(AdjointError, ValueError):
    """There is no such mode, or an option means nothing in it."""


def require_mode(mode: str, options: Mapping[str, bool]) -> None:
    """Refuse an unknown mode, and options of the compiler where nothing is compiled."""
    if mode not in ("compiled", "tape"):
        raise InvalidMode(f"there is no mode {mode!r}", hint='it is "compiled" or "tape"')
    changed = [name for name, value in options.items() if value is not DEFAULTS[name]]
    if mode == "tape" and changed:
        listed = ", ".join(f"{name}={options[name]}" for name in changed)
        raise InvalidMode(
            f'{listed} is about compiling, and mode="tape" compiles nothing',
            hint=f"leave out {' and '.join(changed)}",
        )
