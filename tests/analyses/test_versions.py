"""Which definition a statement reads, bounds of counters, and activity."""

from __future__ import annotations

import operator
from functools import partial

import numpy as np
import pytest

from adjoint.analyses.activity import active_variables, is_float
from adjoint.analyses.places import Places
from adjoint.analyses.purity import is_droppable, is_repeatable, is_scalar_function
from adjoint.analyses.ranges import Ranges
from adjoint.analyses.versions import Versions, definitions_after
from adjoint.optimise import tidy
from adjoint.program import primitives
from adjoint.program.core import Assign, Call, Const, For, Item, Name
from adjoint.program.linear import Linear
from adjoint.program.walk import statements
from adjoint.reverse.rule_choice import differentiable_operands
from adjoint.runtime import buffers, shapes
from tests.stages import lowered, parsed

X = Name("x")
LENGTH = Call(primitives.dim, (X, Const(0)))


def analysed(function, *args):
    program = lowered(function, *args) if args else parsed(function)
    places = Places(program)
    return program, places, Versions(program, places)


def assignments(program, name):
    return [s for s in statements(program.body) if isinstance(s, Assign) and s.target == name]


def read_by(versions, stmt, name):
    return versions.read[stmt][name]


# ------------------------------------------------------------------------------------- versions


def straight(x):
    y = x * 2.0
    z = y * x
    return y * z


def test_straight_line():
    program, _, versions = analysed(straight)
    (y,), (z,) = assignments(program, "y"), assignments(program, "z")
    assert read_by(versions, y, "x").kind == "param"
    assert read_by(versions, z, "y") is versions.defined[y]
    (result,) = assignments(program, "result")
    assert read_by(versions, result, "y") is versions.defined[y]
    assert read_by(versions, program.body[-1], "result") is versions.defined[result]


def branched(x):
    y = x
    if x > 0.0:
        y = x * 2.0
    return y


def test_after_a_branch_values_are_merged():
    program, _, versions = analysed(branched)
    assert read_by(versions, program.body[-1], "y").kind == "merge"


def looped(x):
    s = 0.0
    for i in range(3):
        t = s + i
        s = t * x
    return s


def test_in_a_loop_values_are_carried():
    program, _, versions = analysed(looped)
    (t,) = assignments(program, "t")
    assert read_by(versions, t, "s").kind == "carried"
    assert read_by(versions, t, "i").kind == "index"
    assert read_by(versions, program.body[-1], "s").kind == "exit"


def test_definitions_after():
    program, places, versions = analysed(looped)
    first, _ = assignments(program, "s")
    (t,) = assignments(program, "t")
    nothing = frozenset()
    assert definitions_after(versions.defined[first], versions, places, nothing)
    assert definitions_after(read_by(versions, t, "s"), versions, places, nothing)
    # what comes out of a loop is not overwritten by the loop it came out of
    exit_ = read_by(versions, program.body[-1], "s")
    assert not definitions_after(exit_, versions, places, nothing)
    # within one iteration t is bound once
    loop = next(s for s in program.body if isinstance(s, For))
    assert not definitions_after(versions.defined[t], versions, places, frozenset({loop}))


# ------------------------------------------------------------------------------------- ranges


def form(constant, **terms):
    return Linear({Name(name): c for name, c in terms.items()}, constant)


def test_linear_forms():
    assert form(1, n=2) + form(2, n=-2, m=1) == form(3, m=1)
    assert form(1, n=2).scaled(-1) == form(-1, n=-2)
    assert form(1, n=2).scaled(0) == form(0)


@pytest.mark.parametrize(
    "linear, known",
    [
        (Linear({}, 0), True),
        (Linear({}, -1), False),
        (Linear({LENGTH: 2}, 1), True),
        (Linear({LENGTH: 1}, -1), False),
        (Linear({LENGTH: -1}, 5), False),
        (form(0, n=1), False),
    ],
)
def test_non_negative_for_sure(linear, known):
    assert linear.is_non_negative() is known


@pytest.mark.parametrize(
    "linear",
    [form(0), form(3), form(-3, n=1), form(2, n=-1), form(0, n=2, m=-3), form(-1, n=-1, m=-1)],
)
@pytest.mark.parametrize("n, m", [(0, 0), (4, 7), (-3, 2)])
def test_a_form_is_written_as_what_it_is(linear, n, m):
    values = {"n": n, "m": m}

    def evaluate(expr):
        match expr:
            case Const(value):
                return value
            case Name(id):
                return values[id]
            case Call(function, args):
                return function(*map(evaluate, args))

    expected = linear.constant + sum(c * values[a.id] for a, c in linear.terms.items())
    assert evaluate(linear.expr()) == expected


def bounds_of(function, *args, loop=-1):
    """Bounds of a loop's counter where the outermost loop starts."""
    program = tidy(lowered(function, *args))
    places = Places(program)
    versions = Versions(program, places)
    loops = [s for s in statements(program.body) if isinstance(s, For)]
    outermost = places.loops(places.of[loops[loop]].block)
    ranges = Ranges(versions, places, (*outermost, loops[loop])[0])
    return ranges.of_index(loops[loop])


def counts_up(n):
    s = 0
    for i in range(2, n):
        s = s + i
    return s


def counts_down(n):
    s = 0
    for i in range(n - 1, -1, -1):
        s = s + i
    return s


def triangle(n):
    s = 0
    for i in range(n):
        for j in range(i):
            s = s + j
    return s


def upper_triangle(n):
    s = 0
    for i in range(n):
        for j in range(i + 1, n):
            s = s + j
    return s


def shifted_twice(n):
    s = 0
    for i in range(n):
        k = 2 * i + 1
        for j in range(k, k + 3):
            s = s + j
    return s


def changing_bound(n):
    s = 0
    m = n
    for _ in range(n):
        for j in range(m):
            s = s + j
        m = m // 2
    return s


def bound_from_data(x):
    s = 0.0
    for i in range(len(x)):
        for j in range(int(x[i])):
            s = s + j
    return s


@pytest.mark.parametrize(
    "function, low, high",
    [
        (counts_up, form(2), form(-1, n=1)),
        (counts_down, form(0), form(0, t_1=1)),  # where t_1 is n - 1, computed before
        (triangle, form(0), form(-2, n=1)),
        (upper_triangle, form(1), form(-1, n=1)),
        (shifted_twice, form(1), form(1, n=2)),
    ],
)
def test_bounds_of_counters(function, low, high):
    assert bounds_of(function, 5) == (low, high)


@pytest.mark.parametrize(
    "function, args", [(changing_bound, (5,)), (bound_from_data, (np.ones(2),))]
)
def test_bounds_that_are_not_known_before(function, args):
    assert bounds_of(function, *args) is None


def test_lengths_are_known_before():
    def lengths(x):
        s = 0.0
        for i in range(len(x)):
            s = s + x[i]
        return s

    low, high = bounds_of(lengths, np.ones(4))
    assert low == Linear({}, 0)
    assert high == Linear({LENGTH: 1}, -1)


# ------------------------------------------------------------------------------------- activity


def active(function, *args, wrt):
    program = lowered(function, *args)
    flows = partial(differentiable_operands, types=program.types)
    return active_variables(program, frozenset(wrt), flows)


def mixture(x, w, n):
    a = x * w
    b = w * 3.0
    k = n + 1
    unused = x * x  # noqa: F841 - varied, but not useful
    c = np.floor(a)
    return a + c * b + k


def test_active_is_varied_and_useful():
    found = active(mixture, 1.0, 2.0, 3, wrt=("x",))
    assert {"x", "a"} <= found
    assert not found & {"w", "b", "k", "n", "unused"}


def test_steps_pass_no_derivative():
    assert "c" not in active(mixture, 1.0, 2.0, 3, wrt=("x",))


def through_memory(x, w):
    y = np.zeros(3)
    z = np.zeros(3)
    for i in range(3):
        y[i] = x * i
        z[i] = w * i
    return y[1] * z[2]


def test_activity_passes_through_arrays():
    found = active(through_memory, 1.0, 2.0, wrt=("w",))
    assert {"w", "z"} <= found
    assert not found & {"x", "y"}


def through_a_loop(x):
    a = 1.0
    b = 1.0
    for _ in range(3):
        b = b + a
        a = a * x
    return b


def test_activity_passes_around_a_loop():
    assert {"x", "a", "b"} <= active(through_a_loop, 1.0, wrt=("x",))


def test_what_is_float():
    program = lowered(through_memory, 1.0, 2.0)
    assert is_float(program.types["y"])
    assert is_float(program.types["x"])
    assert not is_float(program.types["i"])


# ------------------------------------------------------------------------------------- purity


@pytest.mark.parametrize(
    "function", [operator.add, np.sin, np.exp, abs, max, primitives.dim, shapes.wrap_index]
)
def test_functions_that_may_be_repeated_and_dropped(function):
    assert is_scalar_function(function)
    assert is_repeatable(Call(function, (X,)))
    assert is_droppable(Call(function, (X,)))


@pytest.mark.parametrize(
    "function", [np.random.normal, np.random.rand, print, operator.iadd, operator.imul]
)
def test_functions_that_may_not(function):
    assert not is_repeatable(Call(function, (X,)))
    assert not is_droppable(Call(function, (X,)))


@pytest.mark.parametrize("function", [np.zeros, np.empty_like, np.copy, buffers.reserve])
def test_memory_may_be_dropped_but_not_made_twice(function):
    assert is_droppable(Call(function, (X,)))
    assert not is_repeatable(Call(function, (X,)))


@pytest.mark.parametrize("function", [shapes.broadcast_dim, shapes.check_nonempty])
def test_checks_may_be_repeated_but_not_dropped(function):
    assert is_repeatable(Call(function, (X, X)))
    assert not is_droppable(Call(function, (X, X)))


def test_what_is_inside_counts():
    drawn = Call(np.random.normal, ())
    assert not is_repeatable(Call(operator.add, (X, drawn)))
    assert not is_repeatable(Item(X, (drawn,)))
    assert is_repeatable(Item(X, (Const(0),)))
