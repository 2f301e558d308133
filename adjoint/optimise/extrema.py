"""Extrema read where they are, once it is known which elements get their derivatives.

    x_max = extrema.found(best, x[place])    →    x_max = best

Where there is no derivative, nothing looks for the place any more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adjoint.program.core import Block, Call, Program
from adjoint.program.walk import map_blocks, map_operands, rewrite
from adjoint.runtime import extrema


def read_extrema(program: Program) -> Program:
    """The program with extrema instead of the elements that they are."""

    def change(block: Block) -> Block:
        done = tuple(
            map_operands(map_blocks(s, change), lambda e: rewrite(e, _read)) for s in block
        )
        return block if all(a is b for a, b in zip(done, block, strict=True)) else done

    body = change(program.body)
    return program if body is program.body else replace(program, body=body)


def _read(expr: Any) -> Any:
    is_found = isinstance(expr, Call) and expr.function is extrema.found
    return expr.args[0] if is_found else expr
