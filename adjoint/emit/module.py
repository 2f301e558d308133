"""Programs to the text of a function or a module, and modules to functions."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import gast

from adjoint.emit.literals import without_literals
from adjoint.emit.text import to_lines, to_text
from adjoint.emit.trees import TreeBuilder
from adjoint.program.core import (
    Assign,
    Call,
    Const,
    Expr,
    Item,
    Name,
    Program,
    Return,
    Stmt,
    Tuple,
)
from adjoint.program.functions import Function, name_apart, reachable

_ONE = Const(1.0)


def source_of(program: Program) -> str:
    """The program as the text of a Python function, without imports."""
    builder = TreeBuilder()
    tree = builder.function(program)
    return to_text(gast.Module([tree], []), builder.comments)


def lines_of(program: Program) -> list[tuple[str, Stmt | None]]:
    """The lines of `source_of`, each with the statement that it is of."""
    builder = TreeBuilder()
    tree = builder.function(program)
    return to_lines(gast.Module([tree], []), builder.comments, builder.origins)


def module_of(programs: Iterable[Program], header: str = "") -> str:
    """Text of a module that holds the programs, with the imports they need on top.

    The programs of functions that they call come first.
    """
    builder = TreeBuilder()
    functions = [builder.function(program) for program in with_called(programs)]
    texts = [to_text(gast.Module([tree], []), builder.comments) for tree in functions]
    return "\n\n".join([header + import_lines(builder.imports), *texts])


def with_called(programs: Iterable[Program]) -> list[Program]:
    """The programs as they are printed, after those of the functions that they call."""
    programs = list(programs)
    name_apart(programs)
    called = [named(function) for function in reachable(programs)]
    return [without_literals(program) for program in (*called, *programs)]


def entry_points(
    adjoint: Program, primal: str, count: int, seed: Const = _ONE
) -> tuple[Program, Program]:
    """Functions that start the reverse sweep with 1: the gradient alone, and with the value.

    Parameters
    ----------
    adjoint : returns the primal's result and `count` bars.
    primal : the primal's name.
    seed : the cotangent of the result.
    """
    params = adjoint.params[:-1]
    call = Call(Function(adjoint.name), (*(Name(param) for param in params), seed))
    whole = Assign("swept", call)
    bars: tuple[Expr, ...] = tuple(Item(Name("swept"), (Const(k + 1),)) for k in range(count))
    gradient = bars[0] if count == 1 else Tuple(bars)
    value = Item(Name("swept"), (Const(0),))

    def program(name: str, result: Expr) -> Program:
        return Program(name, params, (whole, Return(result)), adjoint.source)

    return (
        program(f"{primal}_gradient", gradient),
        program(f"{primal}_value_and_gradient", Tuple((value, gradient))),
    )


def named(function: Function) -> Program:
    """A function's program under the function's name."""
    assert function.program is not None
    return replace(function.program, name=function.name)


def load(program: Program, given: Mapping[str, Any] | None = None) -> Callable[..., Any]:
    """The program as a Python function that runs (and that a debugger can step through).

    `given` are objects to use for functions that it calls and that have no program.
    """
    text = module_of([program])
    filename = f"<adjoint {program.name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = dict(given or {})
    exec(compile(text, filename, "exec"), namespace)
    return namespace[program.name]


def import_lines(imports: Iterable[str]) -> str:
    """Import statements in order, one a line."""
    plain = sorted(line for line in imports if line.startswith("import"))
    members = sorted(line for line in imports if line.startswith("from"))
    return "".join(f"{line}\n" for line in (*plain, *members))
