"""The memory that an adjoint takes, found by going through its text with lengths instead of arrays.

The sizes of tapes and bars are integer arithmetic on lengths and numbers among the arguments. So
the program is run on these alone: an array is its shape, a float that no argument gives is unknown,
a loop is gone through once. Memory that grows while a loop runs has no known size, and is named.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numba.core import types

from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    Expr,
    For,
    If,
    Item,
    Name,
    Program,
    Return,
    Slice,
    Stmt,
    Tuple,
    While,
)
from adjoint.program.functions import Function
from adjoint.program.growth import growing
from adjoint.program.walk import assigned, blocks
from adjoint.runtime import revolve, shapes, thread_parts


@dataclass(frozen=True)
class Allocation:
    """An array that the adjoint makes.

    Attributes
    ----------
    name : in the generated text; of a callee, with its name before it.
    shape : its lengths.
    bytes : of its elements.
    """

    name: str
    shape: tuple[int, ...]
    bytes: int


@dataclass(frozen=True, repr=False)
class Plan:
    """What a call of a gradient takes in memory, besides its arguments.

    Attributes
    ----------
    bytes : at the most, of all arrays whose size is known: as plain Python, which keeps an array
        until its function ends; compiled code may give some back before.
    allocations : the arrays that are there then.
    unknown : arrays that grow while the adjoint runs, or are as long as a result of the program.
    """

    bytes: int
    allocations: tuple[Allocation, ...]
    unknown: tuple[str, ...]

    def __repr__(self) -> str:
        """A table, the largest array first; those of one name in calls inside each other as one."""
        rows = sorted(Counter(self.allocations).items(), key=lambda row: -row[0].bytes * row[1])
        width = max((len(row.name) for row, _ in rows), default=0)
        lines = [f"{self.bytes:>15,} bytes"]
        for row, count in rows:
            times = f"{count} x " if count > 1 else ""
            lines.append(f"{row.bytes * count:>15,} {row.name:<{width}} {times}{row.shape}")
        lines += [f"{'not known':>15} {name}" for name in self.unknown]
        return "\n".join(lines)


def plan(program: Program, args: Sequence[Any]) -> Plan:
    """The memory for a call of a generated function with these arguments.

    Parameters
    ----------
    program : in the scalar dialect, such as an adjoint.
    args : a number or an array for each parameter, or None for what is not known.
    """
    with _deep_recursion():
        frame = _Run().call(program, [_abstract(arg) for arg in args])
    known = tuple(row for row in frame.most if row.name not in frame.unknown)
    return Plan(_total(known), known, tuple(sorted(frame.unknown)))


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """Programs that call themselves hundreds of times deep, ten frames of Python's for each."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(max(usual, 100_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(usual)


# --------------------------------------------------------------------------- abstract values


class _Unknown:
    """A value that is not known before running."""


UNKNOWN = _Unknown()


@dataclass(frozen=True)
class _Array:
    """An array, by its lengths; `fresh` if it was made by the call that returned it."""

    shape: tuple[Any, ...]
    itemsize: int
    fresh: bool = False

    @property
    def known(self) -> bool:
        return UNKNOWN not in self.shape


def _abstract(arg: Any) -> Any:
    if isinstance(arg, np.ndarray):
        return _Array(arg.shape, arg.itemsize)
    return arg if isinstance(arg, int | float | complex | np.number | np.bool_) else UNKNOWN


_MAKE = (np.empty, np.zeros, np.ones, np.full)
_LIKE = (np.empty_like, np.zeros_like, np.ones_like, np.copy, np.ascontiguousarray)
_MODULES = frozenset(
    {"_operator", "operator", "math", "builtins"}
    | {module.__name__ for module in (shapes, revolve, thread_parts)}
)
_NUMBER = (bool, int, float, complex, np.number, np.bool_)


@dataclass
class _Frame:
    """One call: its variables, the arrays it holds, and the moment when there is most.

    Attributes
    ----------
    held : by the name that holds it.
    most : what was held at the most, in this call and in those that it makes.
    """

    name: str
    program: Program
    variables: dict[str, Any]
    held: dict[str, Allocation] = field(default_factory=dict)
    most: tuple[Allocation, ...] = ()
    unknown: set[str] = field(default_factory=set)
    result: Any = UNKNOWN

    def look(self, further: tuple[Allocation, ...] = ()) -> None:
        """Remember what there is now, if there was never more."""
        now = (*self.held.values(), *further)
        if _total(now) > _total(self.most):
            self.most = now


def _total(rows: Sequence[Allocation]) -> int:
    return sum(row.bytes for row in rows)


# --------------------------------------------------------------------------- running


class _Run:
    """Calls that were gone through; equal ones are the same."""

    def __init__(self) -> None:
        self._calls: dict[Any, _Frame | None] = {}

    def call(self, program: Program, args: Sequence[Any], name: str = "") -> _Frame:
        """Go through a program."""
        frame = _Frame(name, program, dict(zip(program.params, args, strict=True)))
        self._block(program.body, frame)
        return frame

    def _block(self, block: Block, frame: _Frame) -> None:
        for stmt in block:
            self._statement(stmt, frame)

    def _statement(self, stmt: Stmt, frame: _Frame) -> None:
        match stmt:
            case Assign(target, value):
                self._assign(target, value, frame)
            case Evaluate(call):
                name = growing(stmt)
                if name is None:
                    self._value(call, frame)
                else:
                    self._forget(frame, name)
            case Return(value):
                frame.result = self._value(value, frame)
            case If():
                self._if(stmt, frame)
            case For() | While():
                self._loop(stmt, frame)

    def _assign(self, target: str, value: Expr, frame: _Frame) -> None:
        found = self._value(value, frame)
        frame.held.pop(target, None)
        kind = (frame.program.types or {}).get(target)
        if isinstance(found, _Array) and found.fresh and found.known:
            size = math.prod(found.shape) * found.itemsize
            frame.held[target] = Allocation(f"{frame.name}{target}", found.shape, size)
            found = _Array(found.shape, found.itemsize)
        elif isinstance(value, Call) and isinstance(kind, types.Array):
            self._forget(frame, target)
        frame.variables[target] = found
        frame.look()

    @staticmethod
    def _forget(frame: _Frame, name: str) -> None:
        frame.held.pop(name, None)
        frame.unknown.add(f"{frame.name}{name}")
        frame.variables[name] = UNKNOWN

    def _if(self, stmt: If, frame: _Frame) -> None:
        test = self._value(stmt.test, frame)
        if not isinstance(test, _Unknown):
            self._block(stmt.body if test else stmt.orelse, frame)
            return
        before, held = dict(frame.variables), dict(frame.held)
        self._block(stmt.body, frame)
        after, one = frame.variables, frame.held
        frame.variables, frame.held = before, held
        self._block(stmt.orelse, frame)
        if _total(tuple(one.values())) > _total(tuple(frame.held.values())):
            frame.held = one
        for name in assigned((stmt,)):
            if after.get(name, UNKNOWN) != frame.variables.get(name, UNKNOWN):
                frame.variables[name] = UNKNOWN

    def _loop(self, stmt: For | While, frame: _Frame) -> None:
        """What the body assigns is not known; one iteration allocates what all do."""
        if isinstance(stmt, For):
            bounds = [self._value(bound, frame) for bound in (stmt.start, stmt.stop, stmt.step)]
            if UNKNOWN not in bounds and not range(*bounds):
                return
        inside = assigned((stmt,))
        frame.variables |= {n: _same_length(frame.variables.get(n)) for n in inside}
        for block in blocks(stmt):
            self._block(block, frame)
        frame.variables |= {n: _same_length(frame.variables.get(n)) for n in inside}

    # ------------------------------------------------------------------- expressions

    def _value(self, expr: Expr | Slice, frame: _Frame) -> Any:
        match expr:
            case Const(value):
                return value
            case Name(name):
                return frame.variables.get(name, UNKNOWN)
            case Tuple(items):
                return tuple(self._value(item, frame) for item in items)
            case Item(value, (Const(int() as k),)):
                whole = self._value(value, frame)
                return whole[k] if isinstance(whole, tuple) and k < len(whole) else UNKNOWN
            case Call():
                return self._called(expr, frame)
        return UNKNOWN

    def _called(self, call: Call, frame: _Frame) -> Any:
        args = [self._value(arg, frame) for arg in call.args]
        function = call.function
        if isinstance(function, Function):
            return self._callee(function, args, frame)
        if function is primitives.dim:
            return args[0].shape[args[1]] if isinstance(args[0], _Array) else UNKNOWN
        if function is np.size:
            return math.prod(args[0].shape) if _is_known(args[0]) else UNKNOWN
        if function is np.transpose and len(args) == 1 and isinstance(args[0], _Array):
            return _Array(args[0].shape[::-1], args[0].itemsize)
        if function is np.dot and all(isinstance(a, _Array) and len(a.shape) == 2 for a in args):
            return _made((args[0].shape[0], args[1].shape[1]), [args[0].itemsize])
        if function is primitives.dtype:
            return args[0].itemsize if isinstance(args[0], _Array) else UNKNOWN
        if function in _MAKE:
            return _made(args[0], args[2:] if function is np.full else args[1:])
        if function in _LIKE:
            like = args[0]
            return _made(like.shape, [like.itemsize]) if isinstance(like, _Array) else UNKNOWN
        if getattr(function, "__module__", "") not in _MODULES:
            return UNKNOWN
        if call.keywords or not all(isinstance(arg, _NUMBER) for arg in args):
            return UNKNOWN
        try:
            return function(*args)
        except ArithmeticError:
            return UNKNOWN  # the adjoint will raise it

    def _callee(self, function: Function, args: list[Any], frame: _Frame) -> Any:
        if function.program is None:
            return UNKNOWN
        args = _from_zero(function, args)
        args = [_Array(a.shape, a.itemsize) if isinstance(a, _Array) else a for a in args]
        key = (id(function), *((type(a), a) for a in args))
        if key not in self._calls:
            self._calls[key] = None
            self._calls[key] = self.call(function.program, args, f"{function.name}: ")
        inner = self._calls[key]
        if inner is None:  # a recursion on what is not known
            frame.unknown.add(f"{function.name}, which calls itself")
            return UNKNOWN
        frame.look(inner.most)
        frame.unknown |= inner.unknown
        return _returned(inner.result)


def _is_known(value: Any) -> bool:
    return isinstance(value, _Array) and value.known


def _made(shape: Any, dtype: Sequence[Any]) -> Any:
    lengths = shape if isinstance(shape, tuple) else (shape,)
    if not dtype:
        return _Array(lengths, 8, fresh=True)
    kind = dtype[0]
    if isinstance(kind, _Unknown):
        return UNKNOWN
    return _Array(lengths, kind if isinstance(kind, int) else np.dtype(kind).itemsize, fresh=True)


def _same_length(value: Any) -> Any:
    """What is known of a variable that a loop assigns: nothing of a number."""
    return value if isinstance(value, _Array) else UNKNOWN


def _returned(value: Any) -> Any:
    """What a call returned: its arrays are the caller's now."""
    if isinstance(value, tuple):
        return tuple(map(_returned, value))
    return _Array(value.shape, value.itemsize, fresh=True) if isinstance(value, _Array) else value


def _from_zero(function: Function, args: list[Any]) -> list[Any]:
    """Steps of a checkpointed loop, counted from 0: all pieces of one length are alike."""
    steps = function.steps
    if steps is None:
        return args
    params = function.program.params if function.program is not None else ()
    step = steps.step.value if isinstance(steps.step, Const) else args[params.index(steps.step.id)]  # type: ignore[union-attr]
    start, stop = args[steps.start], args[steps.stop]
    if UNKNOWN in (start, stop, step):
        return args
    args = list(args)
    args[steps.start], args[steps.stop] = 0, step * shapes.slice_length(start, stop, step)
    return args
