"""Constants given a type where they are passed to a function of the module.

    y = f(x, 0)          →          y = f(x, np.int64(0))

Numba compiles a function anew for a literal argument; where the function calls itself, that code
refers to itself by a name that another process cannot find in the cache.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from adjoint.program.core import Assign, Block, Call, Const, Expr, For, Name, Program
from adjoint.program.functions import Function, called_functions
from adjoint.program.walk import map_blocks, map_operands, rewrite, statements


def without_literals(program: Program) -> Program:
    """The program with constants that it passes to functions of the module typed."""
    if not any(True for _ in called_functions(program)):
        return program
    constants = _constants(program)

    def typed(arg: Expr) -> Expr:
        value = constants.get(arg.id) if isinstance(arg, Name) else arg
        if isinstance(value, Const) and isinstance(value.value, bool):
            return Call(np.bool_, (arg,))
        if isinstance(value, Const) and isinstance(value.value, int):
            return Call(np.int64, (arg,))
        return arg

    def change(expr: Any) -> Any:
        if isinstance(expr, Call) and isinstance(expr.function, Function):
            return replace(expr, args=tuple(map(typed, expr.args)))
        return expr

    def change_block(block: Block) -> Block:
        return tuple(
            map_operands(map_blocks(stmt, change_block), lambda e: rewrite(e, change))
            for stmt in block
        )

    return replace(program, body=change_block(program.body))


def _constants(program: Program) -> dict[str, Const]:
    """Variables to which only constants are assigned."""
    found: dict[str, Const] = {}
    others = set(program.params)
    for stmt in statements(program.body):
        if isinstance(stmt, Assign) and isinstance(stmt.value, Const):
            found[stmt.target] = stmt.value
        elif isinstance(stmt, Assign | For):
            others.add(stmt.target)
    return {name: value for name, value in found.items() if name not in others}
