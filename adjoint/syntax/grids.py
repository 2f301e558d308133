"""`np.mgrid[0:n, 0:m]`, `np.ogrid[…]`, `np.r_[x, 0.0]`, `np.c_[…]`: calls of their expansions."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from adjoint.expansions import brackets, grids
from adjoint.program.core import Const
from adjoint.syntax.array_like import as_array
from adjoint.syntax.calls import Arguments, apply_function
from adjoint.syntax.context import Context
from adjoint.syntax.terms import subscripts
from adjoint.syntax.translate import expression
from adjoint.syntax.values import Known, Pack, Value, is_number

_EXPANSIONS = {type(np.mgrid): grids.mgrid, type(np.ogrid): grids.ogrid}


@subscripts(*_EXPANSIONS)
def _grid(context: Context, grid: Known, node: Any) -> Value:
    parts = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    if not all(isinstance(part, gast.Slice) for part in parts):
        context.refuse("a grid is made of slices.", node, "write start:stop for each axis")
    given = Pack(tuple(_slice(context, part) for part in parts))
    place, function = context.standing_at(node), Known(_EXPANSIONS[type(grid.value)], grid.path)
    return apply_function(place, function, Arguments((given,), {}), node)


_JOINS = {type(np.r_): brackets.r_, type(np.c_): brackets.c_}


@subscripts(*_JOINS)
def _join(context: Context, joiner: Known, node: Any) -> Value:
    parts = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    found = tuple(_joined(context, part) for part in parts)
    place, function = context.standing_at(node), Known(_JOINS[type(joiner.value)], joiner.path)
    return apply_function(place, function, Arguments((Pack(found),), {}), node)


def _joined(context: Context, part: Any) -> Value:
    """An array, a number or a range that is joined with others."""
    if isinstance(part, gast.Slice):
        return _slice(context, part)
    value = expression(context, part)
    if isinstance(value, Const) and isinstance(value.value, str):
        context.refuse("directions in np.r_ are not supported.", part, "use np.concatenate")
    return as_array(context, context.as_atom(value, part) if is_number(value) else value, part)


def _slice(context: Context, part: Any) -> Value:
    bounds = (part.lower, part.upper, part.step)
    found = (Const(None) if bound is None else _bound(context, bound) for bound in bounds)
    return Pack(tuple(found), slice, ("start", "stop", "step"))


def _bound(context: Context, bound: Any) -> Value:
    return context.as_atom(expression(context, bound), bound)
