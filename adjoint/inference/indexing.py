"""What indexing with arrays gives, for inference: Numba types only a part of it.

    t = x[i, j]       →    t = element_of(x, (i, j))        (i or j may be an array)
    x[i, j] = v       →    store_to(x, (i, j), v)
    np.add.at(x, i, v)     (nothing: it binds no name)

Lowering makes loops of all this. Where an index turns out to be no array, the stand-ins have the
types of plain indexing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numba.core import types
from numba.extending import overload
from numba.np.numpy_support import as_dtype

from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    Expr,
    For,
    Item,
    Name,
    Program,
    Slice,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.walk import map_blocks, map_operands, names, rewrite, statements


def element_of(x: Any, index: Any) -> Any:
    """x[index]."""


def store_to(x: Any, index: Any, value: Any) -> None:
    """x[index] = value."""


def with_stand_ins_for_indexing(program: Program, arg_types: tuple[Any, ...]) -> Program:
    """The program with each indexing replaced that may be by an array."""
    scalars = _scalars(program, arg_types)

    def is_replaced(index: tuple[Expr | Slice, ...]) -> bool:
        return any(isinstance(i, Name) and i.id not in scalars for i in index)

    def change(expr: Expr | Slice) -> Expr | Slice:
        if isinstance(expr, Item) and is_replaced(expr.index):
            return Call(element_of, (expr.value, _as_argument(expr.index)))
        return expr

    def statement(stmt: Stmt) -> Iterator[Stmt]:
        if isinstance(stmt, Evaluate) and primitives.is_scatter(stmt.call.function):
            return
        if isinstance(stmt, Store) and is_replaced(stmt.index):
            args = (Name(stmt.array), _as_argument(stmt.index), stmt.value)
            yield Evaluate(Call(store_to, args), at=stmt.at)
            return
        yield map_operands(map_blocks(stmt, block), lambda e: rewrite(e, change))

    def block(stmts: Block) -> Block:
        return tuple(new for stmt in stmts for new in statement(stmt))

    return replace(program, body=block(program.body))


def _as_argument(index: tuple[Expr | Slice, ...]) -> Expr:
    parts = tuple(
        Call(slice, tuple(Const(None) if p is None else p for p in (i.start, i.stop, i.step)))
        if isinstance(i, Slice)
        else i
        for i in index
    )
    return parts[0] if len(parts) == 1 else Tuple(parts)


# --------------------------------------------------------------------------- what is no array


def _scalars(program: Program, arg_types: tuple[Any, ...]) -> set[str]:
    """Variables that cannot be arrays (or tuples of them), by how they are computed."""
    given = dict(zip(program.params, arg_types, strict=True))
    definitions: dict[str, list[Expr | None]] = {}
    for stmt in statements(program.body):
        if isinstance(stmt, Assign):
            definitions.setdefault(stmt.target, []).append(stmt.value)
        elif isinstance(stmt, For):
            definitions.setdefault(stmt.target, []).append(None)
    found = set(definitions) | {n for n, t in given.items() if isinstance(t, types.Number)}
    while True:
        wrong = {
            name
            for name in found & set(definitions)
            if not all(_is_scalar(value, found, given) for value in definitions[name])
        }
        if not wrong:
            return found
        found -= wrong


def _is_scalar(value: Expr | None, scalars: set[str], given: dict[str, Any]) -> bool:
    match value:
        case None:
            return True
        case Const(constant):
            return isinstance(constant, int | float)
        case Name(id):
            return id in scalars
        case Item(Name(array), index):
            type_ = given.get(array)
            whole = isinstance(type_, types.Array) and type_.ndim == len(index)
            return (
                whole
                and all(isinstance(i, Const | Name) for i in index)
                and all(name in scalars for i in index for name in names(i))
            )
        case Call(function):
            if function in _LENGTHS:
                return True
            plain = function in _OF_SCALARS or getattr(function, "__module__", None) == "_operator"
            return plain and all(name in scalars for name in names(value))
    return False


_LENGTHS = (len, primitives.dim, np.size, np.ndim)
_OF_SCALARS = (int, float, min, max, abs, round)

# --------------------------------------------------------------------------- types


@overload(element_of, strict=False)
def _type_element_of(x: Any, index: Any) -> Callable[..., Any] | None:
    parts = tuple(_flat(index))
    if not isinstance(x, types.Array) or not any(_is_listing(part) for part in parts):
        return lambda x, index: x[index]
    ndim = _result_ndim(x, parts)
    if ndim is None:
        return None
    shape, element = (1,) * ndim, as_dtype(x.dtype).type
    if ndim == 0:
        return lambda x, index: element(0)
    return lambda x, index: np.empty(shape, element)


@overload(store_to, strict=False)
def _type_store_to(x: Any, index: Any, value: Any) -> Callable[..., Any] | None:
    parts = tuple(_flat(index))
    if not isinstance(x, types.Array) or not any(_is_listing(part) for part in parts):

        def store(x: Any, index: Any, value: Any) -> None:
            x[index] = value

        return store
    return None if _result_ndim(x, parts) is None else lambda x, index, value: None


def _flat(index: Any) -> Iterator[Any]:
    """Types of the items of an index."""
    if isinstance(index, types.BaseTuple):
        for part in index.types:  # type: ignore[attr-defined]
            yield from _flat(part)
    else:
        yield index


def _is_listing(part: Any) -> bool:
    return isinstance(part, types.Array)


def _result_ndim(x: Any, parts: tuple[Any, ...]) -> int | None:
    """Dimensions of `x[parts]`; None if there are more indices than `x` has."""
    ndim, taken, listed = 0, 0, 0
    for part in parts:
        if isinstance(part, types.NoneType):
            ndim += 1
        elif isinstance(part, types.SliceType):
            ndim, taken = ndim + 1, taken + 1
        elif isinstance(part, types.Array) and part.dtype == types.boolean:
            listed, taken = max(listed, 1), taken + part.ndim
        elif isinstance(part, types.Array):
            listed, taken = max(listed, part.ndim), taken + 1
        elif not isinstance(part, types.EllipsisType):
            taken += 1
    return None if taken > x.ndim else ndim + listed + x.ndim - taken
