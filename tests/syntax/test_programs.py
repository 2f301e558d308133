"""A parsed program computes what the function does, and keeps the grammar."""

import copy
from itertools import pairwise

import numba
import numpy as np
import pytest

from adjoint.emit import load, source_of
from adjoint.pipeline import type_of_program
from adjoint.program.core import Assign
from adjoint.program.structure import Static
from adjoint.program.verify import verify
from adjoint.program.walk import statements
from adjoint.syntax import Questions, parse
from tests.syntax.programs import CASES

IDS = [f"{function.__name__}-{k}" for k, (function, _) in enumerate(CASES)]
NEEDED_CASES = 60


def run(function, args):
    """Result, and the arguments as they are left."""
    args = copy.deepcopy(args)
    with np.errstate(all="ignore"):
        result = function(*args)
    return result, args


def defaults_of(function):
    """Defaults as static values, so that parsed programs take the same arguments."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    values = function.__defaults__ or ()
    last = names[len(names) - len(values) :]
    return {name: Static(value) for name, value in zip(last, values, strict=True)}


def translated(function, arguments):
    """The program for the types of the first of these arguments."""
    types = tuple(map(numba.typeof, arguments[0]))
    questions = Questions(types, type_of_program(types))
    return parse(function, defaults_of(function), questions=questions)


def test_there_are_enough_programs():
    assert len(CASES) >= NEEDED_CASES


@pytest.mark.parametrize("function, arguments", CASES, ids=IDS)
def test_same_result_and_same_effects(function, arguments):
    program = translated(function, arguments)
    verify(program)
    parsed = load(program)
    for args in arguments:
        expected, left = run(function, args)
        found, found_left = run(parsed, (*args, *program.captures.values()))
        np.testing.assert_array_equal(found, expected)
        for one, other in zip(left, found_left, strict=False):
            np.testing.assert_array_equal(other, one)


@pytest.mark.parametrize("function, arguments", CASES, ids=IDS)
def test_same_text_every_time(function, arguments):
    texts = [source_of(translated(function, arguments)) for _ in range(3)]
    assert all(one == other for one, other in pairwise(texts))


@pytest.mark.parametrize("function, arguments", CASES, ids=IDS)
def test_assignments_know_their_line(function, arguments):
    program = translated(function, arguments)
    for stmt in statements(program.body):
        if isinstance(stmt, Assign) and stmt.at is not None:
            text = stmt.at.source.line(stmt.at.line)
            assert text[stmt.at.column : stmt.at.end_column].strip()
