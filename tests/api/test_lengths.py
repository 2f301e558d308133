"""A gradient is made for the relations between the lengths in its calls, and right for others."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.api.sizes import pattern, sizes_of
from adjoint.api.standalone import stand_alone
from adjoint.runtime.shapes import OtherLengths
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
    assert gradient.source(np.ones(4), np.ones(4)) == equal


@pytest.mark.compiled
def test_callers_with_several_lengths_keep_what_is_for_each():
    """Nothing more is compiled, whichever comes first."""
    gradient = value_and_grad(weighted, argnums=(0, 1), cache=False)
    for n, m in SHAPES:
        agrees(gradient, n, m)
    made = len(gradient.timings)
    entrance = gradient._version.entrance
    equal = gradient.find((np.ones(3), np.ones(3)))[0]
    assert "assume_equal" in equal.made.record.module
    for n, m in SHAPES[::-1] * 2:
        agrees(gradient, n, m)
    assert len(gradient.timings) == made == 3
    assert gradient._version.entrance is entrance
    with pytest.raises(OtherLengths):
        entrance(np.ones(3), np.ones(1))


def test_generated_code_alone_looks_at_lengths(monkeypatch):
    """Of calls with containers too, once there is what is for their types."""
    gradient = grad(lambda pair: np.sum(pair[0] * pair[1]), jit=False, cache=False)
    pair = [np.ones(3), np.full(3, 2.0)]
    gradient(pair)
    monkeypatch.setattr("adjoint.api.entry.Entry.fits", None)
    assert list(gradient(pair)[0]) == [2.0] * 3


def test_what_a_call_writes_to_is_written_once():
    """The lengths are looked at before anything is done."""

    def scaled_in_place(x, y, notes):
        x *= 2.0
        notes[0] += 1.0
        return np.sum(x * y)

    gradient = value_and_grad(scaled_in_place, argnums=(0, 1), jit=False, cache=False)
    for n, m in [(3, 3), (3, 1), (3, 3), (3, 1)]:
        x, y, notes = np.ones(n), np.ones(m), np.zeros(1)
        assert gradient(x, y, notes)[0] == 6.0
        assert list(x) == [2.0] * 3
        assert notes[0] == 1.0


def test_other_relations_are_given_up_on_in_the_end():
    def f(a, b, c, d):
        return np.sum(a * b) + np.sum(b * c) + np.sum(c * d)

    gradient = value_and_grad(f, argnums=(0, 1, 2, 3), jit=False, cache=False)
    shapes = [(3, 3, 3, 3), (1, 3, 3, 3), (3, 3, 1, 3), (3, 3, 3, 1), (3, 1, 3, 1), (2, 2, 2, 2)]
    for lengths in shapes:
        args = [np.linspace(0.5, 1.5, n) for n in lengths]
        assert gradient(*args)[0] == f(*args)
    assert "assume_equal" not in gradient.source(*map(np.ones, (4, 4, 4, 1)))
    assert gradient.source(*args).count("assume_equal") == 3
    assert len(gradient.timings) == 4


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
