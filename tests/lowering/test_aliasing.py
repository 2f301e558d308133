"""Which names may share memory, which get arrays of their own, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import grad
from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.private_arrays import Private, private_arrays
from adjoint.lowering.sharing import Sharing
from adjoint.program.core import Store
from adjoint.program.walk import statements
from tests.stages import typed

VECTOR = np.linspace(0.5, 1.5, 4)


def chosen(function, *args) -> Private:
    program = typed(function, *args)
    return private_arrays(program, Sharing(program))


def exchanged(x):
    a = x * 1.0
    b = np.zeros(4)
    for _ in range(3):
        b[1:] = a[:-1]
        a, b = b, a
    return np.sum(a)


def test_arrays_that_go_round_are_apart_again() -> None:
    program = typed(exchanged, VECTOR)
    sharing = Sharing(program)
    (store,) = [s for s in statements(program.body) if isinstance(s, Store)]
    assert frozenset(("a", "b")) not in sharing.before[store]
    assert any(frozenset(("a", "b")) in pairs for pairs in sharing.before.values())


def test_buffers_get_arrays_of_their_own() -> None:
    names = chosen(exchanged, VECTOR).names
    assert {"a", "b"} <= names
    assert "x" not in names


def test_names_that_are_only_rebound_need_none() -> None:
    def stepping(x):
        u = x
        for _ in range(3):
            v = np.empty_like(u)
            for i in range(4):
                v[i] = u[i] * u[i - 1]
            u = v
        return np.sum(u)

    assert chosen(stepping, VECTOR) == Private()


def test_a_view_that_outlives_its_array_is_copied() -> None:
    def kept(x):
        u = x * 1.0
        u[0] = 2.0
        v = u[1:]
        if x[0] > 0.0:
            u = u * x
        u[1] = 3.0
        return np.sum(u) + v[0]

    # v shows the old array on one path, and on the other what is written to u[1].
    assert chosen(kept, VECTOR).names == frozenset()


def one_of_two(x):
    a = x * 1.0
    b = x * 2.0
    c = a if x[0] > 0.7 else b
    c[0] = 5.0
    return np.sum(a * b)


def argument_on_one_path(x):
    if x[0] > 0.7:
        x = x + 1.0
    x[0] = 5.0
    return np.sum(x * x)


def argument_as_buffer(x):
    a = x
    b = np.zeros(4)
    for _ in range(3):
        b[:] = a * a
        a, b = b, a
    return np.sum(a)


def ravel_of_transposed(x):
    y = np.outer(x, x)
    t = y.T.ravel()
    t[0] = 5.0
    return np.sum(y) + t[1]


@pytest.mark.parametrize(
    "function, words",
    [
        (one_of_two, r"'c' is bound to different arrays.*c\[0\] = 5\.0"),
        (argument_on_one_path, r"bound to different arrays.*x\[0\] = 5\.0"),
        (argument_as_buffer, r"'b' is bound to different arrays.*b\[:\] = a \* a"),
        (ravel_of_transposed, r"ravel gives a view of .* or a copy.*y\.T\.ravel\(\)"),
    ],
)
def test_refused_at_the_line(function, words) -> None:
    with pytest.raises(UnsupportedSyntax, match=f"(?s){words}"):
        grad(function, jit=False, cache=False)(VECTOR.copy())


def view_on_one_path(x):
    b = x * 1.0
    e = b[:]
    if x[0] > 9.0:
        e = np.sin(x)
    f = e.reshape(-1, 1)[:, 0]
    f[-1:] = np.sin(f[:1])
    return np.sum(b * x)


def test_a_view_that_is_one_on_some_paths_is_not_taken_for_a_copy() -> None:
    with pytest.raises(UnsupportedSyntax, match="'e' is a view here and another array elsewhere"):
        grad(view_on_one_path, jit=False, cache=False)(VECTOR)


def argument_copied(x):
    x = x.copy()
    if x[0] > 0.7:
        x = x + 1.0
    x[0] = 5.0
    return np.sum(x * x)


def ravel_copied(x):
    y = np.outer(x, x)
    t = y.T.ravel().copy()
    t[0] = 5.0
    y[0, 1] = t[2]
    return np.sum(y) + t[1]


@pytest.mark.parametrize("function", [argument_copied, ravel_copied])
def test_rewrites_work(function) -> None:
    found = grad(function, jit=False, cache=False)(VECTOR)
    for i in range(4):
        step = 1e-6 * (np.arange(4) == i)
        slope = (function(VECTOR + step) - function(VECTOR - step)) / 2e-6
        assert found[i] == pytest.approx(slope, abs=1e-6)


def test_machine_code_does_not_read_beyond_a_shorter_array() -> None:
    def until_one(x):
        u = x
        while len(u) > 1:
            u = u[1:] * u[:-1]
        return u[0]

    x = np.array([2.0, 3.0, 5.0])  # x0 x1² x2
    np.testing.assert_allclose(grad(until_one)(x), [45.0, 60.0, 18.0], rtol=1e-14)


@pytest.mark.parametrize("shape", [(3, 2), (4, -1), (5, -1)])
def test_shapes_that_do_not_fit(shape) -> None:
    def reshaped(x):
        return np.sum(x.reshape(shape[0], shape[1])[0])

    message = "cannot reshape array"
    size = np.prod(np.abs(shape))
    x = np.ones(size + 1)
    with pytest.raises(ValueError, match=message):
        x.reshape(shape)
    with pytest.raises(ValueError, match=message):
        grad(reshaped, jit=False, cache=False)(x)
