"""Which arrays are better laid out in another order of axes, and in which.

for k in range(n):
    for j in range(m):
        for i in range(m):
            y[i] += x[i, k] * w[j]    # x is walked through along its first axis

Goes in: a program in the scalar dialect, with types. Comes out: for arrays that loops walk through
along another axis than the last one, the order of axes in which that takes less time, by a guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numba.core import types

from adjoint.analyses.purity import is_scalar_function
from adjoint.analyses.sharing import sharing
from adjoint.analyses.walking_order import LENGTH, Step, WalkingOrder
from adjoint.program.core import (
    Assign,
    Call,
    Const,
    Evaluate,
    Expr,
    For,
    Item,
    Name,
    Program,
    Raise,
    Return,
    Slice,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.primitives import dim
from adjoint.program.walk import (
    children,
    given_for_effect,
    operands,
    statements,
    stored,
    subexpressions,
)

MAKING: set[Callable[..., Any]] = {np.empty, np.zeros, np.ones}
ALIKE: dict[Callable[..., Any], Callable[..., Any]] = {
    np.empty_like: np.empty,
    np.zeros_like: np.zeros,
    np.ones_like: np.ones,
}
_APART = 4  # how many times longer it takes to touch what is not next to each other
_COPYING = 1 + _APART
_SAVED = 4  # the part of an array's time that must be saved is one of so many
Order = tuple[int, ...]


class AxisOrders:
    """The arrays that get another order.

    Attributes
    ----------
    orders : of those that are only there in the new order, the old axes in the new order.
    copies : of those that are read, and have a copy.
    """

    def __init__(self, program: Program, fixed: frozenset[str]) -> None:
        self._program = program
        self._table = program.types or {}
        self._made = _made_once(program)
        self._written = stored(program.body) | given_for_effect(program.body)
        self._returned = returned(program)
        self.orders: dict[str, Order] = {}
        self.copies: dict[str, Order] = {}
        whole = set(_used_whole(program, self._table))
        shared = sharing(program)
        steps: dict[str, list[Step]] = defaultdict(list)
        for step in WalkingOrder(program).steps:
            steps[step.array].append(step)
        raises = any(map(_may_stop, statements(program.body)))
        for name, found in steps.items():
            if not self._has_order(name) or name in fixed or name in shared:
                continue
            if any(len(step.index) != self._table[name].ndim for step in found):
                continue
            if name in self._made and name not in whole:
                self._choose(name, found)
            elif name in program.params and name not in self._written:
                self._choose_copy(name, found)
            elif name in program.params and name not in whole and not raises:
                self._choose(name, found)

    def _has_order(self, name: str) -> bool:
        type_ = self._table.get(name)
        return isinstance(type_, types.Array) and type_.ndim > 1 and type_.layout == "C"

    def _choose(self, name: str, steps: list[Step]) -> None:
        """Another order for all that an array is used for."""
        ndim = self._table[name].ndim
        times = [_time(steps, axis) for axis in range(ndim)]
        best = min(range(ndim), key=lambda axis: times[axis])
        copied = (name in self._program.params) * 2 + (name in self._returned)
        if copied and not any(all(step.depths) for step in steps if step.axis == best):
            return
        if times[best] + copied * _COPYING * LENGTH**ndim < times[-1] * (1 - 1 / _SAVED):
            self.orders[name] = _order(steps, best)

    def _choose_copy(self, name: str, steps: list[Step]) -> None:
        """A copy to read from along one axis."""
        ndim = self._table[name].ndim
        saved = [
            (_APART - 1) * sum(s.times for s in steps if s.axis == axis and all(s.depths))
            for axis in range(ndim - 1)
        ]
        best = max(range(ndim - 1), key=lambda axis: saved[axis])
        gain = saved[best] - _COPYING * LENGTH**ndim
        if gain * _SAVED > _time(steps, ndim - 1):
            self.copies[name] = _order([s for s in steps if s.axis == best], best)


def _time(steps: list[Step], last: int) -> int:
    """How long all steps take, by a guess, if an axis is the last one."""
    return sum(step.times * (1 if step.axis == last else _APART) for step in steps)


def _order(steps: list[Step], last: int) -> Order:
    """The axes, outermost loops' first."""
    depths = [sum(s.times * s.depths[axis] for s in steps) for axis in range(len(steps[0].index))]
    others = [axis for axis in range(len(depths)) if axis != last]
    return (*sorted(others, key=lambda axis: depths[axis]), last)


def _made_once(program: Program) -> set[str]:
    """Variables that are bound once, to a new array whose lengths are written there."""
    bound = [stmt.target for stmt in statements(program.body) if isinstance(stmt, Assign | For)]
    return {
        stmt.target
        for stmt in statements(program.body)
        if isinstance(stmt, Assign) and _makes(stmt.value) and bound.count(stmt.target) == 1
    } - set(program.params)


def _makes(value: Expr) -> bool:
    if not isinstance(value, Call) or value.keywords:
        return False
    if value.function in MAKING:
        return isinstance(value.args[0], Tuple)
    return value.function in (np.copy, *ALIKE) and _is_plain(value.args)


def _is_plain(args: tuple[Expr, ...]) -> bool:
    return len(args) == 1 and isinstance(args[0], Name)


def returned(program: Program) -> set[str]:
    """Names of what is returned."""
    last = program.body[-1]
    assert isinstance(last, Return)
    items = last.value.items if isinstance(last.value, Tuple) else (last.value,)
    return {item.id for item in items if isinstance(item, Name)}


def _used_whole(program: Program, table: Mapping[str, Any]) -> Iterator[str]:
    """Names used otherwise than by their elements, lengths, copies, or as a result."""
    for stmt in statements(program.body):
        if isinstance(stmt, Store) and not _is_element(stmt.array, stmt.index, table):
            yield stmt.array
        for expr in operands(stmt):
            match stmt, expr:
                case Assign(), Call(function, args, ()) if function in (np.copy, *ALIKE):
                    if _is_plain(args):
                        continue
                case Return(), Tuple(items):
                    for item in items:
                        if not isinstance(item, Name):
                            yield from _whole(item, table)
                    continue
                case Return(), Name():
                    continue
            yield from _whole(expr, table)


def _whole(expr: Expr | Slice, table: Mapping[str, Any]) -> Iterator[str]:
    match expr:
        case Name(id):
            yield id
            return
        case Call(function, (Name(), Const())) if function is dim:
            return
        case Item(Name(array), index) if _is_element(array, index, table):
            for part in index:
                yield from _whole(part, table)
            return
    for child in children(expr):
        yield from _whole(child, table)


def _is_element(array: str, index: tuple[Expr | Slice, ...], table: Mapping[str, Any]) -> bool:
    """Whether an index has one part for each axis, which stands for one place."""
    if len(index) != getattr(table.get(array), "ndim", None):
        return False
    return not any(isinstance(part, Slice) or part in _AXES for part in index)


_AXES = (Const(None), Const(Ellipsis))


def _may_stop(stmt: Stmt) -> bool:
    """Whether a statement may raise an error: then what was written so far is seen."""
    if isinstance(stmt, Raise | Evaluate):
        return True
    return any(
        isinstance(part, Call) and not _is_total(part)
        for expr in operands(stmt)
        for part in subexpressions(expr)
    )


def _is_total(call: Call) -> bool:
    return is_scalar_function(call.function) or call.function in _TOTAL


_TOTAL = {np.copy, *MAKING, *ALIKE}
