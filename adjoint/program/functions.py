"""Functions that a generated module holds beside the one it is about, called by their names.

The user's recursive functions and those marked `checkpoint` stay calls: each is a program of its
own, and so is its adjoint. The function of such a call is one of the objects here. It may name a
program that is still being made, so that a program can call itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from adjoint.errors import InternalError
from adjoint.program.core import Call, Expr, Program
from adjoint.program.walk import assigned, operands, read, statements, subexpressions


@dataclass(frozen=True, eq=False)
class GivenRule:
    """A user's rule for a function of the module.

    Attributes
    ----------
    program : for the types of the function's parameters and of the cotangent, the rule in the array
        dialect: `rule(*params, cotangent) -> bars`, one alone not in a tuple.
    positions : of the parameters that the bars are for.
    origin : the rule's entry in the table.
    """

    program: Callable[[tuple[Any, ...]], Program]
    positions: tuple[int, ...]
    origin: Any


@dataclass(frozen=True)
class Steps:
    """Of a function that is the steps `start, start + step, …` of a checkpointed loop.

    Attributes
    ----------
    start, stop : positions of these among the parameters.
    step : a constant, or the name of a parameter.
    carried : for each item of the result, the position of the parameter that the next step takes
        it for; None for what only the last step leaves behind.
    """

    start: int
    stop: int
    step: Expr
    carried: tuple[int | None, ...]


@dataclass(eq=False)
class Function:
    """A function of the generated module.

    Attributes
    ----------
    name : what it is called; `name_apart` changes it where a variable has that name.
    program : what it does; None while it is being made, or where that is written elsewhere.
    writes : positions of the arguments whose memory it adds to.
    droppable : whether a call whose result nobody reads need not be made.
    elementwise : of a function of scalars that is applied to each element of arrays, the
        signatures (as `np.ufunc.types`) that it was compiled for, none if for any; else None.
    rule : the adjoint that the user gave for it.
    steps : what it is of a checkpointed loop.
    """

    name: str
    program: Program | None = None
    writes: frozenset[int] = frozenset()
    droppable: bool = field(default=False, kw_only=True)
    elementwise: tuple[str, ...] | None = field(default=None, kw_only=True)
    rule: GivenRule | None = field(default=None, kw_only=True)
    steps: Steps | None = field(default=None, kw_only=True)

    @property
    def __name__(self) -> str:
        return self.name

    def __call__(self, *args: Any) -> Any:
        """Only its name is ever used: `emit.load` gives functions that run."""
        raise InternalError(f"{self.name} is called where it is only referred to")


def _no_adjoint(active: tuple[int, ...], seeded: tuple[int, ...]) -> Function:
    raise InternalError("the adjoint of a callee is asked for too early")


@dataclass(eq=False)
class Joint(Function):
    """A function for certain types of its arguments, whose adjoint runs it again.

    Attributes
    ----------
    program : in the array dialect until it is lowered.
    result : Numba's type of what the user's function returns.
    results : types of its items: one, or those of a tuple.
    overwritten : positions of the arguments that the user's function writes to; what they hold
        afterwards is returned, following the results.
    items : types of all that is returned.
    fresh : whether arrays that the user's function returns share no memory with its arguments.
    shapes : for each item, its lengths in terms of the parameters; None where not known.
    effects : whether it prints or may raise, itself or in what it calls.
    adjoint : its adjoint for the positions of active arguments, and of items that have a cotangent:
        `f_adjoint(*params, *bars of active arrays, *cotangents) -> bars of active scalars`.
    """

    result: Any = None
    results: tuple[Any, ...] = ()
    overwritten: tuple[int, ...] = ()
    items: tuple[Any, ...] = ()
    fresh: bool = True
    shapes: tuple[tuple[Expr, ...] | None, ...] = ()
    effects: bool = False

    adjoint: Callable[[tuple[int, ...], tuple[int, ...]], Function] = _no_adjoint

    @property
    def body(self) -> Program:
        """The program."""
        assert self.program is not None
        return self.program


def called_functions(program: Program) -> Iterator[Function]:
    """The functions of the module that a program calls, in textual order, with repetitions."""
    for stmt in statements(program.body):
        for expr in operands(stmt):
            for part in subexpressions(expr):
                if isinstance(part, Call) and isinstance(part.function, Function):
                    yield part.function


def reachable(programs: Iterable[Program]) -> list[Function]:
    """Functions with a program that the programs call, directly or through each other."""
    found: dict[Function, None] = {}
    work = [*programs]
    while work:
        for function in called_functions(work.pop(0)):
            if function not in found and function.program is not None:
                found[function] = None
                work.append(function.program)
    return list(found)


def name_apart(programs: Iterable[Program]) -> None:
    """Give functions names of their own, which no variable of the programs has."""
    programs = list(programs)
    functions = reachable(programs)
    everything = [*programs, *(f.program for f in functions if f.program is not None)]
    taken = {program.name for program in programs}
    for program in everything:
        taken |= {*program.params, *assigned(program.body), *read(program.body)}
    for function in functions:
        base, count = function.name, 0
        while function.name in taken:
            count += 1
            function.name = f"{base}_{count}"
        taken.add(function.name)
