"""A program under construction: fresh typed names, and statements appended to a current block."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from numba.core import types

from adjoint.lowering.invariants import apart
from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    For,
    Item,
    Location,
    Name,
    Stmt,
    Store,
)
from adjoint.program.walk import names
from adjoint.runtime import shapes
from adjoint.syntax.names import RESERVED

if TYPE_CHECKING:
    from adjoint.lowering.facts import Facts

INDEX_NAMES = "ijklmnpq"

_ARITHMETIC = {
    *(operator.add, operator.sub, operator.neg, operator.mul, operator.floordiv, operator.mod),
    *(min, max),
}


class Builder:
    """Appends statements to the innermost open block.

    Attributes
    ----------
    types : type of every variable, those made here included.
    at : the location given to statements that have none of their own.
    non_negative : integer variables that are known not to be negative.
    definitions : what integer variables were computed from, where that never changes.
    outermost : names that are bound once, in the outermost block.
    rebound : names that several statements bind.
    facts : what is known of integers where statements go now.
    numbers : the variable that a number was computed to, as long as it is in `definitions`.
    """

    facts: Facts

    def __init__(self, used: Iterable[str], types: Mapping[str, Any]) -> None:
        self.types = dict(types)
        self.at: Location | None = None
        self.non_negative: set[str] = set()
        self.definitions: dict[str, Expr] = {}
        self.outermost: set[str] = set()
        self.rebound: set[str] = set()
        self.numbers: dict[Expr | None, Name] = {}
        self._lengths: dict[Expr, tuple[Name, list[Stmt]]] = {}
        self._used = {*RESERVED, *used, *types}
        self._blocks: list[list[Stmt]] = [[]]

    @property
    def is_outermost(self) -> bool:
        """Whether statements now go to the program's outermost block."""
        return len(self._blocks) == 1

    @property
    def current(self) -> list[Stmt]:
        """The innermost open block."""
        return self._blocks[-1]

    def is_open(self, block: list[Stmt]) -> bool:
        """Whether statements now go to a block or one nested in it."""
        return any(block is other for other in self._blocks)

    def fresh(self, stem: str, type_: Any) -> Name:
        """A new variable called `stem`, or `stem_1`, `stem_2`, … where that is taken."""
        name, count = stem, 0
        while name in self._used:
            count += 1
            name = f"{stem}_{count}"
        self._used.add(name)
        self.types[name] = type_
        return Name(name)

    def emit(self, stmt: Stmt) -> None:
        """Append a statement."""
        self._blocks[-1].append(stmt)

    def emit_outermost(self, stmt: Stmt) -> None:
        """Append a statement to the outermost block, before the one that is open there."""
        self._blocks[0].append(stmt)

    def assign(self, target: str, value: Expr, unordered: bool = False) -> None:
        """Append `target = value`; `unordered` if it is one of additions in any order."""
        self.emit(Assign(target, value, unordered=unordered, at=self.at))

    def store(
        self, array: str, index: tuple[Expr, ...], value: Expr, accumulate: bool = False
    ) -> None:
        """Append `array[index] = value` (`+=` if `accumulate`)."""
        self.emit(Store(array, index, value, accumulate, at=self.at))

    def define(self, stem: str, type_: Any, value: Expr) -> Name:
        """Append the assignment of a new variable and return it."""
        name = self.fresh(stem, type_)
        self.assign(name.id, value)
        known = isinstance(value, Call) and computes_lengths(value.function)
        if known and self.rebound.isdisjoint(names(value)):
            self.definitions[name.id] = value
        return name

    def integer(self, function: Callable[..., Any], *args: Expr, stem: str = "t") -> Expr:
        """An integer computed from others, with the trivial cases folded."""
        match function, args:
            case operator.add, (x, Const(0)) | (Const(0), x):
                return x
            case operator.sub, (x, Const(0)):
                return x
            case operator.mul, (x, Const(1)) | (Const(1), x):
                return x
            case operator.mul, (_, Const(0)) | (Const(0), _):
                return Const(0)
        if all(isinstance(arg, Const) for arg in args):
            return Const(function(*(arg.value for arg in args if isinstance(arg, Const))))
        return self.define(stem, types.int64, Call(function, args))

    def length(self, value: Expr) -> Expr:
        """A length as an atom: the variable that holds it already, or a new one.

        The value must not depend on variables that are bound again.
        """
        if not isinstance(value, Call) or value.function is primitives.dim:
            return value
        known = self._lengths.get(value)
        if known is not None and self.is_open(known[1]):
            return known[0]
        name = self.fresh("n", types.int64)
        everywhere = self.outermost.issuperset(names(value))
        block = self._blocks[0 if everywhere else -1]
        block.append(Assign(name.id, value, at=self.at))
        if everywhere:
            self.outermost.add(name.id)
        self.definitions[name.id] = value
        self._lengths[value] = (name, block)
        return name

    def element(self, array: str, index: tuple[Expr, ...], type_: Any) -> Name:
        """Load one element into a new variable."""
        return self.define(f"{array}_{_index_stem(index)}", type_, Item(Name(array), index))

    @contextmanager
    def block(self) -> Iterator[list[Stmt]]:
        """Collect the statements emitted inside the `with` in a list of their own.

        What its variables were computed from is forgotten with it: an array that lives on may be
        as long as a variable said in an iteration before this one.
        """
        before = set(self.definitions)
        self._blocks.append([])
        try:
            yield self._blocks[-1]
        finally:
            self._blocks.pop()
            for name in self.definitions.keys() - before - self.outermost:
                del self.definitions[name]

    @contextmanager
    def loops(self, shape: tuple[Expr, ...]) -> Iterator[tuple[Name, ...]]:
        """A nest of loops over all indices of `shape`; the `with` body is the innermost block.

        What is the same in every iteration of a loop runs before it.
        """
        index = tuple(
            self.fresh(INDEX_NAMES[k % len(INDEX_NAMES)], types.int64) for k in range(len(shape))
        )
        self.non_negative.update(name.id for name in index)
        with self.block() as body, ExitStack() as inside:
            for name, length in zip(index, shape, strict=True):
                bounds = Const(0), length, Const(1)
                inside.enter_context(self.facts.counting(name.id, bounds, frozenset()))
            yield index
        for name, length in reversed(list(zip(index, shape, strict=True))):
            before, left = apart(name.id, body, self.types)
            body = [*before, For(name.id, Const(0), length, Const(1), tuple(left), at=self.at)]
        for stmt in body:
            self.emit(stmt)

    def finish(self) -> Block:
        """The outermost block."""
        (statements,) = self._blocks
        return tuple(statements)


def computes_lengths(function: Callable[..., Any]) -> bool:
    """Whether a function does arithmetic on lengths and indices, and nothing else."""
    return function in _ARITHMETIC or getattr(shapes, function.__name__, None) is function


def dim(array: str, axis: int) -> Expr:
    """The length of one axis of an array variable; as good as an atom, for it never changes."""
    return Call(primitives.dim, (Name(array), Const(axis)))


def _index_stem(index: tuple[Expr, ...]) -> str:
    """`x_i` for `x[i]`, `x_0` for `x[0]`: what a reader would call the element."""
    parts = [
        i.id if isinstance(i, Name) else str(i.value)
        for i in index
        if isinstance(i, Name) or (isinstance(i, Const) and i.value >= 0)
    ]
    return "".join(part for part in parts if len(part) <= 2) or "t"
