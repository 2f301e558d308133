"""A gradient is made for the relations between the lengths in its calls, and right for others."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.api.sizes import pattern, sizes_of
from adjoint.api.standalone import stand_alone
from tests.corpus import PROGRAMS

SHAPES = [(4, 4), (5, 5), (1, 1), (5, 1), (1, 5), (7, 7), (2, 2)]


def weighted(x, y):
    return np.sum(np.sin(x * y) + x)


def expected(x, y):
    """Written with NumPy's own broadcasting, the derivatives by hand."""
    slope = np.cos(x * y)
    x_bar, y_bar = slope * y + 1.0, slope * x
    x_bar = x_bar.sum(keepdims=True) if x.size < slope.size else x_bar
    y_bar = y_bar.sum(keepdims=True) if y.size < slope.size else y_bar
    return weighted(x, y), x_bar, y_bar


def agrees(gradient, n, m):
    random = np.random.default_rng(n + 10 * m)
    x, y = random.normal(size=n), random.normal(size=m)
    value, (x_bar, y_bar) = gradient(x, y)
    wanted = expected(x, y)
    for found, right in zip((value, x_bar, y_bar), wanted, strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-13)


@pytest.mark.parametrize("jit", [pytest.param(True, marks=pytest.mark.compiled), False])
def test_every_relation_of_lengths(jit):
    gradient = value_and_grad(weighted, argnums=(0, 1), jit=jit, cache=False)
    for n, m in SHAPES:
        agrees(gradient, n, m)


def test_the_text_is_for_the_calls_seen():
    gradient = grad(weighted, argnums=(0, 1), jit=False, cache=False)
    equal = gradient.source(np.ones(3), np.ones(3))
    assert "assume_equal(y.shape[0], x.shape[0])" in equal
    assert "broadcast" not in equal
    gradient.source(np.ones(3), np.ones(1))
    either = gradient.source(np.ones(1), np.ones(3))
    assert "assume_equal" not in either
    assert "broadcast" in either
    assert gradient.source(np.ones(3), np.ones(3)) == either


def test_other_relations_are_given_up_on_in_the_end():
    def f(a, b, c, d):
        return np.sum(a * b) + np.sum(b * c) + np.sum(c * d)

    gradient = value_and_grad(f, argnums=(0, 1, 2, 3), jit=False, cache=False)
    shapes = [(3, 3, 3, 3), (1, 3, 3, 3), (3, 3, 1, 3), (3, 3, 3, 1), (3, 1, 3, 1), (2, 2, 2, 2)]
    for lengths in shapes:
        args = [np.linspace(0.5, 1.5, n) for n in lengths]
        assert gradient(*args)[0] == f(*args)
    assert "assume_equal" not in gradient.source(*args)


def test_errors_are_numpys():
    gradient = grad(weighted, jit=False, cache=False)
    gradient(np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match="could not be broadcast"):
        gradient(np.ones(3), np.ones(4))


def test_a_captured_array_of_another_length():
    namespace = {"np": np, "table": np.ones(3)}

    def f(x):
        return np.sum(x * table)  # noqa: F821

    made = type(f)(f.__code__, namespace, "f")
    gradient = value_and_grad(made, jit=False, cache=False)
    value, slope = gradient(np.arange(3.0))
    assert (value, list(slope)) == (3.0, [1.0, 1.0, 1.0])
    namespace["table"] = np.full(1, 2.0)
    value, slope = gradient(np.arange(3.0))
    assert (value, list(slope)) == (6.0, [2.0, 2.0, 2.0])


def test_preallocated():
    gradient = value_and_grad(weighted, argnums=(0, 1), jit=False, cache=False)
    kept = gradient.preallocate(np.ones(4), np.ones(4))
    for n, m in SHAPES:
        agrees(kept, n, m)


@pytest.mark.parametrize("name", sorted(PROGRAMS)[::12])
def test_what_is_assumed_changes_no_gradient(name):
    program = PROGRAMS[name]
    gradient = value_and_grad(program.function, argnums=program.wrt(), jit=False, cache=False)
    results = []
    for find in (gradient.find, gradient.find_universal):
        entry, leaves = find(gradient._in_order(program.args(), {}))
        np.random.seed(1)
        results.append(tree_leaves(entry.call(leaves)))
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)


def tree_leaves(value):
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple | list):
        return [leaf for item in value for leaf in tree_leaves(item)]
    return [value]


@pytest.mark.compiled
def test_compiled_callers_have_arguments_of_any_lengths():
    gradient = value_and_grad(weighted, argnums=(0, 1), cache=False)
    gradient(np.ones(3), np.ones(3))
    called = numba.njit(lambda x, y: (1.0 * gradient(x, y)[0], gradient(x, y)[1]))
    for n, m in SHAPES:
        agrees(called, n, m)


def test_a_file_of_its_own_takes_any_lengths():
    gradient = grad(weighted, argnums=(0, 1), jit=False, cache=False)
    assert "assume_equal" not in stand_alone(gradient, (np.ones(3), np.ones(3)))


@pytest.mark.parametrize(
    "one, other, same",
    [
        ([(20,), (20,)], [(31,), (31,)], True),
        ([(20,), (21,)], [(31,), (32,)], True),
        ([(20,), (21,)], [(31,), (33,)], False),
        ([(20,), (60,)], [(31,), (93,)], True),
        ([(20, 3)], [(31, 3)], True),
        ([(20, 3)], [(31, 4)], False),
        ([(20,), (1,)], [(31,), (31,)], False),
        ([(20,), 20], [(31,), 31], True),
    ],
)
def test_patterns(one, other, same):
    assert (pattern(tuple(one)) == pattern(tuple(other))) is same


def test_sizes():
    leaves = (np.ones((2, 3)), 5, np.int32(4), True, 2.5)
    assert sizes_of(leaves) == ((2, 3), 5, 4, None, None)
