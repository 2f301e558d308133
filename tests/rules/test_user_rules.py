"""Rules that users give: in compiled code, outside of machine code, differentiated again."""

from __future__ import annotations

import copy
import math
import warnings

import numba
import numpy as np
import pytest

from adjoint import autograd, differentiable, grad, stop_gradient, value_and_grad, vjp_rule
from adjoint import np as tape
from adjoint.errors import (
    AdjointError,
    InvalidRule,
    NoRule,
    OutsideWarning,
    TypingFailed,
    UnsupportedSyntax,
)
from adjoint.testing import RuleMismatch, check_rule, numeric_gradient

X = np.array([0.3, -1.2, 0.5])
A = np.array([[3.0, 1.0, 0.0], [1.0, 4.0, 0.2], [0.0, 0.2, 5.0]])
PLAIN = {"jit": False, "cache": False}


def softplus(x):
    return x if x > 40.0 else math.log1p(math.exp(x))


@vjp_rule(softplus)
def softplus_rule(z, x, z_bar):
    x_bar = z_bar / (1.0 + math.exp(-x))
    return (x_bar,)


@numba.njit
def power(x, n):
    return x**n


@vjp_rule(power)
def power_rule(z, x, n, z_bar):
    x_bar = z_bar * n * z / x
    return (x_bar,)


def length(a, scale=1.0):
    return np.sqrt(np.sum(a * a)) * scale


@vjp_rule(length)
def length_rule(z, a, scale, z_bar):
    a_bar = np.empty_like(a)
    for i in range(len(a)):
        a_bar[i] = z_bar * a[i] * scale * scale / z
    scale_bar = z_bar * z / scale
    return a_bar, scale_bar


def straight_through(x):
    return np.round(x)


@vjp_rule(straight_through)
def straight_through_rule(z, x, z_bar):
    x_bar = z_bar
    return (x_bar,)


def least_squares(a, b):
    return np.linalg.lstsq(a, b, rcond=None)[0]


@vjp_rule(least_squares, returns="f8[:]")
def least_squares_rule(z, a, b, z_bar):
    b_bar = np.linalg.solve(a.T, z_bar)
    a_bar = -np.outer(b_bar, z)
    return a_bar, b_bar


def in_list(x, w):
    return float(sum([x * w]))


@vjp_rule(in_list, returns="f8")
def in_list_rule(z, x, w, z_bar):
    x_bar = z_bar * w
    w_bar = z_bar * x
    return x_bar, w_bar


np_unwrap = np.unwrap


def unwrapped(p):
    return np_unwrap(p)


@vjp_rule(np.unwrap)
def unwrap_rule(z, p, discont=None, axis=-1, *, period=2.0 * np.pi, z_bar=None):
    p_bar = z_bar
    return (p_bar,)


def quietly(function, *args):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OutsideWarning)
        return function(*copy.deepcopy(args))


def check(function, *args, argnum=0, tolerance=1e-7):
    got = quietly(grad(function, argnum, **PLAIN), *args)
    expected = numeric_gradient(function, args, argnum).gradient
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)


def weighted(x):
    s = 0.0
    for i in range(len(x)):
        s += softplus(x[i]) * x[i]
    return s


def scaled_length(x, w):
    return length(x * w, scale=w) ** 2 + length(x)


def fitted(a, b):
    return np.sum(least_squares(a, b * b) ** 2)


def in_a_loop(x, w):
    s = 0.0
    for _ in range(3):
        s = in_list(s + x, w)
    return s


@pytest.mark.parametrize(
    "function, args",
    [
        (softplus, (0.3,)),
        (power, (1.3, 3)),
        (length, (X, 2.0)),
        (least_squares, (A, X)),
        (in_list, (1.3, 0.7)),
    ],
)
def test_rules_are_right(function, args):
    check_rule(function, *args)


@pytest.mark.parametrize(
    "function, args",
    [
        (lambda x: 2.0 * softplus(x) ** 2, (0.3,)),
        (weighted, (X,)),
        (lambda x: power(x, 3) * x, (1.3,)),
        (scaled_length, (X, 0.7)),
        (fitted, (A, X)),
        (in_a_loop, (1.3, 0.7)),
    ],
)
def test_gradients(function, args):
    for argnum in range(len(args)):
        check(function, *args, argnum=argnum)


def test_the_rule_is_what_counts():
    assert grad(lambda x: 3.0 * straight_through(x), **PLAIN)(1.3) == 3.0


def test_the_rule_stays_in_second_derivatives():
    value = value_and_grad(lambda x: straight_through(x) * x, **PLAIN)

    def function(x):
        return value(x)[0]

    assert grad(function, **PLAIN)(1.3) == 1.3 + 1.0
    check(grad(lambda x: softplus(x) ** 2, **PLAIN), 0.3)
    check(grad(scaled_length, **PLAIN), X, 0.7)


def test_the_source_says_what_leaves_machine_code():
    text = quietly(grad(fitted, **PLAIN).source, A, X)
    assert "# least_squares is not compiled: it is called outside of machine code" in text


def test_a_warning_at_each_place():
    def somewhere(x, w):
        return in_list(x, w)

    with pytest.warns(OutsideWarning, match="in_list is not compiled") as caught:
        grad(somewhere, **PLAIN)(1.0, 2.0)
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        grad(somewhere, **PLAIN)(1.0, 2.0)


@pytest.mark.compiled
def test_compiled():
    for function, args in [(weighted, (X,)), (scaled_length, (X, 0.7)), (fitted, (A, X))]:
        wrt = tuple(range(len(args)))
        got = quietly(grad(function, wrt), *args)
        expected = quietly(grad(function, wrt, **PLAIN), *args)
        for one, other in zip(got, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12)


def test_numpy_functions_on_the_tape():
    x = tape.array(X)
    x.attach_grad()
    with autograd.record():
        y = np.unwrap(x * 2.0).sum()
    y.backward()
    assert x.grad.asnumpy().tolist() == [2.0, 2.0, 2.0]


def test_a_differentiable_function_is_one_operation_on_the_tape():
    def halved(a):
        return a * 0.5

    @vjp_rule(halved)
    def rule(z, a, z_bar):
        a_bar = 3.0 * z_bar
        return (a_bar,)

    one = differentiable(halved, **PLAIN)
    found = grad(lambda a: (2.0 * one(a)).sum(), mode="tape")(X)
    assert found.tolist() == [6.0, 6.0, 6.0]


# --------------------------------------------------------------------------- what is refused


def test_an_argument_without_cotangent():
    with pytest.raises(NoRule, match="no cotangent for n") as caught:
        grad(lambda x: power(2.0, x), **PLAIN)(1.3)
    assert caught.value.at.source.filename == __file__
    assert grad(lambda x: power(2.0, stop_gradient(x)) * x, **PLAIN)(2.0) == 4.0


def test_a_cotangent_of_another_shape():
    def doubled(a):
        return a * 2.0

    @vjp_rule(doubled)
    def doubled_rule(z, a, z_bar):
        a_bar = z_bar[:1] * 2.0
        return (a_bar,)

    with pytest.raises(ValueError, match="another shape than its argument"):
        grad(lambda x: np.sum(doubled(x)), **PLAIN)(X)
    with pytest.raises(RuleMismatch, match="shape"):
        check_rule(doubled, X)

    def total(a):
        return np.sum(a)

    @vjp_rule(total)
    def total_rule(z, a, z_bar):
        a_bar = z_bar * 1.0
        return (a_bar,)

    with pytest.raises(TypingFailed, match="rule of `total` returns float64"):
        grad(total, **PLAIN)(X)


def test_a_wrong_result_of_a_function_outside():
    def lengthened(a):
        return np.append(a, 1.0).reshape(1, -1)

    @vjp_rule(lengthened, returns="f8[:]")
    def lengthened_rule(z, a, z_bar):
        a_bar = z_bar[:-1]
        return (a_bar,)

    with pytest.raises(TypeError, match="2 dimensions where float64 with 1"):
        quietly(grad(lambda x: np.sum(lengthened(x)), **PLAIN), X)


def test_a_function_that_writes():
    def shift(a):
        a[0] = 0.0
        return np.sum(a)

    @vjp_rule(shift)
    def shift_rule(z, a, z_bar):
        a_bar = z_bar * np.ones_like(a)
        return (a_bar,)

    with pytest.raises(UnsupportedSyntax, match="has a rule, and writes"):
        grad(shift, **PLAIN)(X.copy())


def misnamed(out, x, y_bar):
    x_bar = y_bar
    return (x_bar,)


def other_parameters(z, y, z_bar):
    y_bar = z_bar
    return (y_bar,)


def no_names(z, x, z_bar):
    return 2.0 * z_bar


@pytest.mark.parametrize(
    "rule, message",
    [
        (misnamed, "last parameter is called out_bar"),
        (other_parameters, "has the parameters y"),
        (no_names, "must return names"),
        (math.sin, "is a Python function"),
    ],
)
def test_rules_that_are_not_written_as_rules_are(rule, message):
    def function(x):
        return x

    with pytest.raises(InvalidRule, match=message):
        vjp_rule(function)(rule)


def test_rules_that_make_no_sense():
    with pytest.raises(InvalidRule, match="has a rule already"):
        vjp_rule(np.sin)(softplus_rule)
    with pytest.raises(InvalidRule, match="needs the function"):
        vjp_rule()
    with pytest.raises(InvalidRule, match="no type of a number"):
        vjp_rule(lambda x: x, returns="what")(softplus_rule)
    with pytest.raises(InvalidRule, match="has no rule"):
        check_rule(fitted, A, X)


def test_a_trial_that_fails_says_what_to_write():
    with pytest.raises(AdjointError):
        quietly(grad(lambda x: np.sum(unwrapped(x)), **PLAIN), 1.0)


# --------------------------------------------------------------------------- stop_gradient


def test_stop_gradient_is_the_value():
    assert stop_gradient(3.0) == 3.0
    copied = stop_gradient(X)
    assert copied is not X
    assert copied.tolist() == X.tolist()


def test_stop_gradient_of_numbers_and_arrays():
    assert grad(lambda x: x * stop_gradient(x), **PLAIN)(3.0) == 3.0
    got = grad(lambda x: np.sum(stop_gradient(x * x) * x), **PLAIN)(X)
    np.testing.assert_array_equal(got, X * X)
    assert grad(lambda x: stop_gradient(x) ** 2, **PLAIN)(3.0) == 0.0


def test_stop_gradient_in_second_derivatives():
    assert grad(grad(lambda x: x * x * stop_gradient(x), **PLAIN), **PLAIN)(3.0) == 6.0


def test_stop_gradient_on_the_tape():
    assert grad(lambda x: x * stop_gradient(x), mode="tape")(3.0) == 3.0


@pytest.mark.compiled
def test_stop_gradient_compiled():
    got = grad(lambda x: np.sum(stop_gradient(x * x) * x))(X)
    np.testing.assert_array_equal(got, X * X)


def test_the_differentiated_function_itself_has_a_rule():
    assert grad(straight_through, **PLAIN)(1.3) == 1.0
    check(length, X, 2.0)
    check(least_squares, A, X)
