"""Types and numbers as they are shown to people."""

from __future__ import annotations

from typing import Any

from numba.core import types


def type_text(type_: Any) -> str:
    """Numba's type in the notation of its signatures: `float64[:, :]`."""
    if isinstance(type_, types.Array):
        return f"{type_.dtype}[{', '.join(':' * type_.ndim)}]"
    return str(type_)


def bytes_text(count: int) -> str:
    """A number of bytes with a unit that suits it: `1.5 MB`."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000.0 or unit == "GB":
            return f"{size:.3g} {unit}"
        size /= 1000.0
    return f"{count} B"
