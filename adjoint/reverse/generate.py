"""The reverse sweep of a program, statement by statement, primal values still as placeholders."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numba.core import types

from adjoint.analyses.changing_lengths import is_first
from adjoint.analyses.counters import step_of
from adjoint.analyses.places import TOP, BlockKey, Place
from adjoint.analyses.ranges import Ranges
from adjoint.errors import NoRule
from adjoint.lowering.arrays import allocation
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    For,
    If,
    Item,
    Name,
    Return,
    Slice,
    Stmt,
    Store,
    While,
)
from adjoint.program.functions import Joint
from adjoint.program.numbers import element_of, is_complex
from adjoint.program.primitives import dim
from adjoint.program.walk import assigned, names, read, statements
from adjoint.reverse.array_calls import KERNELS, array_call_adjoint
from adjoint.reverse.bars import Bars
from adjoint.reverse.cotangents import fitting, zero
from adjoint.reverse.facts import Facts
from adjoint.reverse.joint_calls import joint_call_adjoint
from adjoint.reverse.needs import Needs
from adjoint.reverse.result_items import is_result_item
from adjoint.reverse.retrieval import exit_version
from adjoint.reverse.rule_bodies import bound_arguments, instantiated, rule_body
from adjoint.reverse.rule_choice import is_flat, operand_types, rule_of
from adjoint.reverse.tapes import leaves_early
from adjoint.runtime import shapes


@dataclass(frozen=True, eq=False)
class Slot(Stmt):
    """Where primal values that are good from here on are retrieved (see `retrieval.position`)."""

    place: Place


@dataclass(frozen=True, eq=False)
class Fused(Stmt):
    """Where a fused loop stands in the reverse sweep; its own reverse is in the forward loop."""

    loop: For


class ReverseSweep:
    """Generates adjoint statements, walking the program backwards.

    Attributes
    ----------
    needs : the primal values that were asked for.
    counted : loops whose iterations the forward sweep has to count, with the counter's name.
    fused : the reverse of one iteration of each loop that is fused with its forward sweep.
    """

    def __init__(
        self,
        facts: Facts,
        fresh: Callable[[str, Any], Name],
        bar_name: Callable[[str], str],
        restored: dict[str, str],
        fused: frozenset[For],
        undone: Mapping[str, tuple[Stmt, str]],
        types_: Mapping[str, Any],
    ) -> None:
        self.facts = facts
        self.fresh = fresh
        self.needs = Needs(facts.versions, facts.places)
        self.bars = Bars(bar_name, lambda variable: zero(facts.types[variable]))
        self.counted: dict[Stmt, str] = {}
        self.fused: dict[For, Block] = dict.fromkeys(fused, ())
        self._restored = restored
        self._undone = undone
        self._types = types_  # of the program's variables, and of those that `fresh` makes
        self._out: list[Stmt] = []
        self._at: Any = None

    # ----------------------------------------------------------------- blocks

    def block(self, key: BlockKey) -> Block:
        """The reverse of a block: first its arrays' bars, then its statements backwards."""
        outer, self._out = self._out, []
        body = self.facts.places.contents[key]
        self.emit(Slot(Place(key, len(body))))
        if key != TOP:
            self._allocate_bars(key)
        for index in reversed(range(len(body))):
            self._statement(body[index], Place(key, index))
        result, self._out = tuple(self._out), outer
        return result

    def emit(self, *stmts: Stmt) -> None:
        """Append statements, marked with the primal statement they are the adjoint of."""
        for stmt in stmts:
            marked = isinstance(stmt, Slot | Fused)
            at = stmt.at or self._at
            self._out.append(stmt if marked else replace(stmt, at=at, reverse=True))

    def _allocate_bars(self, key: BlockKey) -> None:
        for name, block in self.facts.scopes.items():
            if block == key and self.is_active_array(name):
                self.emit(Assign(self.bars.name(name).id, self._zeros(name)))

    def _zeros(self, name: str) -> Expr:
        """An array of zeros like one made inside a loop."""
        shape = self.facts.memory.shape(name)
        made = self.facts.memory.bindings[name][0]
        if isinstance(made.value, Name) and made.value.id in self.facts.memory.changing:
            return self._zeros_of_size("size", made)
        if isinstance(made.value, Name) and self.is_active_array(made.value.id):
            return Call(np.zeros_like, (self.bars.name(made.value.id),))
        if shape is None and not self.facts.places.loops(self.facts.places.of[made].block):
            return Call(np.zeros_like, (Name(name),))  # the array itself is still there
        if shape is None:
            return self._zeros_of_size("size", made)
        lengths = tuple(self.needs.operand(length, stmt) for length, stmt in shape)
        return allocation(lengths, self.facts.types[name].dtype, np.zeros)

    def has_bar(self, name: str) -> bool:
        """Whether a variable has a cotangent at this point of the sweep."""
        is_array = isinstance(self.facts.types[name], types.Array)
        return name in (self.facts.active if is_array else self.bars.live)

    def is_active_array(self, name: str) -> bool:
        """Whether a variable is an array with a bar."""
        return name in self.facts.active and isinstance(self.facts.types[name], types.Array)

    # ----------------------------------------------------------------- statements

    def _statement(self, stmt: Stmt, place: Place) -> None:
        self._at = stmt.at
        if isinstance(stmt, Assign) and self._counted_back(stmt, place):
            _, counter = self._undone[stmt.target]
            back = Call(operator.sub, (Name(counter), Const(step_of(stmt))))
            self.emit(Assign(counter, back), Slot(place))
            return
        if isinstance(stmt, For | While):
            self._start_counting_back(stmt)
        if isinstance(stmt, Store):
            self._undo(stmt, place)
            self.emit(Slot(place))
            self._store(stmt)
            return
        match stmt:
            case Assign(target, value) if target in self.facts.active:
                self._assign(stmt, target, value)
                if self.is_active_array(target) and isinstance(value, Call):
                    self._forget(stmt)
            case If():
                self._if(stmt)
            case For():
                self._for(stmt)
            case While():
                self._while(stmt)
        self.emit(Slot(place))

    def _counted_back(self, stmt: Assign, place: Place) -> bool:
        loop, _ = self._undone.get(stmt.target, (None, ""))
        return loop in self.facts.places.loops(place.block)

    def _start_counting_back(self, loop: Stmt) -> None:
        """Before the reverse of a loop, its counters have their values at its end."""
        place = self.facts.places.of[loop]
        for name, (outermost, counter) in self._undone.items():
            if outermost is loop:
                last = exit_version(name, loop, self.facts.versions)
                self.emit(Assign(counter, self.needs.version(last, place)))

    def operand(self, expr: Expr | Slice, stmt: Stmt) -> Any:
        """A primal operand of a statement, as a placeholder."""
        return self.needs.operand(expr, stmt)

    def array_operand(self, operand: Expr, stmt: Stmt) -> Expr:
        """A whole array as a statement read it, as a placeholder."""
        assert isinstance(operand, Name)
        content = self.needs.content(operand.id, stmt)
        return self.needs.version(content, self.facts.places.of[stmt])

    # ----------------------------------------------------------------- memory

    def _undo(self, stmt: Store, place: Place) -> None:
        """Give the cell its old content back, if loads of the array are repeated."""
        if stmt.array not in self._restored:
            return
        old = self.needs.made("old", stmt.array, stmt, place)
        index = tuple(self.operand(i, stmt) for i in stmt.index)
        self.emit(Store(self._restored[stmt.array], index, self.needs.version(old, place)))

    def _store(self, stmt: Store) -> None:
        """`a[i] = e`: e takes the cell's bar, which then is zero for what stood there before."""
        if stmt.array not in self.facts.active:
            return
        bar = self.bars.name(stmt.array).id
        index = tuple(self.operand(i, stmt) for i in stmt.index)
        if isinstance(stmt.value, Name) and stmt.value.id in self.facts.active:
            seed: Expr = Item(Name(bar), index)
            if not stmt.accumulate and stmt.value.id in self.bars.live:
                element = element_of(self.facts.types[stmt.array])
                seed = self.temporary(f"{stmt.value.id}_bar", stmt.value.id, seed, element)
            self.contribute(stmt.value, seed)
        if not stmt.accumulate and not self._is_first_write(stmt):
            self.emit(Store(bar, index, Const(0.0)))

    def _is_first_write(self, stmt: Store) -> bool:
        """Whether nothing before the store can have looked at the cell it writes.

        True of an array's only store if it writes each cell once: its index holds the counter of
        every loop between the array's allocation and the store.
        """
        memory, places = self.facts.memory, self.facts.places
        made = memory.bindings.get(stmt.array, [])
        if len(memory.stores[stmt.array]) > 1 or len(made) != 1:
            return False
        if not isinstance(made[0].value, Call):
            return False
        between = places.loops(places.of[stmt].block)
        outside = places.loops(places.of[made[0]].block)
        if between[: len(outside)] != outside:
            return False
        inner = between[len(outside) :]
        if not all(isinstance(loop, For) and Name(loop.target) in stmt.index for loop in inner):
            return False
        if inner and not self._count_from_the_front(inner):
            return False
        return not any(
            stmt.array in self.facts.versions.read[other]
            and places.follows(places.of[stmt], places.of[other])
            and not isinstance(other, Store)
            for other in self.facts.versions.read
        )

    def _count_from_the_front(self, loops: Sequence[Stmt]) -> bool:
        ranges = Ranges(self.facts.versions, self.facts.places, loops[0])
        return all(isinstance(loop, For) and ranges.counts_from_the_front(loop) for loop in loops)

    # ----------------------------------------------------------------- assignments

    def temporary(self, stem: str, like: str, value: Expr, element: Any = None) -> Name:
        """Emit a new scalar of the element type of `like`, or of the type `element`."""
        if element is None:
            type_ = self.facts.types[like]
            element = type_.dtype if isinstance(type_, types.Array) else type_
        name = self.fresh(stem, element)
        self.emit(Assign(name.id, value))
        return name

    def contribute(self, operand: Expr, amount: Expr) -> None:
        """Add to the bar of a scalar operand."""
        if isinstance(operand, Name) and operand.id in self.facts.active:
            self.emit(self.bars.add(operand.id, self._fitting(amount, operand.id)))

    def _fitting(self, amount: Expr, variable: str) -> Expr:
        """A contribution in the type of the variable that it is one for."""
        return fitting(amount, self.facts.types[variable], self._type_of)

    def _type_of(self, name: str) -> Any:
        version = self.needs.of_placeholder(name)
        return self._types.get(name if version is None else version.name)

    def _assign(self, stmt: Assign, target: str, value: Expr) -> None:
        if is_result_item(value, self.facts.types):
            return  # its bar is used by the adjoint of the call
        if isinstance(value, Call) and isinstance(value.function, Joint):
            joint_call_adjoint(self, stmt, value)
            return
        if isinstance(value, Call) and value.function in KERNELS:
            self._call_of_arrays(stmt, target, value)
            return
        if isinstance(self.facts.types[target], types.Array):
            self._assign_array(stmt, target, value)
            return
        if target not in self.bars.live:
            return
        seed: Expr = self.bars.name(target)
        self.bars.live.discard(target)
        if target in self.facts.versions.read[stmt]:
            seed = self.temporary(f"{target}_bar", target, seed)
        match value:
            case Name():
                self.contribute(value, seed)
            case Item(Name(array), index):
                if array in self.facts.active:
                    place = tuple(self.operand(i, stmt) for i in index)
                    amount = self._fitting(seed, array)
                    self.emit(Store(self.bars.name(array).id, place, amount, accumulate=True))
            case Call():
                self._call(stmt, target, value, seed)

    def _call(self, stmt: Assign, target: str, call: Call, seed: Expr) -> None:
        """The adjoint of a scalar function: its rule's code for each active operand."""
        rule = rule_of(call, self.facts.types)
        if rule is None or not rule.broadcasts:
            self._call_of_arrays(stmt, target, call)
            return
        if len(call.args) > len(rule.params):
            raise no_rule(call, stmt)
        if call.function in (operator.mul, np.multiply) and call.args[0] == call.args[1]:
            self._square(stmt, call, seed)
            return
        body = rule_body(rule)
        arguments = bound_arguments(rule, call)
        version = self.facts.versions.defined[stmt]
        mapping: dict[str, Expr] = {rule.result_bar: seed}
        widest = self._widest(target, call)
        for param in rule.without:
            if self._is_active(arguments.get(param)):
                raise no_formula(call, param, stmt)
        asked = {p for p in rule.differentiable if self._is_active(arguments.get(p))}
        for param in rule.differentiable:
            if param not in asked:
                continue
            steps, bar = body.for_parameter(param)
            used = {name for step in steps for name in names(step.value)} | set(names(bar))
            for name in sorted(used & set(arguments)):
                mapping.setdefault(name, self.operand(arguments[name], stmt))
            if rule.result in used:
                mapping.setdefault(
                    rule.result, self.needs.version(version, self.facts.places.of[stmt])
                )
            placed, amount = instantiated(
                steps, bar, mapping, lambda stem: self.fresh(stem, widest)
            )
            self.emit(*placed)
            self.contribute(arguments[param], amount)

    def _widest(self, target: str, call: Call) -> Any:
        """The type of what a rule computes in between."""
        operands = [self.facts.types[target], *operand_types(call, self.facts.types)]
        complex_ones = [element_of(type_) for type_ in operands if is_complex(type_)]
        return complex_ones[0] if complex_ones else operands[0]

    def _square(self, stmt: Assign, call: Call, seed: Expr) -> None:
        """x * x: one contribution, 2 x z_bar."""
        x = self.operand(call.args[0], stmt)
        twice = Call(operator.mul, (Const(2.0), x))
        self.contribute(call.args[0], Call(operator.mul, (twice, seed)))

    def _is_active(self, operand: Expr | None) -> bool:
        return isinstance(operand, Name) and operand.id in self.facts.active

    def _call_of_arrays(self, stmt: Assign, target: str, call: Call) -> None:
        if is_flat(call, self.facts.types):
            return
        rule = rule_of(call, self.facts.types)
        if rule is None:
            raise no_rule(call, stmt)
        array_call_adjoint(self, stmt, target, call, rule)

    def _assign_array(self, stmt: Assign, target: str, value: Expr) -> None:
        """An array bound by a library call, or to another array whose value it takes."""
        if isinstance(value, Call):
            self._call_of_arrays(stmt, target, value)
        elif isinstance(value, Name):
            bar = self.bars.name(target).id
            with_source = value.id in self.facts.active
            changes = target in self.facts.memory.changing
            if with_source and not changes:
                self._check_same_shape(target, value.id)
            if with_source or not changes:
                with self.loops_over(target) as index:
                    if with_source:
                        source = self.bars.name(value.id).id
                        self.emit(Store(source, index, Item(Name(bar), index), accumulate=True))
                    if not changes:
                        self.emit(Store(bar, index, Const(0.0)))
            if changes:
                self._go_back(stmt)

    def _forget(self, stmt: Assign) -> None:
        """After the adjoint of what made an array anew: a bar for the array that the name meant."""
        if stmt.target in self.facts.memory.changing:
            self._go_back(stmt)
        elif stmt.target in self.facts.memory.rebound:
            with self.loops_over(stmt.target) as index:
                self.emit(Store(self.bars.name(stmt.target).id, index, Const(0.0)))

    def _go_back(self, stmt: Assign) -> None:
        """Have a bar as long as the array that a name meant before it was bound anew."""
        if not is_first(stmt, self.facts.program, self.facts.places):
            zeros = self._zeros_of_size("length", stmt)
            self.emit(Assign(self.bars.name(stmt.target).id, zeros))

    def _zeros_of_size(self, kind: str, stmt: Assign) -> Expr:
        """Zeros for the array that a name means before ("length") or after ("size") a statement."""
        type_, place = self.facts.types[stmt.target], self.facts.places.of[stmt]
        lengths = []
        for axis in range(type_.ndim):
            length = self.needs.made(kind, stmt.target, stmt, place, axis)
            lengths.append(self.needs.version(length, place))
        return allocation(tuple(lengths), type_.dtype, np.zeros)

    def _check_same_shape(self, target: str, source: str) -> None:
        """The bars are added element by element, so a rebound variable must keep its shape."""
        for axis in range(self.facts.types[target].ndim):
            lengths = tuple(
                Call(dim, (self.bars.name(name), Const(axis))) for name in (target, source)
            )
            self.temporary("n", "n", Call(shapes.check_unchanged, lengths), types.int64)

    # ----------------------------------------------------------------- control flow

    def start_bars(self, variables: set[str]) -> None:
        """Have bars that exist, at zero, before the sweep starts."""
        self.emit(*self.bars.zeroed(variables))

    def touched(self, stmt: Stmt) -> set[str]:
        """Active scalars of an outer scope that the statement's blocks may read or bind."""
        inside = set(read((stmt,)) | assigned((stmt,))) & self.facts.active
        return {
            name
            for name in inside
            if not isinstance(self.facts.types[name], types.Array)
            and not self._is_local(name, stmt)
        }

    def _is_local(self, name: str, stmt: Stmt) -> bool:
        place = Place(self.facts.scopes[name], 0)
        return any(around.block.owner is stmt for around in self.facts.places.chain(place))

    def _if(self, stmt: If) -> None:
        touched = self.touched(stmt)
        at_entry = set(self.bars.live)
        results = []
        for slot in (0, 1):
            self.bars.live = set(at_entry)
            block = self.block(BlockKey(stmt, slot))
            results.append((block, self.bars.live & (at_entry | touched)))
        (body, live_body), (orelse, live_orelse) = results
        live = live_body | live_orelse
        self._at = stmt.at
        before = sorted(live - at_entry - (live_body & live_orelse))
        self.emit(*map(self.bars.at_zero, before))
        body += self._zeros_at_end((live & at_entry) - live_body)
        orelse += self._zeros_at_end((live & at_entry) - live_orelse)
        self.bars.live = live
        if _does_something(body) or _does_something(orelse):
            self.emit(If(self.operand(stmt.test, stmt), body, orelse))

    def _zeros_at_end(self, variables: Iterable[str]) -> Block:
        return tuple(
            replace(self.bars.at_zero(v), at=self._at, reverse=True) for v in sorted(variables)
        )

    def _loop_body(self, stmt: For | While, slot: int) -> Block:
        """The reverse of one iteration; bars of outer variables are live at its start and end."""
        touched = self.touched(stmt)
        self.emit(*self.bars.zeroed(touched))
        at_entry = set(self.bars.live)
        body = self.block(BlockKey(stmt, slot))
        self._at = stmt.at
        body += self._zeros_at_end(at_entry - self.bars.live)
        self.bars.live = at_entry
        return body

    def _for(self, stmt: For) -> None:
        if stmt.target in self.facts.active:
            raise AssertionError("a counter is an integer")
        body = self._loop_body(stmt, 0)
        if stmt in self.fused:
            self.fused[stmt] = body
            self.emit(Fused(stmt))
            return
        if not _does_something(body):
            return
        target = self.needs.index_placeholder(stmt).id
        first, stop, step = self._backwards(stmt)
        self.emit(For(target, first, stop, step, body))

    def _backwards(self, stmt: For) -> tuple[Expr, Expr, Expr]:
        """The range that runs the iterations from the last that was started to the first."""
        start, stop, step = (self.operand(e, stmt) for e in (stmt.start, stmt.stop, stmt.step))
        minus: Expr = Call(operator.neg, (step,))
        if isinstance(step, Const):
            minus = Const(-step.value)
        before_first = Call(operator.sub, (start, step))
        if leaves_early(stmt):
            trips: Expr = self._trips(stmt)
        elif step == Const(1):
            return Call(operator.sub, (stop, Const(1))), before_first, minus
        elif step == Const(-1):
            return Call(operator.add, (stop, Const(1))), before_first, minus
        else:
            trips = Call(shapes.slice_length, (start, stop, step))
        last = Call(operator.sub, (trips, Const(1)))
        first = Call(operator.add, (start, Call(operator.mul, (last, step))))
        return first, before_first, minus

    def _while(self, stmt: While) -> None:
        body = self._loop_body(stmt, 1)
        if not _does_something(body):
            return
        trips = self._trips(stmt)
        counter = self.fresh("trip", types.int64)
        last = Call(operator.sub, (trips, Const(1)))
        self.emit(For(counter.id, last, Const(-1), Const(-1), body))

    def _trips(self, stmt: Stmt) -> Name:
        if stmt not in self.counted:
            self.counted[stmt] = self.fresh("trips_1", types.int64).id
        place = self.facts.places.of[stmt]
        made = self.needs.made("trips", self.counted[stmt], stmt, place)
        return self.needs.version(made, place)

    # ----------------------------------------------------------------- loops over arrays

    def loops_over(self, array: str) -> _Loops:
        """`with loops_over("x") as index`: statements emitted inside run for all indices."""
        return _Loops(self, self.bars.name(array), self.facts.types[array].ndim)

    def result_seed(self, stmt: Return, seed: Name, is_array: bool) -> None:
        """Start the sweep: the result's bar is the seed."""
        self._at = stmt.at
        assert isinstance(stmt.value, Name)
        if not isinstance(self.facts.types[stmt.value.id], types.Array):
            self.emit(self.bars.add(stmt.value.id, seed))
            return
        with self.loops_over(stmt.value.id) as index:
            amount: Expr = Item(seed, index) if is_array else seed
            bar = self.bars.name(stmt.value.id).id
            self.emit(Store(bar, index, amount, accumulate=True))

    def item_seed(self, stmt: Return, item: tuple[Name, ...]) -> None:
        """Start the sweep for one item of the result."""
        self._at = stmt.at
        assert isinstance(stmt.value, Name)
        bar = self.bars.name(stmt.value.id).id
        self.emit(Store(bar, item, Const(1.0), accumulate=True))


class _Loops:
    """A nest of loops over the indices of a bar array."""

    def __init__(self, sweep: ReverseSweep, bar: Name, ndim: int) -> None:
        self._sweep = sweep
        self._bar = bar
        self._index = tuple(sweep.fresh("ijklmnpq"[axis], types.int64) for axis in range(ndim))
        self._outer: list[Stmt] = []

    def __enter__(self) -> tuple[Name, ...]:
        self._outer, self._sweep._out = self._sweep._out, []
        return self._index

    def __exit__(self, *exception: object) -> None:
        body, self._sweep._out = tuple(self._sweep._out), self._outer
        for axis in reversed(range(len(self._index))):
            length = Call(dim, (self._bar, Const(axis)))
            body = (For(self._index[axis].id, Const(0), length, Const(1), body),)
        self._sweep.emit(*body)


def no_rule(call: Call, stmt: Stmt) -> NoRule:
    """The error for an active call of a function that the table does not have."""
    name = getattr(call.function, "__qualname__", repr(call.function))
    module = getattr(call.function, "__module__", "") or ""
    return NoRule(
        f"{module}.{name} has no derivative rule",
        stmt.at,
        "write it with functions that have one, or give a rule with vjp_rule",
    )


def no_formula(call: Call, param: str, stmt: Stmt) -> NoRule:
    """The error for a call that would be differentiated by a parameter without a formula."""
    return NoRule(
        f"{call.function.__name__} is not differentiated with respect to {param!r}",
        stmt.at,
        f"{param!r} may be a constant, or an argument that `argnums` leaves out",
    )


def _does_something(block: Block) -> bool:
    return any(not isinstance(stmt, Slot) for stmt in statements(block))
