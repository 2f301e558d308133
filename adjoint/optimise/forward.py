"""Loops of the reverse sweep that need not run backwards run forward.

for i in range(n - 1, -1, -1):          for i in range(n):
    x_bar[i] += t_bar * w[i]       →        x_bar[i] += t_bar * w[i]

The reverse of a loop starts with its last iteration. Where the iterations are independent, it may
as well start with the first: this reads better, and only such loops are vectorised.
"""

from __future__ import annotations

import operator
from dataclasses import replace

from adjoint.analyses.dependences import Dependences
from adjoint.analyses.liveness import live_after
from adjoint.optimise.simplify import simplified
from adjoint.program.core import Block, Call, Const, Expr, For, Program, Stmt
from adjoint.program.walk import map_blocks


def run_forward(program: Program) -> Program:
    """Turn round the loops of the reverse sweep whose iterations are independent."""
    dependences, live = Dependences(program), live_after(program)

    def change(block: Block) -> Block:
        done = tuple(_turned(stmt) for stmt in block)
        return block if all(a is b for a, b in zip(done, block, strict=True)) else done

    def _turned(stmt: Stmt) -> Stmt:
        inside = map_blocks(stmt, change)
        if not (isinstance(stmt, For) and isinstance(inside, For) and _is_backward(stmt)):
            return inside
        if not dependences.are_independent(stmt, live[stmt]):
            return inside
        return replace(inside, start=_next(stmt.stop), stop=_next(stmt.start), step=Const(1))

    body = change(program.body)
    return program if body is program.body else replace(program, body=body)


def _is_backward(loop: For) -> bool:
    return loop.reverse and loop.step == Const(-1)


def _next(bound: Expr) -> Expr:
    return simplified(Call(operator.add, (bound, Const(1))))
