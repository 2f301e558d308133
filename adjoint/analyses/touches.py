"""Where a block looks at, or writes to, the elements of an array."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from adjoint.program.core import Block, Call, Expr, Item, Name, Slice, Stmt, Store
from adjoint.program.primitives import dim
from adjoint.program.walk import children, operands, statements

Index = tuple[Expr | Slice, ...]
# Functions that look at the lengths of an array only.
SHAPE_ONLY = frozenset({dim, np.zeros_like, np.empty_like, np.ones_like, np.size})


@dataclass(frozen=True)
class Touch:
    """One place.

    Attributes
    ----------
    index : of the element; None where the array is used as a whole.
    store : the store, if it is one.
    """

    stmt: Stmt
    index: Index | None
    store: Store | None = None


def touches(block: Block, array: str) -> Iterator[Touch]:
    """All places in a block and the blocks inside it, what a statement reads before what it writes.

    To add to an element is a touch that stores, and no reading.
    """
    for stmt in statements(block):
        for expr in operands(stmt):
            for index in _reads(expr, array):
                yield Touch(stmt, index)
        if isinstance(stmt, Store) and stmt.array == array:
            yield Touch(stmt, stmt.index, stmt)


def touched(stmt: Stmt, array: str) -> bool:
    """Whether a statement or what is inside it touches an array."""
    return any(True for _ in touches((stmt,), array))


def _reads(expr: Expr | Slice, array: str) -> Iterator[Index | None]:
    match expr:
        case Item(Name(id), index) if id == array:
            yield index
            for part in index:
                yield from _reads(part, array)
            return
        case Call(function, args) if function in SHAPE_ONLY and args[0] == Name(array):
            return
        case Name(id) if id == array:
            yield None
    for child in children(expr):
        yield from _reads(child, array)
