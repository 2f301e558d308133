"""Tapes that grow: for loops whose number of iterations is known only when they end."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import register_jitable


@register_jitable
def reserve(tape: Any, needed: int) -> Any:
    """The tape, or a copy twice as long, with room for `needed` entries."""
    if needed <= tape.shape[0]:
        return tape
    longer = np.empty(max(needed, 2 * tape.shape[0]), tape.dtype)
    longer[: tape.shape[0]] = tape
    return longer
