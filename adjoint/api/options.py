"""How a gradient is to be computed: compiled and with which options, or on the tape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict

from adjoint.errors import AdjointError

Mode = Literal["compiled", "tape"]


class Options(TypedDict, total=False):
    """The options of the compiler, as `grad` describes them."""

    jit: bool
    fastmath: bool
    cache: bool
    optimise: bool


DEFAULTS = Options(jit=True, fastmath=False, cache=True, optimise=True)


class GradOptions(Options, total=False):
    """The options of `grad`."""

    mode: Mode


class InvalidMode(AdjointError, ValueError):
    """There is no such mode, or an option means nothing in it."""


def require_mode(mode: str, options: Options) -> None:
    """Refuse an unknown mode, and options of the compiler where nothing is compiled."""
    if mode not in ("compiled", "tape"):
        raise InvalidMode(f"there is no mode {mode!r}", hint='it is "compiled" or "tape"')
    defaults: Mapping[str, object] = DEFAULTS
    changed = [name for name, value in options.items() if value is not defaults[name]]
    if mode == "tape" and changed:
        listed = ", ".join(f"{name}={not defaults[name]}" for name in changed)
        raise InvalidMode(
            f'{listed} is about compiling, and mode="tape" compiles nothing',
            hint=f"leave out {' and '.join(changed)}",
        )
