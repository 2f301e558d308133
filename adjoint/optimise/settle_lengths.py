"""Lengths that are known not to change written as what they are, so that nothing tests them again.

    x, y = np.zeros(n), np.ones(n)
    for _ in range(steps):
        m = x.shape[0]                            m = n
        k = shapes.broadcast_dim(m, y.shape[0])   k = m
        step = shapes.broadcast_step(m, k)    →   step = 1
        …                                         …
        x, y = y, z                               x, y = y, z

What is left, copies and products with one, `tidy` takes away.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from adjoint.analyses.kept_lengths import KeptLengths
from adjoint.analyses.memory import Memory
from adjoint.analyses.places import Places
from adjoint.program.core import Block, Call, Const, Expr, Name, Program
from adjoint.program.linear import Linear
from adjoint.program.primitives import dim
from adjoint.program.walk import map_blocks, map_operands, rewrite
from adjoint.runtime import shapes

_ONE = Linear({}, 1)
_ONE_OF_TWO = (shapes.broadcast_dim, shapes.check_aligned, shapes.check_unchanged)


def settle_lengths(program: Program) -> Program:
    """Replace lengths, and tests of lengths, whose outcome is always the same."""
    places = Places(program)
    kept = KeptLengths(program, places, Memory(program, places))
    body = _settled_block(kept, program.body)
    same = all(a is b for a, b in zip(body, program.body, strict=True))
    return program if same else replace(program, body=body)


def _settled_block(kept: KeptLengths, block: Block) -> Block:
    return tuple(
        map_operands(
            map_blocks(stmt, partial(_settled_block, kept)),
            lambda e: rewrite(e, partial(_settled, kept)),
        )
        for stmt in block
    )


def _settled(kept: KeptLengths, expr: Any) -> Any:
    """A length or a test of lengths in its simplest form; other expressions as they are."""
    if not isinstance(expr, Call):
        return expr
    if expr.function is dim:
        found = kept.of(expr)
        return found.expr() if found is not None and _is_atom(found.expr()) else expr
    if expr.function is shapes.broadcast_step:
        return Const(1) if kept.of(expr) == _ONE else expr
    if expr.function in _ONE_OF_TWO:
        return _operand(kept, expr)
    return expr


def _operand(kept: KeptLengths, expr: Call) -> Expr:
    """The operand that a function of two lengths returns, where that is known."""
    first, second = map(kept.of, expr.args)
    if first is not None and first == second:
        return expr.args[0]
    if expr.function is shapes.broadcast_dim and _ONE in (first, second):
        return expr.args[first == _ONE]
    return expr


def _is_atom(expr: Expr) -> bool:
    """Whether an expression is a name, a number or a parameter's length."""
    return isinstance(expr, Const | Name) or (isinstance(expr, Call) and expr.function is dim)
