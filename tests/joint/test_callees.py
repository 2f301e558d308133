"""Calls that stay calls: effects once, what is refused, deep recursion, text of the module."""

import sys

import numba
import numpy as np
import pytest
import scipy.linalg

import adjoint
from adjoint import checkpoint, grad, value_and_grad
from adjoint.errors import NotDifferentiable, TypingFailed, UnsupportedSyntax


def refusal(function, *args, error=UnsupportedSyntax):
    with pytest.raises(error) as found:
        grad(function, jit=False, cache=False)(*args)
    return str(found.value)


# ----------------------------------------------------------------- effects


@checkpoint
def loud(x, n):
    print("at", n)
    if n < 0:
        raise ValueError("negative")
    if n == 0:
        return x * x
    return x * loud(x, n - 1)


def calls_loud(x, n):
    return loud(x, n) * x


def test_prints_once(capsys):
    value, x_bar = value_and_grad(calls_loud, jit=False, cache=False)(1.5, 2)
    assert capsys.readouterr().out.split("\n")[:-1] == ["at 2", "at 1", "at 0"]
    assert value == pytest.approx(1.5**5)
    assert x_bar == pytest.approx(5 * 1.5**4)


def test_raises_in_the_forward_sweep():
    with pytest.raises(ValueError, match="negative"):
        grad(calls_loud, jit=False, cache=False)(1.5, -1)


def test_an_unread_primal_is_not_computed_again():
    """The adjoint of a sum over a recursion reads no value of it, and so does not run it."""

    def total(x, k):
        return 0.0 if k == len(x) else x[k] * x[k] + total(x, k + 1)

    def function(x):
        return total(x, 0)

    source = grad(function, jit=False, cache=False).source(np.ones(3))
    adjoint_of_total = source.split("def function_adjoint")[0]
    assert "total_adjoint(x, " in adjoint_of_total
    assert "= total(" not in adjoint_of_total


# ----------------------------------------------------------------- refused


@checkpoint
def draws(x):
    return x * np.random.normal()


def test_random_draws_are_refused():
    text = refusal(lambda x: draws(x) + x, 1.5)
    assert "draws random numbers" in text
    assert "np.random.normal()" in text


@checkpoint
def adds_to(a, b):
    for i in range(len(a)):
        a[i] += b[i] * b[0]


def same_array_twice(x):
    y = x.copy()
    adds_to(y, y)
    return np.sum(y)


def test_a_write_seen_in_another_argument_is_refused():
    text = refusal(same_array_twice, np.ones(3))
    assert "adds_to(y, y)" in text
    assert "copy" in text


@checkpoint
def itself_or_twice(a, flag):
    if flag:
        return a
    return 2.0 * a


def writes_to_what_came_back(x, flag):
    y = x * 1.0
    z = itself_or_twice(y, flag)
    y[0] = 5.0
    return np.sum(z * z)


def test_a_result_that_may_be_an_argument_is_not_written_to():
    text = refusal(writes_to_what_came_back, np.ones(3), True)
    assert "may return one of its arguments" in text


def test_a_result_that_may_be_an_argument_can_be_read():
    def function(x, flag):
        return np.sum(itself_or_twice(x, flag) * x)

    for flag, slope in ((True, 2.0), (False, 4.0)):
        x_bar = grad(function, jit=False, cache=False)(np.ones(3), flag)
        np.testing.assert_allclose(x_bar, slope)


def endless(x):
    return x * endless(x)


def test_without_a_base_case():
    text = refusal(endless, 1.5, error=TypingFailed)
    assert "no case without recursion" in text


def new_function_each_time(f, x, n):
    return f(x) if n == 0 else new_function_each_time(lambda t: f(t) + 1.0, x, n - 1)


def test_another_function_each_time():
    text = refusal(lambda x: new_function_each_time(np.sin, x, 3), 1.5)
    assert "another function each time" in text


@numba.vectorize(["float64(float64, float64)"])
def product(a, b):
    return a * b


def test_signatures_of_vectorize_are_kept():
    text = refusal(lambda x: np.sum(product(x, 2)), np.ones(3), error=TypingFailed)
    assert "dd->d" in text


def test_library_calls_without_a_kernel_are_refused():
    text = refusal(lambda a: np.sum(scipy.linalg.logm(a)), np.eye(2), error=TypingFailed)
    assert "logm" in text


def test_a_tuple_is_no_result_of_the_whole():
    refusal(lambda x: (x, x), 1.5, error=NotDifferentiable)


# ----------------------------------------------------------------- depth, marks, text


def chain(x, n):
    if n == 0:
        return x
    return np.sin(chain(x, n - 1)) * 0.5 + x


def explicit(x, n):
    y, slope = x, 1.0
    for _ in range(n):
        y, slope = np.sin(y) * 0.5 + x, np.cos(y) * 0.5 * slope + 1.0
    return y, slope


def test_a_thousand_calls_deep_uncompiled():
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000)
    try:
        found = value_and_grad(chain, jit=False, cache=False)(0.7, 1000)
    finally:
        sys.setrecursionlimit(limit)
    assert found == pytest.approx(explicit(0.7, 1000), rel=1e-13)


@pytest.mark.compiled
def test_a_thousand_calls_deep_compiled():
    found = value_and_grad(chain)(0.7, 1000)
    assert found == pytest.approx(explicit(0.7, 1000), rel=1e-12)


def rises(x, n):
    return x if n <= 0 else falls(x * 1.1, n - 1) + rises(x, n - 2)


def falls(x, n):
    return 1.0 if n <= 0 else rises(np.sin(x), n - 1) * falls(x, n - 2)


@pytest.mark.compiled
def test_functions_that_call_each_other_and_themselves():
    def function(x, n):
        return rises(x, n) + falls(x, n)

    value, x_bar = value_and_grad(function)(0.8, 6)
    step = 1e-6
    assert value == pytest.approx(function(0.8, 6), rel=1e-13)
    slope = (function(0.8 + step, 6) - function(0.8 - step, 6)) / (2 * step)
    assert x_bar == pytest.approx(slope, rel=1e-8)


def test_checkpoint_gives_the_function_itself():
    def function(x):
        return x * x

    assert checkpoint(function) is function
    assert function(3.0) == 9.0
    assert adjoint.checkpoint is checkpoint


def test_the_source_shows_adjoints_of_callees():
    source = grad(chain, jit=False, cache=False).source(0.5, 3)
    assert source.count("def ") == 2
    assert source.rstrip().split("def ")[-1].startswith("chain_adjoint(x, n, ")
