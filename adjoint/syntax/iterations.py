"""What a loop runs over: a range of a counter, and the item for each of its values."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import gast
import numpy as np

from adjoint.program.core import Call, Const, If, Item, Name
from adjoint.syntax import columns
from adjoint.syntax.context import Context
from adjoint.syntax.control import throw
from adjoint.syntax.operators import apply
from adjoint.syntax.static_types import lengths_of, unpacked
from adjoint.syntax.terms import items
from adjoint.syntax.translate import atom, atoms, expression
from adjoint.syntax.values import Columns, Known, Pack, Value, is_number

Atom = Const | Name
_ZERO, _ONE = Const(0), Const(1)
_ItemOf = Callable[[Context, Atom], Value]


@dataclass(frozen=True)
class Iteration:
    """Items of `range(start, stop, step)`, or one item for each.

    Attributes
    ----------
    item : the item for a value of the counter (it may emit statements); None: the counter itself.
    paired_with : the items are pairs of the counter and what this gives (`enumerate`).
    """

    start: Atom
    stop: Atom
    step: Atom = _ONE
    item: _ItemOf | None = None
    paired_with: _ItemOf | None = None

    def at(self, context: Context, counter: Atom) -> Value:
        """The item for a value of the counter."""
        return counter if self.item is None else self.item(context, counter)

    def unrolled(self, context: Context, limit: int) -> Pack | None:
        """All items, if the bounds are known and there are no more than `limit`."""
        bounds = [
            bound.value
            for bound in (self.start, self.stop, self.step)
            if isinstance(bound, Const) and type(bound.value) is int
        ]
        if len(bounds) < 3:
            return None
        counters = range(*bounds)
        if len(counters) > limit:
            return None
        return Pack(tuple(self.at(context, Const(counter)) for counter in counters))


@dataclass(frozen=True)
class Nest:
    """Items of loops inside each other (`np.ndindex`), one item for all the counters together."""

    lengths: tuple[Atom, ...]
    item: Callable[[Context, tuple[Atom, ...]], Value]

    def flat(self, context: Context, node: Any) -> Iteration:
        """The same as one loop, the counters got by division."""
        total: Atom = _ONE
        for length in self.lengths:
            total = context.as_atom(apply(operator.mul, total, length), node)

        def item(inner: Context, k: Atom) -> Value:
            counters: list[Atom] = []
            for length in reversed(self.lengths):
                counters.append(inner.as_atom(apply(operator.mod, k, length), node))
                k = inner.as_atom(apply(operator.floordiv, k, length), node)
            return self.item(inner, tuple(reversed(counters)))

        return Iteration(_ZERO, total, item=item)


def iteration(context: Context, node: Any, changed: Set[str | None]) -> Iteration | Pack:
    """What `for … in node` runs over, or the tuple that it is.

    `changed` are the variables that the loop assigns: Python evaluates what is iterated over
    once, so those are copied first.
    """
    found = nest_or_iteration(context, node, changed)
    return found.flat(context, node) if isinstance(found, Nest) else found


def nest_or_iteration(
    context: Context, node: Any, changed: Set[str | None]
) -> Iteration | Nest | Pack:
    """The same, but loops inside each other stay so."""
    source = _Source(context, changed)
    nest = source.nest(node)
    if nest is not None:
        return nest
    found = source.iteration(node)
    return source.kept(found, node) if isinstance(found, Pack) else found


def named_object(context: Context, node: Any) -> Any:
    """The function that is called, if it is named by a global (`range`, `numba.prange`)."""
    owner = node.value if isinstance(node, gast.Attribute) else node
    if not isinstance(owner, gast.Name):
        return None
    value = expression(context, owner)
    if owner is not node:
        known = isinstance(value, Known) and isinstance(value.value, ModuleType)
        value = expression(context, node) if known else Const(None)
    return value.value if isinstance(value, Known) else None


class _Source:
    def __init__(self, context: Context, changed: Set[str | None]) -> None:
        self.context = context
        self.changed = changed

    def nest(self, node: Any) -> Nest | None:
        """Loops inside each other, if the expression is `np.ndindex` or `np.ndenumerate`."""
        called = self._builtin(node.func) if isinstance(node, gast.Call) else None
        if called is np.ndindex:
            lengths = self._lengths(node)
            return Nest(lengths, lambda _, counters: Pack(counters))
        if called is np.ndenumerate:
            array = self._kept(atom(self.context, node.args[0]), node)
            lengths = tuple(
                self.context.as_atom(item, node)
                for item in lengths_of(self.context, array, node).items
            )
            return Nest(lengths, lambda _, k: Pack((Pack(k), Item(array, k))))
        return None

    def _lengths(self, node: Any) -> tuple[Atom, ...]:
        """The arguments of `np.ndindex`: lengths, or one tuple of them."""
        context = self.context
        if len(node.args) == 1 and not isinstance(node.args[0], gast.Starred):
            value = expression(context, node.args[0])
            pack = unpacked(context, value, node)
            found = [value] if pack is None else list(pack.items)
        else:
            found = items(context, node.args)
        return tuple(self._kept(context.as_atom(length, node), node) for length in found)

    def iteration(self, node: Any) -> Iteration | Pack:
        """What the expression iterates over."""
        nest = self.nest(node)
        if nest is not None:
            return nest.flat(self.context, node)
        if isinstance(node, gast.Call):
            called = self._builtin(node.func)
            for function, form in _FORMS.items():
                if called is function and (function is builtins.zip or not node.keywords):
                    return form(self, node)
        value = expression(self.context, node)
        return self._of(value, node)

    def kept(self, value: Value, node: Any) -> Any:
        """The value as it is before the loop."""
        if isinstance(value, Pack):
            return value.like(self.kept(item, node) for item in value.items)
        return self.context.temporary(value, node) if isinstance(value, Name) else value

    def _builtin(self, node: Any) -> Any:
        """The function that is called, `range` for `numba.prange`."""
        found = named_object(self.context, node)
        return range if getattr(found, "__name__", "") == "prange" else found

    def _kept(self, value: Atom, node: Any) -> Atom:
        if isinstance(value, Name) and value.id in self.changed:
            return self.context.temporary(value, node)
        return value

    def range(self, node: Any) -> Iteration:
        """`range(stop)`, `range(start, stop)`, `range(start, stop, step)`."""
        if not 1 <= len(node.args) <= 3:
            self.context.refuse("range takes one to three arguments.", node)
        bounds = [self._kept(bound, node) for bound in atoms(self.context, node.args)]
        match bounds:
            case [stop]:
                return Iteration(_ZERO, stop)
            case [start, stop]:
                return Iteration(start, stop)
        start, stop, step = bounds
        return Iteration(start, stop, step)

    def enumerate(self, node: Any) -> Iteration | Pack:
        """`enumerate(items)` and `enumerate(items, start)`."""
        first, *offset = node.args
        inner = self.iteration(first)
        start = atom(self.context, offset[0]) if offset else _ZERO
        if isinstance(inner, Pack):
            numbers = [self._sum(start, k, node) for k in range(len(inner.items))]

            def numbered(items: Sequence[Value]) -> tuple[Value, ...]:
                return tuple(map(Pack, zip(numbers, items, strict=False)))

            live = inner.live
            now = None if live is None else lambda: numbered(live())
            return Pack(numbered(inner.items), live=now)
        inner = self._counted(inner, node)

        def pair(context: Context, k: Atom) -> Value:
            number = context.as_atom(apply(operator.add, k, start), node) if offset else k
            return Pack((number, self._item(context, inner, k, node)))

        return replace(inner, item=pair, paired_with=None if offset else inner.at)

    def _sum(self, start: Atom, k: int, node: Any) -> Atom:
        return self.context.as_atom(apply(operator.add, start, Const(k)), node)

    def zip(self, node: Any) -> Iteration | Pack:
        """`zip(a, b, …)`, as long as the shortest."""
        parts = [part for arg in node.args for part in self._sources(arg)]
        is_strict = self._is_strict(node)
        packs = [part for part in parts if isinstance(part, Pack)]
        if is_strict and len({len(pack.items) for pack in packs}) > 1:
            throw(self.context, ValueError, (Const("zip() of unequal lengths"),), node)
        if len(packs) == len(parts):
            return _rows_of(packs)
        if not all(is_number(item) for pack in packs for item in pack.items):
            return self._rows(parts, packs, is_strict, node)
        counted = [self._counted(self._of_pack(part, node), node) for part in parts]
        length = counted[0].stop
        for part in counted[1:]:
            if part.stop != length and is_strict:
                self._require_equal(length, part.stop, node)
            elif part.stop != length:
                length = self.context.temporary(Call(min, (length, part.stop)), node, "len")

        def row(context: Context, k: Atom) -> Value:
            return Pack(tuple(self._item(context, part, k, node) for part in counted))

        return Iteration(_ZERO, length, item=row)

    def _rows(
        self, parts: list[Iteration | Pack], packs: list[Pack], is_strict: bool, node: Any
    ) -> Pack:
        """Rows one by one, because what is in a container is no number: functions, tuples."""
        count = min(len(pack.items) for pack in packs)
        rows: list[list[Value]] = [[] for _ in range(count)]
        for part in parts:
            if isinstance(part, Pack):
                found: Sequence[Value] = part.items
            else:
                counted = self._counted(part, node)
                self._require_length(counted.stop, count, is_strict, node)
                found = [self._item(self.context, counted, Const(k), node) for k in range(count)]
            for row, item in zip(rows, found, strict=False):
                row.append(item)
        return Pack(tuple(Pack(tuple(row)) for row in rows))

    def _require_length(self, length: Atom, count: int, is_strict: bool, node: Any) -> None:
        """The rows are written out for a length that is known, so no sequence may be shorter."""
        differs = operator.ne if is_strict else operator.lt
        test = self.context.temporary(Call(differs, (length, Const(count))), node)
        self._raise_if(test, "zip() of unequal lengths", node)

    def _raise_if(self, test: Atom, message: str, node: Any) -> None:
        inner = self.context.inner()
        with self.context.alternative():
            throw(inner, ValueError, (Const(message),), node)
        self.context.emit(If(test, inner.done(), at=self.context.at(node)))

    def _is_strict(self, node: Any) -> bool:
        """Whether `strict=True` is given, and nothing else."""
        for keyword in node.keywords:
            if keyword.arg != "strict" or not isinstance(keyword.value, gast.Constant):
                self.context.refuse("zip takes the keyword strict, a constant.", node)
        return any(keyword.value.value for keyword in node.keywords)

    def _require_equal(self, length: Atom, other: Atom, node: Any) -> None:
        differ = self.context.temporary(Call(operator.ne, (length, other)), node)
        self._raise_if(differ, "zip() of unequal lengths", node)

    def _sources(self, node: Any) -> list[Iteration | Pack]:
        """What an argument of zip runs over; `*rows` are several arguments."""
        if not isinstance(node, gast.Starred):
            return [self.iteration(node)]
        rows = unpacked(self.context, expression(self.context, node.value), node)
        if rows is None:
            self.context.refuse("`*` needs a tuple whose length is known when compiling.", node)
        return [self._of(row, node) for row in rows.items]

    def _of(self, value: Value, node: Any) -> Iteration | Pack:
        """What a value iterates over."""
        pack = unpacked(self.context, value, node)
        if pack is not None:
            return pack
        if isinstance(value, Columns):
            rows = value
            length = self.context.temporary(columns.length(rows), node)
            return Iteration(_ZERO, length, item=lambda inner, k: columns.at(inner, rows, k, node))
        array = self._kept(self.context.as_atom(value, node), node)
        length = self.context.temporary(Call(len, (array,)), node)
        return Iteration(_ZERO, length, item=lambda _, k: Item(array, (k,)))

    def reversed(self, node: Any) -> Iteration | Pack:
        """`reversed(…)` of a range or an array."""
        inner = self.iteration(node.args[0])
        if isinstance(inner, Pack):
            live = inner.live
            now = None if live is None else lambda: live()[::-1]
            return Pack(inner.items[::-1], live=now)
        if inner.step == _ONE:
            start = self._minus(inner.stop, _ONE, node)
            return replace(
                inner, start=start, stop=self._minus(inner.start, _ONE, node), step=Const(-1)
            )
        counted = self._counted(inner, node)
        start = self._minus(counted.stop, _ONE, node)
        return replace(counted, start=start, stop=Const(-1), step=Const(-1))

    def _counted(self, inner: Iteration, node: Any) -> Iteration:
        """The same with a counter 0, 1, 2, …"""
        if inner.start == _ZERO and inner.step == _ONE:
            return inner
        context = self.context
        span = self._minus(inner.stop, inner.start, node)
        if inner.step != _ONE:
            if not isinstance(inner.step, Const):
                context.refuse("the step of this range has to be a constant.", node)
            # ceil(span / step), for either sign of the step
            opposite = context.as_atom(apply(operator.sub, _ZERO, inner.step), node)
            down = context.as_atom(apply(operator.floordiv, span, opposite), node)
            span = context.as_atom(apply(operator.sub, _ZERO, down), node)

        def item(inside: Context, k: Atom) -> Value:
            scaled = k
            if inner.step != _ONE:
                scaled = inside.as_atom(apply(operator.mul, k, inner.step), node)
            counter = inside.as_atom(apply(operator.add, inner.start, scaled), node)
            return inner.at(inside, counter)

        return Iteration(_ZERO, span, item=item)

    def _of_pack(self, part: Iteration | Pack, node: Any) -> Iteration:
        if isinstance(part, Iteration):
            return part
        whole = self.context.as_atom(part, node)
        return Iteration(_ZERO, Const(len(part.items)), item=lambda _, k: Item(whole, (k,)))

    def _minus(self, left: Atom, right: Atom, node: Any) -> Atom:
        if right == _ZERO:
            return left
        return self.context.as_atom(apply(operator.sub, left, right), node)

    def _item(self, context: Context, part: Iteration, k: Atom, node: Any) -> Value:
        value = part.at(context, k)
        return value if isinstance(value, Pack) else context.as_atom(value, node)


def _rows_of(packs: list[Pack]) -> Pack:
    """What zip gives for containers of known length."""

    def rows(columns: Sequence[Sequence[Value]]) -> tuple[Value, ...]:
        return tuple(map(Pack, zip(*columns, strict=False)))

    def now() -> tuple[Value, ...]:
        return rows([pack.items if pack.live is None else pack.live() for pack in packs])

    is_live = any(pack.live is not None for pack in packs)
    return Pack(rows([pack.items for pack in packs]), live=now if is_live else None)


_Form = Callable[[_Source, Any], "Iteration | Pack"]
_FORMS: dict[Any, _Form] = {
    range: _Source.range,
    builtins.enumerate: _Source.enumerate,
    builtins.zip: _Source.zip,
    builtins.reversed: _Source.reversed,
}
