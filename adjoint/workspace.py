"""An adjoint that takes memory for its tapes, and gives it back.

    stored_1 = np.empty(n)          →       stored_1 = buffers.fitting(stored_1_before, (n,))

A tape of the same lengths is used again: its pages are there already. Only tapes are, which no one
sees from outside; what is returned is made anew in every call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from adjoint.emit import module_of
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    Item,
    Name,
    Program,
    Return,
    Stmt,
    Tuple,
)
from adjoint.program.functions import Function
from adjoint.program.growth import grown
from adjoint.program.walk import statements
from adjoint.runtime import buffers

_TAPE = re.compile(r"(stored|branch|trips)_\d+")


@dataclass(frozen=True)
class Workspace:
    """A module whose function takes tapes besides the arguments.

    Attributes
    ----------
    module : its text.
    name : of the function: `f(*args, *tapes) -> (what the gradient gives, tapes)`.
    tapes : Numba's types of the tapes.
    """

    module: str
    name: str
    tapes: tuple[Any, ...]


def workspace(adjoint: Program, start: Program) -> Workspace:
    """The module for an adjoint and the function that starts its reverse sweep."""
    tapes = tuple(_tapes(adjoint))
    before = tuple(f"{tape}_before" for tape in tapes)
    growing = grown(adjoint.body)

    def change(block: Block) -> Block:
        return tuple(map(kept, block))

    def kept(stmt: Stmt) -> Stmt:
        if not isinstance(stmt, Assign) or stmt.target not in tapes:
            return stmt
        assert isinstance(stmt.value, Call)
        given, shape = Name(f"{stmt.target}_before"), stmt.value.args[0]
        if stmt.target in growing:
            return replace(stmt, value=Call(buffers.reserve, (given, shape)))
        lengths = shape if isinstance(shape, Tuple) else Tuple((shape,))
        return replace(stmt, value=Call(buffers.fitting, (given, lengths)))

    *body, last = adjoint.body
    assert isinstance(last, Return)
    items = last.value.items if isinstance(last.value, Tuple) else (last.value,)
    inner = replace(
        adjoint,
        params=(*adjoint.params, *before),
        body=(*change(tuple(body)), replace(last, value=Tuple((*items, *map(Name, tapes))))),
    )
    outer = _start(start, adjoint, before, len(items))
    return Workspace(
        module_of([inner, outer]), outer.name, tuple((adjoint.types or {})[t] for t in tapes)
    )


def _start(start: Program, adjoint: Program, before: tuple[str, ...], count: int) -> Program:
    """The function that calls the adjoint, with the tapes passed through."""
    first, last = start.body
    assert isinstance(first, Assign) and isinstance(first.value, Call) and isinstance(last, Return)
    call = Call(Function(adjoint.name), (*first.value.args, *map(Name, before)))
    used = Tuple(tuple(Item(Name(first.target), (Const(count + k),)) for k in range(len(before))))
    return replace(
        start,
        params=(*start.params, *before),
        body=(replace(first, value=call), replace(last, value=Tuple((last.value, used)))),
    )


def _tapes(adjoint: Program) -> Iterator[str]:
    """Tapes that are made once, before any loop, and have no other name."""
    named = {stmt.value.id for stmt in statements(adjoint.body) if _renames(stmt)}  # type: ignore[attr-defined]
    for stmt in adjoint.body:
        made = isinstance(stmt, Assign) and _is_empty(stmt.value)
        if made and _TAPE.fullmatch(stmt.target) and stmt.target not in named:  # type: ignore[attr-defined]
            yield stmt.target  # type: ignore[attr-defined]


def _renames(stmt: Stmt) -> bool:
    return isinstance(stmt, Assign) and isinstance(stmt.value, Name)


def _is_empty(value: Expr) -> bool:
    return isinstance(value, Call) and value.function is np.empty
