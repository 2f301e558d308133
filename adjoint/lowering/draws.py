"""Draws with parameters as arithmetic on draws without: `mu + sigma * standard_normal()`.

This is what NumPy and Numba compute, from the same numbers of the stream, and it says how the draw
depends on its parameters. Draws whose dependence has no such form keep their parameters, and have
no rule: a gradient that would pass through them is refused.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numba.core import types

from adjoint.program.core import Assign, Block, Call, Const, Expr, Name, Program, Stmt
from adjoint.program.draws import Draw, draw
from adjoint.program.walk import map_blocks

# Names and defaults of the parameters.
_FAMILIES: dict[str, dict[str, float | None]] = {
    "normal": {"loc": 0.0, "scale": 1.0},
    "lognormal": {"mean": 0.0, "sigma": 1.0},
    "uniform": {"low": 0.0, "high": 1.0},
    "exponential": {"scale": 1.0},
    "gamma": {"shape": None, "scale": 1.0},
}
_LEGACY = {getattr(np.random, name): name for name in _FAMILIES}


def reparametrise(program: Program) -> Program:
    """The typed program with draws of variable parameters written out."""
    table = dict(program.types or {})

    def change(block: Block) -> Block:
        found: list[Stmt] = []
        for stmt in block:
            found += _written_out(map_blocks(stmt, change), table)
        return tuple(found)

    body = change(program.body)
    if len(table) == len(program.types or {}):
        return program
    return replace(program, body=body, types=table)


def _written_out(stmt: Stmt, table: dict[str, Any]) -> list[Stmt]:
    if not isinstance(stmt, Assign) or not isinstance(stmt.value, Call):
        return [stmt]
    family = _family(stmt.value)
    if family is None:
        return [stmt]
    generator = stmt.value.args[:1] if isinstance(stmt.value.function, Draw) else ()
    params = _arguments(stmt.value, family, len(generator))
    keywords = {key for key, _ in stmt.value.keywords}
    constant = all(isinstance(param, Const) for param in params.values())
    if constant or not keywords <= {*_FAMILIES[family], "size"}:
        return [stmt]
    if not all(_is_scalar(param, table) for param in params.values()):
        return [stmt]
    return _Writer(stmt, table, generator).write(family, params, stmt.value)


class _Writer:
    def __init__(self, stmt: Assign, table: dict[str, Any], generator: tuple[Expr, ...]) -> None:
        self._stmt = stmt
        self._table = table
        self._generator = generator
        self._found: list[Stmt] = []

    def write(self, family: str, params: Mapping[str, Expr], call: Call) -> list[Stmt]:
        """Assignments whose last is to the target."""
        size = _size(call, len(params) + len(self._generator))
        match family:
            case "normal" | "lognormal":
                first, second = params.values()
                drawn = self._draw("standard_normal", size)
                scaled = self._name(Call(operator.mul, (second, drawn)))
                moved = Call(operator.add, (first, scaled))
                whole = moved if family == "normal" else Call(np.exp, (self._name(moved),))
            case "uniform":
                drawn = self._draw("random", size)
                width = Call(operator.sub, (params["high"], params["low"]))
                scaled = self._name(Call(operator.mul, (self._name(width, types.float64), drawn)))
                whole = Call(operator.add, (params["low"], scaled))
            case "exponential":
                drawn = self._draw("standard_exponential", size)
                whole = Call(operator.mul, (params["scale"], drawn))
            case _:
                drawn = self._draw("standard_gamma", size, params["shape"])
                whole = Call(operator.mul, (params["scale"], drawn))
        return [*self._found, replace(self._stmt, value=whole)]

    def _draw(self, name: str, size: tuple[Expr, ...], *params: Expr) -> Name:
        function: Callable[..., Any] = draw(name) if self._generator else getattr(np.random, name)
        return self._name(Call(function, (*self._generator, *params, *size)))

    def _name(self, value: Expr, type_: Any = None) -> Name:
        """A variable for a value, of the draw's own type unless another is given."""
        number = 1
        while f"drawn_{number}" in self._table:
            number += 1
        name = f"drawn_{number}"
        self._table[name] = self._table[self._stmt.target] if type_ is None else type_
        self._found.append(Assign(name, value, at=self._stmt.at))
        return Name(name)


def _family(call: Call) -> str | None:
    function = call.function
    if isinstance(function, Draw):
        return function.__name__ if function.__name__ in _FAMILIES else None
    try:
        return _LEGACY.get(function)
    except TypeError:  # not hashable
        return None


def _arguments(call: Call, family: str, before: int) -> dict[str, Expr]:
    """The parameters by name, defaults filled in."""
    named = dict(call.keywords)
    found: dict[str, Expr] = {}
    for position, (name, default) in enumerate(_FAMILIES[family].items(), start=before):
        if position < len(call.args):
            found[name] = call.args[position]
        else:
            found[name] = named.get(name, Const(default))
    return found


def _size(call: Call, position: int) -> tuple[Expr, ...]:
    given = call.args[position:] or tuple(v for k, v in call.keywords if k == "size")
    return () if given == (Const(None),) else given


def _is_scalar(param: Expr, table: Mapping[str, Any]) -> bool:
    if isinstance(param, Const):
        return isinstance(param.value, int | float)
    return isinstance(param, Name) and isinstance(table.get(param.id), types.Number)
