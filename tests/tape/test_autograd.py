"""`backward`, `grad`, `mark_variables`: the observed outputs and the texts of the errors."""

from __future__ import annotations

import numpy as onp
import pytest

from adjoint import autograd, nd, np
from adjoint.autograd import MXNetError


def attached(values, module=nd, req="write"):
    x = module.array(values)
    x.attach_grad(req)
    return x


def same(array, expected):
    assert onp.array_equal(array.asnumpy(), onp.asarray(expected, onp.float32)), array


# --------------------------------------------------------------------------- the documents


def test_two_x_transposed_x():
    x = nd.arange(4).reshape((4, 1))
    x.attach_grad()
    with autograd.record():
        y = 2 * nd.dot(x.T, x)
    assert y.shape == (1, 1)
    assert y.asscalar() == 28
    y.backward()
    same(x.grad, [[0], [4], [8], [12]])
    error = (x.grad - 4 * x).norm().asscalar()
    assert isinstance(error, onp.float32)
    assert error == 0.0


def test_two_x_squared():
    x = attached([[1, 2], [3, 4]])
    with autograd.record():
        y = 2 * x**2
    y.backward()
    same(y, [[2, 8], [18, 32]])
    same(x.grad, [[4, 8], [12, 16]])


def doubled_until_long(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    return b[0] if b.sum() >= 0 else b[1]


@pytest.mark.parametrize(
    "values, value, slope", [([-0.5, 0.1], None, None), ([-0.5, -0.2], -409.6, [0, 2048])]
)
def test_control_flow_of_vectors(values, value, slope):
    a = attached(values)
    with autograd.record():
        c = doubled_until_long(a)
    c.backward()
    assert c.shape == (1,)
    scale = 2048.0
    expected = scale * onp.float32(values[1])
    assert c.asscalar() == pytest.approx(expected if value is None else value, rel=1e-6)
    same(a.grad, [0, 2048] if slope else [0, scale])


def test_control_flow_of_a_scalar_is_piecewise_linear():
    a = attached([0.3])
    with autograd.record():
        b = a * 2
        while b.norm().asscalar() < 1000:
            b = b * 2
        c = b if b.sum().asscalar() > 0 else 100 * b
    c.backward()
    assert (a.grad == c / a).asscalar() == 1.0


def test_numpy_like_dot_and_sum():
    x = np.arange(4)
    x.attach_grad()
    with autograd.record():
        y = 2.0 * np.dot(x, x)
    assert repr(y) == "array(28.)"
    y.backward()
    same(x.grad, [0, 4, 8, 12])
    with autograd.record():
        y = (x * x).sum()
    assert repr(y) == "array(14.)"
    with autograd.record():
        y = x.sum()
    y.backward()
    same(x.grad, [1, 1, 1, 1])


def test_detach_makes_a_constant_and_leaves_the_other_graph():
    x = attached(list(range(4)), np)
    with autograd.record():
        y = x * x
        u = y.detach()
        z = u * x
    z.backward()
    same(x.grad, u.asnumpy())
    y.backward()
    same(x.grad, [0, 2, 4, 6])


def test_gradient_by_parts():
    x, y = attached([0, 1, 2, 3]), attached([1, 1, 1, 1])
    with autograd.record():
        u = x * y
        v = u.detach()
        v.attach_grad()
        z = v + x
    z.backward()
    same(x.grad, [1, 1, 1, 1])
    same(y.grad, [0, 0, 0, 0])
    same(v.grad, [1, 1, 1, 1])
    u.backward(v.grad)
    same(x.grad, [1, 1, 1, 1])
    same(y.grad, [0, 1, 2, 3])


def test_gradient_by_parts_of_the_specification():
    x, y = attached([0, 1, 2, 3]), attached([2, 2, 2, 2])
    with autograd.record():
        u = x * y
        v = u.detach()
        v.attach_grad()
        z = v + x
    z.backward()
    u.backward(v.grad)
    same(x.grad, [2, 2, 2, 2])
    same(y.grad, [0, 1, 2, 3])


# --------------------------------------------------------------------------- attaching


def test_attaching_to_an_intermediate_while_recording_detaches():
    x, y = attached([1.0, 2.0]), attached([3.0, 4.0])
    with autograd.record():
        u = x * y
        u.attach_grad()
        z = u + x
    z.backward()
    same(x.grad, [1, 1])
    same(u.grad, [1, 1])
    same(y.grad, [0, 0])
    u.backward(nd.array([5.0, 6.0]))
    same(u.grad, [5, 6])
    same(x.grad, [1, 1])


def test_attaching_outside_keeps_the_history_for_what_was_recorded():
    x = attached([1.0, 2.0])
    with autograd.record():
        u = x * 3
        early = u * u
    u.attach_grad()
    with autograd.record():
        late = u * 10
    late.backward()
    same(u.grad, [10, 10])
    same(x.grad, [0, 0])
    early.backward(retain_graph=True)
    same(u.grad, [6, 12])
    same(x.grad, [18, 36])
    u.backward(nd.array([1.0, 7.0]))
    same(u.grad, [1, 7])
    same(x.grad, [3, 21])


def test_drop_grad_restores_the_history():
    x = attached([1.0, 2.0])
    with autograd.record():
        u = x * 3
    u.attach_grad()
    u.drop_grad()
    assert u.grad is None
    with pytest.raises(MXNetError, match="Cannot DropGrads again"):
        u.drop_grad()
    u.backward()
    same(x.grad, [3, 3])
    u.attach_grad()
    assert u.grad is not None


def test_attach_grad_returns_none_and_refuses_unknown_requests():
    x = nd.array([1.0])
    assert x.grad is None
    assert x.attach_grad() is None
    with pytest.raises(KeyError):
        x.attach_grad("overwrite")
    with pytest.raises(AttributeError):
        x.grad = x
    with pytest.raises(TypeError):
        np.array([1.0]).attach_grad(stype="default")


def test_grad_wraps_one_buffer_and_write_overwrites_it():
    x = attached([1.0, 2.0])
    held = x.grad
    with autograd.record():
        y = x * 5
    y.backward()
    same(held, [5, 5])
    x.attach_grad()
    same(x.grad, [0, 0])
    same(held, [5, 5])


@pytest.mark.parametrize("req, expected", [("write", [3, 3]), ("add", [5, 7])])
def test_write_and_add(req, expected):
    x = attached([1.0, 2.0], req=req)
    for function in (lambda x: x**2, lambda x: 3 * x):
        with autograd.record():
            y = function(x)
        y.backward()
    same(x.grad, expected)


def test_fresh_grad():
    x = attached([1.0])
    assert x._fresh_grad is False
    with autograd.record():
        y = x * 2
    y.backward()
    assert x._fresh_grad is True
    x._fresh_grad = False
    assert x._fresh_grad is False


def test_mark_variables_uses_the_given_buffers():
    x, buffer = nd.array([1.0, 2.0]), nd.array([10.0, 10.0])
    autograd.mark_variables([x], [buffer], "add")
    with autograd.record():
        y = x * x
    y.backward()
    same(buffer, [12, 14])
    autograd.mark_variables(x, buffer)
    with autograd.record():
        y = x * x
    y.backward()
    same(buffer, [2, 4])


def test_clearing_with_slices():
    x = attached([1.0, 2.0], req="add")
    with autograd.record():
        y = x * 2
    y.backward()
    x.grad[:] = 0
    same(x.grad, [0, 0])


# --------------------------------------------------------------------------- reaching


def test_an_unreached_variable_keeps_its_gradient():
    x, y = attached([1.0]), attached([2.0])
    with autograd.record():
        z = x * y
    z.backward()
    with autograd.record():
        z = x * 3
    z.backward()
    same(x.grad, [3])
    same(y.grad, [1])


@pytest.mark.parametrize(
    "flat",
    [lambda x: x > 1, lambda x: x.sign(), nd.BlockGrad, lambda x: nd.zeros_like(x) + x.floor()],
)
def test_flat_operations_write_zeros(flat):
    x = attached([1.0, 2.0])
    x.grad[:] = 7
    with autograd.record():
        y = flat(x) * 3
    y.backward()
    same(x.grad, [0, 0])


def test_heads_sharing_a_leaf_need_no_retaining():
    x = attached([2.0])
    with autograd.record():
        y, z = x * x, x * 3
    y.backward()
    z.backward()
    same(x.grad, [3])


def test_heads_sharing_a_subgraph_need_it():
    x = attached([2.0])
    with autograd.record():
        u = x * x
        y, z = u * 2, u * 3
    y.backward()
    with pytest.raises(MXNetError, match="There are no inputs in computation graph that require"):
        z.backward()
    with autograd.record():
        u = x * x
        y, z = u * 2, u * 3
    y.backward(retain_graph=True)
    z.backward()
    same(x.grad, [12])


def test_a_freed_intermediate_is_a_constant():
    x = attached([2.0])
    with autograd.record():
        u = x * x
    u.backward()
    with autograd.record():
        y = u * x
    y.backward()
    same(x.grad, [4])


def test_one_graph_spans_scopes_and_backward_leaves_recording_on():
    x = attached([2.0])
    with autograd.record():
        u = x * x
    with autograd.record():
        y = u * x
        y.backward()
        assert autograd.is_recording()
        assert autograd.is_training()
        z = x * 5
    same(x.grad, [12])
    z.backward()
    same(x.grad, [5])


def test_attaching_after_use_does_not_reach_back():
    x, w = nd.array([2.0]), attached([1.0])
    with autograd.record():
        y = x * w
    x.attach_grad()
    y.backward()
    same(x.grad, [0])


def test_attaching_again_cuts_the_old_graph_off():
    x = attached([2.0])
    with autograd.record():
        y = x * x
    x.attach_grad()
    y.backward()
    same(x.grad, [0])


def test_updating_in_place_keeps_the_attachment():
    x = attached([2.0])
    with autograd.record():
        y = x * x
    y.backward()
    x -= 0.25 * x.grad
    same(x, [1])
    assert x.grad is not None
    x[:] = 5
    assert x.grad is not None
    x = x - 1
    assert x.grad is None


# --------------------------------------------------------------------------- heads


def test_several_heads_add_up():
    x = attached([2.0])
    with autograd.record():
        y = x * x
        z = y * 3
    autograd.backward([y, z])
    same(x.grad, [16])


def test_the_same_head_twice_counts_twice():
    x = attached([2.0])
    with autograd.record():
        y = x * x
    autograd.backward([y, y])
    same(x.grad, [8])


def test_head_gradients():
    x = attached([1.0, 2.0])
    with autograd.record():
        y, z = x * 2, x * 3
    autograd.backward([y, z], [nd.array([1.0, 10.0]), None])
    same(x.grad, [5, 23])
    with pytest.raises(AssertionError, match="heads and head_grads must be lists of the same len"):
        autograd.backward([y, z], [None])


def test_a_head_gradient_of_the_wrong_shape_is_refused():
    x = attached([1.0, 2.0])
    with autograd.record():
        y = x * 2
    with pytest.raises(ValueError, match=r"shape \(3,\).*shape \(2,\)"):
        y.backward(nd.array([1.0, 2.0, 3.0]))
    with pytest.raises(TypeError, match="complex"):
        y.backward(onp.array([1j, 2j]))
    y.backward()
    same(x.grad, [2, 2])


def test_a_leaf_is_its_own_head():
    x = attached([1.0, 2.0])
    x.backward()
    same(x.grad, [1, 1])


@pytest.mark.parametrize("case", ["twice", "outside", "unattached"])
def test_backward_of_what_is_not_in_a_graph(case):
    x = nd.array([1.0])
    if case != "unattached":
        x.attach_grad()
    autograd.set_recording(case != "outside")
    y = x * 2
    autograd.set_recording(False)
    if case == "twice":
        y.backward()
    with pytest.raises(MXNetError) as caught:
        y.backward()
    text = str(caught.value)
    assert text.startswith(
        "Cannot differentiate node because it is not in a computational graph. You need to set "
        "is_recording to true or use autograd.record()"
    )
    assert text.endswith(
        "If you want to differentiate the same graph twice, you need to pass retain_graph=True to "
        "backward."
    )


def test_null_variables_alone_are_refused():
    x = attached([1.0], req="null")
    with autograd.record():
        y = x * 2
    with pytest.raises(MXNetError, match="There are no inputs in computation graph"):
        y.backward()


# --------------------------------------------------------------------------- grad


def test_grad_is_a_list_and_leaves_the_buffers():
    x = attached([3.0])
    with autograd.record():
        y = x * x
    gradient = autograd.grad(y, x)
    assert isinstance(gradient, list)
    same(gradient[0], [6])
    same(x.grad, [0])


def test_errors_of_grad():
    x, u = attached([3.0]), attached([1.0])
    with autograd.record():
        y = x * x
        c = nd.array([1.0])
    with pytest.raises(MXNetError, match="1-th variable because it does not require gradient"):
        autograd.grad(y, [c])
    with pytest.raises(MXNetError, match="2-th variable because it is unreachable from the outp"):
        autograd.grad(y, [x, u], retain_graph=True)
    with pytest.raises(AssertionError, match="variables cannot be an empty list"):
        autograd.grad(y, [])


def test_higher_derivatives():
    x = attached([2.0, 3.0])
    with autograd.record():
        y = x**4
        for expected in ([32, 108], [48, 108], [48, 72], [24, 24]):
            (y,) = autograd.grad(y, [x], create_graph=True, retain_graph=True)
            same(y, expected)
    y.backward()
    same(x.grad, [0, 0])


def test_third_derivative_of_sine():
    x = attached(onp.linspace(-3, 3, 7))
    with autograd.record():
        y = nd.sin(x)
        (first,) = autograd.grad(y, [x], create_graph=True)
        (second,) = autograd.grad(first, [x], create_graph=True)
    second.backward()
    grid = x.asnumpy()
    assert onp.allclose(first.asnumpy(), onp.cos(grid.astype(float)), rtol=1e-7, atol=0)
    assert onp.allclose(x.grad.asnumpy(), -onp.cos(grid.astype(float)), rtol=1e-7, atol=0)


def test_gradient_penalty_goes_through_products():
    x, w = attached([[1.0, 2.0]]), attached([[3.0], [4.0]])
    with autograd.record():
        y = nd.tanh(nd.dot(x, w) * 0.1)
        (slope,) = autograd.grad(y, [x], create_graph=True)
        penalty = (slope**2).sum()
    penalty.backward()
    t = onp.tanh(1.1)
    s = 0.1 * (1 - t * t)
    norm = s * s * 25
    ds = -2 * t * (1 - t * t) * 0.1 * 0.1
    expected = 2 * s * ds * 25 * onp.array([[1.0], [2.0]]) + 2 * s * s * onp.array([[3.0], [4.0]])
    assert penalty.asscalar() == pytest.approx(norm, rel=1e-6)
    assert onp.allclose(w.grad.asnumpy(), expected, rtol=1e-5)


def test_get_symbol_lists_the_variables():
    x, y = attached([1.0]), attached([2.0])
    with autograd.record():
        z = x * y + x
    assert len(autograd.get_symbol(z).list_arguments()) == 2


def test_backward_in_predict_mode():
    x = attached([1.0])
    modes = []

    class Spy(autograd.Function):
        def forward(self, x):
            return x * 1

        def backward(self, bar):
            modes.append((autograd.is_recording(), autograd.is_training()))
            return bar

    for mode in (True, False):
        with autograd.record():
            y = Spy()(x)
        y.backward(train_mode=mode)
    assert modes == [(False, True), (False, False)]
