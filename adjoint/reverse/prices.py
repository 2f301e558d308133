"""What computing a value a second time costs, against reading it from a tape."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.program import primitives
from adjoint.program.core import Call, Const, Expr, Item, Name, Slice
from adjoint.program.walk import children
from adjoint.runtime import lists, shapes

# Prices in additions: loading from a tape costs about as much as the limit.
LIMIT = 8  # of a value that the reverse sweep computes again
INTEGER_LIMIT = 40  # of an integer: an index or a length, on which many reads may hang
_LOAD = 1
_PRICES: dict[Callable[..., Any], int] = {
    operator.add: 1,
    operator.sub: 1,
    operator.mul: 1,
    operator.neg: 1,
    operator.pos: 1,
    operator.truediv: 4,
    np.square: 1,
    np.sqrt: 6,
    **dict.fromkeys((operator.lt, operator.le, operator.gt, operator.ge), 1),
    **dict.fromkeys((operator.eq, operator.ne, operator.not_), 1),
    **dict.fromkeys((operator.and_, operator.or_, operator.xor, operator.invert), 1),
    **dict.fromkeys((primitives.logical_and, primitives.logical_or, primitives.select), 1),
    **dict.fromkeys((builtins.abs, builtins.min, builtins.max, np.abs), 1),
    **dict.fromkeys((np.maximum, np.minimum, builtins.float, builtins.int), 1),
    **dict.fromkeys((np.float64, np.float32, np.int64), 1),
    **dict.fromkeys((operator.floordiv, operator.mod), 6),
    **dict.fromkeys((shapes.broadcast_dim, shapes.broadcast_step, shapes.wrap_index), 2),
    **dict.fromkeys((shapes.slice_start, shapes.slice_length, shapes.backward_start), 3),
    **dict.fromkeys((shapes.slice_first, shapes.slice_end, shapes.slice_bound), 3),
    **dict.fromkeys((shapes.check_aligned, shapes.check_nonempty, shapes.check_single), 1),
    **dict.fromkeys((lists.item_index, lists.last_index), 2),
    primitives.dim: 0,
}


def price_of(expr: Expr | Slice) -> int | None:
    """The price of an expression in additions; None if it holds a call that is not repeated."""
    if isinstance(expr, Const | Name):
        return 0
    if isinstance(expr, Item):
        own: int | None = _LOAD
    else:
        own = _PRICES.get(expr.function) if isinstance(expr, Call) else None
    if own is None:
        return None
    for child in children(expr):
        inner = price_of(child)
        if inner is None:
            return None
        own += inner
    return own
