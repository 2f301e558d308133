"""Programs in the style of MXNet's textbooks, written from scratch with both array APIs."""

from __future__ import annotations

import random

import pytest

from adjoint import autograd, nd, np, npx

TRUE_W, TRUE_B = [2.0, -3.4], 4.2


def batches(count, size):
    order = list(range(count))
    random.Random(0).shuffle(order)
    for i in range(0, count, size):
        yield order[i : i + size]


def test_linear_regression_with_classic_arrays():
    nd.random.seed(1)
    features = nd.random.normal(scale=1, shape=(200, 2))
    labels = nd.dot(features, nd.array(TRUE_W)) + TRUE_B
    labels += nd.random.normal(scale=0.01, shape=labels.shape)
    w, b = nd.random.normal(scale=0.01, shape=(2, 1)), nd.zeros(shape=(1,))
    for parameter in (w, b):
        parameter.attach_grad()
    for _ in range(4):
        for rows in batches(200, 10):
            index = nd.array(rows)
            x, y = features.take(index), labels.take(index)
            with autograd.record():
                loss = (nd.dot(x, w) + b - y.reshape((-1, 1))) ** 2 / 2
            loss.backward()
            for parameter in (w, b):
                parameter[:] = parameter - 0.1 * parameter.grad / 10
    assert w.reshape(-1).asnumpy().tolist() == pytest.approx(TRUE_W, abs=0.02)
    assert b.asscalar() == pytest.approx(TRUE_B, abs=0.02)


def test_linear_regression_with_numpy_like_arrays():
    npx.set_np()
    np.random.seed(1)
    features = np.random.normal(0, 1, (200, 2))
    labels = np.dot(features, np.array(TRUE_W)) + TRUE_B
    w, b = np.random.normal(0, 0.01, (2, 1)), np.zeros(1)
    for parameter in (w, b):
        parameter.attach_grad()
    for _ in range(4):
        for rows in batches(200, 10):
            x, y = features[np.array(rows, dtype="int32")], labels[rows]
            with autograd.record():
                loss = (np.dot(x, w) + b - y.reshape(-1, 1)) ** 2 / 2
            loss.backward()
            for parameter in (w, b):
                parameter[:] = parameter - 0.1 * parameter.grad / len(rows)
    npx.reset_np()
    assert w.reshape(-1).tolist() == pytest.approx(TRUE_W, abs=0.02)
    assert float(b) == pytest.approx(TRUE_B, abs=0.02)


def test_softmax_regression():
    nd.random.seed(2)
    x = nd.random.normal(shape=(90, 4))
    y = (x[:, :3] * nd.array([[3, 2, 1]])).argmax(axis=1)
    w, b = nd.zeros((4, 3)), nd.zeros(3)
    for parameter in (w, b):
        parameter.attach_grad()

    def network(x):
        e = (nd.dot(x.reshape((-1, 4)), w) + b).exp()
        return e / e.sum(axis=1, keepdims=True)

    for _ in range(200):
        with autograd.record():
            loss = -nd.pick(network(x), y).log()
        loss.backward()
        for parameter in (w, b):
            parameter -= 1.0 * parameter.grad / 90
    assert (network(x).argmax(axis=1) == y.astype("float32")).mean().asscalar() > 0.97
    assert loss.mean().asscalar() < 0.2


def test_convolutional_network():
    nd.random.seed(3)
    images, labels = nd.random.uniform(shape=(12, 1, 8, 8)), nd.arange(12) % 3
    images[:, :, 2:5, 2:5] += labels.reshape((-1, 1, 1, 1))
    parameters = {
        "w1": nd.random.normal(0, 0.3, shape=(4, 1, 3, 3)),
        "b1": nd.zeros(4),
        "gamma": nd.ones(4),
        "beta": nd.zeros(4),
        "w2": nd.random.normal(0, 0.1, shape=(3, 36)),
        "b2": nd.zeros(3),
    }
    mean, var = nd.zeros(4), nd.ones(4)
    for parameter in parameters.values():
        parameter.attach_grad()

    def network(x):
        p = parameters
        h = nd.Convolution(x, p["w1"], p["b1"], kernel=(3, 3), num_filter=4)
        h = nd.BatchNorm(h, p["gamma"], p["beta"], mean, var, fix_gamma=False)
        h = nd.Pooling(nd.relu(h), kernel=(2, 2), stride=(2, 2), pool_type="avg")
        h = nd.Dropout(h.flatten(), p=0.1)
        return nd.FullyConnected(h, p["w2"], p["b2"], num_hidden=3)

    for _ in range(60):
        with autograd.record():
            loss = nd.softmax_cross_entropy(network(images), labels)
        loss.backward()
        for parameter in parameters.values():
            parameter -= 0.02 * parameter.grad
    with autograd.predict_mode():
        predicted = network(images).argmax(axis=1)
    assert (predicted == labels).mean().asscalar() > 0.9
    assert all(parameter.grad is not None for parameter in parameters.values())
