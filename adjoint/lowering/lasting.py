"""Names that are looked at outside the block that binds them, maybe in a later iteration.

    for i in range(len(a)):
        if a[i, 0] > limit:
            row = a[i]              # of the iteration that bound it last ...
    return np.sum(row)              # ... not of the last one

A view is an array and an index. Where the view lasts, so has its index to.
"""

from __future__ import annotations

from adjoint.lowering.second_names import Standing, standing
from adjoint.program.core import Assign, Program, Store
from adjoint.program.walk import names, operands


def lasting(program: Program) -> frozenset[str]:
    """Names that are read elsewhere than after their binding, in its block or one inside it."""
    places = list(standing(program.body))
    bound: dict[str, list[Standing]] = {}
    for place in places:
        if isinstance(place.stmt, Assign):
            bound.setdefault(place.stmt.target, []).append(place)
    return frozenset(
        name
        for place in places
        for name in _read(place)
        if name in bound and not all(_follows(place, made) for made in bound[name])
    )


def _read(place: Standing) -> set[str]:
    stmt = place.stmt
    found = {name for expr in operands(stmt) for name in names(expr)}
    return found | {stmt.array} if isinstance(stmt, Store) else found


def _follows(place: Standing, made: Standing) -> bool:
    """Whether a statement runs after another one of its block, or of a block around it."""
    around = (place, *place.around)
    return any(here.block is made.block and here.index > made.index for here in around)
