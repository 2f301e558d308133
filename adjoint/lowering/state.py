"""What the names of the array dialect stand for while a program is lowered."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from numba.core import types

from adjoint.lowering.aliases import written_memory
from adjoint.lowering.arrays import (
    ONE,
    ZERO,
    ArrayValue,
    Elementwise,
    Stored,
    allocate,
    elementwise,
    fill,
    is_array,
    is_costly,
    leaves,
    memory,
    stored,
)
from adjoint.lowering.builder import Builder, dim
from adjoint.lowering.facts import Facts
from adjoint.lowering.lasting import lasting
from adjoint.lowering.masks import Selections
from adjoint.lowering.observed import Observed
from adjoint.lowering.private_arrays import Private
from adjoint.lowering.second_names import outlived
from adjoint.lowering.sharing import Sharing
from adjoint.program import primitives
from adjoint.program.core import Assign, Call, Const, Expr, For, Name, Program, Tuple
from adjoint.program.growth import grown
from adjoint.program.walk import names, operands, statements
from adjoint.runtime import shapes

Value = Any  # an Expr atom, an ArrayValue, or a tuple of Values


class State:
    """One program being lowered: what each name of the array dialect stands for.

    Attributes
    ----------
    builder : collects the new program.
    bound : names that are not variables of the new program: views, array expressions that are
        computed where they are used, tuples.
    pending : those of `bound` that hold computations not yet emitted.
    current : names that several assignments bind, where it is known to which array just now; the
        assignment to the name itself is not emitted yet.
    changing : names that are bound to arrays of different shapes.
    constant_shapes : shapes of the other names that several assignments bind.
    outermost : names that are bound once, in the outermost block.
    definitions : what such names of integers were computed from.
    in_any_order : arrays that NumPy may lay out otherwise than row by row, as their operands are.
    grown : buffers of lists; they are not asked for their lengths, which change.
    private : names with an array of their own, which assignments write to.
    sharing : which names may share memory where.
    observed : the lengths that calls had, and what is assumed of those of all calls.
    representatives : for variables, the lengths of arguments that they are assumed to be.
    written : names whose memory a store may change.
    """

    def __init__(
        self,
        program: Program,
        changing: frozenset[str],
        private: Private,
        sharing: Sharing,
        observed: Observed,
    ) -> None:
        self.program = program
        self.observed = observed
        self.changing = changing
        self.constant_shapes: dict[str, tuple[Expr, ...]] = {}
        self.types = dict(program.types or {})
        self.builder = Builder((*program.params, *_all_names(program)), self.types)
        self.bound: dict[str, Value] = {}
        self.pending: list[str] = []
        self.current: dict[str, Stored] = {}
        self.written = written_memory(program)
        self.bindings = Counter(
            stmt.target for stmt in statements(program.body) if isinstance(stmt, Assign | For)
        )
        self.private = private
        self.sharing = sharing
        for name in private.names - changing:
            self.bindings[name] = 1
        self.builder.rebound.update(name for name, count in self.bindings.items() if count > 1)
        self.uses = Counter(
            name
            for stmt in statements(program.body)
            for expr in operands(stmt)
            for name in names(expr)
        )
        self.in_any_order: set[str] = set()
        self.grown = grown(program.body)
        self.outlived = outlived(program)
        self.lasting = lasting(program)
        self.selections = Selections(self.builder)
        self.definitions = self.builder.definitions
        self.facts = Facts(self.builder.types, self.definitions, self.canonical, observed)
        self.builder.facts = self.facts
        self.outermost = self.builder.outermost
        self.outermost.update(program.params)
        self.representatives: dict[str, Expr] = {}
        self._lengths: dict[str, tuple[Expr, ...]] = {}

    def value(self, expr: Expr) -> Value:
        """What an atom stands for."""
        if not isinstance(expr, Name):
            return expr
        if expr.id in self.bound:
            if expr.id in self.pending:
                self.pending.remove(expr.id)  # its one use takes it over
            return self.bound[expr.id]
        if expr.id in self.current:
            return self.current[expr.id]
        if isinstance(self.types.get(expr.id), types.Array):
            return self.memory(expr.id)
        return expr

    def memory(self, name: str) -> Stored:
        """An array variable; lengths of one that may be bound again are kept in variables."""
        if name in self.program.params:
            return stored(self.builder, name)
        if name in self.constant_shapes:
            return stored(self.builder, name, self.constant_shapes[name])
        ndim = self.builder.types[name].ndim
        lengths = [self.builder.define("n", types.int64, dim(name, axis)) for axis in range(ndim)]
        return stored(self.builder, name, tuple(lengths))

    def atom(self, expr: Expr) -> Expr:
        """What a scalar atom stands for."""
        return self.value(expr)

    def dtype(self, name: str) -> Any:
        """Numba's type of a scalar variable, or of an array variable's elements."""
        type_ = self.types[name]
        return type_.dtype if isinstance(type_, types.Array) else type_

    def canonical(self, expr: Expr) -> Expr:
        """An integer expression in terms of what it was computed from, for comparing lengths."""
        if isinstance(expr, Name) and expr.id in self.definitions:
            return self.canonical(self.definitions[expr.id])
        if isinstance(expr, Call) and expr.function is not primitives.dim:
            return _folded(Call(expr.function, tuple(self.canonical(arg) for arg in expr.args)))
        if isinstance(expr, Call) and isinstance(expr.args[0], Name):
            lengths = self._lengths.get(expr.args[0].id)
            if lengths is not None and isinstance(expr.args[1], Const):
                return self.canonical(lengths[expr.args[1].value])
        return expr

    def elementwise(
        self, function: Callable[..., Any], operands: tuple[Value, ...], dtype: Any, stem: str = "t"
    ) -> Elementwise:
        """A scalar function of broadcast operands; costly ones are not computed twice."""
        ndim = max(len(operand.shape) for operand in operands if is_array(operand))
        operands = tuple(
            self.materialised(operand)
            if is_array(operand) and len(operand.shape) < ndim and is_costly(operand)
            else operand
            for operand in operands
        )
        return elementwise(self.builder, function, operands, dtype, self.same, stem)

    def materialised(self, value: ArrayValue, stem: str = "t") -> Stored:
        """The value as an array in memory of its own name."""
        if isinstance(value, Stored):
            return value
        type_ = types.Array(value.dtype, len(value.shape), "C")
        return self.compute(self.builder.fresh(stem, type_).id, value)

    def materialised_if_computed(self, value: ArrayValue) -> ArrayValue:
        """Memory as it is, a computed value in memory of its own."""
        return value if memory(value) is not None else self.materialised(value)

    def compute(self, target: str, value: ArrayValue) -> Stored:
        """Allocate `target` and write the value's elements to it."""
        memory_ = allocate(
            self.builder,
            target,
            value.shape,
            self.dtype(target) if target in self.types else value.dtype,
        )
        self.remember_lengths(target, value.shape)
        if len(value.shape) > 1 and not all(map(self._is_row_by_row, leaves(value))):
            self.in_any_order.add(target)
        fill(self.builder, memory_, value)
        return memory_

    def _is_row_by_row(self, leaf: ArrayValue | Expr) -> bool:
        """Whether memory is known to be in C order (NumPy keeps its operands' order)."""
        if not is_array(leaf) or len(leaf.shape) < 2:
            return True
        name = memory(leaf)
        if not isinstance(leaf, Stored) or name in self.in_any_order:
            return False
        return getattr(self.builder.types.get(leaf.name), "layout", "A") == "C"

    def remember_lengths(self, target: str, shape: tuple[Expr, ...]) -> None:
        """Lengths stay known by the expressions they came from, if those never change."""
        if self.bindings[target] <= 1 and all(self.is_stable(n) for n in shape):
            self._lengths[target] = shape

    def is_lasting(self, value: ArrayValue) -> bool:
        """Whether a value is an array that is bound once and never written to."""
        if not isinstance(value, Stored) or value.name in self.written:
            return False
        return self.bindings[value.name] <= 1

    def same(self, n: Expr, m: Expr) -> bool:
        """Whether two lengths are the same number, as far as is known or may be assumed."""
        ours, theirs = self.canonical(n), self.canonical(m)
        if ours == theirs:
            return True
        if not self.observed.same(ours, theirs):
            return self.facts.equal(n, m)
        for length, origin in ((n, ours), (m, theirs)):
            representative = self.observed.representative(origin)
            if isinstance(length, Name) and representative is not None:
                self.representatives[length.id] = representative
        return True

    def is_stable(self, expr: Expr) -> bool:
        return all(self.bindings[name] <= 1 for name in names(expr))

    def argument(self, expr: Expr) -> Expr:
        """An argument of an opaque call: a scalar atom, or the name of an array in memory."""
        return self.argument_of(self.value(expr))

    def argument_of(self, value: Value) -> Expr:
        """A value as an argument of an opaque call."""
        if is_array(value):
            return Name(self.materialised(value).name)
        if isinstance(value, tuple):
            return Tuple(tuple(self.argument_of(item) for item in value))
        return value

    def lengths(self, array: Stored) -> tuple[Expr, ...]:
        """Lengths of an array by what they were computed from, where that is known."""
        return self._lengths.get(array.name, array.shape)


def _all_names(program: Program) -> set[str]:
    found: set[str] = set()
    for stmt in statements(program.body):
        for expr in operands(stmt):
            found.update(names(expr))
        if isinstance(stmt, Assign | For):
            found.add(stmt.target)
    return found


def _folded(call: Call) -> Expr:
    """Integer arithmetic on constants done (`x.ndim - 1`, to name an axis)."""
    if call.function is shapes.span:
        return _span(*call.args)
    if call.function is shapes.broadcast_dim:
        return _broadcast(*call.args) or call
    if call.function is operator.mul and ONE in call.args:
        return call.args[0] if call.args[1] == ONE else call.args[1]
    if call.function is operator.mul and ZERO in call.args:
        return ZERO
    if call.function is shapes.slice_start and call.args[0] == ZERO:
        return ZERO
    numbers = [arg.value for arg in call.args if isinstance(arg, Const)]
    if len(numbers) < len(call.args) or call.function not in _ARITHMETIC:
        return call
    return Const(call.function(*numbers))


def _broadcast(n: Expr, m: Expr) -> Expr | None:
    """The length of two that the other one is broadcast to, if that is clear."""
    if m == ONE or m in _lengths_broadcast(n):
        return n
    return m if n == ONE or n in _lengths_broadcast(m) else None


def _lengths_broadcast(length: Expr) -> Iterator[Expr]:
    """A length, and what it was broadcast from: none of these makes it another one."""
    yield length
    if isinstance(length, Call) and length.function is shapes.broadcast_dim:
        for part in length.args:
            yield from _lengths_broadcast(part)


def _span(length: Expr, count: Expr) -> Expr:
    """What is left of a length, and of what was left of a length."""
    assert isinstance(count, Const)
    if isinstance(length, Const):
        return Const(max(length.value - count.value, 0))
    if isinstance(length, Call) and length.function is shapes.span:
        inner, before = length.args
        assert isinstance(before, Const)
        return Call(shapes.span, (inner, Const(before.value + count.value)))
    return Call(shapes.span, (length, count))


_ARITHMETIC = (operator.add, operator.sub, operator.mul)
