"""The finite differences that everything else is compared with, and the comparison itself."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import autograd
from adjoint.errors import AdjointError
from adjoint.testing import GradientMismatch, check_grads, complex_step, numeric_gradient
from tests.api.fake import Fake

X = np.array([0.3, -1.2, 40.0])


def product(x, c):
    return np.prod(np.sin(x)) * c


def overwrite(x):
    x[0] = x[0] * x[1]
    return x[0] + x[2]


def test_gradient_of_an_array_argument():
    numeric = numeric_gradient(product, (X, 2.0), 0)
    expected = 2.0 * np.prod(np.sin(X)) / np.tan(X)
    assert numeric.gradient == pytest.approx(expected, rel=1e-9)
    assert np.all(abs(numeric.gradient - expected) <= 10 * numeric.error)


def test_gradient_of_a_number_is_a_number():
    assert type(numeric_gradient(product, (X, 2.0), 1).gradient) is float
    assert type(complex_step(product, (X, 2.0), 1)) is float


def test_array_result_counts_as_its_sum():
    assert numeric_gradient(lambda x: x * x, (X,)).gradient == pytest.approx(2.0 * X, rel=1e-9)


def test_function_that_writes_to_its_argument():
    x = X.copy()
    assert numeric_gradient(overwrite, (x,)).gradient == pytest.approx([x[1], x[0], 1.0], rel=1e-9)
    assert np.array_equal(x, X)


def test_error_tells_of_a_kink():
    assert numeric_gradient(abs, (1e-5,)).error > 1e-4
    assert numeric_gradient(abs, (0.1,)).error < 1e-9


def test_float32_is_widened():
    numeric = numeric_gradient(np.exp, (np.float32(1.0),))
    assert numeric.gradient == pytest.approx(np.e, rel=1e-9)


def test_complex_step_is_exact():
    expected = 2.0 * np.prod(np.sin(X)) / np.tan(X)
    assert complex_step(product, (X, 2.0), 0) == pytest.approx(expected, rel=1e-14)


# ------------------------------------------------------------------------------ check_grads


def smooth(x, w):
    return np.sum(np.exp(np.sin(x)) * w)


def rowwise(a, x):
    return np.tanh(a @ x)


class WrongSine(autograd.Function):
    """A sine that is wrong by a factor in its derivative."""

    factor = 1.01

    def forward(self, x):
        self.save_for_backward(x)
        return np.sin(x)

    def backward(self, bar):
        (x,) = self.saved_tensors
        return bar * np.cos(x) * self.factor


def wrong_on_the_tape(x):
    return np.sum(np.sin(x) if isinstance(x, np.ndarray) else WrongSine()(x))


class WrongSecond(WrongSine):
    """Right the first time; its derivative is taken for a constant."""

    factor = 1.0

    def backward(self, bar):
        (x,) = self.saved_tensors
        return bar * np.cos(x.detach())


def wrong_the_second_time(x):
    return np.sum(np.sin(x) if isinstance(x, np.ndarray) else WrongSecond()(x))


def from_an_iterator(x):
    return np.sum(next(iter([x])) ** 2)


@pytest.mark.compiled
@pytest.mark.parametrize("order", [1, 2])
def test_all_modes_agree(order):
    check_grads(smooth, (X, 2.0), order=order)
    check_grads(smooth, (X, 2.0), order=order, argnums=(1,))
    check_grads(rowwise, (np.arange(6.0).reshape(2, 3) / 10, X / 40), order=order)


@pytest.mark.parametrize("modes", [("tape", "numeric"), ("numeric", "tape")])
def test_wrong_vjp_is_caught(modes):
    with pytest.raises(GradientMismatch, match="order 1: ") as raised:
        check_grads(wrong_on_the_tape, (X,), modes=modes)
    assert all(f"{mode} gives " in str(raised.value) for mode in modes)


@pytest.mark.parametrize("mode", ["compiled", "python"])
def test_wrong_adjoint_is_caught(mode, monkeypatch):
    Fake("x*x", x="2.001*x").install(monkeypatch)  # a compiler that errs
    with pytest.raises(GradientMismatch, match=f"{mode} and tape disagree") as raised:
        check_grads(lambda x: x * x, (3.0,), modes=(mode, "tape", "numeric"))
    assert "hint: " in str(raised.value)


def test_tolerances_are_used():
    check_grads(wrong_on_the_tape, (X,), modes=("tape", "numeric"), rtol=0.1)
    check_grads(wrong_on_the_tape, (X,), modes=("tape", "numeric"), rtol=0.0, atol=1.0)


def test_error_of_the_second_order_alone_is_caught():
    modes = ("tape", "numeric")
    check_grads(wrong_the_second_time, (X,), modes=modes)
    with pytest.raises(GradientMismatch, match="order 2: tape and numeric of tape"):
        check_grads(wrong_the_second_time, (X,), modes=modes, order=2)


def test_gradient_that_is_not_a_number_agrees_with_nothing():
    with pytest.raises(GradientMismatch), np.errstate(all="ignore"):
        check_grads(lambda x: np.sum(x / 0.0 * 0.0), (X,), modes=("tape", "numeric"))


def test_mode_that_cannot_run_raises_unless_it_is_left_out():
    check_grads(from_an_iterator, (X,), modes=("tape", "numeric"), order=1)
    with pytest.raises(AdjointError):
        check_grads(from_an_iterator, (X,))


def test_arguments_are_left_alone():
    x = X.copy()
    check_grads(overwrite, (x,), modes=("python", "numeric"))
    assert np.array_equal(x, X)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"modes": ("tape",)}, "two or more"),
        ({"modes": ("tape", "guess")}, "two or more"),
        ({"order": 3}, "order"),
        ({"args": (1, 2)}, "no argument"),
    ],
)
def test_senseless_requests_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        check_grads(smooth, **{"args": (X, 2.0), **change})
