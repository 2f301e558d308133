"""What a program records besides its statements: parameters, captures, dependencies, places."""

import math
import re
from types import ModuleType

import numba
import numpy as np
import pytest

from adjoint.emit import load, source_of
from adjoint.program import primitives
from adjoint.program.core import Assign, Call, Const, For, If, Return, While
from adjoint.program.structure import Static
from adjoint.program.walk import statements
from adjoint.syntax import parse

SCALE = 2.5
TABLE = np.array([1.0, 2.0])
settings = ModuleType("settings")
settings.rate = 0.5


def scaled(x):
    return x * SCALE


def uses_globals(x):
    return scaled(x) + SCALE + settings.rate + TABLE[0] + math.pi


def calls_in(program):
    return [
        stmt.value.function
        for stmt in statements(program.body)
        if isinstance(stmt, Assign) and isinstance(stmt.value, Call)
    ]


# --------------------------------------------------------------------------- dependencies


def test_globals_are_dependencies_and_arrays_parameters():
    program = parse(uses_globals)
    found = {dependency.name: dependency for dependency in program.dependencies}
    assert set(found) == {"scaled", "SCALE", "settings.rate", "TABLE"}
    assert found["SCALE"].value == SCALE
    assert found["scaled"].value is scaled
    assert program.params == ("x", "TABLE")
    assert program.captures["TABLE"] is TABLE


def test_dependencies_are_read_again(monkeypatch):
    program = parse(uses_globals)
    current = {dependency.name: dependency.current for dependency in program.dependencies}
    monkeypatch.setitem(globals(), "SCALE", 7)
    monkeypatch.setattr(settings, "rate", 3)
    assert current["SCALE"]() == 7
    assert current["settings.rate"]() == 3
    monkeypatch.delitem(globals(), "SCALE")
    assert current["SCALE"]() not in (2.5, 7)


def test_closure_variables_are_dependencies():
    factor = 3.0

    def function(x):
        return x * factor

    program = parse(function)
    (dependency,) = program.dependencies
    assert (dependency.name, dependency.value) == ("factor", 3.0)
    factor = 4.0
    assert dependency.current() == 4.0


def test_two_variables_of_one_name_are_two_dependencies():
    def make(offset):
        return lambda x: x + offset

    first, second = make(1.0), make(2.0)

    def function(x):
        return first(x) * second(x)

    offsets = [d.value for d in parse(function).dependencies if d.name == "offset"]
    assert offsets == [1.0, 2.0]


def test_one_array_is_captured_once():
    weights = TABLE

    def function(x):
        return weights[0] * x + TABLE[1]

    program = parse(function)
    assert program.params == ("x", "weights")


def test_captured_array_gives_way_to_a_local_of_its_name():
    def callee(x):
        return x * TABLE[0]

    def function(x):
        TABLE = 1.0
        return callee(x) + TABLE

    assert parse(function).params == ("x", "TABLE_1")


# --------------------------------------------------------------------------- static parameters


def with_options(x, w=None, mode="full", f=None, *, verbose=False):
    if w is None:
        w = 2.0
    if mode == "full" and not verbose:
        y = x * w
    else:
        y = unknown(x)  # noqa: F821
    if f is not None:
        y = f(y)
    return y


def test_static_parameters_are_no_parameters():
    static = {
        "w": Static(None),
        "mode": Static("full"),
        "f": Static(math.sin),
        "verbose": Static(False),
    }
    program = parse(with_options, static)
    assert program.params == ("x",)
    assert not any(isinstance(stmt, If) for stmt in statements(program.body))
    assert load(program)(3.0) == math.sin(6.0)


def test_an_argument_is_not_none():
    static = {"mode": Static("full"), "f": Static(None), "verbose": Static(False)}
    program = parse(with_options, static)
    assert program.params == ("x", "w")
    assert source_of(program) == "def with_options(x, w):\n    y = x * w\n    return y\n"


# --------------------------------------------------------------------------- what stays a call


def test_functions_with_a_rule_stay_calls():
    def function(x):
        return scaled(scaled(x))

    program = parse(function, is_primitive=lambda f: f is scaled)
    assert calls_in(program) == [scaled, scaled]


def test_methods_are_functions():
    def function(x):
        return x.norm().asscalar() + x.item() + x.sum(axis=0).item()

    found = calls_in(parse(function))
    assert found[:3] == [np.linalg.norm, primitives.item, primitives.item]


def test_dispatchers_are_their_python_function():
    dispatcher = numba.njit(lambda x: x + 1)

    def function(x):
        return dispatcher(x)

    assert load(parse(dispatcher))(1.0) == 2.0
    assert load(parse(function))(1.0) == 2.0


# --------------------------------------------------------------------------- places


def test_places_of_statements():
    def function(x, n):
        total = 0.0
        for i in range(n):
            if x[i] > 0:
                total += x[i]
        while total > 9:
            total = total / 2
        return total

    program = parse(function)
    first = function.__code__.co_firstlineno
    places = {}
    for stmt in statements(program.body):
        if isinstance(stmt, For | If | While | Return):
            text = stmt.at.source.line(stmt.at.line)[stmt.at.column : stmt.at.end_column]
            places[type(stmt)] = (stmt.at.line - first, text)
    assert places == {
        For: (2, "range(n)"),
        If: (3, "x[i] > 0"),
        While: (5, "total > 9"),
        Return: (7, "total"),
    }


def test_inlined_statements_are_placed_in_the_callee():
    def function(x):
        return scaled(x)

    (stmt, _) = parse(function).body
    assert stmt.at.line == scaled.__code__.co_firstlineno + 1
    assert stmt.at.source.filename == __file__


# --------------------------------------------------------------------------- names


def test_generated_names_avoid_the_users():
    def function(x):
        sin_1 = 2.0 * x
        t_1 = np.sin(np.sin(x) * sin_1) + 1.0
        return t_1 * (sin_1 - 1.0)

    assert source_of(parse(function)) == (
        "def function(x):\n"
        "    sin_1 = 2.0 * x\n"
        "    sin_2 = np.sin(x)\n"
        "    t_2 = sin_2 * sin_1\n"
        "    sin_3 = np.sin(t_2)\n"
        "    t_1 = sin_3 + 1.0\n"
        "    t_3 = sin_1 - 1.0\n"
        "    result = t_1 * t_3\n"
        "    return result\n"
    )


def test_tape_names_are_not_given_to_temporaries():
    def stored(x):
        if x > 0:
            return x
        return -x

    def function(x):
        return stored(x) + stored(2.0 * x)

    names = {s.target for s in statements(parse(function).body) if isinstance(s, Assign)}
    assert not any(re.fullmatch(r"stored_\d+", name) for name in names)


def test_lambda_has_a_name_that_can_be_defined():
    assert parse(lambda x: x).name == "function"


def test_static_decisions_leave_constants_alone():
    program = parse(lambda x: x * 2.0 * np.pi + 3 * 4)
    constants = [a for s in program.body[:-1] for a in s.value.args if isinstance(a, Const)]
    assert constants == [Const(2.0), Const(math.pi), Const(12)]


@pytest.mark.parametrize("step", [1, 2, -1])
def test_ranges_keep_their_bounds(step):
    def function(n):
        s = 0
        for i in range(1, n, step):
            s += i
        return s

    loop = next(s for s in statements(parse(function).body) if isinstance(s, For))
    assert (loop.start, loop.step) == (Const(1), Const(step))
