"""`out=`: what is written to the caller's arrays is what a plain call returns."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from adjoint import grad, jacobian, value_and_grad
from adjoint.errors import (
    ArgumentsOverlap,
    InvalidOut,
    ShapeMismatch,
)
from tests.api.test_jacobian import CASES, polar
from tests.corpus import PROGRAMS
from tests.test_corpus import seeded

R = np.random.default_rng(5)


def energy(x, w, a):
    return np.sum(np.sin(x) * w) + np.sum(a @ x)


ARGS = R.normal(size=3), 0.7, R.normal(size=(2, 3))


def forgotten(array):
    """An array of the same shape, every second element of a larger one, with other numbers in."""
    return np.full(tuple(2 * n for n in array.shape), np.nan, array.dtype)[
        tuple(slice(None, None, 2) for _ in array.shape)
    ]


def same(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("jit", [pytest.param(True, marks=pytest.mark.compiled), False])
def test_gradients(jit):
    gradient = value_and_grad(energy, argnums=("x", "w", "a"), jit=jit)
    value, (x_bar, w_bar, a_bar) = gradient(*ARGS)
    for change in (forgotten, np.asfortranarray, np.empty_like):
        out = change(x_bar), None, change(a_bar)
        found, bars = gradient(*ARGS, out=out)
        assert found == value
        assert bars[0] is out[0]
        assert bars[2] is out[2]
        assert bars[1] == w_bar
        assert type(bars[1]) is float
        same(out[0], x_bar)
        same(out[2], a_bar)


@pytest.mark.parametrize("f, args, argnum", CASES)
def test_jacobians(f, args, argnum):
    made = jacobian(f, argnum, jit=False)
    expected = made(*map(np.copy, args[:1]), *args[1:])
    out = forgotten(expected)
    assert made(*map(np.copy, args[:1]), *args[1:], out=out) is out
    same(out, expected)


@pytest.mark.parametrize("name", sorted(PROGRAMS)[::25])
def test_programs(name):
    """The same statements run, so the numbers are the same to the last bit or nearly so."""
    program = PROGRAMS[name]
    gradient = value_and_grad(program.function, argnums=program.wrt(), jit=False)
    seeded(program)
    value, bars = gradient(*program.args())
    out = tuple(forgotten(bar) if isinstance(bar, np.ndarray) else None for bar in bars)
    seeded(program)
    found, _ = gradient(*program.args(), out=out)
    same(found, value)
    for one, bar in zip(out, bars, strict=True):
        if one is not None:
            same(one, bar)


def test_other_lengths_and_other_types():
    gradient = grad(lambda x, y: np.sum(x * y), argnums=(0, 1), jit=False)
    for n, m in [(3, 3), (1, 4), (4, 1), (2, 2)]:
        x, y = R.normal(size=n), R.normal(size=m)
        expected = gradient(x, y)
        out = forgotten(x), np.empty_like(y)
        gradient(x, y, out=out)
        same(out[0], expected[0])
        same(out[1], expected[1])


def test_keywords_defaults_and_captured_arrays():
    table = np.array([1.0, 2.0])

    def f(x, *, scale=2.0):
        return scale * np.sum(x * table)

    gradient = grad(f, jit=False)
    out = np.empty(2)
    assert gradient(np.ones(2), scale=3.0, out=out) is out
    same(out, 3.0 * table)
    table[0] = 5.0
    gradient(x=np.ones(2), out=out)
    same(out, 2.0 * table)
    assert gradient(np.ones(2), out=None) is not out


def test_an_array_given_twice():
    def f(u, v):
        u[0] = u[0] * v[1]
        return np.sum(u * v)

    gradient = grad(f, argnums=(0, 1), jit=False)
    x = np.array([2.0, 3.0])
    expected = gradient(*[x.copy()] * 2)
    out = np.empty(2), np.empty(2)
    gradient(*[x.copy()] * 2, out=out)
    same(out, expected)


def test_a_function_with_a_parameter_of_that_name():
    def f(x, out):
        out[0] = x[0] * x[0]
        return out[0]

    same(grad(f, jit=False)(np.array([3.0]), out=np.empty(1)), [6.0])


@pytest.mark.compiled
def test_in_compiled_loops():
    """Rows of a larger array, contiguous and not; what is returned are the arrays themselves."""
    rows, slope = jacobian(polar), value_and_grad(energy, argnums=("x", "w"))

    @numba.njit
    def fill(points, x, w, a):
        found = np.full((len(points), 2, 5), np.nan)
        across = np.full((3, 4), np.nan)
        for k in range(len(points)):
            rows(points[k], out=found[k, :, 1:3])
            rows(p=points[k], out=found[k, :, 3:].T)
        value, (x_bar, w_bar) = slope(x, w, a, out=(across[:, 1], None))
        plain = rows(points[0], out=None)
        return found, across, value, x_bar, w_bar, plain

    points = R.normal(size=(3, 2))
    found, across, value, x_bar, w_bar, plain = fill(points, *ARGS)
    for k, point in enumerate(points):
        expected = jacobian(polar, jit=False)(point)
        same(found[k, :, 1:3], expected)
        same(found[k, :, 3:], expected.T)
    wanted, bars = value_and_grad(energy, argnums=("x", "w"), jit=False)(*ARGS)
    same(across[:, 1], bars[0])
    same(x_bar, bars[0])
    assert (value, w_bar) == pytest.approx((wanted, bars[1]), rel=1e-14)
    same(plain, found[0, :, 1:3])


@pytest.mark.compiled
def test_refused_in_compiled_code():
    rows = jacobian(polar)

    @numba.njit
    def call(p, out):
        return rows(p, out=out)

    with pytest.raises(InvalidOut, match="2 axes"):
        call(np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="out has another shape"):
        call(np.ones(2), np.ones((2, 3)))


POINT = np.array([2.0, 0.3])
X = np.ones(4)


def read_only():
    array = np.empty(4)
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    "out, error, words",
    [
        ((np.empty(4), np.empty(4)), InvalidOut, "there are 3 derivatives, and out has 2"),
        (np.empty(4), InvalidOut, "out is one ndarray, for several derivatives"),
        ((np.empty(4), np.empty(4), np.empty(1)), InvalidOut, "by 'k' is a number"),
        ((None, np.empty(4), None), InvalidOut, "gives nothing for it"),
        (([0.0] * 4, np.empty(4), None), InvalidOut, "holds a list"),
        ((np.empty(4, np.float32), np.empty(4), None), InvalidOut, "array of float64 with one"),
        ((np.empty((4, 1)), np.empty(4), None), InvalidOut, "array of float64 with one axis"),
        ((read_only(), np.empty(4), None), InvalidOut, "'x' that is read-only"),
        ((np.empty(5), np.empty(4), None), ShapeMismatch, r"shape \(5,\), \(4,\)"),
        ((X, np.empty(4), None), ArgumentsOverlap, "memory with the argument 'x'"),
        ((X[::-1], np.empty(4), None), ArgumentsOverlap, "memory with the argument 'x'"),
    ],
)
def test_refused(out, error, words):
    gradient = grad(lambda x, y, k: k * np.sum(x * y), argnums=(0, 1, 2), jit=False)
    with pytest.raises(error, match=words):
        gradient(X, np.ones(4), 2.0, out=out)


def test_refused_where_arrays_overlap_each_other():
    both = np.empty(7)
    gradient = grad(lambda x, y: np.sum(x * y), argnums=(0, 1), jit=False)
    with pytest.raises(ArgumentsOverlap, match="'y' that shares memory with the one for 'x'"):
        gradient(X, np.ones(4), out=(both[:4], both[3:]))
    gradient(X, np.ones(4), out=(np.empty(8)[::2], np.empty(8)[1::2]))


def test_refused_for_containers():
    with pytest.raises(InvalidOut, match="container"):
        grad(lambda p: p["a"] * p["b"], jit=False)({"a": 1.0, "b": 2.0}, out=np.empty(1))
