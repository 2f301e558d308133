"""A derivative that is written to arrays of the caller, which `out=` names.

    def f_gradient(x):                      def f_gradient_into(x, x_bar):
        x_bar = np.zeros_like(x)                shapes.check_out(x_bar.shape[0], x.shape[0])
        x_bar[0] += 2.0 * x[0]         →        x_bar[:] = 0.0
        return x_bar                            x_bar[0] += 2.0 * x[0]
                                                return x_bar

An array that the adjoint makes once, and uses element by element, is the caller's from the start;
others are copied at the end, as the caller's may have any strides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numba.core import types

from adjoint.program.core import (
    Assign,
    Call,
    Const,
    Evaluate,
    Expr,
    Name,
    Program,
    Return,
    Slice,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.elements import making
from adjoint.program.free_names import free_name
from adjoint.program.primitives import dim
from adjoint.program.walk import assigned, names
from adjoint.runtime import shapes

_SHAPED: tuple[Callable[..., Any], ...] = np.zeros, np.empty
_ALIKE: tuple[Callable[..., Any], ...] = np.zeros_like, np.empty_like
_ALL = Slice(None, None, None)


@dataclass(frozen=True)
class Into:
    """The function, and the number of axes of each array that it takes after the arguments.

    Attributes
    ----------
    axes : one for each derivative; None for one that is a number, for which no array is taken.
    """

    program: Program
    axes: tuple[int | None, ...]


def into(adjoint: Program, seed: Const | None, *, value: bool) -> Into:
    """The function that writes derivatives to arrays that it is given.

    Parameters
    ----------
    adjoint : returns the primal's result and the bars; or Jacobians, if there is no seed.
    seed : the cotangent of the result, the adjoint's last parameter.
    value : whether the primal's result is returned besides.
    """
    *body, last = adjoint.body
    assert isinstance(last, Return)
    found = last.value.items if isinstance(last.value, Tuple) else (last.value,)
    params = adjoint.params
    if seed is not None:
        body = [Assign(params[-1], seed), *body]
        params, (result, found) = params[:-1], (found[0], found[1:])
    writing = _Writing(body, params, dict(adjoint.types or {}))
    written = [writing.derivative(bar) for bar in found]
    whole = written[0] if len(written) == 1 else Tuple(tuple(written))
    answer = Return(Tuple((result, whole)) if value else whole, at=last.at)
    program = replace(
        adjoint,
        name=f"{adjoint.name}_into",
        params=(*params, *(name.id for name in writing.given)),
        body=(*writing.checks, *writing.body, answer),
        types=writing.table,
    )
    return Into(program, tuple(writing.axes))


class _Writing:
    """The function's statements, changed derivative by derivative.

    Attributes
    ----------
    checks : statements before all others. Machine code is faster for it: nothing that Numba counts
        references to is held yet where it may be left.
    given : the arrays of the caller.
    """

    def __init__(self, body: list[Stmt], params: Sequence[str], table: dict[str, Any]) -> None:
        self.body, self.table = body, table
        self.checks: list[Stmt] = []
        self.given: list[Name] = []
        self.axes: list[int | None] = []
        self._params = params
        self._fixed = set(params) - assigned(tuple(body))

    def derivative(self, bar: Expr) -> Expr:
        """What is returned in the place of a bar: an array of the caller, or the number."""
        kind = _kind(bar, self.table)
        if not isinstance(kind, types.Array):
            self.axes.append(None)
            return bar
        self.axes.append(kind.ndim)
        made = self._allocation(bar, kind)
        out = self._in_place(made, kind) if made is not None else self._copied(bar, kind)
        self.given.append(out)
        return out

    def _allocation(self, bar: Expr, kind: types.Array) -> Assign | None:
        """The statement that makes an array, if it may be the caller's instead."""
        if not isinstance(bar, Name) or bar in self.given or bar.id in self._params:
            return None
        made = making(bar.id, kind, tuple(self.body))
        return made if made is not None and _shape(made.value, kind) is not None else None

    def _in_place(self, made: Assign, kind: types.Array) -> Name:
        """Take the caller's array from where one is made."""
        shape, out = _shape(made.value, kind), Name(made.target)
        assert shape is not None and isinstance(made.value, Call)
        start = self._checked(out, shape)
        if made.value.function in (np.zeros, np.zeros_like):
            start.append(Store(out.id, (_ALL,) * kind.ndim, _zero(kind)))
        at = self.body.index(made)
        self.body[at : at + 1] = start
        return out

    def _copied(self, bar: Expr, kind: types.Array) -> Name:
        """Copy an array to the caller's at the end."""
        stem = f"{getattr(bar, 'id', 'gradient')}_out"
        out = Name(free_name(stem, {*self.table, *self._params}))
        self.table[out.id] = kind
        self.body += self._checked(out, _lengths(bar, kind.ndim))
        self.body.append(Store(out.id, (_ALL,) * kind.ndim, bar))
        return out

    def _checked(self, out: Name, shape: Sequence[Expr]) -> list[Stmt]:
        """Checks that the caller's array has a shape, those that are not made at the start."""
        late: list[Stmt] = []
        for found, wanted in zip(_lengths(out, len(shape)), shape, strict=True):
            checks = self.checks if set(names(wanted)) <= self._fixed else late
            checks.append(Evaluate(Call(shapes.check_out, (found, wanted))))
        return late


def _kind(bar: Expr, table: dict[str, Any]) -> Any:
    """The type of what is returned: a variable, or a cast of one."""
    while isinstance(bar, Call):
        bar = bar.args[0]
    return table.get(bar.id) if isinstance(bar, Name) else None


def _shape(value: Expr, kind: types.Array) -> tuple[Expr, ...] | None:
    """The lengths of an array that is made."""
    if not isinstance(value, Call):
        return None
    if value.function in _SHAPED:
        shape = value.args[0]
        return shape.items if isinstance(shape, Tuple) else (shape,)
    if value.function in _ALIKE:
        return _lengths(value.args[0], kind.ndim)
    return None


def _lengths(array: Expr, ndim: int) -> tuple[Expr, ...]:
    return tuple(Call(dim, (array, Const(axis))) for axis in range(ndim))


def _zero(kind: types.Array) -> Const:
    return Const(0j if isinstance(kind.dtype, types.Complex) else 0.0)
