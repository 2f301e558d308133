"""`np.r_[…]` and `np.c_[…]`: arrays, numbers and ranges one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.grids import coordinates
from adjoint.expansions.joining import join
from adjoint.expansions.views import line


def r_(parts: Any) -> Any:
    """`np.r_[…]`: along the first axis."""
    given = tuple(coordinates(part) if isinstance(part, slice) else part for part in parts)
    return join(tuple(line(part) for part in given), 0, np.result_type(*given))


def c_(parts: Any) -> Any:
    """`np.c_[…]`: along the last axis; vectors are columns."""
    given = tuple(coordinates(part) if isinstance(part, slice) else part for part in parts)
    return join(tuple(columns(part) for part in given), -1, np.result_type(*given))


def columns(part: Any) -> Any:
    """A vector as a column, a number as a matrix of one element."""
    given = line(part)
    return given[:, None] if given.ndim == 1 else given
