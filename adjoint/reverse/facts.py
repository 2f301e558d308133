"""What the reverse sweep is generated from: the program, and what analyses found in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from adjoint.analyses.activity import active_variables
from adjoint.analyses.changing_lengths import changing_arrays, rebound_arrays
from adjoint.analyses.memory import Memory
from adjoint.analyses.places import TOP, BlockKey, Places
from adjoint.analyses.scopes import scopes
from adjoint.analyses.versions import Versions
from adjoint.program.core import Assign, Name, Program
from adjoint.program.walk import statements
from adjoint.reverse.rule_choice import differentiable_operands


@dataclass(frozen=True)
class Facts:
    """What the analyses found, and the program they looked at."""

    program: Program
    places: Places
    versions: Versions
    memory: Memory
    scopes: dict[str, BlockKey]
    active: frozenset[str]
    types: dict[str, Any]


def facts_of(program: Program, independent: tuple[str, ...]) -> Facts:
    places = Places(program)
    table = program.types or {}
    flows = partial(differentiable_operands, types=table)
    active = active_variables(program, frozenset(independent), flows)
    memory = Memory(program, places)
    memory.check()
    blocks_of = scopes(program, places)
    memory.rebound = rebound_arrays(places, memory, blocks_of)
    memory.changing = changing_arrays(program, places, memory, blocks_of)
    return Facts(
        program=program,
        places=places,
        versions=Versions(program, places),
        memory=memory,
        scopes=blocks_of | dict.fromkeys(memory.changing & active, TOP),
        active=active,
        types=dict(table),
    )


def restorable(facts: Facts) -> list[str]:
    """Arrays that are written to, live in one place, and are known by one name."""
    copied = {
        stmt.value.id
        for stmt in statements(facts.program.body)
        if isinstance(stmt, Assign) and isinstance(stmt.value, Name)
    }
    return [
        name
        for name in sorted(facts.memory.stores)
        if name not in copied
        and len(facts.memory.bindings.get(name, ())) <= 1
        and facts.memory.home(name) in (None, TOP)
    ]
