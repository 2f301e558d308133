"""Shapes, dtypes and text of both kinds of arrays."""

from __future__ import annotations

import numpy as onp
import pytest

from adjoint import autograd, nd, np


@pytest.mark.parametrize(
    "array, text",
    [
        (nd.array([[1, 2], [3, 4]]), "\n[[1. 2.]\n [3. 4.]]\n<NDArray 2x2 @cpu(0)>"),
        (nd.arange(3), "\n[0. 1. 2.]\n<NDArray 3 @cpu(0)>"),
        (nd.arange(3).sum(), "\n[3.]\n<NDArray 1 @cpu(0)>"),
        (np.arange(2), "array([0., 1.])"),
        (np.array([1, 2], dtype="int32"), "array([1, 2], dtype=int32)"),
        (np.array([1, 2], dtype="int64"), "array([1, 2], dtype=int64)"),
        (np.array([1, 2], dtype="float64"), "array([1., 2.], dtype=float64)"),
        (np.array([1.0, 2.0]) > 1, "array([False,  True])"),
        (np.array(28), "array(28.)"),
        (np.zeros((0, 2)), "array([], shape=(0, 2))"),
    ],
)
def test_text(array, text):
    assert repr(array) == text


def test_printing():
    assert str(np.arange(3)) == "[0. 1. 2.]"
    assert f"{np.array(2.5):.2f}" == "2.50"
    assert str(nd.arange(1)) == repr(nd.arange(1))


@pytest.mark.parametrize("module", [nd, np])
@pytest.mark.parametrize("data", [[1, 2], onp.array([1, 2]), onp.array([1.0, 2.0]), (1, 2)])
def test_numbers_become_float32(module, data):
    assert module.array(data).dtype is onp.float32
    assert module.zeros(2).dtype is onp.float32
    assert module.ones((2, 2)).dtype is onp.float32
    assert module.arange(2).dtype is onp.float32
    assert module.array(data, dtype="int32").dtype is onp.int32


@pytest.mark.parametrize("module", [nd, np])
def test_int_arrays_with_a_float_promote(module):
    x = module.array([1, 2], dtype="int32")
    assert (x * 0.5).dtype is onp.float32
    assert (x / 2).dtype is onp.float32
    assert (x * 2).dtype is onp.int32
    assert (x * module.array([1.0, 2.0])).dtype is onp.float32
    assert (x * module.array([1.0, 2.0], dtype="float64")).dtype is onp.float64


@pytest.mark.parametrize("module", [nd, np])
def test_float32_stays(module):
    x = module.array([1.0, 2.0])
    assert (x * 2.0).dtype is onp.float32
    assert (x * onp.float64(2)).dtype is onp.float32
    assert (onp.float64(2) * x).dtype is onp.float32
    assert module.exp(x).dtype is onp.float32
    assert x.mean().dtype is onp.float32
    assert (x**2).dtype is onp.float32
    assert (x * 0.5).sum().dtype is onp.float32


def test_float32_functions_are_right_to_the_last_digit():
    exact = onp.exp(onp.float64(1)).astype(onp.float32)
    assert nd.exp(nd.array([1.0])).asscalar() == exact
    assert np.exp(np.array(1.0)).item() == exact


def test_classic_arrays_have_an_axis():
    x = nd.array([3.0, 4.0])
    for result in (x.sum(), x.norm(), x.max(), x[0], x[-1], nd.dot(x, x), x.argmax(), x.mean()):
        assert result.shape == (1,)
    assert nd.array(5).shape == (1,)
    assert x.reshape((2, 1))[1, 0].shape == (1,)
    assert [item.shape for item in x] == [(1,), (1,)]
    with pytest.raises(IndexError):
        x[2]


def test_numpy_like_scalars_have_none():
    x = np.array([3.0, 4.0])
    for result in (x.sum(), np.linalg.norm(x), x.max(), x[0], np.dot(x, x), x.argmax()):
        assert result.shape == ()
        assert isinstance(result, np.ndarray)


def test_comparisons():
    x, y = nd.array([1.0, 2.0]), np.array([1.0, 2.0])
    assert (x > 1).dtype is onp.float32
    assert (x == x).asnumpy().tolist() == [1, 1]
    assert (y > 1).dtype is onp.bool_
    assert (y > 1).asnumpy().tolist() == [False, True]
    assert (x == None) is False  # noqa: E711
    assert len({x, y}) == 2


def test_leaving():
    x = nd.array([2.5])
    assert x.asscalar() == 2.5
    assert isinstance(x.asscalar(), onp.float32)
    assert x.item() == 2.5
    assert (float(x), int(x), bool(x)) == (2.5, 2, True)
    assert x.asnumpy() is not x.asnumpy()
    assert onp.array(nd.arange(2)).tolist() == [0, 1]
    two = nd.array([1.0, 2.0])
    with pytest.raises(ValueError, match="not a scalar"):
        two.asscalar()
    with pytest.raises(ValueError, match="ambiguous"):
        bool(two)
    with pytest.raises(TypeError, match="only size-1 arrays"):
        float(two)
    assert [1, 2, 3][np.array(1, dtype="int32")] == 2


def test_description():
    x = nd.zeros((2, 3))
    assert (x.shape, x.size, x.ndim, len(x)) == ((2, 3), 6, 2, 2)
    assert str(x.context) == "cpu(0)"
    assert x.context == nd.cpu()
    assert x.stype == "default"
    assert x.tostype("default") is x
    assert x.as_in_context(nd.cpu()) is x
    x.wait_to_read()
    y = nd.ones((2, 3))
    y.copyto(x)
    assert x.sum().asscalar() == 6


@pytest.mark.parametrize(
    "own, codes, shape",
    [
        ((2, 3, 4), (0, -1), (2, 12)),
        ((2, 3, 4), (-2,), (2, 3, 4)),
        ((2, 3, 4), (0, -3), (2, 12)),
        ((2, 3, 4), (-4, 1, -1, -2), (1, 2, 3, 4)),
        ((2, 3, 4), (6, 1, -1), (6, 1, 4)),
    ],
)
def test_classic_reshape_codes(own, codes, shape):
    x = nd.zeros(own)
    assert x.reshape(codes).shape == shape
    assert x.reshape(*codes).shape == shape
    assert nd.reshape(x, shape=codes).shape == shape
    assert x.reshape(shape=codes).shape == shape


def test_what_is_recorded():
    x = nd.array([[1.0, 2.0], [3.0, 4.0]])
    x.attach_grad()
    recorded = {
        "copy": x.copy,
        "cast": lambda: x.astype("float64"),
        "slice": lambda: x[0:1],
        "T": lambda: x.T,
        "reshape": lambda: x.reshape(4),
        "array": lambda: nd.array(x),
        "iteration": lambda: next(iter(x)),
    }
    for name, function in recorded.items():
        x.grad[:] = 0
        with autograd.record():
            y = function() * 2
        y.backward()
        assert x.grad.dtype is onp.float32
        assert x.grad.asnumpy()[0, 0] == 2, name


def test_broadcast_gradients_have_their_operands_shape():
    for shape in ((2,), (1,), ()):
        x, y = np.ones(shape), np.array([1.0, 2.0])
        x.attach_grad()
        y.attach_grad()
        with autograd.record():
            z = x * y
        z.backward()
        assert x.grad.shape == shape
        assert x.grad.asnumpy().sum() == 3
        assert y.grad.asnumpy().tolist() == [1, 1]


def test_repeated_indices_accumulate():
    x = np.array([1.0, 2.0, 3.0])
    x.attach_grad()
    with autograd.record():
        y = x[np.array([0, 0, 2], dtype="int64")] * np.array([1.0, 10.0, 100.0])
    y.backward()
    assert x.grad.asnumpy().tolist() == [11, 0, 100]
