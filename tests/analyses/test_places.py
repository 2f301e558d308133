"""Where statements stand, which may follow which, and which block a variable lives in."""

from __future__ import annotations

import pytest

from adjoint.analyses.places import TOP, BlockKey, Place, Places
from adjoint.analyses.scopes import scopes, upward_exposed
from adjoint.program.core import Assign, For, If, While
from adjoint.program.walk import statements
from tests.stages import parsed


def nest(x):
    a = x + 1.0
    total = x * 2.0
    for i in range(3):
        b = a + i
        if b > 2.0:
            c = b * b
            total = total + c * c
        else:
            d = a * b
            total = total + d * d
        e = b * b
        total = total + e * e
    while a < 9.0:
        a = a * 2.0
    g = a * total
    return g * g


PROGRAM = parsed(nest)
PLACES = Places(PROGRAM)


def assignment(program, name, position=0):
    found = [s for s in statements(program.body) if isinstance(s, Assign) and s.target == name]
    return found[position]


def place(name, position=0):
    return PLACES.of[assignment(PROGRAM, name, position)]


def only(kind, program=PROGRAM):
    (stmt,) = [stmt for stmt in statements(program.body) if isinstance(stmt, kind)]
    return stmt


LOOP, BRANCH, WHILE = only(For), only(If), only(While)


def test_every_statement_has_a_place():
    for stmt in statements(PROGRAM.body):
        at = PLACES.of[stmt]
        assert PLACES.contents[at.block][at.index] is stmt


def test_blocks():
    assert place("a").block == TOP
    assert place("b").block == BlockKey(LOOP, 0)
    assert place("c").block == BlockKey(BRANCH, 0)
    assert place("d").block == BlockKey(BRANCH, 1)
    assert place("a", 1).block == BlockKey(WHILE, 1)


def test_loops_around():
    assert PLACES.loops(place("c").block) == [LOOP]
    assert PLACES.loops(place("g").block) == []
    assert PLACES.chain(place("c"))[-1].block == TOP


def test_position_in_an_outer_block():
    index = PLACES.within(place("c"), TOP)
    assert PROGRAM.body[index] is LOOP
    assert PLACES.within(place("a"), BlockKey(LOOP, 0)) is None


@pytest.mark.parametrize(
    "later, earlier, may",
    [
        (("g", 0), ("a", 0), True),
        (("a", 0), ("g", 0), False),
        (("a", 0), ("a", 0), False),
        (("b", 0), ("e", 0), True),  # in the next iteration
        (("b", 0), ("b", 0), True),
        (("c", 0), ("d", 0), True),  # another iteration may take the other branch
        (("g", 0), ("c", 0), True),
        (("c", 0), ("g", 0), False),
        (("a", 1), ("a", 1), True),
        (("a", 1), ("b", 0), True),
        (("b", 0), ("a", 1), False),
    ],
)
def test_follows(later, earlier, may):
    assert PLACES.follows(place(*later), place(*earlier)) is may


@pytest.mark.parametrize(
    "later, earlier, may",
    [
        (("b", 0), ("e", 0), False),
        (("e", 0), ("b", 0), True),
        (("b", 0), ("b", 0), False),
        (("c", 0), ("d", 0), False),
        (("d", 0), ("c", 0), False),
        (("e", 0), ("d", 0), True),
        (("g", 0), ("d", 0), True),
    ],
)
def test_follows_within_one_iteration(later, earlier, may):
    assert PLACES.follows(place(*later), place(*earlier), frozenset({LOOP})) is may


def test_parameters_are_before_everything():
    assert PLACES.follows(place("a"), Place(TOP, -1))
    assert not PLACES.follows(Place(TOP, -1), place("a"))


# ------------------------------------------------------------------------------------- scopes


def carried(x):
    s = 0.0
    for i in range(3):
        t = x * i
        for j in range(2):
            u = t + j
            s = s + u
    return s


def crosses_iterations(x):
    for i in range(3):
        if i > 0:
            x = x + y  # noqa: F821 - there from the second iteration on
        y = x * 2.0  # noqa: F841 - read in the next iteration
    return x


def in_two_branches(x):
    if x > 0.0:
        y = x
    else:
        y = -x
    if x > 1.0:
        z = y
        y = z * z
    return y


def in_a_while(x):
    while x < 100.0:
        y = x * x
        x = y + 1.0
    return x


def test_scopes():
    program = parsed(carried)
    places = Places(program)
    found = scopes(program, places)
    outer, inner = [s for s in statements(program.body) if isinstance(s, For)]
    assert found["s"] == found["x"] == TOP
    assert found["t"] == BlockKey(outer, 0)
    assert found["u"] == BlockKey(inner, 0)


def test_a_value_kept_for_the_next_iteration_lives_outside():
    program = parsed(crosses_iterations)
    assert scopes(program, Places(program))["y"] == TOP


def test_scope_of_branches():
    program = parsed(in_two_branches)
    found = scopes(program, Places(program))
    assert found["y"] == TOP
    (z,) = [name for name in found if name == "z"]
    assert isinstance(found[z].owner, If)


def test_scope_in_a_while():
    program = parsed(in_a_while)
    found = scopes(program, Places(program))
    assert isinstance(found["y"].owner, While)


@pytest.mark.parametrize(
    "function, exposed",
    [
        (carried, {"x"}),
        (in_two_branches, {"x"}),
        (in_a_while, {"x"}),
    ],
)
def test_read_before_it_is_assigned(function, exposed):
    found = upward_exposed(parsed(function).body)
    assert found == exposed


def test_assigned_in_one_branch_only_is_exposed():
    (loop,) = [s for s in parsed(crosses_iterations).body if isinstance(s, For)]
    assert "y" in upward_exposed(loop.body)


def test_a_loop_may_run_no_iteration():
    def after_a_loop(n):
        for i in range(n):
            last = i
        return last

    assert "last" in upward_exposed(parsed(after_a_loop).body)


def test_assigned_in_both_branches_is_not_exposed():
    def both(x):
        if x > 0.0:
            y = 1.0
        else:
            y = 2.0
        return y

    assert "y" not in upward_exposed(parsed(both).body)
