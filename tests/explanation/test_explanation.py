"""What is said about variables, stored values and loops, on functions where one can count."""

from __future__ import annotations

import re

import numpy as np
import pytest

from adjoint import differentiable, grad
from adjoint.explanation.words import bytes_text


def explain(function, *args, argnums=0):
    return grad(function, argnums, jit=False, cache=False).explain(*args)


def own(told):
    return {variable.name: variable for variable in told.variables if variable.own}


def mixed(x, w, n, shift):
    fixed = shift * shift
    s = 0.0
    for _ in range(n):
        s += np.sin(x) * w + fixed
    return s + 0.0 * fixed


def test_variables_are_active_between_an_argument_and_the_result():
    variables = own(explain(mixed, 1.0, 2.0, 3, 4.0, argnums=(0, 1)))
    assert {name for name, variable in variables.items() if variable.active} == {"x", "w", "s"}
    assert variables["s"].why == "between x and w and the result"
    assert variables["fixed"].why == "does not depend on x or w"
    assert variables["n"].why == "int64 has no derivative"


def test_variables_have_the_lines_where_they_are_bound():
    variables = own(explain(mixed, 1.0, 2.0, 3, 4.0))
    first = mixed.__code__.co_firstlineno
    assert variables["x"].line == first
    assert variables["s"].line == first + 2


def march(u, k, steps):
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            u[i] = u[i] + k * u[i] * u[i - 1]
    return np.sum(u * u)


def test_a_tape_has_one_entry_for_each_overwrite():
    told = explain(march, np.ones(7), 0.1, 4)
    (kept,) = told.stored
    first = march.__code__.co_firstlineno
    assert kept.content == f"what line {first + 3} overwrites in u"
    assert kept.read_by == (first + 3,)
    assert kept.size == "steps * (u.shape[0] - 2) * 8 bytes"
    assert kept.bytes == 4 * 5 * 8
    assert kept.why == "the array is written to there, and read before"


@pytest.mark.parametrize("length, steps", [(0, 3), (1, 3), (2, 3), (5, 0), (5, -2)])
def test_a_tape_of_no_iterations_takes_nothing(length, steps):
    (kept,) = explain(march, np.ones(length), 0.1, steps).stored
    assert kept.bytes == 0


def test_the_bytes_are_those_of_the_tape():
    gradient = grad(march, jit=False, cache=False)
    (kept,) = gradient.explain(np.ones(7), 0.1, 4).stored
    text = gradient.module(np.ones(7), 0.1, 4)
    namespace = {}
    allocation = next(line for line in text.splitlines() if f"{kept.place} = " in line)
    exec(allocation.strip(), {"np": np, "u": np.ones(7), "steps": 4}, namespace)
    assert namespace[kept.place].nbytes == kept.bytes
    assert kept.size in text


def half(x: float) -> float:
    while x > 1.0:
        x = x * x * 0.1
    return x


def test_of_a_tape_that_grows_the_bytes_are_not_known():
    (kept,) = explain(half, 5.0).stored
    assert kept.size == "8 bytes an entry"
    assert kept.bytes is None


def test_a_tape_of_float32_takes_half():
    (kept,) = explain(march, np.ones(7, np.float32), np.float32(0.1), 4).stored
    assert kept.bytes == 4 * 5 * 4


def logged(x):
    seen = np.zeros(len(x))
    s = 0.0
    for i in range(len(x)):
        seen[i] = x[i]
        s += x[i] * x[i]
    print(seen)
    return s


def squares(x):
    y = x * x
    z = y + 1.0
    return np.sum(z)


def test_an_array_that_the_result_does_not_depend_on():
    seen = own(explain(logged, np.ones(3)))["seen"]
    assert not seen.active
    assert seen.why == "the result does not depend on it"


def test_arrays_that_are_taken_apart():
    gone = {v.name: v.why for v in explain(squares, np.ones(3)).variables if v.active is None}
    assert all("computed where they are used" in why for why in gone.values())


def rows(x, w):
    total = 0.0
    for i in range(x.shape[0]):
        z = 0.0
        for j in range(x.shape[1]):
            z += x[i, j] * w[j]
        total += np.tanh(z)
    return total


def filtered(x):
    s = 0.0
    for i in range(len(x)):
        s = s * 0.5 + x[i] * x[i]
    return s


def first_above(x):
    s = 0.0
    for i in range(len(x)):
        if s > 1.0:
            break
        s += x[i] * x[i]
    return s


def counted(x):
    n = 0
    for i in range(3):
        n += i
    return x * x * n


def loops(function, *args):
    return explain(function, *args).loops


def test_independent_iterations_are_fused():
    outer, inner = loops(rows, np.ones((2, 3)), np.ones(3))
    assert outer.fused
    assert outer.independent
    assert outer.head == "for i in range(x.shape[0])"
    assert not inner.fused
    assert "within each iteration" in inner.why


@pytest.mark.parametrize(
    "function, words",
    [
        (filtered, "s passes from one iteration to the next"),
        (first_above, "it can be left early"),
        (march, "it writes to the array u"),
    ],
)
def test_loops_say_why_they_are_not_fused(function, words):
    args = (np.ones(5), 0.1, 2) if function is march else (np.ones(5),)
    first = loops(function, *args)[0]
    assert not first.fused
    assert first.independent is False
    assert words in first.why


def test_loops_without_a_derivative_run_forward_only():
    (loop,) = loops(counted, 2.0)
    assert loop.forward_only
    assert not loop.fused


def test_tapes_are_named_in_the_loops_that_fill_them():
    told = explain(march, np.ones(7), 0.1, 4)
    (kept,) = told.stored
    assert [kept.place in loop.places for loop in told.loops] == [True, True, False]


def test_a_differentiable_is_explained_with_respect_to_all_floats():
    told = differentiable(mixed, jit=False, cache=False).explain(1.0, 2.0, 3, 4.0)
    assert {v.name for v in told.variables if v.why == "differentiated by"} == {"x", "w", "shift"}


def test_as_text():
    text = str(explain(march, np.ones(7), 0.1, 4))
    assert text.startswith("march(u: float64[:], k: float64, steps: int64) -> float64")
    assert "steps * (u.shape[0] - 2) * 8 bytes = 160 B" in text


def test_notebooks_show_the_text():
    told = explain(march, np.ones(7), 0.1, 4)
    assert repr(told) == str(told)


def test_numbers_of_bytes():
    assert [bytes_text(n) for n in (0, 999, 1500, 2_340_000, 7_000_000_000)] == [
        *("0 B", "999 B", "1.5 kB", "2.34 MB", "7 GB")
    ]


def settling(u, w, steps):
    for _ in range(steps):
        u = np.tanh(w @ u) * np.exp(-u[0] * u)
        for i in range(1, len(u)):
            u[i] = u[i - 1] * np.sin(u[i])
    return np.sum(u**2)


def test_values_are_told_in_the_users_words():
    told = explain(settling, np.ones(3), np.ones((3, 3)), 2)
    first = settling.__code__.co_firstlineno
    contents = {value.content for value in told.stored}
    assert {
        f"np.tanh(...) in line {first + 2}",
        f"np.exp(...) in line {first + 2}",
        f"np.sin(u[i]) in line {first + 4}",
    } <= contents
    temporary = re.compile(r"\b(t|n|i|exp|tanh|sin|u_t)_\d")
    assert not any(temporary.search(content) for content in contents)


def test_loops_of_array_expressions_are_named_after_them():
    heads = [loop.head for loop in explain(settling, np.ones(3), np.ones((3, 3)), 2).loops]
    assert "elements of w @ u" in heads
    assert "for i in range(1, len(u))" in heads
    assert not any(re.search(r"_\d", head) for head in heads)


def test_variables_that_the_user_did_not_name_are_told_by_expressions():
    told = explain(settling, np.ones(3), np.ones((3, 3)), 2).variables
    texts = {variable.text for variable in told if not variable.own}
    assert {"u[i - 1]", "np.sin(u[i])"} <= texts
    assert all(variable.text == variable.name for variable in told if variable.own)


def products(a, b, c):
    s = 0.0
    for i in range(len(a)):
        s = s * (a[i] * b[i] * c[i]) + a[i] ** 4
    return s


def test_a_part_of_an_expression_is_not_taken_for_all_of_it():
    told = explain(products, np.ones(3), np.ones(3), np.ones(3)).variables
    texts = [variable.text for variable in told]
    assert texts.count("a[i] * b[i]") == 1
    assert texts.count("a[i] ** 4") <= 1


def test_long_formulas_of_bytes_are_told_by_the_array():
    def crossed(first, second, third):
        total = 0.0
        for _ in range(third.shape[0]):
            for i in range(max(first.shape[0] * second.shape[0] - third.shape[0], 2)):
                total = total * np.sin(total) + first[i]
        return total

    args = np.ones(7), np.ones(2), np.ones(3)
    gradient = grad(crossed, jit=False, cache=False)
    for kept in gradient.explain(*args).stored:
        assert len(kept.size) < 80
        assert kept.size in gradient.module(*args)
