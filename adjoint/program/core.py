"""The core language: the few forms every stage after `syntax` has to know.

Expressions are immutable values (two equal expressions are interchangeable, so they can be
dictionary keys). Statements are compared by identity: the same text at two places is two
statements, and analyses attach facts to each.

A program passes through two dialects of the same grammar, stated in `verify`:

*array dialect* (out of `syntax`)
    Every argument is an atom. `Item` may be an element, a view or a tuple item; which one is
    known once types are. `Assign` may hold whole-array operations.
*scalar dialect* (out of `lowering`)
    Arithmetic is on scalars, `Item` loads one element, array operations are explicit loops;
    only opaque library calls still take whole arrays.

Control flow is structured. `break` is a statement that may stand only where nothing follows it
in its iteration (tail position), so that the reverse sweep of an iteration need not know of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

# --------------------------------------------------------------------------- where things are


@dataclass(frozen=True)
class Source:
    """A file (or notebook cell) that the user wrote, for messages and comments."""

    filename: str
    lines: tuple[str, ...] = field(repr=False)
    first_line: int = 1

    def line(self, number: int) -> str:
        """Text of line `number`, counted as in the file; empty if there is none."""
        index = number - self.first_line
        return self.lines[index] if 0 <= index < len(self.lines) else ""


@dataclass(frozen=True)
class Location:
    """A piece of one line of a `Source`; columns count from 0, `end_column` is exclusive."""

    source: Source
    line: int
    column: int
    end_column: int


# --------------------------------------------------------------------------- expressions


@dataclass(frozen=True, eq=False)
class Const:
    """A Python value: number, bool, None, str, Ellipsis, dtype.

    Equality distinguishes 1, 1.0 and True, and 0.0 and -0.0, as arithmetic does.
    """

    value: Any

    def _key(self) -> tuple[type, str]:
        return type(self.value), repr(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Const) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


@dataclass(frozen=True)
class Name:
    """A local variable or parameter."""

    id: str


@dataclass(frozen=True)
class Slice:
    """`start:stop:step` inside an index; None where absent."""

    start: Expr | None
    stop: Expr | None
    step: Expr | None


@dataclass(frozen=True)
class Item:
    """`value[index]`: an element, a view or a tuple's item. `Const(None)` is a new axis."""

    value: Expr
    index: tuple[Expr | Slice, ...]


@dataclass(frozen=True)
class Tuple:
    """A tuple display."""

    items: tuple[Expr, ...]


@dataclass(frozen=True)
class Call:
    """A function applied to arguments. The function is the Python object itself.

    Operators are functions of module `operator` (`operator.add`), methods of arrays the NumPy
    function of the same meaning (`np.sum`), and what has no Python function of its own is in
    `adjoint.program.primitives`.
    """

    function: Callable[..., Any]
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...] = ()


Atom = Const | Name
Expr = Const | Name | Item | Tuple | Call

# --------------------------------------------------------------------------- statements


@dataclass(frozen=True, eq=False, kw_only=True)
class Stmt:
    """Base of statements: where in the user's source it comes from (None: made by us).

    `reverse` marks what belongs to the reverse sweep: the adjoint of the statement at that place.
    `merged` are places of other statements whose work it does: `optimise` wrote them into it, or
    dropped them because it computes the same.
    """

    at: Location | None = None
    reverse: bool = False
    merged: tuple[Location, ...] = ()


@dataclass(frozen=True, eq=False)
class Assign(Stmt):
    """`target = value`.

    Where it is `unordered` and the value is `target + e` or `target - e`, this is one of several
    additions that may be made in any order.
    """

    target: str
    value: Expr
    unordered: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, eq=False)
class Store(Stmt):
    """`array[index] = value`, or `+=` if `accumulate`."""

    array: str
    index: tuple[Expr | Slice, ...]
    value: Expr
    accumulate: bool = False


@dataclass(frozen=True, eq=False)
class If(Stmt):
    """`if test: body else: orelse`; the test is an atom until `optimise` folds it."""

    test: Expr
    body: Block
    orelse: Block = ()


@dataclass(frozen=True, eq=False)
class For(Stmt):
    """`for target in range(start, stop, step): body`.

    A loop that is `checkpointed` becomes a call before `syntax` is done. The iterations of a loop
    that is `parallel` run in threads; `adjoint.parallel` writes it, after all other passes.
    """

    target: str
    start: Expr
    stop: Expr
    step: Expr
    body: Block
    checkpointed: bool = field(default=False, kw_only=True)
    parallel: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, eq=False)
class While(Stmt):
    """`while True: head; if not test: break; body`.

    What `head` assigns is read by `head` and `test` only, so it needs no adjoint.
    """

    head: Block
    test: Expr
    body: Block


@dataclass(frozen=True, eq=False)
class Break(Stmt):
    """Leave the innermost loop; in tail position of its iteration."""


@dataclass(frozen=True, eq=False)
class Evaluate(Stmt):
    """A call made for its effect: `print`, `np.random.seed`, an in-place library function."""

    call: Call


@dataclass(frozen=True, eq=False)
class Raise(Stmt):
    """`raise exception(*args)`."""

    exception: type[BaseException]
    args: tuple[Expr, ...] = ()


@dataclass(frozen=True, eq=False)
class Comment(Stmt):
    """A line of comment in generated code. `beside` puts it at the end of the line before."""

    text: str
    beside: bool = False


@dataclass(frozen=True, eq=False)
class Return(Stmt):
    """The last statement of a program, and its only return."""

    value: Expr


Block = tuple[Stmt, ...]


@dataclass(frozen=True, eq=False)
class Dependency:
    """A global or closure variable (a number, array, function, module attribute) that was read.

    `value` is what it held when the program was made, `current()` reads it again; a
    specialisation is valid while the two are the same.
    """

    name: str
    value: Any
    current: Callable[[], Any]


@dataclass(frozen=True)
class Program:
    """One function in the core language.

    Attributes
    ----------
    name : the function's name.
    params : the names of its parameters, in order, then one for each entry of `captures`.
    body : statements; the last is `Return`.
    source : the user's source, for messages.
    captures : arrays read from globals or closures, by the parameter name that carries them.
    dependencies : every global and closure variable read, inlined callees' included.
    types : Numba's type of each variable; None before `inference`.
    """

    name: str
    params: tuple[str, ...]
    body: Block
    source: Source
    captures: Mapping[str, Any] = field(default_factory=dict)
    dependencies: tuple[Dependency, ...] = ()
    types: Mapping[str, Any] | None = None
