"""The array dialect to the scalar dialect: explicit loops, views resolved, tuples taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering import (
    contractions,  # noqa: F401 - registers how it lowers calls
    index_calls,  # noqa: F401 - registers how it lowers calls
    products,  # noqa: F401 - registers how it lowers calls
    reduce_calls,  # noqa: F401 - registers how it lowers calls
    reshaping,  # noqa: F401 - registers how it lowers calls
    stores,
)
from adjoint.lowering.arrays import Elementwise, Stored, View
from adjoint.lowering.assignments import assign
from adjoint.lowering.calls import lower_call
from adjoint.lowering.counters import separate_counters
from adjoint.lowering.draws import reparametrise
from adjoint.lowering.growth import settle_growth
from adjoint.lowering.in_place import settle_in_place
from adjoint.lowering.joint_calls import joint_call
from adjoint.lowering.lists import lists_to_buffers
from adjoint.lowering.observed import Assumption, Observed, Sizes, without_doubles
from adjoint.lowering.private_arrays import private_arrays
from adjoint.lowering.rebinding import ChangesShape
from adjoint.lowering.sharing import Sharing
from adjoint.lowering.state import State
from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Block,
    Break,
    Call,
    Comment,
    Const,
    Evaluate,
    Expr,
    For,
    If,
    Name,
    Program,
    Raise,
    Return,
    Slice,
    Stmt,
    Store,
    Tuple,
    While,
)
from adjoint.program.functions import Joint
from adjoint.program.growth import GROWING
from adjoint.program.walk import assigned, blocks, names, operands, statements


def lower(program: Program) -> Program:
    """Lower a typed program, for arguments of any sizes.

    Raises
    ------
    UnsupportedSyntax, NoRule, ShapeMismatch : at the user's line.
    """
    return lower_as_called(program, ()).program


def lower_as_called(program: Program, calls: Sequence[Sizes]) -> Lowered:
    """Lower a typed program for calls like those seen so far.

    Parameters
    ----------
    calls : the sizes of the parameters in each. Lengths that were equal in all of them are
        assumed to be, where that makes a difference.

    Raises
    ------
    UnsupportedSyntax, NoRule, ShapeMismatch : at the user's line.
    """
    settled = settle_growth(settle_in_place(reparametrise(program)))
    settled = separate_counters(lists_to_buffers(settled))
    sharing = Sharing(settled)
    private = private_arrays(settled, sharing)
    changing: frozenset[str] = frozenset()
    while True:
        observed = Observed(settled, calls)
        try:
            lowering = Lowering(settled, changing, private, sharing, observed)
            lowered = lowering.run()
        except ChangesShape as found:
            changing |= {found.name}
            continue
        assumed = tuple(observed.assumed)
        single = without_doubles(lowered, assumed, lowering.representatives)
        return Lowered(single, assumed, observed.asked)


@dataclass(frozen=True)
class Lowered:
    """A program in the scalar dialect.

    Attributes
    ----------
    program : the program.
    assumed : pairs of lengths, in terms of the parameters, that it takes to be equal.
    asked : whether another program might have come out for other sizes.
    """

    program: Program
    assumed: tuple[Assumption, ...]
    asked: bool


class Lowering(State):
    """Lowers a program statement by statement."""

    def run(self) -> Program:
        """Lower the whole program."""
        self.block(self.program.body)
        body = self.selections.without_unread(self.builder.finish())
        return replace(self.program, body=body, types=self.builder.types)

    def block(self, block: Block) -> None:
        """Lower the statements of a block into the builder's current block."""
        outer = set(self.current)
        for stmt in block:
            if stmt.at is not None:
                self.builder.at = stmt.at
            leaves = any(isinstance(inner, Break) for inner in statements((stmt,)))
            inside = assigned((stmt,)) if blocks(stmt) else set()
            self.settle(set(self.current) if leaves else inside)
            self.statement(stmt)
        self.flush()
        self.settle(set(self.current) - outer)

    def settle(self, names_: set[str]) -> None:
        """Bind names to their current arrays: what follows binds them at several places."""
        for name in sorted(names_ & set(self.current)):
            self.builder.assign(name, Name(self.current.pop(name).name))

    def nested(self, block: Block) -> Block:
        """Lower a block on its own."""
        with self.builder.block() as body:
            self.block(block)
        return tuple(body)

    def statement(self, stmt: Stmt) -> None:
        """Lower one statement."""
        if not isinstance(stmt, Assign) or self._changes_memory(stmt.target):
            self.flush(keep=self._read_by(stmt))
        at = stmt.at
        match stmt:
            case Assign(target, value):
                assign(self, target, value, stmt.unordered)
            case Store(array, index, value, accumulate):
                self.store(array, index, value, accumulate)
            case If(test, body, orelse):
                self._if(self.atom(test), body, orelse, at)
            case For(target, start, stop, step, body):
                self._for(target, (start, stop, step), body, at)
            case While(head, test, body):
                head = self.nested(head)
                self.builder.emit(While(head, self.atom(test), self.nested(body), at=at))
            case Evaluate(call):
                self._evaluate(call, at)
            case Raise(exception, args):
                self.builder.emit(Raise(exception, tuple(self.atom(a) for a in args), at=at))
            case Return(value):
                self._return(value, at)
            case Comment():
                pass
            case _:
                self.builder.emit(stmt)

    def _changes_memory(self, target: str) -> bool:
        return self.bindings[target] > 1 or target in self.private.names

    def _read_by(self, stmt: Stmt) -> frozenset[str]:
        """Pending values that a store consumes at once, so that they need no array."""
        if isinstance(stmt, Store | Assign):
            return frozenset(name for expr in operands(stmt) for name in names(expr))
        return frozenset()

    def flush(self, keep: frozenset[str] = frozenset()) -> None:
        """Emit the pending computations: what follows may change what they read."""
        kept: list[str] = []
        for name in self.pending:
            if name in keep:
                kept.append(name)
            else:
                self.bound[name] = self.compute(name, self.bound[name])
        self.pending = kept

    def _for(self, target: str, bounds: tuple[Expr, ...], body: Block, at: Any) -> None:
        start, stop, step = (self.atom(bound) for bound in bounds)
        counts_up = isinstance(start, Const) and start.value >= 0
        counts_up = counts_up and isinstance(step, Const) and step.value > 0
        if counts_up and self.bindings[target] == 1:
            self.builder.non_negative.add(target)
        changed = assigned(body) | self.grown
        with self.facts.counting(target, (start, stop, step), changed):
            self.builder.emit(For(target, start, stop, step, self.nested(body), at=at))

    def _if(self, test: Expr, body: Block, orelse: Block, at: Any) -> None:
        changed = assigned((*body, *orelse)) | self.grown
        with self.facts.branch(test, True, changed):
            first = self.nested(body)
        with self.facts.branch(test, False, changed):
            self.builder.emit(If(test, first, self.nested(orelse), at=at))

    def _evaluate(self, call: Call, at: Any) -> None:
        if call.function is print:
            self.builder.emit(
                Evaluate(Call(print, tuple(self.argument(a) for a in call.args)), at=at)
            )
            return
        if any(key == "out" for key, _ in call.keywords):
            lower_call(self, "out", call)
            return
        if call.function in GROWING:
            buffer, *rest = call.args
            args = (buffer, *(self.argument(arg) for arg in rest))
            self.builder.emit(Evaluate(Call(call.function, args), at=at))
            return
        if primitives.is_scatter(call.function):
            stores.update_at(self, call)
            return
        if isinstance(call.function, Joint):
            self.builder.emit(Evaluate(joint_call(self, call)[0], at=at))
            return
        args = tuple(self.argument(arg) for arg in call.args)
        if any(isinstance(self.value(arg), Stored | View | Elementwise) for arg in call.args):
            raise UnsupportedSyntax(
                f"{call.function.__name__} changes an array in place, which is not followed yet",
                at,
                "assign its result to a new array instead",
            )
        self.builder.emit(Evaluate(Call(call.function, args, call.keywords), at=at))

    def _return(self, value: Expr, at: Any) -> None:
        result = self.value(value)
        if isinstance(result, tuple):
            items = tuple(self.argument_of(item) for item in result)
            self.builder.emit(Return(Tuple(items), at=at))
            return
        if isinstance(result, Elementwise | View):
            name = value.id if isinstance(value, Name) and value.id not in self.pending else None
            stem = name or (value.id if isinstance(value, Name) else "result")
            result = self.materialised(result, stem)
        self.builder.emit(
            Return(Name(result.name) if isinstance(result, Stored) else result, at=at)
        )

    def store(
        self, array: str, index: tuple[Expr | Slice, ...], value: Expr, accumulate: bool
    ) -> None:
        """Lower `array[index] = value`."""
        stores.store(self, array, index, value, accumulate)
