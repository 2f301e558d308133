"""What the forward sweep keeps: nothing it need not, in memory of the size it needs."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from adjoint.emit import load, source_of
from adjoint.optimise import polish, tidy
from adjoint.program.verify import verify
from adjoint.reverse import differentiate
from adjoint.testing import numeric_gradient
from tests.stages import lowered, run

N = 6
VECTOR = np.array([0.3, -0.8, 1.2, 0.5, -0.1])
COUNTS = np.array([2, 0, 3])


def adjoint_of(function, args):
    """The adjoint with respect to the first parameter, as it is printed."""
    program = tidy(lowered(function, *args))
    return polish(differentiate(program, program.params[:1], False))


class Recorder:
    """Stands in for `np`: notes what is allocated with `empty` and how often functions run."""

    def __init__(self):
        self.shapes = []
        self.calls = Counter()

    def __getattr__(self, name):
        found = getattr(np, name)
        if name == "empty":
            return self._empty
        return self._counted(name, found) if isinstance(found, np.ufunc) else found

    def _empty(self, shape, dtype=float):
        array = np.empty(shape, dtype)
        self.shapes.append((array.shape, array.dtype))
        return array

    def _counted(self, name, function):
        def call(*args):
            self.calls[name] += 1
            return function(*args)

        return call


def recorded(function, args):
    """Run an adjoint; what it allocated and called."""
    recorder = Recorder()
    adjoint = load(adjoint_of(function, args))
    adjoint.__globals__["np"] = recorder
    adjoint(*(np.copy(a) if isinstance(a, np.ndarray) else a for a in args), 1.0)
    return recorder


# ------------------------------------------------------------------------------------- nothing


def linear_recurrence(x, n):
    s = x
    for i in range(n):
        s = 2.0 * s + x * i
    return s


def linear_stencil(u, n):
    for _ in range(n):
        for i in range(1, len(u) - 1):
            u[i] = 0.5 * (u[i - 1] + u[i + 1])
    return np.sum(u)


def linear_while(x):
    s = x
    w = 1.0
    while w < 100.0:
        w = w * 2.0
        s = s * 2.0
    return s


def cheap_terms(x):
    s = 0.0
    for i in range(len(x)):
        y = x[i] * x[i] + 1.0
        s += y * y * y
    return s


def independent_terms(x):
    s = 0.0
    for i in range(len(x)):
        y = np.exp(x[i])
        s += y * y * y
    return s


def test_of_what_stands(x):
    s = 0.0
    for i in range(len(x)):
        if x[i] > 0.0:
            s += x[i] * x[i]
        else:
            s -= 3.0 * x[i]
    return s


test_of_what_stands.__test__ = False


def whole_arrays(x):
    return np.sum(x * x - 2.0 * x)


def sum_and_square(x, n):
    """Linear in what changes; the square is of what stands."""
    s = 0.0
    for i in range(n):
        s = s + x * x * i
    return s


STORE_NOTHING = [
    (linear_recurrence, (0.7, N)),
    (linear_stencil, (VECTOR, N)),
    (linear_while, (0.7,)),
    (cheap_terms, (VECTOR,)),
    (independent_terms, (VECTOR,)),
    (test_of_what_stands, (VECTOR,)),
    (whole_arrays, (VECTOR,)),
    (sum_and_square, (0.7, N)),
]


@pytest.mark.parametrize("function, args", STORE_NOTHING)
def test_nothing_is_stored(function, args):
    assert recorded(function, args).shapes == []
    assert "copy" not in source_of(adjoint_of(function, args))


# ------------------------------------------------------------------------------------- tapes


def sine_chain(x, n):
    s = x
    for _ in range(n):
        s = np.sin(s) + x
    return s


def offset_chain(x, n):
    s = x
    for i in range(2, n):
        s = np.sin(s) * i
    return s


def countdown(x, n):
    s = x
    for i in range(n - 1, -1, -1):
        s = np.sin(s) * i + x
    return s


def nested_chain(x, n):
    s = x
    for i in range(n):
        for j in range(1, 4):
            s = np.sin(s) + x * j * i
    return s


def triangle(x, n):
    s = x
    for i in range(n):
        for _ in range(i):
            s = np.sin(s) + x
    return s


def over_an_array(x):
    s = 1.0
    for i in range(len(x)):
        s = np.sin(s) + x[i]
    return s


def constant_length(x):
    s = x
    for _ in range(7):
        s = s * s * 0.5 + x
    return s


def nonlinear_stencil(u, n):
    for _ in range(n):
        for i in range(1, len(u) - 1):
            u[i] = u[i] + 0.1 * u[i] * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u * u)


def branches_of_what_changes(x, n):
    s = x
    for _ in range(n):
        if s > 1.0:
            s = s * 0.5
        else:
            s = s * 3.0
    return s


def windows(x, n):
    s = 0.5
    for i in range(n):
        s = np.sin(s) + 0.1 * np.sum(np.exp(x[i : i + 3] * s))
    return s


def beginnings(x):
    s = 0.5
    for k in range(1, len(x)):
        s = np.sin(s) + 0.1 * np.sum(np.exp(x[:k] * s))
    return s


def inner_part(x, n):
    s = 0.5
    for _ in range(n):
        s = s + 0.1 * np.sum(np.exp(x[1:-1] * s))
    return s


SLICES = [(windows, (VECTOR, 3), (3, 3)), (windows, (VECTOR, 0), (0, 3))]
SLICES += [(beginnings, (VECTOR,), (4, 4)), (inner_part, (VECTOR, N), (N, 3))]

PRESIZED = [
    (sine_chain, (0.5, N), (N,)),
    (sine_chain, (0.5, 0), (0,)),
    (offset_chain, (0.5, N), (N - 2,)),
    (offset_chain, (0.5, 1), (0,)),
    (countdown, (0.5, N), (N,)),
    (nested_chain, (0.5, N), (N, 3)),
    (triangle, (0.5, N), (N, N - 1)),
    (over_an_array, (VECTOR,), (5,)),
    (constant_length, (0.5,), (7,)),
    (nonlinear_stencil, (VECTOR, N), (N, 3)),
]


@pytest.mark.parametrize("function, args, shape", PRESIZED)
def test_one_tape_of_the_size_of_the_loops(function, args, shape):
    assert recorded(function, args).shapes == [(shape, np.dtype(float))]
    assert "reserve" not in source_of(adjoint_of(function, args))


@pytest.mark.parametrize("function, args, shape", SLICES)
def test_tapes_of_slices_have_the_size_of_the_largest(function, args, shape):
    assert (shape, np.dtype(float)) in recorded(function, args).shapes
    assert "reserve" not in source_of(adjoint_of(function, args))


def test_branches_are_stored_as_bools():
    assert recorded(branches_of_what_changes, (0.5, N)).shapes == [((N,), np.dtype(bool))]


def test_a_tape_has_the_type_of_what_it_holds():
    ((_, dtype),) = recorded(sine_chain, (np.float32(0.5), N)).shapes
    assert dtype == np.float32


def test_the_text_says_what_a_tape_holds():
    text = source_of(adjoint_of(nonlinear_stencil, (VECTOR, N)))
    line = nonlinear_stencil.__code__.co_firstlineno + 3
    rows = text.splitlines()
    (at,) = [k for k, row in enumerate(rows) if "np.empty" in row]
    beside = rows[at].partition("#")[2]
    comment = beside or rows[at - 1].partition("#")[2]
    assert "u" in comment
    assert f"line {line}" in comment
    assert "overwrites" in comment


# ------------------------------------------------------------------------------------- growing


def squared_until_large(x):
    s = x
    while s < 100.0:
        s = s * s
    return s


def left_early(x, n):
    s = x
    for _ in range(n):
        s = s * s
        if s > 100.0:
            break
    return s


def lengths_from_data(x, counts):
    s = x
    for i in range(len(counts)):
        for _ in range(counts[i]):
            s = np.sin(s) + x
    return s


def many_trips(x):
    s = x
    for _ in range(3):
        k = 0
        while k < 100:
            s = np.sin(s) + x
            k += 1
    return s


GROWING = [
    (squared_until_large, (1.5,)),
    (left_early, (1.5, 50)),
    (left_early, (0.5, 3)),
    (lengths_from_data, (0.5, COUNTS)),
    (many_trips, (0.5,)),
]


@pytest.mark.parametrize("function, args", GROWING)
def test_growing_where_the_number_of_trips_is_not_known(function, args):
    assert "buffers.reserve" in source_of(adjoint_of(function, args))


def variable_step(x, n):
    s = x
    for i in range(0, 10, n):
        s = np.sin(s) + x * i
    return s


def test_a_variable_step_is_known_when_the_loop_starts():
    assert "reserve" not in source_of(adjoint_of(variable_step, (0.5, 3)))


# ------------------------------------------------------------------------------------- recompute


def exponential_chain(x, n):
    s = x
    for _ in range(n):
        t = np.exp(s)
        s = s * 0.5 + 0.1 * t
    return s


def square_root_chain(x, n):
    s = x
    for _ in range(n):
        s = np.sqrt(s) + x
    return s


def two_cheap_steps(x, n):
    s = x
    for _ in range(n):
        y = s * s + 1.0
        z = y * x
        s = 0.1 * y * z
    return s


@pytest.mark.parametrize(
    "function, args, called, times",
    [
        (exponential_chain, (0.5, N), "exp", N),
        (independent_terms, (VECTOR,), "exp", 5),
        (sine_chain, (0.5, N), "sin", N),
    ],
)
def test_transcendental_functions_run_once(function, args, called, times):
    assert recorded(function, args).calls[called] == times


def test_the_result_of_an_exponential_is_its_derivative():
    """It is stored itself; nothing else is."""
    assert recorded(exponential_chain, (0.5, N)).shapes == [((N,), np.dtype(float))]


def test_cheap_arithmetic_is_computed_again():
    """One value an iteration is stored, the others follow from it."""
    assert recorded(two_cheap_steps, (0.5, N)).shapes == [((N,), np.dtype(float))]


def drawn(x, n):
    s = x
    for _ in range(n):
        s = s * np.random.normal() + x
    return s


def test_random_numbers_are_never_drawn_again():
    args = (0.5, N)
    adjoint = load(adjoint_of(drawn, args))
    np.random.seed(3)
    adjoint(*args, 1.0)
    after = np.random.normal()
    np.random.seed(3)
    drawn(*args)
    assert np.random.normal() == after


# ------------------------------------------------------------------------------------- memory


def returns_what_it_writes(u, n):
    for _ in range(n):
        for i in range(1, len(u)):
            u[i] = u[i] * u[i - 1] + 0.5
    return u


def local_memory(x):
    u = np.zeros(5)
    for i in range(5):
        u[i] = x * i
    for i in range(1, 5):
        u[i] = u[i] * u[i - 1] + 0.5
    return u[4]


@pytest.mark.parametrize(
    "function, args",
    [(nonlinear_stencil, (VECTOR, N)), (linear_stencil, (VECTOR, N)),
     (returns_what_it_writes, (VECTOR, 2))],
)  # fmt: skip
def test_the_caller_sees_what_the_plain_call_does(function, args):
    expected, left = run(function, args)
    (value, *_), found = run(adjoint_of(function, args), (*args, 1.0))
    np.testing.assert_array_equal(value, expected)
    for one, other in zip(found, left, strict=False):
        np.testing.assert_array_equal(one, other)


def test_arrays_are_restored_on_a_copy_of_our_own():
    text = source_of(adjoint_of(nonlinear_stencil, (VECTOR, N)))
    assert "np.copy(u)" in text
    # memory that nobody else sees needs no copy
    assert "copy" not in source_of(adjoint_of(local_memory, (0.5,)))


# ------------------------------------------------------------------------------------- right

EVERYTHING = [
    *STORE_NOTHING,
    *((function, args) for function, args, _ in PRESIZED),
    *GROWING,
    (branches_of_what_changes, (0.5, N)),
    (variable_step, (0.5, 3)),
    (exponential_chain, (0.5, N)),
    (square_root_chain, (0.5, N)),
    (two_cheap_steps, (0.5, N)),
    (returns_what_it_writes, (VECTOR, 2)),
    (local_memory, (0.5,)),
]


@pytest.mark.parametrize("function, args", EVERYTHING)
def test_the_adjoint_keeps_the_grammar(function, args):
    program = lowered(function, *args)
    verify(differentiate(program, program.params[:1], False), "scalar", strict=False)
    verify(adjoint_of(function, args), "scalar", strict=False)


@pytest.mark.parametrize("function, args", EVERYTHING)
def test_gradients(function, args):
    """Of the sweeps as they are generated, and of their polished form."""
    program = lowered(function, *args)
    plain = differentiate(program, program.params[:1], False)
    expected = numeric_gradient(function, args).gradient
    for form in (plain, adjoint_of(function, args)):
        (value, bar), _ = run(form, (*args, 1.0))
        np.testing.assert_allclose(value, run(function, args)[0], rtol=1e-14)
        np.testing.assert_allclose(bar, expected, rtol=1e-8, atol=1e-10)


def test_seeds_scale():
    program = adjoint_of(sine_chain, (0.5, N))
    (_, once), _ = run(program, (0.5, N, 1.0))
    (_, twice), _ = run(program, (0.5, N, 2.0))
    assert math.isclose(twice, 2.0 * once, rel_tol=1e-15)


def test_growing_tapes_grow():
    """More values than the first capacity."""
    expected = numeric_gradient(many_trips, (0.5,)).gradient
    (_, bar), _ = run(adjoint_of(many_trips, (0.5,)), (0.5, 1.0))
    np.testing.assert_allclose(bar, expected, rtol=1e-8, atol=1e-12)


# ------------------------------------------------------------------------------------- restoring


def changed_after_a_copy(u, k, steps):
    v = u.copy()
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            v[i] = v[i] + k * v[i] * v[i - 1]
    return np.sum(v * v)


def read_between(u, k, steps):
    v = u.copy()
    s = 0.0
    for i in range(len(u)):
        s += np.exp(v[i] * v[i])
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            v[i] = v[i] + k * v[i] * v[i - 1]
    return s + np.sum(v * v)


def copied_in_each_round(u, k, steps):
    v = u.copy()
    for _ in range(steps):
        for i in range(len(u)):
            v[i] = u[i]
        for i in range(1, len(u) - 1):
            v[i] = v[i] + k * v[i] * v[i - 1]
        u = v * k
    return np.sum(u)


@pytest.mark.parametrize("function", [changed_after_a_copy, read_between, copied_in_each_round])
def test_restored_no_further_back_than_is_read(function):
    args = (VECTOR, 0.3, 4)
    bars = load(adjoint_of(function, args))(*map(np.copy, args[:1]), *args[1:], 1.0)[1:]
    numeric = numeric_gradient(function, args, 0)
    np.testing.assert_allclose(bars[0], numeric.gradient, rtol=1e-9, atol=1e-9)


def test_what_a_copy_writes_is_not_restored():
    lengths = [shape for shape, _ in recorded(changed_after_a_copy, (VECTOR, 0.3, 4)).shapes]
    assert lengths.count((len(VECTOR),)) == 1  # v itself
    assert (4, len(VECTOR) - 2) in lengths
