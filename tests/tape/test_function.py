"""Operations with a derivative of the user's own."""

from __future__ import annotations

import numpy as onp
import pytest

from adjoint import autograd, nd, np
from adjoint.runtime.tape.function import call_with_vjp


class Sigmoid(autograd.Function):
    def forward(self, x):
        y = 1 / (1 + (-x).exp())
        self.save_for_backward(y)
        return y

    def backward(self, dy):
        (y,) = self.saved_tensors
        return dy * y * (1 - y)


@pytest.mark.parametrize("module", [nd, np])
def test_function(module):
    x = module.array([0.5, -1.0])
    x.attach_grad()
    with autograd.record():
        y = Sigmoid()(x)
        z = y * 2
    z.backward()
    s = 1 / (1 + onp.exp(-x.asnumpy().astype(float)))
    assert onp.allclose(x.grad.asnumpy(), 2 * s * (1 - s), rtol=1e-6)
    assert type(x.grad) is type(x)


def test_outside_record_it_is_its_forward():
    f = Sigmoid()
    x = nd.array([0.0])
    assert f(x).asscalar() == 0.5
    assert f(x).asscalar() == 0.5


def test_an_instance_serves_one_call():
    x = nd.array([0.0])
    x.attach_grad()
    f = Sigmoid()
    with autograd.record():
        f(x)
        with pytest.raises(AssertionError, match="Each Function instance can only be called once"):
            f(x)


class TwoByTwo(autograd.Function):
    def forward(self, x, y):
        assert not autograd.is_recording()
        return x * y, x + y

    def backward(self, p_bar, s_bar):
        return p_bar * 10 + s_bar, p_bar * 100


def test_several_arguments_and_results():
    x, y = nd.array([1.0]), nd.array([2.0])
    x.attach_grad()
    y.attach_grad()
    with autograd.record():
        product, total = TwoByTwo()(x, y)
    autograd.backward([product, total], [nd.array([2.0]), nd.array([5.0])])
    assert (x.grad.asscalar(), y.grad.asscalar()) == (25, 200)
    with autograd.record():
        product, _ = TwoByTwo()(x, y)
    product.backward()  # the other result has a cotangent of zeros
    assert (x.grad.asscalar(), y.grad.asscalar()) == (10, 100)


class OneTooFew(TwoByTwo):
    def backward(self, p_bar, s_bar):
        return p_bar


def test_a_wrong_number_of_gradients():
    x, y = nd.array([1.0]), nd.array([2.0])
    x.attach_grad()
    with autograd.record():
        product, _ = OneTooFew()(x, y)
    with pytest.raises(AssertionError, match="Expecting 2 got 1"):
        product.backward()


def test_create_graph_goes_through_saved_arguments():
    class Cube(autograd.Function):
        def forward(self, x):
            self.save_for_backward(x)
            return x * x * x

        def backward(self, bar):
            (x,) = self.saved_tensors
            return bar * 3 * x * x

    x = nd.array([2.0])
    x.attach_grad()
    with autograd.record():
        y = Cube()(x)
        (slope,) = autograd.grad(y, [x], create_graph=True)
    slope.backward()
    assert x.grad.asscalar() == 12


def test_forward_may_return_its_argument():
    class Reversed(autograd.Function):
        def forward(self, x):
            return x

        def backward(self, bar):
            return -bar

    x = nd.array([2.0])
    x.attach_grad()
    with autograd.record():
        y = Reversed()(x) * 3
    y.backward()
    assert x.grad.asscalar() == -3


# --------------------------------------------------------------------------- record_call


def compiled(x, y):
    """What a compiled function gives the tape: values, and an adjoint on NumPy arrays."""

    def vjp(z_bar):
        return z_bar * y.asnumpy(), z_bar * x.asnumpy()

    z = np.array(x.asnumpy() * y.asnumpy())
    return z, autograd.record_call([x, y], [z], vjp)


def test_record_call_is_one_node():
    x, y = np.array([2.0, 3.0]), np.array([5.0, 7.0])
    x.attach_grad()
    with autograd.record():
        z, recorded = compiled(np.exp(x), y)
        assert recorded
        w = z * 2
    w.backward()
    assert onp.allclose(x.grad.asnumpy(), 2 * y.asnumpy() * onp.exp(x.asnumpy()), rtol=1e-6)


def test_record_call_of_constants_records_nothing():
    x, y = np.array([2.0]), np.array([5.0])
    assert compiled(x, y)[1] is False
    with autograd.record():
        assert compiled(x, y)[1] is False


@pytest.mark.parametrize("module", [nd, np])
def test_call_with_vjp(module):
    def forward(x, factor, y):
        assert type(x) is onp.ndarray

        def vjp(product_bar, total_bar):
            assert type(total_bar) is float  # the cotangent of a number is a number
            x_bar = factor * product_bar * y + total_bar
            return x_bar, None, factor * product_bar * x

        return (factor * x * y, float(x.sum())), vjp

    x, y = module.array([2.0, 3.0]), module.array([5.0, 7.0])
    product, total = call_with_vjp(forward, x, 10, y)
    with pytest.raises(autograd.MXNetError):
        product.backward()
    x.attach_grad()
    y.attach_grad()
    with autograd.record():
        product, total = call_with_vjp(forward, x * 1, 10, y)
        z = product.sum() + total * 100
    z.backward()
    assert type(product) is type(x)
    assert total.shape == ((1,) if module is nd else ())
    assert x.grad.asnumpy().tolist() == [150, 170]
    assert y.grad.asnumpy().tolist() == [20, 30]


def test_record_call_refuses_higher_order_rather_than_lose_it():
    x, y = np.array([2.0]), np.array([5.0])
    x.attach_grad()
    with autograd.record():
        z, _ = compiled(x, y)
        with pytest.raises(TypeError, match="cannot be differentiated on the tape"):
            autograd.grad(z, [x], create_graph=True)
