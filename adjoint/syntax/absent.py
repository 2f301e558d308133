"""Variables that are None at first and a number later: a number and a flag.

`previous = None` before a loop and `previous = x` in it make a variable that has no type of its
own. It becomes a number, not a number (NaN) while there is none, with a flag beside it that
`previous is None` asks for::

    previous = None               previous = nan; previous_is_none = True
    …                             …
    if previous is None:          if previous_is_none:
    previous = x                  previous = x; previous_is_none = False
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace

from adjoint.errors import UnsupportedSyntax
from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    For,
    If,
    Name,
    Program,
    Slice,
    Stmt,
    While,
)
from adjoint.program.walk import map_blocks, map_operands, operands, rewrite, statements
from adjoint.program.walk import subexpressions as parts
from adjoint.syntax.names import Names

_NONE = Const(None)
_IS, _IS_NOT = (operator.is_, operator.eq), (operator.is_not, operator.ne)
_TRUTH = (bool, print, operator.not_, primitives.logical_and, primitives.logical_or)


def flag_absent_numbers(program: Program, names: Names) -> Program:
    """Give every variable that is bound to None and to something else a flag.

    Raises
    ------
    UnsupportedSyntax : such a variable is printed, or its truth is asked, where NaN is not None.
    """
    absent = _absent(program)
    if not absent:
        return program
    flags = {name: names.variable(f"{name}_is_none") for name in sorted(absent)}
    given = tuple(
        Assign(flags[name], Const(False), at=program.body[0].at)
        for name in program.params
        if name in flags
    )
    for stmt in statements(program.body):
        _check(stmt, flags, program)
    return replace(program, body=given + _flagged(program.body, flags))


def _absent(program: Program) -> set[str]:
    """Variables that are None on some path and not on another; copies of them count too."""
    none, other = set(), set(program.params)
    copies: list[tuple[str, str]] = []
    for stmt in statements(program.body):
        match stmt:
            case Assign(target, Const(None)):
                none.add(target)
            case Assign(target, Name(original)):
                copies.append((target, original))
                other.add(target)
            case Assign(target) | For(target):
                other.add(target)
    absent = none & other
    while found := {target for target, original in copies if original in absent} - absent:
        absent |= found
    return absent


def _check(stmt: Stmt, flags: Mapping[str, str], program: Program) -> None:
    """NaN stands for None only where arithmetic is done, or where the flag is asked."""
    asked: list[Expr | Slice] = [stmt.test] if isinstance(stmt, If | While) else []
    for expr in (part for operand in operands(stmt) for part in parts(operand)):
        if isinstance(expr, Call) and expr.function in _TRUTH:
            asked += expr.args
    for expr in asked:
        if isinstance(expr, Name) and expr.id in flags:
            raise UnsupportedSyntax(
                f"{expr.id!r} may be None where its truth is asked, or where it is printed",
                stmt.at,
                f"ask for None first: if {expr.id} is None: …",
            )


def _flagged(block: Block, flags: Mapping[str, str]) -> Block:
    """The block with the flags set and asked for."""
    out: list[Stmt] = []
    for stmt in block:
        stmt = map_blocks(stmt, lambda inner: _flagged(inner, flags))
        stmt = map_operands(stmt, lambda expr: rewrite(expr, lambda e: _asked(e, flags)))
        match stmt:
            case Assign(target, value, at=at) if target in flags:
                out.append(replace(stmt, value=Const(float("nan"))) if value == _NONE else stmt)
                flag: Expr = Const(value == _NONE)
                if isinstance(value, Name) and value.id in flags:
                    flag = Name(flags[value.id])
                out.append(Assign(flags[target], flag, at=at))
            case For(target, body=body, at=at) if target in flags:
                bound = Assign(flags[target], Const(False), at=at)
                out.append(replace(stmt, body=(bound, *body)))
            case _:
                out.append(stmt)
    return tuple(out)


def _asked(expr: Expr, flags: Mapping[str, str]) -> Expr:
    """`x is None` as the flag of x."""
    match expr:
        case Call(function, (Name(name), Const(None)) | (Const(None), Name(name))):
            if name in flags and function in _IS:
                return Name(flags[name])
            if name in flags and function in _IS_NOT:
                return Call(operator.not_, (Name(flags[name]),))
    return expr
