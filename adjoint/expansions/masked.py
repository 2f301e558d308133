"""`np.divide(a, b, out=c, where=b != 0)`: computed, and stored, where a condition holds only.

Elements where it does not hold are no part of the derivative, even where the function has none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.registry import settled


def where_it_holds(function: Any, *args: Any, out: Any = None, where: Any = None) -> Any:
    """A ufunc of the elements where a condition holds."""
    needs_out(out is None)
    holds = np.broadcast_to(np.asarray(where), tuple(out.shape))
    out[holds] = function(*tuple(chosen(x, tuple(out.shape), holds) for x in args))
    return out


def chosen(x: Any, shape: Any, holds: Any) -> Any:
    """Elements of an argument where the condition holds; a number as it is."""
    return x if np.ndim(x) == 0 else np.broadcast_to(x, shape)[holds]


@settled
def needs_out(missing: bool) -> None:
    """Refuse results of which a part is whatever the memory held."""
    if missing:
        raise ValueError("with `where`, elements where it is false are not set: give `out`")
