"""Names for what differentiation adds to a program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from adjoint.program.core import Assign, Block, For, Name, Program, Store
from adjoint.program.walk import assigned, map_blocks, map_operands, substitute


@dataclass
class FreshNames:
    """Fresh typed names for the adjoint program."""

    table: dict[str, Any]
    used: set[str]

    def fresh(self, stem: str, type_: Any) -> Name:
        """`stem` itself if it is free, else numbered; `stored_1` and the like count from 1."""
        base, _, number = stem.rpartition("_")
        stem = base if base and number.isdigit() else stem
        numbered = stem in _NUMBERED
        count = 1 if numbered else 0
        name = f"{stem}_{count}" if numbered else stem
        while name in self.used:
            count += 1
            name = f"{stem}_{count}"
        self.used.add(name)
        self.table[name] = type_
        return Name(name)


_NUMBERED = {"stored", "branch", "trips"}


def without_assigned_params(program: Program, fresh_names: FreshNames) -> Program:
    """Parameters are never assigned: a seed that is used up continues under another name."""
    clash = set(program.params) & assigned(program.body)
    if not clash:
        return program
    mapping = {p: fresh_names.fresh(p, fresh_names.table[p]) for p in sorted(clash)}

    def rename(block: Block) -> Block:
        renamed = []
        for stmt in block:
            stmt = map_operands(map_blocks(stmt, rename), lambda e: substitute(e, mapping))
            if isinstance(stmt, Assign | For) and stmt.target in mapping:
                stmt = replace(stmt, target=mapping[stmt.target].id)
            if isinstance(stmt, Store) and stmt.array in mapping:
                stmt = replace(stmt, array=mapping[stmt.array].id)
            renamed.append(stmt)
        return tuple(renamed)

    copies = tuple(Assign(new.id, Name(old)) for old, new in mapping.items())
    return replace(program, body=(*copies, *rename(program.body)), types=fresh_names.table)
