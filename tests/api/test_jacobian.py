"""Jacobians and Hessians against differences, other tools, and gradients row by row."""

from __future__ import annotations

import pickle

import autograd
import autograd.numpy
import numba
import numpy as np
import pytest

from adjoint import autograd as tape
from adjoint import grad, hessian, jacobian
from adjoint import np as tape_np
from adjoint.errors import AdjointError, NotDifferentiable
from adjoint.testing import numeric_gradient
from tests.corpus import PROGRAMS
from tests.test_corpus import seeded


def polar(p):
    return np.array([p[0] * np.cos(p[1]), p[0] * np.sin(p[1])])


def diffuse(u, k, steps):
    v = u.copy()
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            v[i] = v[i] + k * v[i] * (v[i - 1] - 2.0 * v[i] + v[i + 1])
    return v


def until_small(u, k):
    count = 0
    while np.sum(u * u) > 0.1 and count < 20:
        u = u * k * np.cos(u)
        count += 1
    return u


def scaled(a, s):
    return s * np.sin(a) * a.sum(axis=0)


def in_place(u, k):
    for i in range(1, len(u)):
        u[i] *= k * u[i - 1]
    return u[1:]


def numeric_jacobian(f, args, argnum):
    """Item by item of the result, by extrapolated differences."""

    def item(index):
        return lambda *given: float(np.asarray(f(*given))[index])

    result = np.asarray(f(*map(np.copy, args)))
    rows = [
        numeric_gradient(item(index), args, argnum).gradient for index in np.ndindex(result.shape)
    ]
    return np.reshape(rows, (*result.shape, *np.shape(args[argnum])))


R = np.random.default_rng(3)
CASES = [
    (polar, (np.array([2.0, 0.3]),), 0),
    (diffuse, (R.normal(size=6), 0.1, 3), 0),
    (diffuse, (R.normal(size=6), 0.1, 3), 1),
    (diffuse, (R.normal(size=6), 0.1, 0), 0),
    (until_small, (R.normal(size=3), 0.9), 0),
    (until_small, (R.normal(size=3), 0.9), 1),
    (scaled, (R.normal(size=(3, 4)), 2.0), 0),
    (scaled, (R.normal(size=(3, 4)), 2.0), 1),
    (in_place, (R.normal(size=5), 0.7), 0),
]


def copies(args):
    return tuple(np.copy(arg) if isinstance(arg, np.ndarray) else arg for arg in args)


@pytest.mark.parametrize("f, args, argnum", CASES)
def test_uncompiled(f, args, argnum):
    got = jacobian(f, argnum, jit=False)(*copies(args))
    expected = numeric_jacobian(f, args, argnum)
    assert got.shape == expected.shape
    np.testing.assert_allclose(got, expected, rtol=1e-8, atol=1e-8)


@pytest.mark.compiled
@pytest.mark.parametrize("f, args, argnum", [CASES[1], CASES[5], CASES[6]])
def test_compiled(f, args, argnum):
    got = jacobian(f, argnum)(*copies(args))
    expected = jacobian(f, argnum, jit=False)(*copies(args))
    np.testing.assert_allclose(got, expected, rtol=1e-13, atol=1e-13)


def test_agrees_with_hips_autograd():
    def f(x):
        return np.tanh(np.outer(x, x)) @ x

    def same(x):
        return autograd.numpy.dot(autograd.numpy.tanh(autograd.numpy.outer(x, x)), x)

    x = R.normal(size=4)
    got = jacobian(f, jit=False)(x)
    np.testing.assert_allclose(got, autograd.jacobian(same)(x), rtol=1e-10, atol=1e-12)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def test_hessian():
    x = R.normal(size=5)
    got = hessian(rosenbrock, jit=False)(x)
    np.testing.assert_allclose(got, autograd.hessian(rosenbrock)(x), rtol=1e-12)


SOME = [name for k, name in enumerate(sorted(PROGRAMS)) if k % 20 == 0]


@pytest.mark.slow
@pytest.mark.parametrize("name", SOME)
def test_every_row_is_a_gradient(name):
    """A sweep finds what the one before it found: two rows of the same function are equal."""
    program = PROGRAMS[name]
    f, argnum = program.function, program.wrt()[0]
    if not isinstance(program.args()[argnum], np.ndarray | float):
        pytest.skip("the gradient of a container")

    def thrice(*args):
        y = np.sum(f(*args))
        return np.array([y, 2.0 * y, y])

    try:
        seeded(program)
        expected = grad(f, argnum, jit=False)(*program.args())
        seeded(program)
        rows = jacobian(thrice, jit=False, argnums=argnum)(*program.args())
    except AdjointError as refusal:
        pytest.skip(f"refused: {type(refusal).__name__}")
    for row, factor in zip(rows, (1.0, 2.0, 1.0), strict=True):
        np.testing.assert_allclose(row, factor * expected, rtol=1e-10, atol=1e-10)


def test_several_arguments_and_one_number():
    both = jacobian(diffuse, (0, "k"), jit=False)(R.normal(size=4), 0.1, 2)
    assert [one.shape for one in both] == [(4, 4), (4,)]
    slope = jacobian(lambda x: x * x, jit=False)(3.0)
    assert slope == 6.0
    assert type(slope) is float


@pytest.mark.compiled
def test_in_compiled_loops():
    """Per row, as a bundle adjustment does."""
    rows = jacobian(polar)

    @numba.njit
    def total(points):
        found = np.zeros((2, 2))
        for k in range(len(points)):
            found += rows(points[k])
        return found

    points = R.normal(size=(3, 2))
    expected = sum(jacobian(polar, jit=False)(point) for point in points)
    np.testing.assert_allclose(total(points), expected, rtol=1e-13)


def test_pickled_and_shown():
    again = pickle.loads(pickle.dumps(jacobian(polar, jit=False)))
    assert np.array_equal(again(np.array([1.0, 0.0])), np.eye(2))
    assert repr(again) == "jacobian(polar, argnums='p', jit=False)"
    assert "p_jacobian[item, 0] +=" in again.source(np.array([1.0, 0.0]))
    assert np.array_equal(again.primal(np.array([1.0, 0.0])), [1.0, 0.0])


def test_complex_numbers_are_refused():
    with pytest.raises(NotDifferentiable, match="complex"):
        jacobian(lambda z: z * z, jit=False)(np.array([1.0j]))


def test_arrays_of_the_tape_are_refused():
    with tape.record(), pytest.raises(NotDifferentiable, match="arrays of the tape"):
        jacobian(polar, jit=False)(tape_np.array([1.0, 2.0]))
