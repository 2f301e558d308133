"""Where a translation stands: names, values and the block that statements are added to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn, TypeGuard

import numpy as np

from adjoint.errors import UnsupportedSyntax
from adjoint.expansions.registry import is_expansion
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    Location,
    Name,
    Source,
    Stmt,
    Tuple,
)
from adjoint.program.sums import recognised
from adjoint.syntax.exits import Jump, Label
from adjoint.syntax.read_source import location
from adjoint.syntax.units import Finalizer, Frame, Handler, State, Unit
from adjoint.syntax.values import (
    SITE_OF_ARGUMENT,
    Closure,
    Columns,
    Conflict,
    Known,
    MaybeNone,
    Method,
    Pack,
    Path,
    Record,
    Site,
    Super,
    Value,
    is_number,
    is_stored,
    merged,
    same,
    same_shape,
)


@dataclass(eq=False)
class Context:
    """Where translation stands: the frame, and the block that statements are added to."""

    unit: Unit
    frame: Frame
    block: list[Stmt] = field(default_factory=list)
    leave_loop: Label | None = None
    next_iteration: Label | None = None
    outer: Context | None = None
    source: Source | None = None
    place: Location | None = None
    handlers: tuple[Handler, ...] = ()
    finalizers: tuple[Finalizer, ...] = ()

    def inner(self, **changes: Any) -> Context:
        """The same place with an empty block."""
        return replace(self, block=[], outer=self, **changes)

    def standing_at(self, node: Any) -> Context:
        """The same, but all that follows stands at this place in the user's source."""
        return replace(self, place=self.at(node))

    def called(self, frame: Frame) -> Context:
        """The same place in a function that is called here."""
        return Context(
            self.unit,
            frame,
            self.block,
            outer=self.outer,
            place=self.place,
            handlers=self.handlers,
            finalizers=self.finalizers,
        )

    def done(self) -> Block:
        """The block's statements."""
        return tuple(self.block)

    def at_frame(self, frame: Frame) -> Context:
        """The same place in the program, names those of an enclosing function."""
        return replace(self, frame=frame)

    def emit(self, *stmts: Stmt) -> None:
        """Add statements to the block."""
        self.block.extend(stmts)

    def at(self, node: Any) -> Location:
        """The node's place in the user's source."""
        if self.place is not None:
            return self.place
        return location(self.source or self.frame.source, node)

    def refuse(self, message: str, node: Any, hint: str = "") -> NoReturn:
        """Stop: the node is outside the language."""
        raise UnsupportedSyntax(message, self.at(node), hint)

    # ------------------------------------------------------------- variables

    def loop_variable(self, name: str) -> str:
        """The program's name for a local variable that a loop counts with."""
        self.frame.bindings.pop(name, None)
        variable = self.variable(name)
        self.frame.defined.add(variable)
        return variable

    def variable(self, name: str) -> str:
        """The program's name for a local variable of the frame."""
        frame = self.frame
        if name not in frame.variables:
            frame.variables[name] = self.unit.names.variable(name)
        return frame.variables[name]

    def item_variable(self, name: str, path: Path) -> str:
        """The program's name for an item of what a local variable holds."""
        if not path:
            return self.variable(name)
        variables = self.frame.variables
        key = ".".join([name, *map(str, path)])
        if key not in variables:
            variables[key] = self.unit.names.variable(item_name(name, path))
        return variables[key]

    def set_variable(self, name: str, value: Expr, node: Any) -> None:
        """Assign a core expression to a local variable of the frame."""
        self.frame.bindings.pop(name, None)
        self.assign(self.variable(name), value, node)
        self.note_constant(name, value)

    def note_constant(self, name: str, value: Expr) -> None:
        """Remember None, flags and modes, which tests may ask for.

        In expansions, integers and dtypes too.
        There an axis is computed; a user's integers read better under their names.
        """
        if name in self.frame.shared or not isinstance(value, Const):
            return
        is_asked = isinstance(value.value, str | bool | None)
        if is_asked or (
            isinstance(value.value, int | type | np.dtype)
            and is_expansion(self.frame.source.filename)
        ):
            self.frame.bindings[name] = value

    def assign(self, target: str, value: Expr, node: Any) -> None:
        """Add `target = value`."""
        self.frame.defined.add(target)
        sites = self.unit.list_sites
        if isinstance(value, Name) and value.id in sites:
            sites[target] = sites[value.id]
        if value == Name(target):
            return
        none = self.unit.may_be_none
        if value == Const(None) or (isinstance(value, Name) and value.id in none):
            none.add(target)
        self.emit(recognised(Assign(target, value, at=self.at(node))))

    def temporary(self, value: Expr, node: Any, base: str | None = None) -> Name:
        """Give a value a name of its own."""
        name = self.unit.names.temporary(base or _describe(value))
        self.assign(name, value, node)
        return Name(name)

    def holds(self, value: Value) -> TypeGuard[Name]:
        """Whether a value is a variable that a call, or a change of a container, may assign."""
        return isinstance(value, Name) and value.id in self.unit.held

    def as_atom(self, value: Value, node: Any) -> Const | Name:
        """The value as an argument; emits an assignment if it is a compound expression."""
        if isinstance(value, Const | Name):
            return value
        return self.temporary(self.as_expr(value, node), node)

    def as_expr(self, value: Value, node: Any) -> Expr:
        """The value as a core expression.

        Raises
        ------
        UnsupportedSyntax : it is a function, a module or another object that is no number.
        """
        match value:
            case Record():
                return self.as_expr(self.unit.heap[value], node)
            case Pack(items, kind):
                if kind is dict or not issubclass(kind, tuple | list):
                    self.refuse(
                        f"a {kind.__name__} is used as a number or an array here.",
                        node,
                        "use its items",
                    )
                return Tuple(tuple(self.as_atom(item, node) for item in items))
            case Known(obj, path):
                self.refuse(
                    f"`{path}` is a {type(obj).__name__}, which cannot be used as a number "
                    "or an array.",
                    node,
                    "pass numbers and NumPy arrays; call functions where they are known",
                )
            case Columns():
                self.refuse(
                    "a list of tuples is used as a number or an array here.",
                    node,
                    "keep a list of its own for each of their items",
                )
            case Closure() | Method() | Super():
                self.refuse("a function is used as a value here.", node, "call it instead")
            case Conflict():
                self.refuse(
                    "this is one thing on one path and something else on another - a function, a "
                    "list, a dict or an object - and which is known only when running.",
                    node,
                    "use each where it is chosen; change an object's items instead of binding "
                    "its name to another",
                )
            case MaybeNone(function):
                self.refuse(
                    f"`{function}` may return None: it returns a value on some paths only.",
                    node,
                    "return a value on every path",
                )
        return value

    # ------------------------------------------------------------- known values on several paths

    def state(self) -> State:
        """What is known here."""
        frame = self.frame
        return State(dict(frame.bindings), set(frame.defined), dict(self.unit.heap))

    @contextmanager
    def alternative(self) -> Iterator[State]:
        """Translate a path of its own; yields what holds at its end."""
        frame, unit = self.frame, self.unit
        before = self.state()
        end = State({}, set(), {})
        yield end
        end.bindings, end.defined, end.heap = frame.bindings, frame.defined, unit.heap
        frame.bindings, frame.defined, unit.heap = before.bindings, before.defined, before.heap

    def go_to(self, state: State) -> None:
        """Go on from a place where this is known."""
        frame = self.frame
        frame.bindings, frame.defined = dict(state.bindings), set(state.defined)
        self.unit.heap = dict(state.heap)

    def label(self, flag: str) -> Label:
        """A label for the end of a region here."""
        return Label(flag, self.frame, len(self.finalizers))

    def jump(self, label: Label, node: Any) -> None:
        """Leave to the end of the label's region."""
        self.run_finalizers(label.depth)
        label.states.append(self.at_frame(label.frame).state())
        self.emit(Jump(label, at=self.at(node)))

    def run_finalizers(self, depth: int) -> None:
        """What `finally` blocks do, the innermost first, until only `depth` are left around."""
        for position in range(len(self.finalizers) - 1, depth - 1, -1):
            finalizer = self.finalizers[position]
            place = replace(self, frame=finalizer.frame, finalizers=self.finalizers[:position])
            finalizer.run(place)

    def arrive(self, label: Label, goes_on: bool) -> None:
        """Be at the end of the label's region; `goes_on`: control comes from its last statement."""
        states = [*label.states, *([self.state()] if goes_on else [])]
        if label.states and states:
            self.merge(*states)

    def merge(self, *paths: State) -> None:
        """Go on with what holds at the ends of all the paths."""
        if not paths:
            return
        found: dict[str, Value] = {}
        for name in dict.fromkeys(name for path in paths for name in path.bindings):
            value = self._merged_binding(name, paths)
            if value is not None:
                found[name] = value
        self.merge_heaps([path.heap for path in paths])
        self.frame.bindings = found
        self.frame.defined = set.intersection(*(path.defined for path in paths))

    def _merged_binding(self, name: str, paths: tuple[State, ...]) -> Value | None:
        """What is known of a name that may have any of these values; None: it is a variable."""
        variable = self.frame.variables.get(name)
        bound = [path for path in paths if name in path.bindings or variable in path.defined]
        values = [path.bindings.get(name) for path in bound]
        if all(same(value, values[0]) for value in values) and len(bound) == len(paths):
            return values[0]
        if any(isinstance(value, Pack | Record) for value in values):
            alike = all(
                isinstance(value, Pack) and same_shape(value, values[0]) for value in values
            )
            if not alike:
                self.let_lists_grow(values, variable)
        if any(isinstance(value, Pack) for value in values):
            return merged(values, lambda path: self.item_variable(name, path))
        if any(value is not None and not is_stored(value) for value in values):
            return Conflict()
        return None

    def let_lists_grow(self, values: Iterable[Value | None], variable: str | None) -> None:
        """Translate again, if all of these are lists, with lists whose length is not known.

        None stands for what the variable holds.
        """
        sites: set[Site] = set()
        for value in values:
            match value:
                case Pack(kind=kind, sites=own) if kind is list:
                    sites |= own
                case Record(site=site, kind=kind) if kind is list:
                    sites.add(site)
                case None if variable in self.unit.list_sites:
                    pass
                case _:
                    return
        growing = self.unit.facts.growing
        if sites - growing - {SITE_OF_ARGUMENT}:
            self.unit.facts.learn(growing, sites - {SITE_OF_ARGUMENT})

    def merge_heaps(self, heaps: list[dict[Record, Pack]]) -> None:
        """Containers hold what they hold on all of the paths."""
        found: dict[Record, Pack] = {}
        for record in dict.fromkeys(record for heap in heaps for record in heap):
            values = [heap[record] for heap in heaps if record in heap]
            found[record] = self.merged_contents(record, values)
        self.unit.heap = found

    def merged_contents(self, record: Record, values: list[Pack]) -> Pack:
        """What a container may hold; of an object or dict, the items that all paths give it."""
        first = values[0]
        if any(value.keys != first.keys for value in values):
            if first.kind is list:
                self.unit.facts.learn(self.unit.facts.growing, [record.site])
            keys = [key for key in first.keys if all(v.get(key) is not None for v in values)]
            values = [
                replace(v, items=tuple(v.get(key) for key in keys), keys=tuple(keys))  # type: ignore[misc]
                for v in values
            ]
        together = merged(list(values), lambda path: self.record_variable(record, path))
        assert isinstance(together, Pack)
        return together

    def record_variable(self, record: Record, path: Path) -> str:
        """The program's name for an item of a container that is changed in place."""
        key = (record, path)
        if key not in self.unit.record_variables:
            name = self.unit.names.variable(item_name(record.base, path))
            self.unit.record_variables[key] = name
            self.unit.held.add(name)
        return self.unit.record_variables[key]

    def forget(self, names: Iterator[str] | dict[str, None]) -> None:
        """A loop may assign the names: what is known of them is not known inside it."""
        for name in names:
            value = self.frame.bindings.get(name)
            if isinstance(value, Pack):
                self.frame.bindings[name] = self._varying(name, value, ())
            elif value is not None:
                if isinstance(value, Record):
                    self.let_lists_grow([value], None)
                del self.frame.bindings[name]
                if not is_stored(value):
                    self.frame.bindings[name] = Conflict()

    def _varying(self, name: str, value: Value, path: Path) -> Value:
        """A container with every number in its variable."""
        if isinstance(value, Pack):
            pairs = zip(value.keys, value.items, strict=True)
            return value.like(self._varying(name, item, (*path, key)) for key, item in pairs)
        return Name(self.item_variable(name, path)) if is_number(value) else value


def item_name(name: str, path: Path) -> str:
    """A variable's name for an item: `p_0`, `state_velocity`."""
    parts = (re.sub(r"\W", "_", str(key)) for key in path)
    return "_".join([name, *parts])


def _describe(value: Expr) -> str:
    """A word for a temporary: the function it comes from, or `t`."""
    if isinstance(value, Call):
        module = getattr(value.function, "__module__", "")
        if module not in ("_operator", "adjoint.program.primitives"):
            return getattr(value.function, "__name__", "t")
    return "t"
