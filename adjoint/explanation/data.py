"""What the compiler decided about a function, as plain data: what `explain` shows.

`reverse` writes it down, and whoever shows it - the command line, a report - reads nothing else.
Lines are those of the user's file, 0 for what stands in none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

How = Literal["stored", "recomputed", "stands", "elsewhere", "counted back"]


@dataclass(frozen=True)
class Variable:
    """A variable of the function, and whether it carries a derivative.

    Attributes
    ----------
    name : in the program after `lowering`.
    text : how the user knows it: its name, or the expression that it holds.
    type : Numba's type of it.
    line : where it is bound first.
    active : whether it has a cotangent; None of one that `lowering` has
        taken apart or dropped.
    why : the reason, one clause.
    own : whether the user named it.
    """

    name: str
    text: str
    type: str
    line: int
    active: bool | None
    why: str
    own: bool


@dataclass(frozen=True)
class Value:
    """A value of the forward sweep that the reverse sweep reads.

    Attributes
    ----------
    name : the variable, or the array whose cell it is, in the program after `lowering`.
    content : what it is, in words and in the user's expressions.
    line : where it comes about.
    how : how the reverse sweep gets it.
    why : the reason, one clause.
    read_by : lines whose adjoint reads it.
    place : of a stored value, the name in the generated text that holds it.
    size : of a stored value, its bytes in words, with a formula in the names of the
        generated text.
    formula : the number in the parameters alone; empty where these do not tell it.
    bytes : its value at the arguments; None where it is not known.
    """

    name: str
    content: str
    line: int
    how: How
    why: str
    read_by: tuple[int, ...]
    place: str = ""
    size: str = ""
    formula: str = ""
    bytes: int | None = None


@dataclass(frozen=True)
class Loop:
    """A loop of the function, those that array expressions became included.

    Attributes
    ----------
    head : its first line, or the array expression that it goes through the elements of.
    independent : whether no derivative passes between its iterations, as far as can be shown;
        None of inner loops, where it is not asked.
    fused : whether each iteration is reversed right after it has run.
    forward_only : whether nothing in it carries a derivative.
    why : the reason, one clause.
    places : the tapes that are filled in it.
    """

    line: int
    head: str
    independent: bool | None
    fused: bool
    forward_only: bool
    why: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class ThreadedArray:
    """An array that a loop of the adjoint writes to, if threads run the loop.

    Attributes
    ----------
    kind : "shared" if each iteration has cells of its own, "private" if each part of the iterations
        has a copy, "summed" if each part adds to zeros and these are added up afterwards.
    why : the reason, one clause.
    """

    name: str
    kind: str
    why: str


@dataclass(frozen=True)
class Threaded:
    """An outermost loop of the adjoint, where `parallel` was asked for.

    Attributes
    ----------
    head : its first line, or the array expression that it goes through the elements of.
    reverse : whether it is of the reverse sweep.
    parallel : whether threads run it.
    why : the reason, one clause.
    arrays : those it writes to, if threads run it.
    """

    line: int
    head: str
    reverse: bool
    parallel: bool
    why: str
    arrays: tuple[ThreadedArray, ...]


@dataclass(frozen=True, repr=False)
class Explanation:
    """Everything that was decided about one function and types of arguments.

    Attributes
    ----------
    function : its name.
    filename, line : where it is defined.
    parameters : names and types, captured arrays last.
    result : type of the result.
    variables, values, loops : in the order of the source.
    threads : the outermost loops of the adjoint, where `parallel` was asked for.
    """

    function: str
    filename: str
    line: int
    parameters: tuple[tuple[str, str], ...]
    result: str
    variables: tuple[Variable, ...]
    values: tuple[Value, ...]
    loops: tuple[Loop, ...]
    threads: tuple[Threaded, ...] = ()

    @property
    def stored(self) -> tuple[Value, ...]:
        """The values that take memory."""
        return tuple(value for value in self.values if value.how == "stored")

    def __repr__(self) -> str:
        """Lines on variables, stored values and loops: what a notebook shows."""
        from adjoint.explanation.report import as_text  # it knows the classes of this module

        return as_text(self)
