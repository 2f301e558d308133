"""Adjoints of the steps of a checkpointed loop: the loop is reversed in pieces, the last one first.

    def f_steps_reversed(x_start, r, start, stop, piece, snapshots, x_bar, r_bar):
        if stop - start <= piece:
            return f_steps_swept(x_start, r, start, stop, x_bar, r_bar)
        mid = revolve.middle(start, stop, 1, piece, snapshots)
        x = f_steps(x_start, r, start, mid)
        bars = f_steps_reversed(x, r, mid, stop, piece, snapshots - 1, x_bar, r_bar)
        return f_steps_reversed(x_start, r, start, mid, piece, snapshots, *bars)

`f_steps_swept` is the adjoint of these steps that any callee has: it stores all that it needs. What
is added up over all steps, here the bar of `r`, is handed from piece to piece, so that it is added
up in the same order as without checkpoints. See `runtime/revolve.py` for where the loop is cut.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Literal

import numpy as np
from numba.core import types

from adjoint.budget import bytes_stored
from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    Expr,
    If,
    Item,
    Name,
    Program,
    Return,
    Stmt,
    Tuple,
)
from adjoint.program.free_names import free_name
from adjoint.program.functions import Function, Joint
from adjoint.program.numbers import element_of, is_complex
from adjoint.runtime import revolve, shapes
from adjoint.steps import Positions, StepsInterface, is_array

Part = Literal["adjoint", "reversed", "swept"]
"""Which of the adjoints of a callee: what its callers call, and of steps the two it consists of."""

Ask = Callable[[Part, Positions, Positions], Function]
"""The function for a part, for positions of active arguments and of items with a cotangent."""


@dataclass(frozen=True)
class Budget:
    """How much memory a checkpointed loop may take.

    Attributes
    ----------
    bytes : the user's number.
    swept : the program of the steps' adjoint that stores everything, which what it takes is read
        from, for positions of active arguments and of items with a cotangent.
    """

    bytes: int
    swept: Callable[[Positions, Positions], Program]


def adjoint_of_steps(
    joint: Joint, active: Positions, seeded: Positions, ask: Ask, budget: Budget | None = None
) -> Program:
    """What callers call: the whole loop, for the arguments and cotangents that they have."""
    shape = StepsInterface(joint)
    all_active, all_seeded = shape.active(active), shape.with_scalars(seeded)
    body = _Body(shape)
    bars = {k: body.fresh(f"{shape.params[k]}_bar", shape.kinds[k]) for k in shape.arrays(active)}
    seeds = {k: body.fresh(f"{shape.stems[k]}_bar", joint.items[k]) for k in seeded}
    params = (*shape.params, *bars.values(), *seeds.values())
    given: dict[int, Expr] = {k: Name(bar) for k, bar in bars.items()}
    for k in shape.arrays(all_active):
        if k not in given:
            zeros = Call(np.zeros_like, (Name(shape.params[k]),))
            given[k] = body.define(f"{shape.params[k]}_bar", shape.kinds[k], zeros)
    given = dict(sorted(given.items()))
    cotangents: list[Expr] = [
        Name(seeds[k]) if k in seeds else Const(_zero(joint.items[k])) for k in all_seeded
    ]
    cotangents += [Const(_zero(shape.kinds[k])) for k in shape.totals(all_active)]
    start, stop, step = shape.bounds()
    steps = body.define("steps", types.int64, Call(shapes.slice_length, (start, stop, step)))
    state = body.state_bytes()
    if budget is None:
        piece = body.define("piece", types.int64, Call(revolve.piece_length, (steps, state)))
        kept = body.define("snapshots", types.int64, Call(revolve.snapshots_for, (steps, piece)))
    else:
        variants = {all_seeded: None, shape.carried_items: None}
        swept = [budget.swept(all_active, items) for items in variants]
        piece, kept = body.within(budget.bytes, steps, state, swept)
    call = Call(
        ask("reversed", all_active, all_seeded),
        (*map(Name, shape.params), piece, kept, *given.values(), *cotangents),
    )
    found = body.bars_of(call, shape.scalars(all_active))
    return body.program(params, [found[k] for k in shape.scalars(active)])


def reversal_of_steps(joint: Joint, active: Positions, seeded: Positions, ask: Ask) -> Program:
    """One piece, or the second part and then the first."""
    shape = StepsInterface(joint)
    body = _Body(shape)
    piece, kept = (Name(body.fresh(name, types.int64)) for name in ("piece", "snapshots"))
    names, kinds = shape.params, shape.kinds
    bars = {k: Name(body.fresh(f"{names[k]}_bar", kinds[k])) for k in shape.arrays(active)}
    seeds = tuple(Name(body.fresh(f"{shape.stems[k]}_bar", joint.items[k])) for k in seeded)
    totals = tuple(Name(body.fresh(f"{names[k]}_bar", kinds[k])) for k in shape.totals(active))
    parts = _Parts(shape, active, seeded, ask, piece, kept, bars, (*seeds, *totals))
    length = Call(shapes.slice_length, shape.bounds())
    steps = body.define("steps", types.int64, length)
    test = body.define("is_piece", types.boolean, Call(operator.le, (steps, piece)))
    out = {k: body.fresh(f"{names[k]}_bar", kinds[k]) for k in shape.scalars(active)}
    swept, cut = body.inner(), body.inner()
    swept.assign(out, parts.one_piece(swept))
    cut.assign(out, parts.two_parts(cut))
    body.block.append(If(test, tuple(swept.block), tuple(cut.block)))
    given = (piece, kept, *bars.values(), *seeds, *totals)
    params = (*names, *(name.id for name in given))
    return body.program(params, [Name(name) for name in out.values()])


@dataclass
class _Parts:
    """The two ways to reverse some steps.

    Attributes
    ----------
    piece, kept : steps in a piece, and how many snapshots may be taken.
    bars : of the active arrays, by parameter.
    cotangents : of the items that have one, then of the totals.
    """

    shape: StepsInterface
    active: Positions
    seeded: Positions
    ask: Ask
    piece: Name
    kept: Name
    bars: dict[int, Name]
    cotangents: tuple[Name, ...]

    def one_piece(self, body: _Body) -> dict[int, Expr]:
        """The adjoint that stores everything."""
        given = (*map(Name, self.shape.params), *self.bars.values(), *self.cotangents)
        call = Call(self.ask("swept", self.active, self.seeded), given)
        return body.bars_of(call, self.shape.scalars(self.active))

    def two_parts(self, body: _Body) -> dict[int, Expr]:
        """A state in the middle, from which the second part is reversed, and then the first."""
        shape, scalars = self.shape, self.shape.scalars(self.active)
        bounds = (*shape.bounds(), self.piece, self.kept)
        middle = body.define("middle", types.int64, Call(revolve.middle, bounds))
        first, second = [*map(Name, shape.params)], [*map(Name, shape.params)]
        first[shape.steps.stop] = second[shape.steps.start] = middle
        items = body.items_of(Call(shape.joint, tuple(first)))
        bars = dict(self.bars)
        for param, item in shape.item_of.items():
            second[param] = items[item]
            if param in bars:
                zeros = Call(np.zeros_like, (items[item],))
                bars[param] = body.define(f"{shape.params[param]}_bar", shape.kinds[param], zeros)
        less = body.define("snapshots", types.int64, Call(operator.sub, (self.kept, Const(1))))
        after: tuple[Expr, ...]
        after = (*second, self.piece, less, *bars.values(), *self.cotangents)
        late = body.bars_of(Call(self.ask("reversed", self.active, self.seeded), after), scalars)
        handed = [{**bars, **late}[shape.param_of(item)] for item in shape.carried_items]
        handed += [late[k] for k in shape.totals(self.active)]
        before = self.ask("reversed", self.active, shape.carried_items)
        given = (*first, self.piece, self.kept, *self.bars.values(), *handed)
        return body.bars_of(Call(before, given), scalars)


def handing_on(
    joint: Joint, program: Program, active: Positions, seeded: Positions
) -> tuple[Program, Positions]:
    """The lowered steps that also return their totals, so that these have a cotangent; and all
    items with one."""
    totals = StepsInterface(joint).totals(active)
    *body, last = program.body
    assert isinstance(last, Return)
    items = last.value.items if isinstance(last.value, Tuple) else (last.value,)
    further = tuple(Name(program.params[k]) for k in totals)
    if not further:
        return program, seeded
    returned = replace(last, value=Tuple((*items, *further)))
    positions = range(len(items), len(items) + len(further))
    return replace(program, body=(*body, returned)), (*seeded, *positions)


@dataclass
class _Body:
    """Statements being written."""

    shape: StepsInterface
    block: list[Stmt] = field(default_factory=list)
    table: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.table:
            self.table.update({p: self.shape.table[p] for p in self.shape.params})

    def inner(self) -> _Body:
        return _Body(self.shape, [], self.table)

    def fresh(self, stem: str, kind: Any) -> str:
        name = free_name(stem, self.table)
        self.table[name] = kind
        return name

    def define(self, stem: str, kind: Any, value: Expr) -> Name:
        name = self.fresh(stem, kind)
        self.block.append(Assign(name, value))
        return Name(name)

    def assign(self, names: dict[int, str], values: dict[int, Expr]) -> None:
        self.block += [Assign(name, values[k]) for k, name in names.items()]

    def state_bytes(self) -> Expr:
        """Bytes of what a step hands on to the next."""
        shape = self.shape
        numbers = sum(8 for param in shape.item_of if not is_array(shape.kinds[param]))
        total: Expr = Const(numbers)
        for param in shape.item_of:
            if not is_array(shape.kinds[param]):
                continue
            size: Expr = Const(_bytes(element_of(shape.kinds[param])))
            for axis in range(shape.kinds[param].ndim):
                length = Call(primitives.dim, (Name(shape.params[param]), Const(axis)))
                size = self.define("size", types.int64, Call(operator.mul, (size, length)))
            total = self.define("state", types.int64, Call(operator.add, (total, size)))
        return total

    def within(
        self, budget: int, steps: Name, state: Expr, swept: Sequence[Program]
    ) -> tuple[Name, Name]:
        """Steps in a piece and number of snapshots for which a budget is enough.

        A snapshot has cotangents, and around the loop there are up to eight states more: copies,
        results and their cotangents.
        """
        sizes = [bytes_stored(program, self.shape.bounds()) for program in swept]
        each, besides = (
            reduce(lambda one, other: Call(max, (one, other)), column)
            for column in zip(*sizes, strict=True)
        )
        both = Call(operator.mul, (Const(2), state))
        besides = Call(operator.add, (besides, Call(operator.mul, (Const(4), both))))
        given = (steps, *map(self.atom, (both, each, besides)), Const(budget))
        piece = self.define("piece", types.int64, Call(revolve.piece_within, given))
        call = Call(revolve.snapshots_within, (*given, piece))
        return piece, self.define("snapshots", types.int64, call)

    def atom(self, expr: Expr) -> Expr:
        """The value of an integer expression, in a variable unless it is one."""
        if not isinstance(expr, Call) or expr.function is primitives.dim:
            return expr
        args = tuple(map(self.atom, expr.args))
        return self.define("size", types.int64, Call(expr.function, args))

    def items_of(self, call: Call) -> list[Name]:
        joint = self.shape.joint
        if len(joint.items) == 1:
            return [self.define(self._stem(0), joint.items[0], call)]
        whole = self.define("after", types.BaseTuple.from_types(joint.items), call)
        return [
            self.define(self._stem(k), kind, Item(whole, (Const(k),)))
            for k, kind in enumerate(joint.items)
        ]

    def _stem(self, item: int) -> str:
        return self.shape.stems[item]

    def bars_of(self, call: Call, scalars: Positions) -> dict[int, Expr]:
        """Call an adjoint; what it returns, by parameter."""
        kinds = [self.shape.kinds[k] for k in scalars]
        if not scalars:
            self.block.append(Evaluate(call))
            return {}
        if len(scalars) == 1:
            name = f"{self.shape.params[scalars[0]]}_bar"
            return {scalars[0]: self.define(name, kinds[0], call)}
        whole = self.define("bars", types.BaseTuple.from_types(kinds), call)
        return {
            k: self.define(f"{self.shape.params[k]}_bar", kind, Item(whole, (Const(n),)))
            for n, (k, kind) in enumerate(zip(scalars, kinds, strict=True))
        }

    def program(self, params: tuple[str, ...], results: list[Expr]) -> Program:
        returned: Expr = results[0] if len(results) == 1 else Const(None)
        if len(results) > 1:
            kinds = [self.table[result.id] for result in results]  # type: ignore[union-attr]
            whole = Tuple(tuple(results))
            returned = self.define("returned", types.BaseTuple.from_types(kinds), whole)
        body: Block = (*self.block, Return(returned))
        source = self.shape.joint.body.source
        return Program(f"{self.shape.joint.name}_adjoint", params, body, source, types=self.table)


def _zero(kind: Any) -> Any:
    return 0j if is_complex(kind) else 0.0


def _bytes(kind: Any) -> int:
    return int(getattr(kind, "bitwidth", 8)) // 8 or 1
