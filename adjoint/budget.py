"""What the adjoint of some steps of a checkpointed loop stores, as formulas in its parameters.

From these, generated code finds how many steps fit in a budget when it runs, when all lengths are
known. Nothing is guessed: where the size of an array is not known before the steps run, the
budget is refused.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce

import numpy as np
from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Call,
    Const,
    Evaluate,
    Expr,
    For,
    Location,
    Name,
    Program,
    Stmt,
    Tuple,
)
from adjoint.program.functions import Function
from adjoint.program.growth import growing
from adjoint.program.numbers import element_of
from adjoint.program.walk import names, statements
from adjoint.runtime import shapes

_MAKE = (np.empty, np.zeros, np.ones)
_LIKE = (np.empty_like, np.zeros_like, np.ones_like, np.copy)


def bytes_stored(program: Program, bounds: tuple[Expr, Expr, Expr]) -> tuple[Expr, Expr]:
    """Bytes for each step, and besides.

    Parameters
    ----------
    program : the adjoint of steps that stores all it needs.
    bounds : start, stop and step of the steps, in its parameters.

    Raises
    ------
    UnsupportedSyntax : an array has no size that the parameters tell.
    """
    return _Sizes(program, bounds).total()


class _Sizes:
    def __init__(self, program: Program, bounds: tuple[Expr, Expr, Expr]) -> None:
        self._program = program
        self._types = program.types or {}
        self._count = Call(shapes.slice_length, bounds)
        self._ends = {name for bound in bounds[:2] for name in names(bound)}
        self._made: dict[str, list[Assign]] = {}
        self._asked: list[str] = []
        for stmt in statements(program.body):
            if isinstance(stmt, Assign):
                self._made.setdefault(stmt.target, []).append(stmt)

    def total(self) -> tuple[Expr, Expr]:
        each: list[Expr] = []
        besides: list[Expr] = []
        for stmt in statements(self._program.body):
            if growing(stmt) is not None or _calls_function(stmt):
                raise self._refusal(stmt)
            if isinstance(stmt, Assign) and isinstance(self._types.get(stmt.target), types.Array):
                self._add(stmt, each, besides)
        return _combined(operator.add, each, 0), _combined(operator.add, besides, 0)

    def _add(self, stmt: Assign, each: list[Expr], besides: list[Expr]) -> None:
        if not isinstance(stmt.value, Call):
            return  # another name, or a view
        lengths = self._lengths_of(stmt.value, stmt)
        others = [length for length in lengths if length != self._count]
        counted = len(lengths) - len(others)
        if counted > 1 or any(self._ends & {*names(length)} for length in others):
            raise self._refusal(stmt)
        size = element_of(self._types[stmt.target]).bitwidth // 8
        product = _combined(operator.mul, [Const(size), *others], 1)
        (each if counted else besides).append(product)

    def _lengths(self, array: str, stmt: Stmt) -> list[Expr]:
        """The lengths of an array, the larger ones where it is one of several."""
        if array in self._program.params:
            ndim = self._types[array].ndim
            return [Call(primitives.dim, (Name(array), Const(k))) for k in range(ndim)]
        self._asked.append(array)
        found = [
            self._lengths_of(made.value, stmt)
            for made in self._made.get(array, [])
            if not isinstance(made.value, Name) or made.value.id not in self._asked
        ]
        self._asked.pop()
        if not found:
            raise self._refusal(stmt)
        return [_largest(axis) for axis in zip(*found, strict=True)]

    def _lengths_of(self, value: Expr, stmt: Stmt) -> list[Expr]:
        """The lengths of an array that an expression makes or names."""
        if isinstance(value, Name):
            return self._lengths(value.id, stmt)
        if not isinstance(value, Call):
            raise self._refusal(stmt)
        if value.function in _LIKE and isinstance(value.args[0], Name):
            return self._lengths(value.args[0].id, stmt)
        if value.function not in _MAKE:
            raise self._refusal(stmt)
        shape = value.args[0]
        lengths = shape.items if isinstance(shape, Tuple) else (shape,)
        return [self._in_parameters(length, stmt) for length in lengths]

    def _in_parameters(self, length: Expr, stmt: Stmt) -> Expr:
        match length:
            case Const():
                return length
            case Name(name):
                if name in self._program.params:
                    return length
                made = self._made.get(name, [])
                counts = any(
                    isinstance(s, For) and s.target == name for s in statements(self._program.body)
                )
                if len(made) != 1 or counts:
                    raise self._refusal(stmt)
                return self._in_parameters(made[0].value, stmt)
            case Call(primitives.dim, (Name(array), Const(axis))):
                return self._lengths(array, stmt)[axis]
            case Call(function, args, ()) if not isinstance(function, Function):
                return Call(function, tuple(self._in_parameters(arg, stmt) for arg in args))
        raise self._refusal(stmt)

    def _refusal(self, stmt: Stmt) -> UnsupportedSyntax:
        return UnsupportedSyntax(
            "how much memory a step of this checkpointed loop takes is not known before it runs, "
            "so it cannot be held within a budget",
            stmt.at or self._first_line(),
            "leave out memory=; or make arrays before the loop, of a length known there",
        )

    def _first_line(self) -> Location | None:
        return next((s.at for s in statements(self._program.body) if s.at is not None), None)


def _calls_function(stmt: Stmt) -> bool:
    call = stmt.value if isinstance(stmt, Assign) else getattr(stmt, "call", None)
    known = isinstance(stmt, Assign | Evaluate) and isinstance(call, Call)
    return known and isinstance(call.function, Function)  # type: ignore[union-attr]


def _largest(lengths: Sequence[Expr]) -> Expr:
    different = list(dict.fromkeys(lengths))
    return reduce(lambda one, other: Call(max, (one, other)), different)


def _combined(function: object, parts: Sequence[Expr], neutral: int) -> Expr:
    whole: Expr = Const(neutral)
    for k, part in enumerate(parts):
        whole = part if k == 0 else Call(function, (whole, part))  # type: ignore[arg-type]
    return whole
