"""Work arrays: local arrays that every iteration of a loop writes before it reads them.

    for i in range(n):
        for j in range(d):
            work[j] = x[i, j] - mean[j]       # all of `work`, before anything reads it
        for j in range(d):
            s += work[j] * work[j]

No value passes from one iteration to the next through such an array.
"""

from __future__ import annotations

from adjoint.analyses.memory import Memory
from adjoint.analyses.places import BlockKey, Places
from adjoint.program.core import (
    Assign,
    Break,
    Call,
    Const,
    Expr,
    For,
    Item,
    Name,
    Program,
    Slice,
    Stmt,
    Store,
)
from adjoint.program.primitives import dim
from adjoint.program.walk import names, operands, statements, subexpressions


def is_work_array(array: str, loop: For, program: Program, places: Places, memory: Memory) -> bool:
    """Whether an array allocated before a loop carries nothing between its iterations.

    True only if all that touches it, besides its allocation, is inside the loop, and the block
    that holds all of this starts with writing every element.
    """
    shape = memory.shape(array)
    made = memory.bindings.get(array, [])
    if shape is None or len(made) != 1:
        return False
    touching = [
        stmt for stmt in statements(program.body) if stmt is not made[0] and _touches(stmt, array)
    ]
    block = _common_block(touching, places)
    if block is None or loop not in places.loops(block):
        return False
    first = next(stmt for stmt in places.contents[block] if _touches_inside(stmt, array))
    definitions = single_definitions(program)
    lengths = [resolved(length, definitions) for length, _ in shape]
    return _writes_all(first, array, lengths, definitions)


def _touches(stmt: Stmt, array: str) -> bool:
    if isinstance(stmt, Store) and stmt.array == array:
        return True
    return any(array in names(expr) for expr in operands(stmt))


def _touches_inside(stmt: Stmt, array: str) -> bool:
    return any(_touches(inner, array) for inner in statements((stmt,)))


def _common_block(stmts: list[Stmt], places: Places) -> BlockKey | None:
    if not stmts:
        return None
    block = places.of[stmts[0]].block
    for stmt in stmts[1:]:
        block = places.common_block(block, places.of[stmt].block)
    return block


def _writes_all(stmt: Stmt, array: str, lengths: list[Expr], definitions: dict[str, Expr]) -> bool:
    """Whether a nest of full loops stores each element before anything in it reads the array."""
    if any(isinstance(inner, Break) for inner in statements((stmt,))):
        return False
    nest, counters = stmt, {}
    while isinstance(stmt, For):
        if stmt.start != Const(0) or stmt.step != Const(1):
            return False
        counters[stmt.target] = resolved(stmt.stop, definitions)
        touching = [inner for inner in stmt.body if _touches_inside(inner, array)]
        stmt = touching[0]
    if not isinstance(stmt, Store) or stmt.array != array or stmt.accumulate:
        return False
    used = [i.id for i in stmt.index if isinstance(i, Name)]
    full = len(used) == len(stmt.index) and len(set(used)) == len(used)
    full = full and set(used) == set(counters)
    full = full and all(counters[i] == length for i, length in zip(used, lengths, strict=True))
    return full and _touches_only(nest, array, stmt.index)


def _touches_only(nest: Stmt, array: str, index: tuple[Expr | Slice, ...]) -> bool:
    """Whether all that touches the array in the nest looks at the cell being written."""
    for stmt in statements((nest,)):
        if isinstance(stmt, Store) and stmt.array == array and stmt.index != index:
            return False
        for expr in operands(stmt):
            for e in subexpressions(expr):
                if isinstance(e, Item) and e.value == Name(array) and e.index != index:
                    return False
                if isinstance(e, Call) and Name(array) in e.args and e.function is not dim:
                    return False
    return True


def single_definitions(program: Program) -> dict[str, Expr]:
    """The values of variables that are assigned once."""
    found: dict[str, list[Expr]] = {}
    for stmt in statements(program.body):
        if isinstance(stmt, Assign):
            found.setdefault(stmt.target, []).append(stmt.value)
        elif isinstance(stmt, For):
            found.setdefault(stmt.target, []).extend((stmt.start, stmt.stop))
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def resolved(expr: Expr, definitions: dict[str, Expr]) -> Expr:
    """A name replaced by the length or constant it was assigned, if it was assigned once."""
    seen: set[str] = set()
    while isinstance(expr, Name) and expr.id in definitions and expr.id not in seen:
        seen.add(expr.id)
        value = definitions[expr.id]
        if isinstance(value, Const | Name) or _is_length(value):
            expr = value
        else:
            break
    return expr


def _is_length(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.function is dim
