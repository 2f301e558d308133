"""`mode="tape"`: gradients of what no compiler can type, and the errors that point to it."""

from __future__ import annotations

import functools
import pickle

import numba
import numpy as np
import pytest

from adjoint import autograd, grad, nd, value_and_grad
from adjoint import np as anp
from adjoint.api.options import InvalidMode
from adjoint.errors import AdjointError, InvalidArgnums, NotDifferentiable, TypingFailed

X = np.array([0.3, -1.2, 2.0])


def energy(x, w, *, settings=None):
    """Looks into a dictionary, which no compiler types."""
    return np.sum(np.sin(x) * w) * (settings or {"scale": 1.0})["scale"]


importable = grad(energy, mode="tape")


def test_gradient_of_code_that_cannot_be_compiled():
    bars = grad(energy, ("x", "w"), mode="tape")(X, 2.0, settings={"scale": 3.0})
    assert bars[0] == pytest.approx(6.0 * np.cos(X))
    assert bars[1] == pytest.approx(3.0 * np.sum(np.sin(X)))
    assert type(bars[1]) is float


def test_value_and_gradient():
    value, bars = value_and_grad(energy, argnums=(0,), mode="tape")(X, 2.0)
    assert value == pytest.approx(energy(X, 2.0))
    assert isinstance(bars, tuple)
    assert bars[0] == pytest.approx(2.0 * np.cos(X))


def test_primal_is_the_function():
    assert grad(energy, mode="tape").primal(X, w=2.0) == energy(X, 2.0)


def test_decorator_keeps_name_and_docstring():
    @value_and_grad(mode="tape")
    def square(x):
        """Square."""
        return x * x

    assert square(3.0) == (9.0, 6.0)
    assert square.__name__ == "square"
    assert square.__doc__ == "Square."
    assert repr(square).endswith("square, argnums='x', mode=\"tape\")")


def test_pickle():
    again = pickle.loads(pickle.dumps(importable))
    assert again(X, 2.0) == pytest.approx(2.0 * np.cos(X))


@pytest.mark.parametrize(
    "callable_",
    [
        pytest.param(functools.partial(energy, w=2.0), id="partial"),
        pytest.param(numba.njit(lambda x: x * 1.0), id="njit"),
    ],
)
def test_any_callable(callable_):
    assert np.shape(grad(callable_, mode="tape")(X)) == X.shape


@pytest.mark.parametrize("option", ["jit", "cache", "optimise"])
def test_options_of_the_compiler_are_refused(option):
    with pytest.raises(InvalidMode, match=f"{option}=False is about compiling") as raised:
        grad(energy, mode="tape", **{option: False})
    assert option in raised.value.hint


def test_unknown_mode_is_refused():
    with pytest.raises(InvalidMode, match="no mode 'fast'") as raised:
        grad(energy, mode="fast")
    assert isinstance(raised.value, ValueError)
    assert "tape" in raised.value.hint


def test_unknown_parameter_is_refused():
    with pytest.raises(InvalidArgnums):
        grad(energy, "y", mode="tape")


def test_argument_that_is_not_float_is_refused():
    with pytest.raises(NotDifferentiable):
        grad(energy, mode="tape")(3, 2.0)


def test_there_is_no_source():
    tape = grad(energy, mode="tape")
    for method in (tape.source, tape.stages):
        with pytest.raises(NotDifferentiable, match="no generated code"):
            method(X, 2.0)


def test_hint_names_the_tape_once():
    def from_an_iterator(x):
        return next(iter([x])) * 2.0

    gradient = value_and_grad(from_an_iterator)
    for _ in range(2):
        with pytest.raises(AdjointError) as raised:
            gradient(1.5)
        assert raised.value.hint.count('`value_and_grad(from_an_iterator, mode="tape")`') == 1
    assert value_and_grad(from_an_iterator, mode="tape")(1.5) == (3.0, 2.0)


def test_hint_names_no_tape_for_a_wrong_argument():
    with pytest.raises(TypingFailed) as raised:
        grad(lambda x, d: x)(1.0, np.array([None]))
    assert "tape" not in raised.value.hint


def test_twice():
    """The gradient of a gradient: that of Σ cos(x)·k is -sin(x)·k."""
    first = grad(energy, mode="tape")
    k = np.arange(3.0)
    second = grad(lambda x: np.sum(first(x, 1.0) * k), mode="tape")
    assert second(X) == pytest.approx(-np.sin(X) * k)


@pytest.mark.parametrize("arrays", [nd, anp], ids=["nd", "np"])
def test_on_arrays_of_the_tape(arrays):
    x = arrays.array([0.3, -1.2, 2.0])
    x.attach_grad()
    both = value_and_grad(energy, mode="tape")
    with autograd.record():
        value, bar = both(x, 2.0)
        total = value + (bar * bar).sum()
    total.backward()
    assert type(bar) is type(x)
    expected = 2.0 * np.cos(X) - 8.0 * np.cos(X) * np.sin(X)
    assert x.grad.asnumpy() == pytest.approx(expected, rel=1e-5)
