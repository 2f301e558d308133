"""`np.mgrid[0:n, 0:m]` and `np.ogrid[…]`: calls of what is written down for them."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from adjoint.expansions import grids
from adjoint.program.core import Const
from adjoint.syntax.calls import Arguments, apply_function
from adjoint.syntax.context import Context
from adjoint.syntax.terms import subscripts
from adjoint.syntax.translate import expression
from adjoint.syntax.values import Known, Pack, Value

_EXPANSIONS = {type(np.mgrid): grids.mgrid, type(np.ogrid): grids.ogrid}


@subscripts(*_EXPANSIONS)
def _grid(context: Context, grid: Known, node: Any) -> Value:
    parts = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    if not all(isinstance(part, gast.Slice) for part in parts):
        context.refuse("a grid is made of slices.", node, "write start:stop for each axis")
    given = Pack(tuple(_slice(context, part) for part in parts))
    place, function = context.standing_at(node), Known(_EXPANSIONS[type(grid.value)], grid.path)
    return apply_function(place, function, Arguments((given,), {}), node)


def _slice(context: Context, part: Any) -> Value:
    bounds = (part.lower, part.upper, part.step)
    found = (Const(None) if bound is None else _bound(context, bound) for bound in bounds)
    return Pack(tuple(found), slice, ("start", "stop", "step"))


def _bound(context: Context, bound: Any) -> Value:
    return context.as_atom(expression(context, bound), bound)
