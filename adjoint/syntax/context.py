"""The state of a translation: one `Unit` a program, one `Frame` a function call in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from adjoint.errors import UnsupportedSyntax
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Dependency,
    Expr,
    Location,
    Name,
    Source,
    Stmt,
    Tuple,
)
from adjoint.syntax.exits import Label
from adjoint.syntax.names import Names
from adjoint.syntax.read_source import location
from adjoint.syntax.values import (
    Closure,
    Conflict,
    Keywords,
    Known,
    MaybeNone,
    Pack,
    Value,
    is_atom,
    is_stored,
)


@dataclass(eq=False)
class Unit:
    """What the whole program shares.

    Attributes
    ----------
    captures : arrays of globals and closures by parameter name.
    may_be_none : variables that were assigned None somewhere.
    inlining : code or syntax of the functions being inlined, outermost first.
    """

    names: Names
    is_primitive: Callable[[object], bool]
    captures: dict[str, Any] = field(default_factory=dict)
    dependencies: dict[Any, Dependency] = field(default_factory=dict)
    may_be_none: set[str] = field(default_factory=set)
    inlining: list[Any] = field(default_factory=list)


@dataclass(eq=False)
class Frame:
    """One call of one function.

    Attributes
    ----------
    function : the Python function whose globals and closure free names are looked up in.
    local : names that are local to it.
    captured : its local names that functions nested in it read.
    bindings : local names whose value is known now.
    variables : local names that are variables of the program, by the name they have there.
    defined : variables of the program that are certainly assigned by now.
    finish : where `return` goes; None while no `return` is allowed.
    result : variable that carries the result there, or base name of its parts.
    result_size : length of the tuple that every `return` displays, None if they differ.
    parts : the variables of its items.
    returned : what the `return` statements translated so far returned.
    """

    source: Source
    function: Any
    local: frozenset[str]
    captured: frozenset[str] = frozenset()
    parent: Frame | None = None
    bindings: dict[str, Value] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    finish: Label | None = None
    result: str = "result"
    result_size: int | None = None
    parts: list[str] = field(default_factory=list)
    returned: list[Value] = field(default_factory=list)


@dataclass
class Path:
    """What is known at the end of one of several paths through a frame."""

    bindings: dict[str, Value]
    defined: set[str]


@dataclass(eq=False)
class Context:
    """Where translation stands: the frame, and the block that statements are added to."""

    unit: Unit
    frame: Frame
    block: list[Stmt] = field(default_factory=list)
    leave_loop: Label | None = None
    next_iteration: Label | None = None

    def inner(self, **changes: Any) -> Context:
        """The same place with an empty block."""
        return replace(self, block=[], **changes)

    def done(self) -> Block:
        """The block's statements."""
        return tuple(self.block)

    def emit(self, *stmts: Stmt) -> None:
        """Add statements to the block."""
        self.block.extend(stmts)

    def at(self, node: Any) -> Location:
        """The node's place in the user's source."""
        return location(self.frame.source, node)

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

    def set_variable(self, name: str, value: Expr, node: Any) -> None:
        """Assign a core expression to a local variable of the frame."""
        self.frame.bindings.pop(name, None)
        self.assign(self.variable(name), value, node)
        self.note_constant(name, value)

    def note_constant(self, name: str, value: Expr) -> None:
        """Remember None, flags and modes, which tests may ask for."""
        if isinstance(value, Const) and isinstance(value.value, str | bool | None):
            self.frame.bindings[name] = value

    def assign(self, target: str, value: Expr, node: Any) -> None:
        """Add `target = value`."""
        self.frame.defined.add(target)
        if value == Name(target):
            return
        none = self.unit.may_be_none
        if value == Const(None) or (isinstance(value, Name) and value.id in none):
            none.add(target)
        self.emit(Assign(target, value, at=self.at(node)))

    def temporary(self, value: Expr, node: Any, base: str | None = None) -> Name:
        """Give a value a name of its own."""
        name = self.unit.names.temporary(base or _describe(value))
        self.assign(name, value, node)
        return Name(name)

    def as_atom(self, value: Value, node: Any) -> Const | Name:
        """The value as an argument; emits an assignment if it is a compound expression."""
        if isinstance(value, Const | Name):
            return value
        if isinstance(value, Pack):
            items = tuple(self.as_atom(item, node) for item in value.items)
            return self.temporary(Tuple(items), node)
        return self.temporary(self.as_expr(value, node), node)

    def as_expr(self, value: Value, node: Any) -> Expr:
        """The value as a core expression.

        Raises
        ------
        UnsupportedSyntax : it is a function, a module or another object that is no number.
        """
        match value:
            case Pack(items):
                return Tuple(tuple(self.as_atom(item, node) for item in items))
            case Known(obj, path):
                self.refuse(
                    f"`{path}` is a {type(obj).__name__}, which cannot be used as a number "
                    "or an array.",
                    node,
                    "pass numbers and NumPy arrays; call functions where they are known",
                )
            case Closure():
                self.refuse("a function is used as a value here.", node, "call it instead")
            case Keywords():
                self.refuse("a dictionary of keywords is used as a value here.", node)
            case Conflict():
                self.refuse(
                    "this is one function on one path and something else on another.",
                    node,
                    "call each where it is chosen",
                )
            case MaybeNone(function):
                self.refuse(
                    f"`{function}` may return None: it returns a value on some paths only.",
                    node,
                    "return a value on every path",
                )
        return value

    # ------------------------------------------------------------- known values on several paths

    @contextmanager
    def alternative(self) -> Iterator[Path]:
        """Translate a path of its own; yields what holds at its end."""
        frame = self.frame
        before = Path(dict(frame.bindings), set(frame.defined))
        end = Path({}, set())
        yield end
        end.bindings, end.defined = frame.bindings, frame.defined
        frame.bindings, frame.defined = before.bindings, before.defined

    def merge(self, *paths: Path) -> None:
        """Go on with what holds at the ends of all the paths."""
        if not paths:
            return
        first = paths[0].bindings
        merged: dict[str, Value] = {}
        for name in dict.fromkeys(name for path in paths for name in path.bindings):
            values = [path.bindings.get(name) for path in paths]
            if all(_same(value, values[0]) for value in values):
                merged[name] = first[name]
            elif any(value is not None and not is_stored(value) for value in values):
                merged[name] = Conflict()
        self.frame.bindings = merged
        self.frame.defined = set.intersection(*(path.defined for path in paths))

    def forget(self, names: Iterator[str] | dict[str, None]) -> None:
        """A loop may assign the names: what is known of them is not known inside it."""
        for name in names:
            value = self.frame.bindings.get(name)
            if value is not None:
                del self.frame.bindings[name]
                if not is_stored(value):
                    self.frame.bindings[name] = Conflict()


def _same(value: Value | None, other: Value | None) -> bool:
    return value is other or (value is not None and is_atom(value) and value == other)


def _describe(value: Expr) -> str:
    """A word for a temporary: the function it comes from, or `t`."""
    if isinstance(value, Call):
        module = getattr(value.function, "__module__", "")
        if module not in ("_operator", "adjoint.program.primitives"):
            return getattr(value.function, "__name__", "t")
    return "t"
