"""A function taken as far through the pipeline as a test wants it, and run there in Python."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from adjoint.emit import load
from adjoint.inference import infer
from adjoint.lowering import lower
from adjoint.pipeline import has_rule, type_of_program
from adjoint.program.core import Program
from adjoint.reverse import differentiate
from adjoint.syntax import Questions, parse


def parsed(function: Callable[..., Any], *args: Any) -> Program:
    """After `syntax`; questions of types are answered if there are arguments."""
    types = tuple(map(numba.typeof, args))
    return parse(
        function,
        is_primitive=has_rule,
        questions=Questions(types, type_of_program(types)) if args else None,
    )


def inferred(function: Callable[..., Any], *args: Any) -> tuple[Program, Any]:
    """After `inference`, with the type of the result."""
    program = parsed(function, *args)
    values = (*args, *program.captures.values())
    return infer(program, tuple(numba.typeof(value) for value in values), load)


def typed(function: Callable[..., Any], *args: Any) -> Program:
    """After `inference`."""
    return inferred(function, *args)[0]


def lowered(function: Callable[..., Any], *args: Any) -> Program:
    """After `lowering`."""
    return lower(typed(function, *args))


def reversed_(
    function: Callable[..., Any], *args: Any, wrt: tuple[str, ...] = (), array_seed: bool = False
) -> Program:
    """After `reverse`, without any optimisation; `wrt` is the first parameter unless given."""
    program = lowered(function, *args)
    return differentiate(program, wrt or program.params[:1], array_seed)


def run(program: Program | Callable[..., Any], args: tuple) -> tuple[Any, tuple]:
    """Result on copies of the arguments, and the arguments as the call leaves them."""
    function, given = program, copy.deepcopy(args)
    if isinstance(program, Program):
        function, given = load(program), (*given, *program.captures.values())
    with np.errstate(all="ignore"):
        result = function(*given)
    return result, given[: len(args)]
