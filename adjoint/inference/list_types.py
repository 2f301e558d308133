"""Lists as inference sees them, where Numba types them only in part.

Numba learns what is in `[]` from what is appended to it, but not where the list is made anew on
some paths, and it makes no arrays of lists of arrays. Nothing of this is ever run, so:

    l = []; …; l = [x]     →    shared = []; l = shared; …; l = shared; shared.append(x)
    np.sum(l)              →    np.sum(array_of_items(l))
    len(l)                 →    max(1, 2)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numba.core import types
from numba.extending import overload
from numba.np.numpy_support import as_dtype

from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    Expr,
    Item,
    Location,
    Name,
    Program,
    Slice,
    Stmt,
)
from adjoint.program.primitives import append, astype, new_list
from adjoint.program.walk import map_blocks, map_operands, rewrite, statements


def array_of_items(x: Any) -> Any:
    """A list as an array."""


@overload(array_of_items, strict=False)
def _type_array_of_items(x: Any) -> Any:
    if not isinstance(x, types.List):
        return (lambda x: x) if isinstance(x, types.Array) else None
    if isinstance(x.dtype, types.Array):
        shape, element = (1,) * (x.dtype.ndim + 1), as_dtype(x.dtype.dtype).type
        return lambda x: np.empty(shape, element)
    element = as_dtype(x.dtype).type
    return lambda x: np.empty(1, element)


def with_typable_lists(program: Program) -> Program:
    """The program with lists made so that Numba can type them."""
    names = _lists(program)
    if not names:
        return program
    made = _made(program, names)

    def change(expr: Expr | Slice) -> Expr | Slice:
        if isinstance(expr, Call) and _has_list(expr, names):
            return _on_arrays(expr, names)
        return _SOME_INTEGER if _is_length(expr, names) else expr

    def block(stmts: Block) -> Block:
        done: list[Stmt] = []
        for stmt in stmts:
            stmt = map_operands(map_blocks(stmt, block), lambda e: rewrite(e, change))
            items = _displayed(stmt)
            appended = _appended(stmt)
            if items is not None and isinstance(stmt, Assign):
                done.append(replace(stmt, value=Name(_shared(stmt.target))))
                done.extend(_append(stmt.target, item, stmt.at) for item in items)
            elif appended is not None and made.get(appended[0]):
                done.extend(_append(name, appended[1], stmt.at) for name in made[appended[0]])
            else:
                done.append(stmt)
        return tuple(done)

    body = block(program.body)
    displayed = sorted({name for own in made.values() for name in own})
    first = (Assign(_shared(name), Call(new_list, ())) for name in displayed)
    return replace(program, body=(*first, *body))


# Numba asks for the length only of a list whose items it knows, but they may depend on it.
_SOME_INTEGER = Call(max, (Const(1), Const(2)))


def _is_length(expr: Expr | Slice, lists: set[str]) -> bool:
    match expr:
        case Call(function, (Name(name),)) if function is len:
            return name in lists
    return False


def _append(name: str, item: Expr, at: Location | None) -> Stmt:
    """Numba learns from what is appended to this very variable, not to copies of it."""
    return Evaluate(Call(append, (Name(_shared(name)), item)), at=at)


def _made(program: Program, lists: set[str]) -> dict[str, list[str]]:
    """For each list, the variables that are bound to displays which it may be."""
    found = {name: {name} & _all_displayed(program) for name in lists}
    while True:
        before = sum(map(len, found.values()))
        for stmt in statements(program.body):
            if isinstance(stmt, Assign) and isinstance(stmt.value, Name) and stmt.target in found:
                found[stmt.target] |= found.get(stmt.value.id, set())
        if sum(map(len, found.values())) == before:
            return {name: sorted(own) for name, own in found.items()}


def _all_displayed(program: Program) -> set[str]:
    return {
        stmt.target
        for stmt in statements(program.body)
        if isinstance(stmt, Assign) and _displayed(stmt) is not None
    }


def _appended(stmt: Stmt) -> tuple[str, Expr] | None:
    match stmt:
        case Evaluate(Call(function, (Name(name), value))) if function is append:
            return name, value
    return None


def _shared(name: str) -> str:
    """The list that stands for all that a variable is bound to; no name in the core language."""
    return f"_items_of_{name}"


def _displayed(stmt: Stmt) -> tuple[Expr, ...] | None:
    """The items of the list display that a statement assigns, None if it is no such statement."""
    if isinstance(stmt, Assign) and isinstance(stmt.value, Call):
        return stmt.value.args if stmt.value.function is new_list else None
    return None


def _on_arrays(call: Call, lists: set[str]) -> Call:
    """A call of a NumPy function with arrays for its lists."""
    args = tuple(
        Call(array_of_items, (arg,)) if isinstance(arg, Name) and arg.id in lists else arg
        for arg in call.args
    )
    if call.function not in (np.array, np.asarray):
        return replace(call, args=args)
    dtype = (*args[1:], *(value for key, value in call.keywords if key == "dtype"))
    return Call(astype, (args[0], *dtype)) if dtype else Call(array_of_items, call.args)


def _has_list(call: Call, lists: set[str]) -> bool:
    """Whether a NumPy function is called with a list."""
    named = any(isinstance(arg, Name) and arg.id in lists for arg in call.args)
    return named and is_numpy(call.function)


def is_numpy(function: Callable[..., Any]) -> bool:
    """Whether a function is one of NumPy's, which take lists for arrays."""
    module = getattr(function, "__module__", None) or ""
    return isinstance(function, np.ufunc) or module.partition(".")[0] == "numpy"


def _lists(program: Program) -> set[str]:
    """Variables that are bound to lists, as far as their assignments tell."""
    found: set[str] = set()
    while True:
        more = {
            stmt.target
            for stmt in statements(program.body)
            if isinstance(stmt, Assign) and _gives_list(stmt.value, found)
        }
        if more <= found:
            return found
        found |= more


def _gives_list(value: Expr, lists: set[str]) -> bool:
    match value:
        case Name(name) | Item(Name(name), (Slice(),)):
            return name in lists
        case Call(function, args):
            if getattr(function, "__module__", None) in ("_operator", "operator"):
                return any(isinstance(arg, Name) and arg.id in lists for arg in args)
            return function is new_list
    return False
