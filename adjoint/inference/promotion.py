"""Casts that make Numba's types those of NumPy 2, where float32 meets Python's numbers.

    y = 2.0 * x            (x of float32)    →    y = np.float32(2.0) * x
    t = math.sin(s)        (s a float32)     →    t = math.sin(np.float64(s))

NumPy 2 computes with float32 where one operand is float32 and the others are Python's numbers;
Numba computes with float64. What goes in is a program in either dialect, what comes out is one
whose types Numba finds as NumPy has them. Programs without float32 and complex64 stay as they are.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.inference.infer import infer
from adjoint.inference.kinds import SMALL, common, kind_of, kinds, operands
from adjoint.program import primitives
from adjoint.program.core import Assign, Block, Call, Const, Expr, Name, Program, Slice, Stmt
from adjoint.program.functions import Function, called_functions
from adjoint.program.numbers import element_of
from adjoint.program.walk import (
    assigned,
    map_blocks,
    map_operands,
    read,
    statements,
    subexpressions,
)
from adjoint.program.walk import operands as statement_operands

_SMALL_TYPES = (types.float32, types.complex64)
_POWERS = (operator.pow, operator.ipow, np.power)


def promoted(
    program: Program, arg_types: tuple[Any, ...], load: Callable[[Program], Callable[..., Any]]
) -> Program:
    """The program with NumPy's promotions written out.

    Parameters
    ----------
    arg_types : one Numba type for each of `program.params`.
    load : makes a program a Python function (see `infer`).

    Raises
    ------
    UnsupportedSyntax : a checkpointed loop is a call, whose types Numba has the last word on.
    """
    _refuse_small_steps(program, arg_types)
    if not _has_small(program, arg_types) or next(called_functions(program), None) is not None:
        return program
    while True:
        typed, _ = infer(program, arg_types, load)
        cast = _Casts(typed).program()
        if cast is None:
            known = program.types
            return program if known is None else replace(program, types={**known, **_table(typed)})
        program = replace(cast, types=program.types)


def _refuse_small_steps(program: Program, arg_types: tuple[Any, ...]) -> None:
    for stmt in statements(program.body):
        for expr in statement_operands(stmt):
            function = expr.function if isinstance(expr, Call) else None
            if not isinstance(function, Function) or function.steps is None:
                continue
            inside = function.program is not None and _has_small(function.program, ())
            if inside or _has_small(program, arg_types):
                raise UnsupportedSyntax(
                    "a checkpointed loop, and float32 or complex64 in the same function: they "
                    "would be computed with in another precision than without checkpointed",
                    stmt.at,
                    "use float64, or leave out checkpointed",
                )


def _table(typed: Program) -> Mapping[str, Any]:
    assert typed.types is not None
    return typed.types


def _has_small(program: Program, arg_types: tuple[Any, ...]) -> bool:
    """Whether float32 or complex64 comes in with an argument or a constant."""
    if any(element_of(type_) in _SMALL_TYPES for type_ in arg_types):
        return True
    return any(
        _is_small_constant(part)
        for stmt in statements(program.body)
        for expr in statement_operands(stmt)
        for part in subexpressions(expr)
    )


def _is_small_constant(expr: Expr | Slice) -> bool:
    if isinstance(expr, Call):
        return expr.function in (np.float32, np.complex64)
    value = expr.value if isinstance(expr, Const) else None
    return isinstance(value, np.float32 | np.complex64) or value in (np.float32, np.complex64)


class _Casts:
    """The casts of one program whose types are known."""

    def __init__(self, typed: Program) -> None:
        self._program = typed
        self._types = typed.types or {}
        self._kinds = kinds(typed)
        self._taken = read(typed.body) | assigned(typed.body) | set(typed.params)
        self._before: list[Stmt] = []
        self._count = 0

    def program(self) -> Program | None:
        """The program with casts; None if there is nothing to cast."""
        body = self._block(self._program.body)
        return replace(self._program, body=body) if self._count else None

    def _block(self, block: Block) -> Block:
        done: list[Stmt] = []
        for stmt in block:
            stmt = map_blocks(stmt, self._block)
            self._before = []
            stmt = self._statement(stmt)
            done += [replace(s, at=stmt.at, reverse=stmt.reverse) for s in self._before]
            done.append(stmt)
        return tuple(done)

    def _statement(self, stmt: Stmt) -> Stmt:
        stmt = map_operands(stmt, lambda expr: self._expression(expr, top=True))
        if not isinstance(stmt, Assign):
            return stmt
        kind = self._kinds.get(stmt.target)
        own = kind_of(stmt.value, self._kinds)
        if kind is None or own is None or not kind.is_small or not own.weak:
            return stmt
        value = stmt.value
        if isinstance(value, Call):
            value = self._named(value, stmt.target)
        return replace(stmt, value=self._cast(value, kind.dtype))

    def _expression(self, expr: Any, top: bool = False) -> Any:
        """The expression with its operands cast.

        At the top of a statement an operand that is an atom stays one, as the array dialect wants.
        """
        if not isinstance(expr, Call):
            return expr
        call = self._to_python(replace(expr, args=tuple(map(self._expression, expr.args))), top)
        parts = operands(call)
        numbers = [kind_of(part, self._kinds) for part in parts]
        known = [number for number in numbers if number is not None]
        if len(known) < len(parts) or not known or common(known) not in SMALL:
            return call
        dtype = common(known)
        cast = tuple(
            part
            if number.is_small or _is_whole_power(call, part)
            else self._operand(part, dtype, top)
            for part, number in zip(parts, known, strict=True)
        )
        return replace(call, args=(*call.args[: len(call.args) - len(parts)], *cast))

    def _to_python(self, call: Call, top: bool) -> Call:
        """Python's functions make a double of a float32, where Numba's float32 stays one."""
        module = getattr(call.function, "__module__", None)
        if call.function not in (float, complex) and module not in ("math", "cmath"):
            return call
        return replace(call, args=tuple(self._widened(arg, top) for arg in call.args))

    def _widened(self, arg: Expr, top: bool) -> Expr:
        number = kind_of(arg, self._kinds)
        if number is None or not number.is_small:
            return arg
        wide = np.float64 if number.dtype.kind == "f" else np.complex128
        return self._operand(arg, np.dtype(wide), top)

    def _operand(self, expr: Expr, dtype: np.dtype[Any], top: bool) -> Expr:
        value = self._cast(expr, dtype)
        return self._named(value, "t") if top and isinstance(expr, Name) else value

    def _cast(self, expr: Expr, dtype: np.dtype[Any]) -> Expr:
        self._count += 1
        if isinstance(expr, Const):
            return Const(dtype.type(expr.value))
        if isinstance(expr, Name) and isinstance(self._types.get(expr.id), types.Array):
            return Call(primitives.astype, (expr, Const(dtype.type)))
        return Call(dtype.type, (expr,))

    def _named(self, value: Expr, stem: str) -> Name:
        """A value in a variable of its own, assigned before the statement."""
        number = 1
        while f"{stem}_{number}" in self._taken:
            number += 1
        self._taken.add(f"{stem}_{number}")
        self._before.append(Assign(f"{stem}_{number}", value))
        return Name(f"{stem}_{number}")


def _is_whole_power(call: Call, part: Expr) -> bool:
    """An exponent that is a whole number: multiplications, which keep the type."""
    if call.function not in _POWERS or part is not call.args[1]:
        return False
    return isinstance(part, Const) and type(part.value) is int
