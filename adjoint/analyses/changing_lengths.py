"""Arrays whose lengths change as their names are bound anew.

    while len(u) > 1:              for trip in range(trips - 1, -1, -1):
        u_1 = u[1:] * u[:-1]           u_1_bar += u_bar
        u = u_1                        u_bar = np.zeros(stored[trip])    # as long as u was before

A name that keeps its lengths has one bar, which is set to zero where the name is bound. If its
lengths change, the bar has to be as long as the array that the name meant then: the forward sweep
keeps the lengths, and the reverse sweep makes a bar of that size.

Goes in: a program in the scalar dialect. Comes out: the names that are bound anew, and those of
them whose lengths change.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from adjoint.analyses.kept_lengths import KeptLengths
from adjoint.analyses.memory import Memory
from adjoint.analyses.places import TOP, BlockKey, Places
from adjoint.lowering.arrays import allocation
from adjoint.program.core import Assign, Const, Name, Program
from adjoint.program.walk import statements


def rebound_arrays(
    places: Places, memory: Memory, scopes: Mapping[str, BlockKey]
) -> frozenset[str]:
    """Names that mean one array after the other: of several assignments, or of one in a loop."""
    return frozenset(
        name
        for name, bindings in memory.bindings.items()
        if len(bindings) > 1
        or places.loops(places.of[bindings[0]].block) != places.loops(scopes[name])
    )


def changing_arrays(
    program: Program, places: Places, memory: Memory, scopes: Mapping[str, BlockKey]
) -> frozenset[str]:
    """Those of the rebound names whose arrays are not known to have the same lengths.

    Also those that are first bound in a branch: what is known there is not known outside it.
    """
    rebound = memory.rebound
    kept = KeptLengths(program, places, memory)
    changing: set[str] = set()
    for name in rebound:
        in_branch = places.of[memory.bindings[name][0]].block != scopes[name] != TOP
        if kept.lengths(name) is None or in_branch:
            changing.add(name)
    while more := {n for n in rebound if _sources(memory.bindings[n]) & changing} - changing:
        changing |= more
    return frozenset(changing)


def _sources(bindings: list[Assign]) -> set[str]:
    return {made.value.id for made in bindings if isinstance(made.value, Name)}


def is_first(stmt: Assign, program: Program, places: Places) -> bool:
    """Whether an assignment is for sure the first of its name: there was no array before."""
    first = next(
        other
        for other in statements(program.body)
        if isinstance(other, Assign) and other.target == stmt.target
    )
    return first is stmt and places.of[stmt].block == TOP


def no_array(name: str, type_: object) -> Assign:
    """Bind a name to an array without elements, so that it has lengths before its first one."""
    ndim, dtype = type_.ndim, type_.dtype  # type: ignore[attr-defined]
    return Assign(name, allocation((Const(0),) * ndim, dtype, np.empty))
