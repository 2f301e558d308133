"""What the type of a variable is, asked while the program is still being translated.

`isinstance(x, …)`, `x.ndim == 2`, `x.dtype` decide which code there is at all, so they are settled
before the rest of the program can be typed. A parameter's type is given. For another variable
the statements so far that it depends on are a program of their own, which Numba's inference types.
An answer about a variable that is assigned again later is noted in the program
(`primitives.expect_type`), and inference checks it once all is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    For,
    If,
    Name,
    Program,
    Return,
    Stmt,
)
from adjoint.program.primitives import append, expect_type, pop
from adjoint.program.walk import assigned, blocks, map_blocks, names, read, statements
from adjoint.syntax.exits import flattened

if TYPE_CHECKING:
    from adjoint.syntax.context import Context

TypeOf = Callable[[Program], Any]
"""Type of what a program returns; None if it cannot be told."""


@dataclass(eq=False)
class Questions:
    """Who can answer.

    Attributes
    ----------
    types : of the program's parameters, without captures.
    type_of : types a program; None if types are not known yet.
    """

    types: tuple[Any, ...] = ()
    type_of: TypeOf | None = None

    def type(self, context: Context, variable: Name, node: Any) -> Any:
        """The type of a variable at this place, or None."""
        unit = context.unit
        given = dict(zip(unit.params, self.types, strict=False))
        if variable.id in given and variable.id not in unit.rebound:
            return given[variable.id]
        if self.type_of is None:
            return None
        found = self.type_of(_program_so_far(context, variable))
        if found is not None:
            expectation = Call(expect_type, (variable, Const(str(found))))
            context.emit(Evaluate(expectation, at=context.at(node)))
        return found


def _program_so_far(context: Context, variable: Name) -> Program:
    """What has been translated up to here, as far as the variable depends on it."""
    unit = context.unit
    body = _slice(flattened(_all_so_far(context)), {variable.id})
    params = (*unit.params, *unit.captures)
    # What is read but not assigned yet are the counters of the loops that we are in.
    unassigned = sorted((read(body) | {variable.id}) - assigned(body) - set(params))
    counters = tuple(Assign(name, Const(0)) for name in unassigned)
    return Program(
        name="so_far",
        params=params,
        body=(*counters, *body, Return(variable)),
        source=context.frame.source,
        captures=dict(unit.captures),
    )


def _all_so_far(context: Context) -> Block:
    """The statements of all blocks that are open, the outermost first."""
    opened: list[list[Stmt]] = []
    place: Context | None = context
    while place is not None:
        opened.append(place.block)
        place = place.outer
    return tuple(stmt for block in reversed(opened) for stmt in block)


def _slice(block: Block, wanted: set[str]) -> Block:
    """The statements that variables depend on."""
    needed = set(wanted)
    while True:
        before = len(needed)
        for stmt in statements(block):
            if assigned((stmt,)) & needed or _changes(stmt) & needed:
                needed |= read((stmt,))
        if len(needed) == before:
            break

    def keep(inner: Block) -> Block:
        kept: list[Stmt] = []
        for stmt in inner:
            new = map_blocks(stmt, keep)
            if _matters(new, needed):
                kept.append(new)
        return tuple(kept)

    return keep(block)


def _changes(stmt: Stmt) -> set[str]:
    """Lists that a statement appends to: what they hold has a type."""
    if isinstance(stmt, Evaluate) and stmt.call.function in (append, pop):
        return set(names(stmt.call.args[0]))
    return set()


def _matters(stmt: Stmt, needed: set[str]) -> bool:
    match stmt:
        case Assign(target):
            return target in needed
        case Evaluate():
            return bool(_changes(stmt) & needed)
        case If() | For():
            return any(blocks(stmt))
    return False
