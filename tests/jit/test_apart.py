"""Which arrays share memory, and what LLVM is told of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numba import float64, njit, types

import adjoint
from adjoint.jit.apart import origins
from adjoint.jit.module import Module
from adjoint.jit.passed_apart import passed_apart

ROW = types.Array(float64, 1, "C")


def makes_arrays(x, y):
    a = np.zeros(3)
    b = np.zeros_like(x)
    c = y.copy()
    return a, b, c


def names_one_array_twice(x, y):
    a = np.zeros(3)
    b = a
    c = b[1:]
    d = np.zeros(3)
    return a, b, c, d, x, y


def chooses(x, y):
    a = np.zeros(3)
    b = np.ones(3)
    c = a if x[0] > 0.0 else b
    d = np.zeros(3)
    return a, b, c, d


def takes_from_a_tuple(x, y):
    pair = (x, np.zeros(3))
    a = pair[1]
    return a, x, y


def keeps_in_a_list(x, y):
    found = [x]
    found.append(np.zeros(3))
    a = found[0]
    return a, x, y


def _origins(function: Callable[..., Any], apart: bool = True) -> dict[str, frozenset[str]]:
    """Those of the variables of a function of two arrays."""
    compiled = njit(function)
    compiled.compile((ROW, ROW))
    annotation = compiled.overloads[ROW, ROW].type_annotation
    found = origins(annotation.blocks, annotation.typemap, apart)
    return {name: places for name, places in found.items() if name.isidentifier()}


def _are_apart(found: dict[str, frozenset[str]], names: str) -> bool:
    return all(found[a].isdisjoint(found[b]) for a, b in combinations(names, 2))


@pytest.mark.compiled
def test_what_a_function_makes_is_apart_from_all_else() -> None:
    assert _are_apart(_origins(makes_arrays), "abcxy")


@pytest.mark.compiled
def test_views_and_other_names_are_not_apart() -> None:
    found = _origins(names_one_array_twice)
    assert found["a"] == found["b"] == found["c"]
    assert _are_apart(found, "adxy")


@pytest.mark.compiled
def test_a_choice_is_apart_from_neither() -> None:
    found = _origins(chooses)
    c = frozenset().union(*(places for name, places in found.items() if name[0] == "c"))
    assert found["a"] | found["b"] == c
    assert _are_apart(found, "abd")
    assert c.isdisjoint(found["d"])


@pytest.mark.compiled
def test_items_of_a_tuple_are_not_apart_from_what_is_in_it() -> None:
    found = _origins(takes_from_a_tuple)
    assert found["x"] < found["a"]
    assert _are_apart(found, "ay")


@pytest.mark.compiled
def test_nothing_is_said_of_a_function_with_a_list_of_arrays() -> None:
    assert _origins(keeps_in_a_list) == {}


@pytest.mark.compiled
def test_parameters_may_share_memory_unless_it_is_said() -> None:
    found = _origins(makes_arrays, apart=False)
    assert found["x"] == found["y"]
    assert _are_apart(found, "abcx")


# --------------------------------------------------------------------- parameters of functions

TEXT = """
def f_gradient(x, y):
    return f_adjoint(x, y, 1.0)[1:]


def f_adjoint(x, y, s_bar):
    x_bar = np.zeros_like(x)
    g_adjoint(x, x, x_bar, x_bar, s_bar)
    h(x, y)
    return x_bar


def g_adjoint(x, y, x_bar, y_bar, s_bar):
    g_adjoint(x, y, x_bar, y_bar, s_bar)


def h(x, y):
    k(x, y)
    z(x, y)


def k(x, y):
    h(x, y)


def z(x, y):
    x = y
    h(x, y)
"""


def test_parameters_are_apart_where_different_ones_are_passed_on() -> None:
    assert passed_apart(TEXT) >= {"f_gradient", "f_adjoint"}
    assert "g_adjoint" not in passed_apart(TEXT)


def test_a_parameter_that_is_bound_again_is_not_passed_on() -> None:
    assert {"h", "k", "z"}.isdisjoint(passed_apart(TEXT))
    assert {"h", "k", "z"} <= passed_apart(TEXT.replace("    x = y\n", ""))


# --------------------------------------------------------------------------------- machine code

LOOPS = """
import numpy as np


def loop(x, y):
    for i in range(x.shape[0]):
        x[i] = y[i] + 1.0


def same(x):
    y = x
    for i in range(x.shape[0] - 1):
        x[i + 1] = y[i] + 1.0
    return x


def calls_with_one(x):
    adds(x, x)


def adds(x, y):
    for i in range(x.shape[0]):
        x[i] += 1.0
        y[i] += 1.0
"""


@pytest.mark.compiled
def test_loops_do_not_compare_addresses() -> None:
    module = Module("addresses", LOOPS, None)
    module.compile("loop", (ROW, ROW))
    (code,) = module.function("loop").inspect_llvm().values()
    assert "vector.body" in code
    assert "vector.memcheck" not in code


@pytest.mark.compiled
def test_one_array_with_two_names_is_one_array() -> None:
    module = Module("shared", LOOPS, None)
    module.compile("same", (ROW,))
    module.compile("calls_with_one", (ROW,))
    np.testing.assert_array_equal(module.function("same")(np.zeros(40)), np.arange(40.0))
    x = np.zeros(40)
    module.function("calls_with_one")(x)
    np.testing.assert_array_equal(x, np.full(40, 2.0))


@adjoint.checkpoint
def product(x, y):
    return x * y


def squares(x):
    return np.sum(product(x, x))


@pytest.mark.compiled
def test_a_function_that_adds_to_one_bar_at_two_places() -> None:
    x = np.linspace(0.0, 1.0, 40)
    np.testing.assert_allclose(adjoint.grad(squares)(x), 2.0 * x)


@pytest.mark.compiled
def test_a_gradient_in_a_loop_over_views_that_overlap() -> None:
    """Each call has arrays of its own; those of one call are another's."""
    gradient = adjoint.grad(_first_product, argnums=(0, 1))

    @njit
    def shifted(z):
        total = np.zeros(z.shape[0])
        for i in range(z.shape[0] - 1):
            a, b = gradient(z[i : i + 1], z[i + 1 :])
            z[i + 1] += a[0] + b[0]
            total[i] = a[0]
        return total

    z = np.ones(20)
    expected, found = np.ones(20), np.zeros(20)
    for i in range(19):
        found[i] = expected[i + 1]
        expected[i + 1] += expected[i + 1] + expected[i]
    np.testing.assert_allclose(shifted(z), found)
    np.testing.assert_allclose(z, expected)


def _first_product(x, y):
    return x[0] * y[0]


def _shifted(x, y):
    for i in range(len(x) - 1):
        x[i + 1] += 0.5 * y[i]
    return np.sum(x * x)


@pytest.mark.compiled
def test_a_primal_whose_arguments_are_one_array() -> None:
    gradient = adjoint.grad(_shifted)
    expected, found = np.ones(40), np.ones(40)
    value = _shifted(expected, expected)
    np.testing.assert_allclose(gradient.primal(found, found), value)
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(adjoint.errors.ArgumentsOverlap):
        gradient.primal(found[:30], found[5:35])
