"""Additions that may be made in any order.

A loop `total += x[i]` is a chain in which each addition waits for the one before: machine code may
not take the elements in another order, since that rounds otherwise. Nobody promises an order for
the sums of library functions (NumPy adds in pairs) and of cotangents, so these are written

    total = unordered.add(total, x[i])

and the loop is compiled with several partial sums. A sum that the user wrote as a loop keeps its
order.
"""

from __future__ import annotations

import operator
from typing import Any

from numba.core import types, typing
from numba.extending import lower_builtin, type_callable


def add(total: Any, term: Any) -> Any:
    """`total + term`, one of several additions to `total` that may be made in any order."""
    return total + term


@type_callable(add)
def _typed(context: Any) -> Any:
    """As `total + term`."""

    def kind(total: Any, term: Any) -> Any:
        found = context.resolve_function_type(operator.add, (total, term), {})
        return None if found is None else found.return_type

    return kind


@lower_builtin(add, types.Number, types.Number)
def _added(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """One addition; that of floats may be associated with others, and nothing else.

    It keeps nan, infinities and signs of zero as they are. Only with other additions that allow it
    is it reordered, so the arithmetic in `term` stays as it is written.
    """
    kind = signature.return_type
    pairs = zip(args, signature.args, strict=True)
    first, second = (context.cast(builder, arg, given, kind) for arg, given in pairs)
    if isinstance(kind, types.Float):
        return builder.fadd(first, second, flags=("reassoc",))
    plain = context.get_function(operator.add, typing.signature(kind, kind, kind))
    return plain(builder, (first, second))
