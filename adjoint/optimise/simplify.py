"""Constants folded and identities applied, where the result is the same to the last bit.

x ** 2      →  x * x
z * 1.0     →  z
(n - 1) + 1 →  n
1 if 3 == 0 else 2  →  2
shapes.broadcast_dim(n, n) →  n
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import Any

import numpy as np

from adjoint.program import primitives
from adjoint.program.core import Block, Call, Const, Expr, If, Name, Program, Slice, Stmt
from adjoint.program.walk import map_blocks, map_operands, rewrite
from adjoint.runtime import shapes

_FOLDABLE = {
    operator.add,
    operator.sub,
    operator.mul,
    operator.neg,
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    operator.not_,
    operator.floordiv,
    max,
    min,
}
_LARGE = 2**62  # the other sign of a larger integer may be none of 64 bits


def simplify(program: Program) -> Program:
    """Simplify every expression, and every `if` whose test is known."""
    body = _block(program.body)
    return program if body is program.body else replace(program, body=body)


def _block(block: Block) -> Block:
    done: list[Stmt] = []
    for stmt in block:
        stmt = map_operands(map_blocks(stmt, _block), simplified)
        if isinstance(stmt, If) and isinstance(stmt.test, Const):
            done.extend(stmt.body if stmt.test.value else stmt.orelse)
        else:
            done.append(stmt)
    same = len(done) == len(block) and all(a is b for a, b in zip(done, block, strict=True))
    return block if same else tuple(done)


def simplified(expr: Expr | Slice) -> Any:
    """The expression, simplified bottom-up."""
    return rewrite(expr, _node)


def _node(expr: Expr | Slice) -> Expr | Slice:
    if not isinstance(expr, Call) or expr.keywords:
        return expr
    function, args = expr.function, expr.args
    if function in _FOLDABLE and all(_is_number(arg) for arg in args):
        return _folded(expr)
    if function is primitives.select and isinstance(args[0], Const):
        return args[1] if args[0].value else args[2]
    if function is operator.pow:
        return _power(expr)
    if function in (operator.add, operator.sub):
        return _sum(expr)
    if function in (operator.mul, operator.truediv):
        return _product(expr)
    if function in (shapes.broadcast_dim, shapes.broadcast_step, shapes.check_aligned):
        return _length(expr)
    if function is operator.neg and isinstance(args[0], Call) and args[0].function is operator.neg:
        return args[0].args[0]
    return expr


def _is_number(expr: Expr) -> bool:
    """Whether an expression is an integer, a bool or a Python float (NumPy's keep their type)."""
    return isinstance(expr, Const) and type(expr.value) in (int, bool, float)


def _folded(expr: Call) -> Expr:
    values = [arg.value for arg in expr.args if isinstance(arg, Const)]
    if expr.function is operator.floordiv and (values[1] == 0 or float in map(type, values)):
        return expr
    return Const(expr.function(*values))


def _power(expr: Call) -> Expr:
    base, exponent = expr.args
    if exponent in (Const(1), Const(1.0)):
        return base
    if exponent in (Const(2), Const(2.0)) and isinstance(base, Name):
        return Call(operator.mul, (base, base))
    return expr


def _sum(expr: Call) -> Expr:
    """x ± 0 of integers, (x ± a) ± b with integer constants a and b, and x - -a."""
    left, right = expr.args
    if right == Const(0):
        return left
    if left == Const(0) and expr.function is operator.add:
        return right
    inner = _offset(left)
    outer = _offset(Call(expr.function, (Const(0), right))) if _is_integer(right) else None
    if inner is not None and outer is not None and inner[0] is not None:
        return _with_offset(inner[0], inner[1] + outer[1])
    if outer is not None and isinstance(right, Const) and -_LARGE < right.value < 0:
        return _with_offset(left, outer[1])
    return expr


def _is_integer(expr: Expr) -> bool:
    return isinstance(expr, Const) and type(expr.value) is int


def _offset(expr: Expr) -> tuple[Expr | None, int] | None:
    """`x + a` or `x - a` as (x, ±a)."""
    if not isinstance(expr, Call) or expr.function not in (operator.add, operator.sub):
        return None
    base, amount = expr.args
    if not (isinstance(amount, Const) and type(amount.value) is int):
        return None
    return base, amount.value if expr.function is operator.add else -amount.value


def _with_offset(base: Expr, offset: int) -> Expr:
    if offset == 0:
        return base
    function = operator.add if offset > 0 else operator.sub
    return Call(function, (base, Const(abs(offset))))


def _product(expr: Call) -> Expr:
    """z * 1 and z / 1 are z, for every z; z * -1 is -z."""
    left, right = expr.args
    if right in (Const(1), Const(1.0)) and not _changes_type(left, right):
        return left
    if expr.function is operator.mul and left in (Const(1), Const(1.0)):
        return expr if _changes_type(right, left) else right
    return expr


def _length(expr: Call) -> Expr:
    """What two equal lengths come to, which fit together whatever they are."""
    left, right = expr.args
    if left != right or not isinstance(left, Name | Const):
        return expr
    return Const(1) if expr.function is shapes.broadcast_step else left


def _changes_type(operand: Expr, one: Expr) -> bool:
    """Whether `operand * 1.0` could make a float of an integer constant."""
    return _is_integer(operand) or (isinstance(one, Const) and isinstance(one.value, np.generic))
