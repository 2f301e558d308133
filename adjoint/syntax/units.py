"""What a translation knows: one `Unit` a program, one `Frame` a function call in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adjoint.program.core import Dependency, Source
from adjoint.syntax.callees import Callee, Shared
from adjoint.syntax.exits import Label
from adjoint.syntax.facts import Facts
from adjoint.syntax.names import Names
from adjoint.syntax.questions import Questions
from adjoint.syntax.values import Pack, Path, Record, Site, Value

if TYPE_CHECKING:
    from adjoint.syntax.context import Context


@dataclass(eq=False)
class Unit:
    """What the whole program shares.

    Attributes
    ----------
    captures : arrays of globals and closures by parameter name.
    may_be_none : variables that were assigned None somewhere.
    inlining : code or syntax of the functions being inlined, outermost first.
    shared : what this program and those of functions that stay calls have in common.
    callee : the function whose program this is; None for the one that is differentiated.
    imports : parameters that stand for variables of enclosing programs.
    heap : what the containers that are changed in place hold at this moment.
    params : the program's parameters, without captures.
    rebound : those that the function assigns.
    list_sites : by the variable of a list whose length is not known, where the list is made.
    hints : by identity of a display's or call's node, the name that its value is assigned to.
    plainly : rules of functions that are inlined all the same: the rule's own program.
    held : variables that hold what is in such containers, or are assigned by inner functions: any
        call may assign them.
    """

    names: Names
    is_primitive: Callable[[object], bool]
    facts: Facts
    questions: Questions
    params: tuple[str, ...] = ()
    rebound: frozenset[str] = frozenset()
    captures: dict[str, Any] = field(default_factory=dict)
    dependencies: dict[Any, Dependency] = field(default_factory=dict)
    may_be_none: set[str] = field(default_factory=set)
    inlining: list[Any] = field(default_factory=list)
    heap: dict[Record, Pack] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    list_sites: dict[str, Site] = field(default_factory=dict)
    hints: dict[int, str] = field(default_factory=dict)
    record_variables: dict[tuple[Record, Path], str] = field(default_factory=dict)
    shared: Shared = field(default_factory=Shared)
    callee: Callee | None = None
    imports: dict[tuple[Unit, str], str] = field(default_factory=dict)
    plainly: frozenset[Any] = frozenset()

    def beside(self) -> Unit:
        """A unit for the program of a function that stays a call."""
        return Unit(
            Names(),
            self.is_primitive,
            self.facts,
            Questions(),
            dependencies=self.dependencies,
            shared=self.shared,
        )


@dataclass(eq=False)
class Frame:
    """One call of one function.

    Attributes
    ----------
    unit : the program that the call is part of.
    function : the Python function whose globals and closure free names are looked up in.
    local : names that are local to it.
    captured : its local names that functions nested in it read.
    shared : its local names that functions nested in it assign (`nonlocal`).
    outer_names : names declared `nonlocal`, with the frame that has them.
    bindings : local names whose value is known now.
    variables : local names that are variables of the program, by the name they have there.
    defined : variables of the program that are certainly assigned by now.
    finish : where `return` goes; None while no `return` is allowed.
    result : variable that carries the result there; it names those of a container's items too.
    returned : what the `return` statements translated so far returned.
    """

    unit: Unit
    source: Source
    function: Any
    local: frozenset[str]
    captured: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    outer_names: Mapping[str, Frame] = field(default_factory=dict)
    parent: Frame | None = None
    bindings: dict[str, Value] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    finish: Label | None = None
    result: str = "result"
    returned: list[Value] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Handler:
    """An `except` clause: the label at whose region's end it stands."""

    exceptions: tuple[type[BaseException], ...]
    label: Label


@dataclass(frozen=True, eq=False)
class Finalizer:
    """A `finally` block of a frame; `run` translates it where control leaves."""

    frame: Frame
    run: Callable[[Context], None]


@dataclass
class State:
    """What is known at a place in a frame."""

    bindings: dict[str, Value]
    defined: set[str]
    heap: dict[Record, Pack]
