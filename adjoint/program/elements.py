"""Arrays of which a program uses nothing but single elements and lengths."""

from __future__ import annotations

from numba.core import types

from adjoint.program.core import Assign, Block, Call, Expr, Item, Name, Slice, Store
from adjoint.program.primitives import dim
from adjoint.program.walk import children, operands, statements


def making(array: str, kind: types.Array, block: Block) -> Assign | None:
    """The statement of a block that makes an array, if the rest uses it by element alone."""
    made = [s for s in statements(block) if isinstance(s, Assign) and s.target == array]
    if len(made) != 1 or made[0] not in block:
        return None
    for stmt in (s for s in statements(block) if s is not made[0]):
        if isinstance(stmt, Store) and stmt.array == array and not _single(stmt.index, kind):
            return None
        if not all(_by_element(expr, array, kind) for expr in operands(stmt)):
            return None
    return made[0]


def _single(index: tuple[Expr | Slice, ...], kind: types.Array) -> bool:
    return len(index) == kind.ndim and not any(isinstance(part, Slice) for part in index)


def _by_element(expr: Expr | Slice, array: str, kind: types.Array) -> bool:
    """Whether an expression looks at nothing of an array but single elements and lengths."""
    match expr:
        case Name(name):
            return name != array
        case Item(Name(name), index) if name == array:
            return _single(index, kind) and all(_by_element(e, array, kind) for e in index)
        case Call(function, (Name(), _)) if function is dim:
            return True
    return all(_by_element(child, array, kind) for child in children(expr))
