"""Layers and kinks: the observed values of the specification."""

from __future__ import annotations

import math

import numpy as onp
import pytest

from adjoint import autograd, nd, np, npx


def attached(values, module=nd):
    x = module.array(values)
    x.attach_grad()
    return x


def gradient(function, values, module=nd):
    x = attached(values, module)
    with autograd.record():
        y = function(x)
    y.backward()
    return x.grad.asnumpy().tolist()


# --------------------------------------------------------------------------- kinks


@pytest.mark.parametrize(
    "name, function, values, expected",
    [
        ("max of ties", lambda x: x.max(), [1, 3, 3], [0, 1, 1]),
        ("min of ties", lambda x: x.min(), [1, 1, 3], [1, 1, 0]),
        ("maximum(x, x)", lambda x: nd.maximum(x, x), [2.0], [1]),
        ("relu", nd.relu, [-1, 0, 1], [0, 0, 1]),
        ("abs", nd.abs, [-1, 0, 1], [-1, 0, 1]),
        ("clip", lambda x: x.clip(-1, 1), [-2, -1, 0, 1, 2], [0, 1, 1, 1, 0]),
        ("x**2", lambda x: x**2, [-1, 0, 1], [-2, 0, 2]),
        ("x**0", lambda x: x**0, [0, 1], [0, 0]),
        ("x**0.", lambda x: x**0.0, [0, 1], [0, 0]),
        ("norm", lambda x: x.norm(), [3, 4], [onp.float32(0.6), onp.float32(0.8)]),
        ("sign", lambda x: x.sign() + 0 * x, [-1, 0, 2], [0, 0, 0]),
        ("smooth_l1", nd.smooth_l1, [-2, 0.5, 2], [-1, 0.5, 1]),
    ],
)
def test_slope_at_kinks(name, function, values, expected):
    assert gradient(function, values) == pytest.approx(expected, rel=1e-7)


def test_norm_at_zero_is_nan():
    assert all(map(math.isnan, gradient(lambda x: x.norm(), [0, 0])))
    assert all(map(math.isnan, gradient(np.linalg.norm, [0, 0], np)))


def test_max_pooling_chooses_the_first():
    image = [[[[1, 1], [1, 1]]]]
    pooled = gradient(lambda x: nd.Pooling(x, (2, 2), "max", stride=(2, 2)), image)
    assert pooled == [[[[1, 0], [0, 0]]]]


@pytest.mark.parametrize(
    "price",
    [
        lambda bids: bids.sort(is_ascend=False)[1],
        lambda bids: bids.topk(k=2, ret_typ="value")[1],
        lambda bids: (bids * (bids < bids.max().asscalar())).max(),
    ],
)
def test_second_price_auction(price):
    bids = attached([1, 5, 3, 4])
    with autograd.record():
        p = price(bids)
    p.backward()
    assert p.asscalar() == 4
    assert bids.grad.asnumpy().tolist() == [0, 0, 0, 1]


def test_second_price_auction_by_a_loop():
    bids = attached([1, 5, 3, 4])
    with autograd.record():
        first, second = bids[0], bids[0] * 0
        for bid in bids[1:]:
            if bid > first:
                first, second = bid, first
            elif bid > second:
                second = bid
    second.backward()
    assert second.asscalar() == 4
    assert bids.grad.asnumpy().tolist() == [0, 0, 0, 1]


# --------------------------------------------------------------------------- dropout


@pytest.mark.parametrize("module, dropout", [(nd, nd.Dropout), (np, npx.dropout)])
def test_dropout(module, dropout):
    x = module.ones((100,))
    x.attach_grad()
    assert dropout(x, p=0.5).asnumpy().tolist() == [1] * 100
    with autograd.record():
        y = dropout(x, p=0.5)
    y.backward()
    assert set(y.asnumpy().tolist()) == {0, 2}
    assert (x.grad.asnumpy() == y.asnumpy()).all()
    with autograd.record(train_mode=False):
        y = dropout(x, p=0.5)
    y.backward()
    assert x.grad.asnumpy().tolist() == [1] * 100
    assert set(dropout(x, p=0.5, mode="always").asnumpy().tolist()) == {0, 2}


def test_random_seed_repeats_draws():
    draws = []
    for _ in range(2):
        nd.random.seed(3)
        draws.append(nd.random.normal(shape=(3,)).asnumpy().tolist())
    assert draws[0] == draws[1]
    np.random.seed(3)
    assert np.random.normal(size=(3,)).asnumpy().tolist() == draws[0]
    assert np.random.uniform(0, 1, (2, 2)).shape == (2, 2)
    assert np.random.uniform(size=5).dtype is onp.float32
    assert nd.uniform(2, 3, shape=(4,)).min().asscalar() >= 2
    assert nd.random.randint(0, 5, shape=(9,)).dtype is onp.int32


# --------------------------------------------------------------------------- batch norm


def batch_norm(fix_gamma):
    x, gamma, beta = attached([[1, 2], [3, 6]]), attached([2, 3]), attached([0.5, 0.25])
    mean, var = nd.zeros(2), nd.ones(2)
    options = {"eps": 1e-3, "momentum": 0.9, "fix_gamma": fix_gamma}
    return x, gamma, beta, mean, var, options


def test_batch_norm_in_training_follows_the_batch():
    x, gamma, beta, mean, var, options = batch_norm(False)
    with autograd.record():
        y = nd.BatchNorm(x, gamma, beta, mean, var, **options)
    y.backward()
    expected = onp.array([[1, 2], [3, 6]], float) - [2, 4]
    expected = expected / onp.sqrt(onp.array([1, 4]) + 1e-3) * [2, 3] + [0.5, 0.25]
    assert onp.allclose(y.asnumpy(), expected, rtol=1e-6)
    assert onp.allclose(mean.asnumpy(), [0.2, 0.4])
    assert onp.allclose(var.asnumpy(), [1, 1.3])
    assert onp.allclose(x.grad.asnumpy(), 0, atol=1e-6)
    assert beta.grad.asnumpy().tolist() == [2, 2]


def test_batch_norm_in_prediction_uses_what_it_remembers():
    x, gamma, beta, mean, var, options = batch_norm(False)
    with autograd.record(train_mode=False):
        y = nd.BatchNorm(x, gamma, beta, mean, var, **options)
    y.backward()
    assert mean.asnumpy().tolist() == [0, 0]
    assert var.asnumpy().tolist() == [1, 1]
    assert onp.allclose(x.grad.asnumpy(), onp.array([[2, 3], [2, 3]]) / math.sqrt(1.001))


def test_batch_norm_fixes_gamma_by_default():
    x, gamma, beta, mean, var, _options = batch_norm(True)
    gamma.grad[:] = 7
    with autograd.record():
        y = nd.BatchNorm(x, gamma, beta, mean, var, eps=1e-3)
    y.backward()
    assert gamma.asnumpy().tolist() == [1, 1]
    assert gamma.grad.asnumpy().tolist() == [0, 0]
    assert y.asnumpy()[0, 1] == pytest.approx(-2 / math.sqrt(4.001) + 0.25, rel=1e-6)


def test_a_later_batch_does_not_disturb_an_earlier_graph():
    x, gamma, beta, mean, var, options = batch_norm(False)
    with autograd.record(train_mode=False):
        early = nd.BatchNorm(x, gamma, beta, mean, var, **options)
    with autograd.record():
        nd.BatchNorm(x, gamma, beta, mean, var, **options)
    early.backward()
    assert onp.allclose(x.grad.asnumpy(), onp.array([[2, 3], [2, 3]]) / math.sqrt(1.001))


# --------------------------------------------------------------------------- losses


def test_softmax_output_ignores_the_head_gradient():
    x = attached([[1.0, 2.0, 3.0]])
    with autograd.record():
        y = nd.SoftmaxOutput(x, nd.array([2]))
    y.backward(nd.ones((1, 3)) * 100)
    expected = y.asnumpy() - [[0, 0, 1]]
    assert onp.allclose(x.grad.asnumpy(), expected, rtol=1e-6)


def test_linear_regression_output_divides_by_the_columns():
    x = attached([[1.0, 2.0], [3.0, 4.0]])
    with autograd.record():
        y = nd.LinearRegressionOutput(x, nd.zeros((2, 2)))
    y.backward(nd.ones((2, 2)) * 100)
    assert (y.asnumpy() == x.asnumpy()).all()
    assert onp.allclose(x.grad.asnumpy(), x.asnumpy() / 2)


def test_block_grad_cuts_a_branch():
    assert gradient(lambda x: x * nd.BlockGrad(x), [2, 3]) == [2, 3]
    assert gradient(lambda x: x * npx.stop_gradient(x), [2, 3], np) == [2, 3]


# --------------------------------------------------------------------------- integer results


def test_integer_results_by_name():
    x = nd.array([[3.0, 1.0, 2.0]])
    assert x.argmax(axis=1).asnumpy().tolist() == [0]
    assert x.argmax(axis=1).dtype is onp.float32
    assert x.argsort().asnumpy().tolist() == [[1, 2, 0]]
    assert x.topk(k=2).asnumpy().tolist() == [[0, 2]]
    assert x.topk(k=2, ret_typ="mask").asnumpy().tolist() == [[1, 0, 1]]
    value, index = x.topk(k=1, ret_typ="both")
    assert (value.asscalar(), index.asscalar()) == (3, 0)
    assert nd.one_hot(nd.array([1, 0]), 2).asnumpy().tolist() == [[0, 1], [1, 0]]
    y = np.array([3.0, 1.0, 2.0])
    assert np.argsort(y).asnumpy().tolist() == [1, 2, 0]
    assert np.unique(np.array([2.0, 1.0, 2.0])).asnumpy().tolist() == [1, 2]
    assert [i.tolist() for i in np.nonzero(y > 1.5)] == [[0, 2]]
    assert np.all(y > 0).item() is True


def test_modes_of_the_two_apis():
    npx.set_np()
    assert npx.is_np_array()
    npx.reset_np()
    assert not npx.is_np_array()

    @npx.use_np
    def f(x):
        return x + 1

    assert f(1) == 2
    npx.waitall()
    nd.waitall()
