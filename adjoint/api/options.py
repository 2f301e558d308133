"""How a gradient is to be computed: compiled and with which options, or on the tape."""

from __future__ import annotations

import re
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
    memory: int | str | None


DEFAULTS = Options(jit=True, fastmath=False, cache=True, optimise=True, memory=None)


class GradientOptions(Options, total=False):
    """Those of the compiler for a gradient."""

    parallel: bool


class GradOptions(GradientOptions, total=False):
    """The options of `grad`."""

    mode: Mode


class InvalidMode(AdjointError, ValueError):
    """There is no such mode, or an option means nothing in it."""


class InvalidMemory(AdjointError, ValueError):
    """What is given for `memory` is no number of bytes."""


def require_mode(mode: str, options: Options) -> None:
    """Refuse an unknown mode, and options of the compiler where nothing is compiled."""
    if mode not in ("compiled", "tape"):
        raise InvalidMode(f"there is no mode {mode!r}", hint='it is "compiled" or "tape"')
    defaults: Mapping[str, object] = {**DEFAULTS, "parallel": False}
    given: Mapping[str, object] = options
    changed = [name for name, value in options.items() if value is not defaults[name]]
    if mode == "tape" and changed:
        listed = ", ".join(f"{name}={given[name]!r}" for name in changed)
        raise InvalidMode(
            f'{listed} is about compiling, and mode="tape" compiles nothing',
            hint=f"leave out {' and '.join(changed)}",
        )


_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9}
_UNITS |= {"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}


def bytes_of(memory: int | str | None) -> int | None:
    """A number of bytes, or one with a unit such as "200MB", as a number.

    Raises
    ------
    InvalidMemory : it is neither.
    """
    if memory is None:
        return None
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", str(memory).lower())
    if found is None or isinstance(memory, bool) or found[2] not in _UNITS:
        raise InvalidMemory(
            f"memory={memory!r} is no amount of memory",
            hint='pass a number of bytes, or one with a unit: "200MB", "1GB"',
        )
    return int(float(found[1]) * _UNITS[found[2]])
