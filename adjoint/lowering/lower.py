"""The array dialect to the scalar dialect: explicit loops, views resolved, tuples taken apart."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from numba.core import types

from adjoint.errors import ShapeMismatch, UnsupportedSyntax
from adjoint.lowering.aliases import written_memory
from adjoint.lowering.arrays import (
    Along,
    ArrayValue,
    Elementwise,
    Fixed,
    Stored,
    View,
    allocate,
    broadcast_steps,
    elementwise,
    fill,
    is_array,
    is_costly,
    leaves,
    memory,
    stored,
)
from adjoint.lowering.builder import Builder, dim
from adjoint.lowering.calls import lower_call
from adjoint.lowering.exchange import exchange_contents
from adjoint.lowering.in_place import settle_in_place
from adjoint.lowering.indexing import view
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
    Item,
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
from adjoint.program.walk import assigned, blocks, names, operands, statements
from adjoint.runtime import shapes

Value = Any  # an Expr atom, an ArrayValue, or a tuple of Values


def lower(program: Program) -> Program:
    """Lower a typed program.

    Raises
    ------
    UnsupportedSyntax, NoRule, ShapeMismatch : at the user's line.
    """
    settled = settle_in_place(exchange_contents(program))
    changing: frozenset[str] = frozenset()
    while True:
        try:
            return _Lowering(settled, changing).run()
        except _ChangesShape as found:
            changing |= {found.name}


class _ChangesShape(Exception):
    """A variable that was taken to keep its shape is bound to an array of another one."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class _Lowering:
    """One program being lowered: what each name of the array dialect stands for.

    Attributes
    ----------
    builder : collects the new program.
    bound : names that are not variables of the new program: views, array expressions that are
        computed where they are used, tuples.
    pending : those of `bound` that hold computations not yet emitted.
    current : names that several assignments bind, where it is known to which array just now; the
        assignment to the name itself is not emitted yet.
    """

    def __init__(self, program: Program, changing: frozenset[str]) -> None:
        self.program = program
        self._changing = changing
        self._constant_shapes: dict[str, tuple[Expr, ...]] = {}
        self._outermost: set[str] = set(program.params)
        self.types = dict(program.types or {})
        self.builder = Builder((*program.params, *_all_names(program)), self.types)
        self.bound: dict[str, Value] = {}
        self.pending: list[str] = []
        self.current: dict[str, Stored] = {}
        self._written = written_memory(program)
        self.bindings = Counter(
            stmt.target for stmt in statements(program.body) if isinstance(stmt, Assign | For)
        )
        self.uses = Counter(
            name
            for stmt in statements(program.body)
            for expr in operands(stmt)
            for name in names(expr)
        )
        self._definition: dict[str, Expr] = {}
        self._lengths: dict[str, tuple[Expr, ...]] = {}

    def run(self) -> Program:
        """Lower the whole program."""
        self.block(self.program.body)
        body = self.builder.finish()
        return replace(self.program, body=body, types=self.builder.types)

    # ----------------------------------------------------------------- values

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
        if name in self._constant_shapes:
            return stored(self.builder, name, self._constant_shapes[name])
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
        if isinstance(expr, Name) and expr.id in self._definition:
            return self.canonical(self._definition[expr.id])
        if isinstance(expr, Call) and expr.function is not primitives.dim:
            return Call(expr.function, tuple(self.canonical(arg) for arg in expr.args))
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
        return elementwise(self.builder, function, operands, dtype, self.canonical, stem)

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
        self._remember_lengths(target, value.shape)
        fill(self.builder, memory_, value)
        return memory_

    def _remember_lengths(self, target: str, shape: tuple[Expr, ...]) -> None:
        """Lengths stay known by the expressions they came from, if those never change."""
        if self.bindings[target] <= 1 and all(self._is_stable(n) for n in shape):
            self._lengths[target] = shape

    def _is_stable(self, expr: Expr) -> bool:
        return all(self.bindings[name] <= 1 for name in names(expr))

    # ----------------------------------------------------------------- statements

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
        if not isinstance(stmt, Assign) or self.bindings[stmt.target] > 1:
            self.flush(keep=self._read_by(stmt))
        at = stmt.at
        match stmt:
            case Assign(target, value):
                self.assign(target, value)
            case Store(array, index, value, accumulate):
                self.store(array, index, value, accumulate)
            case If(test, body, orelse):
                test = self.atom(test)
                self.builder.emit(If(test, self.nested(body), self.nested(orelse), at=at))
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
        self.builder.emit(For(target, start, stop, step, self.nested(body), at=at))

    def _evaluate(self, call: Call, at: Any) -> None:
        if call.function is print:
            self.builder.emit(
                Evaluate(Call(print, tuple(self.argument(a) for a in call.args)), at=at)
            )
            return
        if any(key == "out" for key, _ in call.keywords):
            lower_call(self, "out", call)
            return
        args = tuple(self.argument(arg) for arg in call.args)
        if any(isinstance(self.value(arg), Stored | View | Elementwise) for arg in call.args):
            raise UnsupportedSyntax(
                f"{call.function.__name__} changes an array in place, which is not followed yet",
                at,
                "assign its result to a new array instead",
            )
        self.builder.emit(Evaluate(Call(call.function, args, call.keywords), at=at))

    def argument(self, expr: Expr) -> Expr:
        """An argument of an opaque call: a scalar atom, or the name of an array in memory."""
        value = self.value(expr)
        if is_array(value):
            return Name(self.materialised(value).name)
        if isinstance(value, tuple):
            return Tuple(tuple(self.argument(item) for item in value))
        return value

    def _return(self, value: Expr, at: Any) -> None:
        result = self.value(value)
        if isinstance(result, tuple):
            raise UnsupportedSyntax(
                "the function returns a tuple; a gradient needs one number or array",
                at,
                "return the one that is to be differentiated",
            )
        if isinstance(result, Elementwise | View):
            name = value.id if isinstance(value, Name) and value.id not in self.pending else None
            stem = name or (value.id if isinstance(value, Name) else "result")
            result = self.materialised(result, stem)
        self.builder.emit(
            Return(Name(result.name) if isinstance(result, Stored) else result, at=at)
        )

    # ----------------------------------------------------------------- assignments

    def assign(self, target: str, expr: Expr) -> None:
        """Lower `target = expr`."""
        value = self.expression(target, expr)
        if isinstance(value, tuple):
            self._bind_tuple(target, value)
        elif is_array(value):
            self._bind_array(target, value)
        elif value is not None:
            self._bind_scalar(target, value)

    def _bind_scalar(self, target: str, value: Expr) -> None:
        if (
            self.bindings[target] == 1
            and _is_integer_expr(value, self.types)
            and all(self._is_stable(arg) for arg in (value,))
        ):
            self._definition[target] = value
        if self.bindings[target] == 1 and self.builder.is_outermost:
            self._outermost.add(target)
        self.builder.assign(target, value)

    def _bind_tuple(self, target: str, items: tuple[Value, ...]) -> None:
        if self.bindings[target] > 1:
            raise UnsupportedSyntax(
                f"the tuple {target!r} is assigned at several places",
                self.builder.at,
                "use one variable for each of its items",
            )
        self.bound[target] = tuple(self._snapshot(item) for item in items)

    def _snapshot(self, item: Value) -> Value:
        """An item that later assignments do not change."""
        if isinstance(item, Name) and self.bindings[item.id] > 1:
            return self.builder.define(item.id, self.types[item.id], item)
        return item

    def _bind_array(self, target: str, value: ArrayValue) -> None:
        """Bind a name to an array value: keep it to be computed later, or compute it now."""
        if isinstance(value, Stored) and value.name == target:
            self.bound[target] = value
            return
        if self.bindings[target] > 1:
            self._rebind(target, value)
        elif isinstance(value, Stored) and self.bindings[value.name] > 1:
            # The name may be bound to another array before this one is used.
            self.builder.assign(target, Name(value.name))
            self.bound[target] = self.memory(target)
        elif isinstance(value, Stored) or memory(value) is not None:
            self.bound[target] = self._with_fixed_index(value)
        elif self.uses[target] == 1:
            self.bound[target] = value
            self.pending.append(target)
        else:
            self.bound[target] = self.compute(target, value)

    def _rebind(self, target: str, value: ArrayValue) -> None:
        """A name that several assignments bind: each binds it to an array of its own."""
        if isinstance(value, View) and target in self._written:
            raise UnsupportedSyntax(
                f"{target!r} is a view here and another array elsewhere, and one of them is "
                "written to: which one cannot be told when compiling",
                self.builder.at,
                "give the view a name of its own, or copy it",
            )
        array = self.materialised(value, target)
        self._keep_shape(target, array.shape)
        if self.bindings[array.name] > 1:
            self.builder.assign(target, Name(array.name))
            self.current.pop(target, None)
        else:
            self.current[target] = array

    def _keep_shape(self, target: str, shape: tuple[Expr, ...]) -> None:
        """Take a variable to keep the shape of the first array it is bound to.

        That lengths stay the same in a loop follows if they do so in each iteration as long as
        they did before; if an assignment breaks it, lowering starts again without.

        Raises
        ------
        _ChangesShape : this is such an assignment.
        """
        if target in self._changing:
            return
        lengths = tuple(self.canonical(length) for length in shape)
        if target not in self._constant_shapes:
            if all(self._is_known_everywhere(length) for length in lengths):
                self._constant_shapes[target] = lengths
                return
            raise _ChangesShape(target)
        if tuple(map(self.canonical, self._constant_shapes[target])) != lengths:
            raise _ChangesShape(target)

    def _is_known_everywhere(self, length: Expr) -> bool:
        """Whether a length is computed from what exists at every later place."""
        return all(name in self._outermost for name in names(length))

    def _with_fixed_index(self, value: ArrayValue) -> ArrayValue:
        """A view keeps the index it was made with, even if the index variable changes later."""
        if not isinstance(value, View):
            return self._with_fixed_name(value)
        selectors = tuple(
            Fixed(self._snapshot(s.index)) if isinstance(s, Fixed) else s for s in value.selectors
        )
        return replace(value, base=self._with_fixed_index(value.base), selectors=selectors)

    def _with_fixed_name(self, value: ArrayValue) -> ArrayValue:
        """Memory under a name that no later assignment binds to another array."""
        if not isinstance(value, Stored) or self.bindings[value.name] <= 1:
            return value
        name = self.builder.define(value.name, self.builder.types[value.name], Name(value.name))
        return replace(value, name=name.id)

    # ----------------------------------------------------------------- expressions

    def expression(self, target: str, expr: Expr) -> Value:
        """What an assigned expression stands for; None if its statements were emitted already."""
        match expr:
            case Tuple(items):
                return tuple(self.value(item) for item in items)
            case Item(value, index):
                return self._item(target, self.value(value), index)
            case Call():
                return lower_call(self, target, expr)
        return self.value(expr)

    def _item(self, target: str, base: Value, index: tuple[Expr | Slice, ...]) -> Value:
        if isinstance(base, tuple):
            (position,) = index
            if not isinstance(position, Const):
                raise UnsupportedSyntax(
                    "a tuple is indexed by a variable",
                    self.builder.at,
                    "use an array, or an if for each item",
                )
            return base[position.value]
        if not is_array(base):
            raise UnsupportedSyntax("this value cannot be indexed", self.builder.at)
        seen = view(self.builder, base, self.index(index))
        if seen.shape or (
            self.types.get(target) is not None and isinstance(self.types[target], types.Array)
        ):
            return seen
        return self._element(target, seen)

    def _element(self, target: str, seen: View) -> Expr | None:
        """An element, loaded straight into the target."""
        if memory(seen) is None:
            return seen.element(self.builder, ())
        array, place = seen.place(self.builder, ())
        return Item(Name(array), place)

    def index(self, index: tuple[Expr | Slice, ...]) -> tuple[Expr | Slice, ...]:
        """An index with its atoms resolved; a tuple as index is spread."""
        items: list[Expr | Slice] = []
        for item in index:
            if isinstance(item, Slice):
                parts = (item.start, item.stop, item.step)
                items.append(Slice(*(None if p is None else self.atom(p) for p in parts)))
                continue
            value = self.value(item)
            if is_array(value):
                raise UnsupportedSyntax(
                    "index arrays and masks are not supported yet",
                    self.builder.at,
                    "write a loop over the indices",
                )
            items.extend(value if isinstance(value, tuple) else (value,))
        return tuple(items)

    # ----------------------------------------------------------------- stores

    def store(
        self, array: str, index: tuple[Expr | Slice, ...], value: Expr, accumulate: bool
    ) -> None:
        """Lower `array[index] = value` to one store, or to loops of them."""
        base = self.value(Name(array))
        if not is_array(base) or memory(base) is None:
            raise UnsupportedSyntax(f"{array!r} cannot be stored to", self.builder.at)
        region = view(self.builder, base, self.index(index))
        stored_value = self.value(value)
        if not region.shape:
            name, place = region.place(self.builder, ())
            if is_array(stored_value):
                stored_value = self.only_element(stored_value)
            self.builder.store(name, place, stored_value, accumulate)
        else:
            self._store_region(region, stored_value, accumulate)

    def only_element(self, value: ArrayValue) -> Expr:
        """The element of an array that must hold just one."""
        for length in value.shape:
            if length != Const(1):
                self.builder.define("n", types.int64, Call(shapes.check_single, (length,)))
        return value.element(self.builder, tuple(Const(0) for _ in value.shape))

    def _store_region(self, region: View, value: Value, accumulate: bool) -> None:
        """Write a value, broadcast, to every index of a region."""
        steps: tuple[Expr, ...] = ()
        if is_array(value):
            if self._overlaps(region, value):
                copy_type = types.Array(value.dtype, len(value.shape), "C")
                value = self.compute(self.builder.fresh("t", copy_type).id, value)
            while len(value.shape) > len(region.shape) and value.shape[0] == Const(1):
                raise ShapeMismatch("too many dimensions on the right", self.builder.at)
            steps = broadcast_steps(self.builder, value.shape, region.shape, self.canonical)
        with self.builder.loops(region.shape) as at:
            element = value
            if is_array(value):
                own = at[len(at) - len(steps) :]
                source = tuple(
                    self.builder.integer(operator.mul, i, step)
                    for i, step in zip(own, steps, strict=True)
                )
                element = value.element(self.builder, source)
            name, place = region.place(self.builder, at)
            self.builder.store(name, place, element, accumulate)

    def _overlaps(self, region: View, value: ArrayValue) -> bool:
        """Whether writing the region may change what the value is still to read."""
        target = memory(region)
        shared = [
            leaf for leaf in leaves(value) if is_array(leaf) and self._may_share(leaf, target)
        ]
        if isinstance(value, Elementwise) and _repeats(value):
            return bool(shared)
        return any(_flat(leaf) != _flat(region) for leaf in shared)

    def _may_share(self, leaf: ArrayValue, target: str | None) -> bool:
        """Whether a leaf may be in the target's memory; names bound twice may be anywhere."""
        name = memory(leaf)
        assert name is not None and target is not None
        return name == target or self.bindings[name] > 1 or self.bindings[target] > 1


def _repeats(value: Elementwise) -> bool:
    """Whether some element of an operand is read for several elements of the value."""
    return any(
        any(step != Const(1) for step in steps)
        or (is_array(operand) and len(operand.shape) != len(value.shape))
        or (isinstance(operand, Elementwise) and _repeats(operand))
        for operand, steps in zip(value.operands, value.steps, strict=True)
    )


def _flat(value: ArrayValue) -> Any:
    """Which cells of its memory a value shows, in which order; equal ones are the same."""
    if isinstance(value, Stored):
        return value.name, tuple(Along(axis) for axis in range(len(value.shape)))
    assert isinstance(value, View)
    if isinstance(value.base, Stored):
        return value.base.name, value.selectors
    return value  # a view of a view: never equal to another, so a copy is made


def _is_integer_expr(value: Expr, table: dict[str, Any]) -> bool:
    """Whether an expression is integer arithmetic that can be repeated anywhere."""
    match value:
        case Const(number):
            return isinstance(number, int)
        case Name(id):
            return isinstance(table.get(id), types.Integer)
        case Call(primitives.dim, _):
            return True
        case Call(operator.add | operator.sub | operator.mul | operator.floordiv, args):
            return all(_is_integer_expr(arg, table) for arg in args)
    return False


def _all_names(program: Program) -> set[str]:
    found: set[str] = set()
    for stmt in statements(program.body):
        for expr in operands(stmt):
            found.update(names(expr))
        if isinstance(stmt, Assign | For):
            found.add(stmt.target)
    return found
