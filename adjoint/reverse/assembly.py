"""Forward sweep and reverse sweep put together, for one choice of ways to save storage."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numba.core import types

from adjoint.analyses.changing_lengths import no_array
from adjoint.analyses.places import TOP, BlockKey
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Comment,
    Const,
    Expr,
    For,
    Name,
    Program,
    Return,
    Stmt,
    Tuple,
)
from adjoint.program.functions import Joint
from adjoint.program.growth import grown
from adjoint.program.numbers import element_of
from adjoint.program.walk import (
    assigned,
    blocks,
    map_blocks,
    names,
    read,
    statements,
)
from adjoint.reverse.cotangents import of_type, zero
from adjoint.reverse.facts import Facts
from adjoint.reverse.findings import Findings
from adjoint.reverse.fusion import seeds, sums
from adjoint.reverse.generate import Fused, ReverseSweep, no_rule
from adjoint.reverse.jacobian import Rows
from adjoint.reverse.naming import FreshNames, without_assigned_params
from adjoint.reverse.primal_values import PrimalValues
from adjoint.reverse.retrieval import Plan
from adjoint.reverse.rule_choice import is_flat, rule_of
from adjoint.reverse.wording import TEMPORARY
from adjoint.syntax.names import RESERVED


class NotFusible(Exception):
    """The bars of a loop's results are not known before it; it has to be reversed afterwards."""

    def __init__(self, loop: For) -> None:
        super().__init__(loop)
        self.loop = loop


@dataclass(frozen=True)
class Task:
    """What is differentiated, with respect to what, and what kind of seed it takes.

    `seeded` are, of a callee, the items of its result that have a cotangent. With `items` the
    reverse sweep runs for each item of the result, after one forward sweep.
    """

    facts: Facts
    independent: tuple[str, ...]
    array_seed: bool
    seeded: tuple[int, ...] | None = None
    items: bool = False


@dataclass(frozen=True)
class Choices:
    """Ways to save storage that are taken.

    Attributes
    ----------
    fused : loops whose iterations are reversed one by one.
    restored : arrays whose overwritten cells are given back their content.
    undone : counters that are counted back, by the loop in which they are.
    """

    fused: frozenset[For]
    restored: frozenset[str] = frozenset()
    undone: tuple[tuple[str, Stmt], ...] = ()


class Assembly:
    """One way to write the adjoint, with its cost in stored values.

    Attributes
    ----------
    cost : stored values, each weighted by the loops it is stored in.
    """

    def __init__(self, task: Task, choices: Choices) -> None:
        self.facts = facts = task.facts
        self.choices = choices
        self._fused = choices.fused
        self._independent = task.independent
        self._array_seed = task.array_seed
        self._seeded = task.seeded
        self._items_apart = task.items
        used = {
            *RESERVED,
            *facts.types,
            *facts.program.params,
            *read(facts.program.body),
            *assigned(facts.program.body),
        }
        self.names = FreshNames(dict(facts.types), used)
        self._bars: dict[str, str] = {}
        self._private = self._private_copies()
        *_, last = facts.program.body
        assert isinstance(last, Return)
        self._return = last
        self._generate()
        self.plan = Plan(
            self.sweep.needs,
            facts.memory,
            choices.fused,
            choices.restored,
            dict(choices.undone),
            facts.program,
        )
        self.cost = self.plan.weight() + len(choices.restored)
        if not self.plan.feasible:
            self.cost = math.inf

    def bar(self, variable: str) -> str:
        """The name of a variable's bar."""
        if variable not in self._bars:
            type_ = self.facts.types.get(variable, types.float64)
            self._bars[variable] = self.names.fresh(f"{variable}_bar", type_).id
        return self._bars[variable]

    def _private_copies(self) -> dict[str, str]:
        """Where restored cells are written: never in memory that the caller sees."""
        *_, last = self.facts.program.body
        results = set(names(last.value)) if isinstance(last, Return) else set()
        private = {}
        for array in sorted(self.choices.restored):
            seen = array in self.facts.program.params or array in results or self._items_apart
            name = self.names.fresh(array, self.facts.types[array]).id if seen else array
            private[array] = name
        return private

    def _generate(self) -> None:
        """Generate the reverse sweep, from the seed of the result on."""
        result = self._return.value
        result_type = self.facts.types.get(getattr(result, "id", ""), types.float64)
        if isinstance(result, Name) and TEMPORARY.match(result.id):
            self._bars[result.id] = self.names.fresh("result_bar", result_type).id
        for variable in (*self._independent, *sorted(self.facts.active)):
            self.bar(variable)
        self._counters = {
            name: (loop, self.names.fresh(name, self.facts.types[name]).id)
            for name, loop in self.choices.undone
        }
        self.sweep = ReverseSweep(
            self.facts,
            self.names.fresh,
            self.bar,
            self._private,
            self._fused,
            self._counters,
            self.names.table,
        )
        result = self._return.value
        is_array = isinstance(result_type, types.Array)
        is_active = isinstance(result, Name) and result.id in self.facts.active
        if self._seeded is not None:
            self.seeds = self._item_seeds()
        elif isinstance(result, Name) and is_active and not is_array:
            self.seeds = (Name(self.bar(result.id)),)
            self.sweep.bars.live.add(result.id)
        elif self._items_apart and is_array:
            self.seeds = self._item_indices(result_type.ndim)
        else:
            seed_type = result_type if self._array_seed else element_of(result_type)
            self.seeds = (self.names.fresh("seed", seed_type),)
        # A fused loop adds to bars before the code that would otherwise be first to do so.
        for loop in self._fused:
            self.sweep.start_bars(self.sweep.touched(loop) - sums(loop, self.facts))
        self._zeroed = tuple(stmt for stmt in self.sweep._out if isinstance(stmt, Assign))
        self.sweep._out = []
        if self._seeded is not None:
            self._seed_items()
        elif is_active and is_array and self._items_apart:
            self.sweep.item_seed(self._return, self.seeds)
        elif is_active and is_array:
            self.sweep.result_seed(self._return, self.seeds[0], self._array_seed)
        seeded = tuple(self.sweep._out)
        self._reverse = seeded + self.sweep.block(TOP)

    # ----------------------------------------------------------------- the program

    def program(self) -> Program:
        """The adjoint program."""
        self._check_rules()
        values = PrimalValues(
            self.facts,
            self.sweep.needs,
            self.plan,
            self.names,
            self._private,
            self._fused,
            self._counters,
            set(names(self._return.value)),
        )
        self._inserted, self._held = values.inserted, values.held
        reverse = values.finished(self._reverse)
        bodies = {loop: values.finished(body) for loop, body in self.sweep.fused.items()}
        self._count_trips()
        forward, started = self._forward(reverse, bodies)
        reverse = tuple(stmt for stmt in reverse if not isinstance(stmt, Fused))
        if self._items_apart:
            return self._of_items(forward, reverse)
        body = (
            *((Comment("forward sweep"),) if reverse else ()),
            *self._bound_before(),
            *forward,
            *((Comment("reverse sweep"),) if reverse else ()),
            *self._private_arrays(),
            *(bar for bar in self._initial_bars() if bar.target not in started),
            *reverse,
            Return(self._returned()),
        )
        program = replace(
            self.facts.program,
            name=f"{self.facts.program.name}_adjoint",
            params=(*self.facts.program.params, *self._shadows(), *(s.id for s in self.seeds)),
            body=body,
            types=self.names.table,
        )
        return without_assigned_params(program, self.names)

    def _of_items(self, forward: Block, reverse: Block) -> Program:
        """The program with a reverse sweep for each item of the result."""
        sweep = (*self._private_arrays(), *self._initial_bars(), *reverse)
        params = self.facts.program.params
        result = self._return.value
        bars = [(self.bar(p), Name(p)) for p in self._independent]
        found: tuple[Expr, ...]
        if isinstance(result, Name) and isinstance(self.facts.types[result.id], types.Array):
            rows = Rows(result, self.seeds, bars, self.names.table, self.names.fresh)
            bound = {*params, *assigned(forward)}
            sweep, found = rows.around(sweep, bound), rows.jacobians
        else:
            (seed,) = self.seeds
            sweep = (Assign(seed.id, Const(1.0)), *sweep)
            found = tuple(self._gradient(p) for p in self._independent)
        last = Return(Tuple(found) if len(found) > 1 else found[0])
        return replace(
            self.facts.program,
            name=f"{self.facts.program.name}_jacobian",
            body=(*self._bound_before(), *forward, Comment("reverse sweep"), *sweep, last),
            types=self.names.table,
        )

    def findings(self, dependent: Mapping[For, str]) -> Findings:
        """What led to the program; `dependent` are loops that cannot be fused, and why."""
        return Findings(
            self.facts,
            self._independent,
            self.plan,
            self.sweep.needs,
            self._held,
            self._fused,
            dependent,
            self.choices.restored,
        )

    def _gradient(self, param: str) -> Expr:
        """The gradient of a parameter; a complex one stays complex where only real parts met."""
        return of_type(Name(self.bar(param)), self.facts.types.get(param))

    def _returned(self) -> Expr:
        """The result and the bars; of a callee, the bars of scalars alone."""
        shadows = self._shadows()
        bars = tuple(self._gradient(p) for p in self._independent if self.bar(p) not in shadows)
        if self._seeded is None:
            return Tuple((self._return.value, *bars))
        return Tuple(bars) if len(bars) > 1 else bars[0] if bars else Const(None)

    def _shadows(self) -> tuple[str, ...]:
        """Bars of a callee's arrays, which its callers give it to add to."""
        if self._seeded is None:
            return ()
        table = self.facts.types
        return tuple(self.bar(p) for p in self._independent if isinstance(table[p], types.Array))

    def _items(self) -> list[Expr]:
        """Items of a callee's result that have a cotangent."""
        value = self._return.value
        items = value.items if isinstance(value, Tuple) else (value,)
        return [items[k] for k in self._seeded or ()]

    def _item_indices(self, ndim: int) -> tuple[Name, ...]:
        """Where the item is whose reverse sweep it is: its cotangent is one, the others' zero."""
        return tuple(self.names.fresh("item", types.int64) for _ in range(ndim))

    def _item_seeds(self) -> tuple[Name, ...]:
        """Parameters for the cotangents of a callee's result."""
        kinds = (self.facts.types.get(getattr(i, "id", ""), types.float64) for i in self._items())
        return tuple(self.names.fresh("result_bar", kind) for kind in kinds)

    def _seed_items(self) -> None:
        """Start the sweep of a callee: each item's bar gets its cotangent."""
        for item, seed in zip(self._items(), self.seeds, strict=True):
            if isinstance(item, Name) and item.id in self.facts.active:
                self.sweep.result_seed(replace(self._return, value=item), seed, True)

    def _forward(self, reverse: Block, bodies: dict[For, Block]) -> tuple[Block, set[str]]:
        """The forward sweep with fused loops, and the bars that were started for them."""
        program = self.facts.program
        done: list[Stmt] = []
        started: set[str] = set()
        for index, stmt in enumerate(program.body[:-1]):
            instrumented = self._instrumented((stmt,), TOP)
            if stmt not in bodies:
                done += instrumented
                continue
            assert isinstance(stmt, For)
            for bar in (*self._initial_bars(), *self._zeroed):
                if bar.target not in started and self._may_start(bar, program.body[:index]):
                    started.add(bar.target)
                    done.append(bar)
            done += self._seeds(stmt, index, reverse)
            for part in instrumented:
                if isinstance(part, For) and part.target == stmt.target:
                    part = replace(part, body=part.body + bodies[stmt])
                done.append(part)
        return tuple(done), started

    def _bound_before(self) -> list[Stmt]:
        """Give variables that are bound on some paths only a value on the others.

        The reverse sweep never looks at it there, but to store an unbound variable, or to make a
        bar of its shape, would be an error.
        """
        kept = {
            version.name
            for version, decision in self.plan.of.items()
            if decision.how == "store" and version in self.facts.versions.maybe_unbound
        }
        scalars = (n for n in sorted(kept) if not isinstance(self.facts.types[n], types.Array))
        numbers = [Assign(name, _zero(self.facts.types[name])) for name in scalars]
        table = self.facts.types
        partly = {version.name for version in self.facts.versions.maybe_unbound}
        arrays = {n for n in partly & self._outermost() if isinstance(table.get(n), types.Array)}
        arrays = (arrays | self.facts.memory.changing) & self.facts.active
        return [*numbers, *(no_array(name, table[name]) for name in sorted(arrays))]

    def _outermost(self) -> set[str]:
        """Variables whose bars exist from the start."""
        return {name for name, block in self.facts.scopes.items() if block == TOP}

    def _may_start(self, bar: Assign, before: Block) -> bool:
        """Whether the array that a bar is shaped like exists already, in its final length."""
        after = self.facts.program.body[len(before) :]
        known = {*self.facts.program.params, *assigned(before)} - grown(after)
        known -= self.facts.memory.changing & assigned(after)
        return all(name in known for name in names(bar.value))

    def _seeds(self, loop: For, index: int, reverse: Block) -> list[Stmt]:
        """What computes, before a fused loop, the bars of what it sums up."""
        program = self.facts.program
        at = next(k for k, s in enumerate(reverse) if isinstance(s, Fused) and s.loop is loop)
        rest = tuple(stmt for stmt in reverse[:at] if not isinstance(stmt, Fused))
        later = assigned(program.body[index:])
        seeds_ = {seed.id for seed in self.seeds}
        known = {*program.params, *seeds_, *(assigned(program.body[:index]) - later)}
        found = seeds(rest, {self.bar(name) for name in sums(loop, self.facts)}, known)
        if found is None:
            raise NotFusible(loop)
        return found

    def _check_rules(self) -> None:
        """An active call without a rule is an error even where its adjoint is never asked for."""
        for stmt in statements(self.facts.program.body):
            if isinstance(stmt, Assign) and stmt.target in self.facts.active:
                call = stmt.value
                if not isinstance(call, Call) or isinstance(call.function, Joint):
                    continue
                if is_flat(call, self.facts.types):
                    continue
                if rule_of(call, self.facts.types) is None:
                    raise no_rule(call, stmt)

    def _private_arrays(self) -> list[Stmt]:
        return [
            Assign(copy, Call(np.copy, (Name(array),)))
            for array, copy in self._private.items()
            if copy != array
        ]

    def _initial_bars(self) -> list[Assign]:
        """Bars that exist from the start: arrays of the outermost scope, independent scalars."""
        stmts: list[Assign] = []
        for name in sorted(self._outermost() | set(self._independent)):
            if isinstance(self.facts.types.get(name), types.Array):
                if self.bar(name) in self._shadows():
                    continue
                if name in self.facts.active or name in self._independent:
                    stmts.append(Assign(self.bar(name), Call(np.zeros_like, (Name(name),))))
            elif name in self._independent and name not in self.sweep.bars.live:
                stmts.append(Assign(self.bar(name), zero(self.facts.types.get(name))))
        return stmts

    def _count_trips(self) -> None:
        for loop, counter in self.sweep.counted.items():
            before = self._inserted.before.setdefault(loop, [])
            before.insert(0, Assign(counter, Const(0)))
            key = BlockKey(loop, len(blocks(loop)) - 1)
            up = Assign(counter, Call(operator.add, (Name(counter), Const(1))))
            self._inserted.at_start.setdefault(key, []).insert(0, up)
            self.names.table[counter] = types.int64

    def _instrumented(self, block: Block, key: BlockKey) -> Block:
        """The forward sweep: the primal with what must be stored."""
        done: list[Stmt] = list(self._inserted.at_start.get(key, ()))
        for stmt in block:
            done += self._inserted.before.get(stmt, ())
            keys = (BlockKey(stmt, slot) for slot in range(len(blocks(stmt))))
            done.append(map_blocks(stmt, partial(self._instrumented_next, keys)))
            done += self._inserted.after.get(stmt, ())
        return tuple(done)

    def _instrumented_next(self, keys: Iterator[BlockKey], block: Block) -> Block:
        return self._instrumented(block, next(keys))


def _zero(type_: Any) -> Const:
    """A number of a type, for a variable whose value does not matter."""
    if isinstance(type_, types.Boolean):
        return Const(False)
    return Const(0) if isinstance(type_, types.Integer) else zero(type_)
