"""A pass over a finished adjoint: loops whose iterations are independent run in threads.

    for i in range(n):                  parts = thread_parts.parts(0, n, 1, d, w_bar.size * 8)
        for j in range(d):              w_bar_parts = np.zeros((parts, w_bar.shape[0]))
            s += x[i, j] * w[j]         s_parts = np.zeros(parts)
            x_bar[i, j] += w[j]    →    done = np.zeros(parts, np.bool_)
            w_bar[j] += x[i, j]         if parts > 1:
                                            f_adjoint_loop(parts, d, n, w, x, x_bar, …)
                                        for part in range(parts):
                                            if not done[part]:
                                                f_adjoint_part(part, parts, d, n, w, x, x_bar, …)
                                            for i in range(w_bar.shape[0]):
                                                w_bar[i] += w_bar_parts[part, i]
                                            s += s_parts[part]

`f_adjoint_loop` calls `f_adjoint_part` for each part in a `prange`. The part is a function of its
own, so all that is local to an iteration is private. If there is one part, it runs without threads.
Numba loses the exceptions of threads: a part that is not done runs again where its exception gets
through.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, cast

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.parallel.verdicts import Judge, LoopVerdict
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
    Raise,
    Return,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.exposure import upward_exposed
from adjoint.program.free_names import free_name
from adjoint.program.functions import Function
from adjoint.program.primitives import dim
from adjoint.program.walk import assigned, blocks, names, operands, read
from adjoint.runtime import thread_parts
from adjoint.syntax.names import RESERVED


@dataclass(frozen=True)
class Parallel:
    """What the pass gives.

    Attributes
    ----------
    functions : the parts and the loops over them that the program calls.
    verdicts : on all outermost loops, in order.
    """

    program: Program
    functions: tuple[Function, ...]
    verdicts: tuple[LoopVerdict, ...]


def parallelise(program: Program, tapes: frozenset[str]) -> Parallel:
    """Have threads run the outermost loops of an adjoint where that is safe.

    Parameters
    ----------
    tapes : arrays that hold what the forward sweep stores.
    """
    judge, split = Judge(program, tapes), _Split(program)
    body: list[Stmt] = []
    verdicts: list[LoopVerdict] = []
    for index, stmt in enumerate(program.body):
        if not isinstance(stmt, For):
            body.append(stmt)
            continue
        verdict = judge.verdict(stmt, program.body[index + 1 :])
        verdicts.append(verdict)
        body += [stmt] if verdict.why_serial else split.loop(verdict)
    program = replace(program, body=tuple(body), types=split.table)
    return Parallel(program, tuple(split.functions), tuple(verdicts))


def in_threads(program: Program) -> bool:
    """Whether a program is a loop that threads run."""
    return any(isinstance(stmt, For) and stmt.parallel for stmt in program.body)


class _Split:
    """Writes loops in parts.

    Attributes
    ----------
    table : types of all variables.
    functions : those written so far.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._taken = {*RESERVED, *program.params, *read(program.body), *assigned(program.body)}
        self.table: dict[str, Any] = dict(program.types or {})
        self.functions: list[Function] = []

    def loop(self, verdict: LoopVerdict) -> list[Stmt]:
        """The statements that take the place of a loop."""
        loop = verdict.loop
        summed, private = verdict.of_kind("summed"), verdict.of_kind("private")
        part, parts = self._fresh("part", types.int64), self._fresh("parts", types.int64)
        done = self._fresh("done", types.Array(types.boolean, 1, "C"))
        rows = {name: self._rows(name) for name in (*summed, *verdict.sums)}
        copies = {name: self._fresh(f"{name}_start", self.table[name]) for name in private}

        outside = upward_exposed((loop,)) - {*rows, *copies}
        given = tuple(map(Name, sorted(outside)))
        taken = (parts, *given, *copies.values(), *rows.values(), done)
        passed = (parts, *given, *map(Name, copies), *rows.values(), done)
        piece = self._function(
            "part", (part, *taken), self._part(verdict, rows, copies, part, parts, done)
        )
        # Numba counts a `prange` by unsigned numbers, and would compile the part once more.
        call = Evaluate(Call(piece, (Call(np.int64, (part,)), *taken)))
        threads = For(part.id, Const(0), parts, Const(1), (call,), parallel=True)
        over = self._function("loop", taken, [threads])

        size = _bytes([*summed, *private], self.table)
        bounds = (loop.start, loop.stop, loop.step)
        again = Evaluate(Call(piece, (part, *passed)))
        lost = Raise(RuntimeError, (Const("a thread failed, but not when its part ran again"),))
        several = Call(operator.gt, (parts, Const(1)))
        left = If(Call(operator.not_, (Item(done, (part,)),)), (again, If(several, (lost,))))
        totals = [self._add(name, rows[name], part) for name in rows]
        return [
            Assign(parts.id, Call(thread_parts.parts, (*bounds, _work(loop), size)), at=loop.at),
            *(Assign(row.id, self._zeros(name, parts)) for name, row in rows.items()),
            Assign(done.id, Call(np.zeros, (parts, Const(np.bool_)))),
            If(several, (Evaluate(Call(over, passed)),)),
            For(part.id, Const(0), parts, Const(1), (left, *totals)),
        ]

    def _part(
        self,
        verdict: LoopVerdict,
        rows: dict[str, Name],
        copies: dict[str, Name],
        part: Name,
        parts: Name,
        done: Name,
    ) -> list[Stmt]:
        """What one part does."""
        loop = verdict.loop
        first, last = self._fresh("first", types.int64), self._fresh("last", types.int64)
        bounds = (loop.start, loop.stop, loop.step)
        following = Call(operator.add, (part, Const(1)))
        body: list[Stmt] = [Assign(name, Call(np.copy, (copy,))) for name, copy in copies.items()]
        for name, row in rows.items():
            start = _zero(self.table[name]) if name in verdict.sums else Item(row, (part,))
            body.append(Assign(name, start))
        body += [
            Assign(first.id, Call(thread_parts.bound, (*bounds, part, parts))),
            Assign(last.id, Call(thread_parts.bound, (*bounds, following, parts))),
            replace(loop, start=first, stop=last),
        ]
        body += [Store(rows[name].id, (part,), Name(name)) for name in verdict.sums]
        return [*body, Store(done.id, (part,), Const(True))]

    def _add(self, name: str, row: Name, part: Name) -> Stmt:
        """Add what a part has summed up to the array or number itself."""
        if not isinstance(self.table[name], types.Array):
            return Assign(name, Call(operator.add, (Name(name), Item(row, (part,)))))
        axes = range(self.table[name].ndim)
        counters = tuple(self._fresh("ijklmnpq"[axis], types.int64) for axis in axes)
        stmt: Stmt = Store(name, counters, Item(row, (part, *counters)), accumulate=True)
        for axis in reversed(axes):
            length = Call(dim, (Name(name), Const(axis)))
            stmt = For(counters[axis].id, Const(0), length, Const(1), (stmt,))
        return stmt

    def _rows(self, name: str) -> Name:
        """The array that has a row for each part."""
        kind = self.table[name]
        if isinstance(kind, types.Array):
            return self._fresh(f"{name}_parts", types.Array(kind.dtype, kind.ndim + 1, "C"))
        return self._fresh(f"{name}_parts", types.Array(kind, 1, "C"))

    def _zeros(self, name: str, parts: Name) -> Expr:
        kind = self.table[name]
        element, shape = kind, cast(Expr, parts)
        if isinstance(kind, types.Array):
            lengths = (Call(dim, (Name(name), Const(axis))) for axis in range(kind.ndim))
            element, shape = kind.dtype, Tuple((parts, *lengths))
        dtype = () if element == types.float64 else (Const(as_dtype(element).type),)
        return Call(np.zeros, (shape, *dtype))

    def _function(self, role: str, params: Iterable[Name], body: list[Stmt]) -> Function:
        own = tuple(param.id for param in params)
        block: Block = (*body, Return(Const(None)))
        used = {*own, *read(block), *assigned(block)}
        table = {name: kind for name, kind in self.table.items() if name in used}
        name = f"{self._program.name}_{role}"
        function = Function(name, Program(name, own, block, self._program.source, types=table))
        self.functions.append(function)
        return function

    def _fresh(self, stem: str, kind: Any) -> Name:
        name = free_name(stem, self._taken)
        self._taken.add(name)
        self.table[name] = kind
        return Name(name)


def _work(loop: For) -> Expr:
    """About how many steps an iteration takes: those of the deepest nest of loops of known length.

    Lengths that the loop itself computes count for nothing.
    """
    own = assigned((loop,))
    lengths = _deepest(loop.body, own)
    return reduce(lambda a, b: Call(operator.mul, (a, b)), lengths) if lengths else Const(1)


def _deepest(block: Block, own: set[str]) -> list[Expr]:
    found: list[Expr] = []
    for stmt in block:
        for inner in blocks(stmt):
            nest = _deepest(inner, own)
            if isinstance(stmt, For) and not own & {n for e in operands(stmt) for n in names(e)}:
                nest = [_trips(stmt), *nest]
            found = max(found, nest, key=len)
    return found


def _trips(loop: For) -> Expr:
    if loop.start == Const(0) and loop.step == Const(1):
        return loop.stop
    return Call(thread_parts.trips, (loop.start, loop.stop, loop.step))


def _bytes(arrays: list[str], table: dict[str, Any]) -> Expr:
    """Bytes of some arrays."""
    sizes: list[Expr] = []
    for name in arrays:
        size = Call(np.size, (Name(name),))
        sizes.append(Call(operator.mul, (size, Const(as_dtype(table[name].dtype).itemsize))))
    return reduce(lambda a, b: Call(operator.add, (a, b)), sizes) if sizes else Const(0)


def _zero(kind: Any) -> Const:
    """The zero of a type of numbers."""
    if kind in (types.float32, types.complex64):
        return Const(as_dtype(kind).type(0))
    if isinstance(kind, types.Complex):
        return Const(0j)
    return Const(0.0) if isinstance(kind, types.Float) else Const(0)
