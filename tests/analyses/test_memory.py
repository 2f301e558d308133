"""Array memory: stores after reads, and the names that may not be followed."""

from __future__ import annotations

import re

import numpy as np
import pytest

from adjoint.analyses.memory import Memory
from adjoint.analyses.places import TOP, Places
from adjoint.errors import UnsupportedSyntax
from adjoint.program.core import Assign, Item, Name
from adjoint.program.walk import statements
from tests.stages import lowered

VECTOR = np.ones(4)


def memory_of(function, *args):
    program = lowered(function, *args)
    places = Places(program)
    memory = Memory(program, places)
    memory.check()
    return program, places, memory


def loads(program, array):
    return [
        stmt
        for stmt in statements(program.body)
        if isinstance(stmt, Assign)
        and isinstance(stmt.value, Item)
        and stmt.value.value == Name(array)
    ]


def read_write_read(x, y):
    a = x[0] * y[0]
    x[0] = 2.0
    return a + x[1] * y[1]


def test_stores_after_reads():
    program, places, memory = memory_of(read_write_read, VECTOR, VECTOR)
    before, after = loads(program, "x")
    assert memory.changed_after("x", places.of[before], frozenset())
    assert not memory.changed_after("x", places.of[after], frozenset())
    assert not any(
        memory.changed_after("y", places.of[stmt], frozenset()) for stmt in loads(program, "y")
    )


def test_where_arrays_are_made():
    def local(x):
        y = np.zeros(3)
        for i in range(3):
            y[i] = x[i]
        return y[0]

    _, _, memory = memory_of(local, VECTOR)
    assert memory.home("x") is None
    assert memory.home("y") == TOP
    assert memory.is_array("y")
    assert len(memory.stores["y"]) == 1
    assert not memory.stores["x"]


def written_after_branches(x, flag):
    y = x
    if flag:
        y = np.zeros(4)
    y[0] = 1.0
    return np.sum(y * x)


def written_while_swapped(x):
    a = x * 1.0
    b = x * 2.0
    for _ in range(3):
        t = a
        a = b
        b = t
        a[0] = 5.0
    return np.sum(a * b)


def written_where_two_names_may_be_one(x):
    a = x * 1.0
    b = x * 2.0
    if x[0] > 0.0:
        a = b
    a[0] = 5.0
    return np.sum(a * b)


@pytest.mark.parametrize(
    "function, args, name, text",
    [
        (written_after_branches, (VECTOR, True), "y", "y[0] = 1.0"),
        (written_where_two_names_may_be_one, (VECTOR,), "a", "a[0] = 5.0"),
    ],
)
def test_a_name_of_several_arrays_is_not_written_to(function, args, name, text):
    with pytest.raises(UnsupportedSyntax) as refusal:
        memory_of(function, *args)
    error = refusal.value
    assert f"'{name}'" in error.message
    assert text in error.at.source.line(error.at.line)
    assert "[:] = " in error.hint
    assert re.search(r"^ +\^+$", str(error), re.MULTILINE)


def rebound_to_new_arrays(x):
    y = x
    for _ in range(3):
        y = y * 2.0
    return np.sum(y)


def filled_then_bound(x):
    y = x
    for _ in range(3):
        z = np.zeros(4)
        for i in range(4):
            z[i] = y[i] * 2.0
        y = z
    return np.sum(y)


@pytest.mark.parametrize(
    "function", [rebound_to_new_arrays, filled_then_bound, written_while_swapped]
)
def test_arrays_in_turn_and_exchanged_arrays_are_followed(function):
    memory_of(function, VECTOR)
