"""Compiled functions on arrays of the tape: one operation, its backward the compiled adjoint."""

from __future__ import annotations

import pickle

import numba
import numpy as np
import pytest

from adjoint import autograd, differentiable, grad, nd, value_and_grad
from adjoint import np as anp
from adjoint.errors import NotDifferentiable, ShapeMismatch, SourceNotAvailable
from adjoint.runtime.tape.function import Custom

pytestmark = pytest.mark.compiled

X = np.array([0.5, -1.0, 2.0])
table = np.array([1.0, 2.0, 3.0])

both_kinds = pytest.mark.parametrize("arrays", [nd, anp], ids=["nd", "np"])
both_modes = pytest.mark.parametrize("jit", [True, False], ids=["jit", "python"])


def total(x, w):
    """Weighted sum of squares."""
    s = 0.0
    for i in range(len(x)):
        s += w * x[i] * x[i]
    return s


def waves(x, w):
    return np.sin(x) * w


def scale_in_place(x, work):
    for i in range(len(x)):
        work[i] = work[i] * x[i]
    return np.sum(work * work)


def noisy(x):
    return x[0] * np.random.random()


def looked_up(x):
    return np.sum(table * x * x)


decorated = differentiable(total)


@differentiable(cache=False)
def named(x):
    return np.sum(x * x * x)


def variable(arrays, values, dtype="float64"):
    made = arrays.array(values, dtype=dtype)
    made.attach_grad()
    return made


# ----------------------------------------------------------------------------- plain calls


@both_modes
def test_value_of_plain_arguments(jit):
    function = differentiable(total, jit=jit)
    assert function(X, 2.0) == pytest.approx(total(X, 2.0))
    assert function(X, w=2.0) == pytest.approx(total(X, 2.0))
    assert type(function(X, 2.0)) is float
    assert differentiable(waves, jit=jit)(X, 2.0) == pytest.approx(waves(X, 2.0))


def test_name_docstring_and_pickle():
    assert decorated.__doc__ == "Weighted sum of squares."
    assert repr(decorated) == "differentiable(total)"
    assert pickle.loads(pickle.dumps(decorated))(X, 2.0) == decorated(X, 2.0)
    assert pickle.loads(pickle.dumps(named)) is named


def test_inside_a_function_that_is_differentiated():
    assert grad(lambda x: decorated(x, 2.0) + 1.0)(X) == pytest.approx(4.0 * X)
    assert grad(decorated)(X, 2.0) == pytest.approx(4.0 * X)


def test_inside_compiled_code():
    @numba.njit
    def twice(x):
        return 2.0 * decorated(x, 2.0)

    assert twice(X) == pytest.approx(2.0 * total(X, 2.0))


def test_captured_array_is_read_at_each_call(monkeypatch):
    function = differentiable(looked_up)
    assert function(X) == pytest.approx(looked_up(X))
    monkeypatch.setitem(globals(), "table", np.array([5.0, 0.0, 0.0]))
    assert function(X) == pytest.approx(5.0 * X[0] ** 2)


def test_builtin_is_refused():
    with pytest.raises(SourceNotAvailable):
        differentiable(np.sin)


# ------------------------------------------------------------------------- on the tape


@both_modes
@both_kinds
def test_one_node_with_the_adjoint_as_backward(arrays, jit):
    x = variable(arrays, X)
    with autograd.record():
        y = differentiable(total, jit=jit)(x, 3.0)
        z = y * 2
    assert isinstance(y._node.pull, Custom)
    assert y._node.inputs == (x._node,)
    assert type(y) is type(x)
    z.backward()
    assert y.asnumpy() == pytest.approx(total(X, 3.0))
    assert x.grad.asnumpy() == pytest.approx(12.0 * X)


@both_modes
@both_kinds
def test_array_result_takes_the_head_gradient(arrays, jit):
    x, w = variable(arrays, X), variable(arrays, [2.0, 3.0, 4.0])
    head = np.array([1.0, 10.0, 100.0])
    with autograd.record():
        y = differentiable(waves, jit=jit)(x * 2, w)
    y.backward(arrays.array(head, dtype="float64"))
    assert x.grad.asnumpy() == pytest.approx(head * 2.0 * np.cos(2.0 * X) * w.asnumpy())
    assert w.grad.asnumpy() == pytest.approx(head * np.sin(2.0 * X))


def test_array_without_axes_is_a_number():
    x, w = variable(anp, X), variable(anp, 2.0)
    with autograd.record():
        y = decorated(x, w)
    y.backward()
    assert y.shape == ()
    assert w.grad.shape == ()
    assert w.grad.item() == pytest.approx(np.sum(X * X))


@both_kinds
def test_float32_stays_float32(arrays):
    x = variable(arrays, X, "float32")
    with autograd.record():
        y = differentiable(waves)(x, 2.0)
    y.backward()
    assert y.dtype == x.grad.dtype == np.float32
    assert x.grad.asnumpy() == pytest.approx(2.0 * np.cos(X), rel=1e-6)


def test_transposed_array():
    x = variable(anp, np.arange(6.0).reshape(2, 3))
    with autograd.record():
        y = differentiable(lambda a: np.sum(a[:, 0] * a[:, 0]))(x.T)
    y.backward()
    assert x.grad.asnumpy() == pytest.approx(np.array([[0.0, 2.0, 4.0], [0.0, 0.0, 0.0]]))


@both_kinds
def test_outside_of_record_there_are_only_values(arrays):
    x = variable(arrays, X)
    y = decorated(x, 2.0)
    assert type(y) is type(x)
    assert y._node is None
    with autograd.record():
        assert decorated(x.detach(), 2.0)._node is None


def test_passes_twice_through_a_retained_graph():
    x = variable(anp, X)
    with autograd.record():
        y = decorated(x, 2.0)
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.asnumpy() == pytest.approx(4.0 * X)


def test_later_writes_do_not_reach_the_backward():
    x, work = variable(anp, X), np.ones(3)
    with autograd.record():
        y = differentiable(scale_in_place)(x, work)
    assert np.array_equal(work, X)  # as the plain call leaves it
    work[:] = 100.0
    y.backward()
    assert x.grad.asnumpy() == pytest.approx(2.0 * X)


def test_array_of_the_tape_that_is_written_to_is_refused():
    work = variable(anp, np.ones(3))
    with pytest.raises(NotDifferentiable, match="writes to 'work'"), autograd.record():
        differentiable(scale_in_place)(variable(anp, X), work)


def test_random_draws_are_refused_on_the_tape():
    assert 0.0 <= differentiable(noisy)(np.ones(1)) <= 1.0
    with pytest.raises(NotDifferentiable, match="draws random numbers"), autograd.record():
        differentiable(noisy)(variable(anp, [1.0]))


def test_head_gradient_of_the_wrong_shape_is_refused():
    x = variable(anp, X)
    with autograd.record():
        y = differentiable(waves)(x, 2.0)
    with pytest.raises((ShapeMismatch, ValueError)):
        y.backward(anp.ones((2,)))


def test_second_derivative_is_refused():
    x = variable(anp, X)
    with autograd.record():
        y = decorated(x, 2.0)
        with pytest.raises(NotDifferentiable, match="create_graph"):
            autograd.grad(y, x, create_graph=True)


# --------------------------------------------------------------------- gradients on the tape


@both_kinds
def test_value_of_a_gradient_object_is_differentiated(arrays):
    x = variable(arrays, X)
    with autograd.record():
        value, bar = value_and_grad(total)(x, 2.0)
        z = value * 10
    z.backward()
    assert type(value) is type(bar) is type(x)
    assert bar.asnumpy() == pytest.approx(4.0 * X)
    assert x.grad.asnumpy() == pytest.approx(40.0 * X)


def test_value_is_differentiated_by_what_the_gradient_leaves_out():
    """`value_and_grad(f, 0)` says nothing of w, but the value depends on it."""
    x, w = variable(anp, X), variable(anp, 2.0)
    with autograd.record():
        value, _ = value_and_grad(total, 0)(x, w)
    value.backward()
    assert x.grad.asnumpy() == pytest.approx(4.0 * X)
    assert w.grad.item() == pytest.approx(np.sum(X * X))


def test_array_value_takes_the_head_gradient():
    x, head = variable(anp, X), np.array([1.0, 10.0, 100.0])
    with autograd.record():
        value, bar = value_and_grad(waves)(x, 2.0)
    value.backward(anp.array(head, dtype="float64"))
    assert bar.asnumpy() == pytest.approx(2.0 * np.cos(X))
    assert x.grad.asnumpy() == pytest.approx(head * 2.0 * np.cos(X))


def test_gradient_is_not_differentiated_again():
    x = variable(anp, X)
    with autograd.record():
        bar = grad(total)(x, 2.0)
        z = (bar * bar).sum()
    assert bar.asnumpy() == pytest.approx(4.0 * X)
    with pytest.raises(NotDifferentiable, match="second time") as raised:
        z.backward()
    assert 'mode="tape"' in raised.value.hint


def test_gradients_of_several_arguments_outside_of_record():
    bars = grad(total, ("x", "w"))(nd.array(X), 2.0)
    assert isinstance(bars, tuple)
    assert bars[0].asnumpy() == pytest.approx(4.0 * X)
    assert bars[1].asnumpy() == pytest.approx([np.sum(X * X)])
