"""What is known in and after a loop whose number of iterations is not.

An iteration begins with what holds before the loop and after any other iteration. So what the loop
assigns is forgotten first, and each end of an iteration is compared with what was assumed: numbers
may differ, what is known when compiling may not.
"""

from __future__ import annotations

from typing import Any

from adjoint.program.core import Block, Const, Stmt
from adjoint.syntax.context import Context
from adjoint.syntax.exits import Region, goes_on
from adjoint.syntax.packs import flat
from adjoint.syntax.scopes import assigned_names, assigned_none
from adjoint.syntax.translate import statements
from adjoint.syntax.units import State
from adjoint.syntax.values import Conflict, Pack, Record, Value, is_number, same, same_shape


class Loop:
    """One loop being translated."""

    def __init__(self, context: Context, node: Any) -> None:
        self.node = node
        self.names = assigned_names([node])
        self.stopped, self.skipped = context.label("stopped"), context.label("skipped")
        context.forget(self.names)
        for name in assigned_none([node]):
            context.unit.may_be_none.add(context.variable(name))
        self.start = context.state()

    def body(self, context: Context) -> Context:
        """A context for the statements of one iteration."""
        return context.inner(leave_loop=self.stopped, next_iteration=self.skipped)

    def iteration(self, body: Context) -> Block:
        """The statements of an iteration, all translated; goes back to what holds at its start."""
        ends = list(self.skipped.states)
        if goes_on(body.block):
            ends.append(body.state())
        for end in ends:
            self._check(body, end)
        self.ends = ends
        body.go_to(self.start)
        return (Region(self.skipped, body.done()),)

    def close(self, context: Context, loop: Stmt) -> None:
        """Add the loop, its `else`, and the region that `break` leaves."""
        exhausted = self._after(context, self.ends)
        ends = [self._after(context, [state]) for state in self.stopped.states]
        after = context.inner()
        context.go_to(exhausted)
        statements(after, self.node.orelse)
        if goes_on((loop, *after.block)):
            ends.append(after.state())
        context.merge(*ends)
        context.emit(Region(self.stopped, (loop, *after.block)))

    def _after(self, context: Context, ends: list[State]) -> State:
        """What holds after an iteration that ends so, or after none."""
        bindings = dict(self.start.bindings)
        for name in self.names:
            if name not in bindings and context.frame.variables.get(name) not in self.start.defined:
                value = _agreed([end.bindings.get(name) for end in ends])
                if value is not None:
                    bindings[name] = value
        context.go_to(State(bindings, self.start.defined, self.start.heap))
        context.forget({name: None for name in self.names if isinstance(bindings.get(name), Pack)})
        context.merge_heaps([self.start.heap, *(end.heap for end in ends)])
        return context.state()

    # ----------------------------------------------------------------- assumptions

    def _check(self, body: Context, end: State) -> None:
        for name in self.names:
            self._check_name(body, name, end.bindings.get(name))
        for record, before in self.start.heap.items():
            self._check_record(body, record, before, end.heap[record])

    def _check_name(self, body: Context, name: str, value: Value | None) -> None:
        before = self.start.bindings.get(name)
        variable = body.frame.variables.get(name)
        is_defined = before is not None or variable in self.start.defined
        if not is_defined or isinstance(before, Conflict):
            return
        differs = isinstance(before, Pack) and not same_shape(before, value)
        if differs or (before is None and isinstance(value, Pack | Record)):
            body.let_lists_grow((before, value), variable)
            self._refuse(body, name)

    def _refuse(self, body: Context, name: str) -> None:
        body.refuse(
            f"`{name}` is not the same kind of thing, or not of the same length, before the loop "
            "and after an iteration of it.",
            self.node,
            "use a variable of its own for each",
        )

    def _check_record(self, body: Context, record: Record, before: Pack, after: Pack) -> None:
        if before.kind is list and before.keys != after.keys:
            body.unit.facts.learn(body.unit.facts.growing, [record.site])
        for path, item in flat(before):
            now = _at(after, path)
            if isinstance(item, Const) and is_number(item) and not same(item, now):
                body.unit.facts.learn(body.unit.facts.varying, [(record.site, path)])
            if not same_shape(item, now):
                body.refuse(
                    f"`{record.base}` holds something else at {path[0]!r} after an iteration of "
                    "this loop than before it.",
                    self.node,
                    "give it a number of the same type before the loop",
                )


def _agreed(values: list[Value | None]) -> Value | None:
    """What all ends give a name that had no value before the loop."""
    found = [value for value in values if value is not None]
    if not found:
        return None
    if len(found) == len(values) and all(same_shape(value, found[0]) for value in found):
        return found[0]
    return Conflict()


def _at(pack: Pack, path: tuple[Any, ...]) -> Value | None:
    value: Value | None = pack
    for key in path:
        value = value.get(key) if isinstance(value, Pack) else None
    return value
