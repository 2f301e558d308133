"""Every operation of the two namespaces, first and second order, against differences.

A case is a function of float64 arrays. Its gradient along a random direction is compared with
differences of the function, and the derivative of its gradient, which `create_graph` gives, with
differences of the gradient.
"""

from __future__ import annotations

import numpy as onp
import pytest

from adjoint import autograd, nd, np, npx
from tests.rules.numeric import directional

_random = onp.random.default_rng(3)


def _a(*shape):
    values = _random.permutation(int(onp.prod(shape))) * 0.37 - 0.9
    return values.reshape(shape) + 0.05 * _random.random(shape)


def _positive(*shape):
    return _random.random(shape) + 0.5


def _definite(n):
    half = _random.normal(size=(n, n))
    return half @ half.T + 2 * onp.eye(n)


_bits = onp.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
_image = _a(2, 2, 5, 6)

CLASSIC = {
    # arithmetic
    "add": (lambda x, y: x + y, _a(2, 3), _a(2, 3)),
    "subtract": (lambda x, y: 2 - x - y, _a(2, 3), _a(1, 3)),
    "multiply": (lambda x, y: 3 * x * y, _a(2, 3), _a(2, 1)),
    "divide": (lambda x, y: 1 / x + x / y, _positive(2, 3), _positive(1, 3)),
    "power": (lambda x, y: x**y + x**3 + 2**x, _positive(2, 3), _a(2, 3)),
    "mod": (lambda x, y: x % y + x % 0.7, _positive(2, 3), _positive(2, 3)),
    "negative": (lambda x: -x + abs(x), _a(2, 3)),
    "elemwise": (lambda x, y: nd.elemwise_add(x, nd.elemwise_mul(x, y)), _a(3), _a(3)),
    "broadcast": (lambda x, y: nd.broadcast_mul(x, nd.broadcast_add(x, y)), _a(2, 3), _a(1, 3)),
    "add_n": (lambda x, y: nd.add_n(x, y, x), _a(3), _a(3)),
    "matmul": (lambda x, y: x @ y, _a(2, 3), _a(3, 2)),
    # functions
    **{
        name: (getattr(nd, name), _a(2, 3) * 0.5)
        for name in (
            *("exp", "sin", "cos", "tan", "tanh", "sinh", "cosh", "arctan", "arcsinh", "square"),
            *("abs", "expm1", "cbrt", "erf", "sigmoid", "softsign", "relu", "degrees", "radians"),
            *("reciprocal", "softmin"),
        )
    },
    **{
        name: (getattr(nd, name), _positive(2, 3))
        for name in ("log", "log2", "log10", "log1p", "sqrt", "rsqrt", "rcbrt", "gamma", "gammaln")
    },
    **{name: (getattr(nd, name), _a(3) * 0.2) for name in ("arcsin", "arccos", "arctanh")},
    "arccosh": (nd.arccosh, _positive(3) + 1),
    "maximum": (nd.maximum, _a(2, 3), _a(2, 3)),
    "minimum": (lambda x: nd.minimum(x, 0.3), _a(2, 3)),
    "hypot": (nd.hypot, _a(2, 3), _a(2, 3)),
    "clip": (lambda x: nd.clip(x, -0.7, 0.4) + x.clip(0.1, 0.7), _a(2, 3)),
    "where": (lambda x, y: nd.where(nd.array(_bits), x, y), _a(2, 3), _a(2, 3)),
    "smooth_l1": (lambda x: nd.smooth_l1(x, scalar=1.5), _a(2, 3)),
    # reductions
    "sum": (lambda x: nd.sum(x, axis=1) * x.sum(), _a(2, 3)),
    "sum exclude": (lambda x: nd.sum(x, axis=1, exclude=True), _a(2, 3, 2)),
    "mean": (lambda x: x.mean(axis=0, keepdims=True) * x.mean(), _a(2, 3)),
    "max": (lambda x: x.max(axis=0) * x.max(), _a(2, 3)),
    "min": (lambda x: x.min(axis=1) * x.min(), _a(2, 3)),
    "prod": (lambda x: x.prod(axis=1) + x.prod(), _a(2, 3)),
    "norm": (lambda x: x.norm() + x.norm(axis=1).sum() + x.norm(ord=1), _a(2, 3)),
    "norm keepdims": (lambda x: x.norm(axis=1, keepdims=True) * x.norm(keepdims=True), _a(2, 3)),
    "moments": (lambda x: nd.add_n(*nd.moments(x, axes=(0,))), _a(3, 2)),
    "cumsum": (lambda x: nd.cumsum(x, axis=1), _a(2, 3)),
    # products
    "dot": (nd.dot, _a(2, 3), _a(3, 4)),
    "dot of vectors": (nd.dot, _a(3), _a(3)),
    "dot transposed": (lambda x, y: nd.dot(x, y, True, True), _a(3, 2), _a(4, 3)),
    "batch_dot": (lambda x, y: nd.batch_dot(x, y, transpose_b=True), _a(2, 3, 2), _a(2, 4, 2)),
    "gemm2": (lambda x, y: nd.linalg.gemm2(x, y, alpha=2.0), _a(2, 3), _a(3, 2)),
    "gemm": (nd.linalg.gemm, _a(2, 3), _a(3, 2), _a(2, 2)),
    "potrf": (lambda x: nd.linalg.potrf(nd.linalg.syrk(x)), _definite(3)),
    "trsm": (nd.linalg.trsm, _definite(3), _a(3, 2)),
    "inverse": (nd.linalg.inverse, _definite(3)),
    "nd det": (nd.linalg.det, _definite(3)),
    "sumlogdiag": (nd.linalg.sumlogdiag, _definite(3)),
    # shapes
    "reshape": (lambda x: x.reshape((0, -1)) * x.reshape(2, 3), _a(2, 3)),
    "T": (lambda x: x.T * 2 + x.transpose((1, 0)), _a(2, 3)),
    "swapaxes": (lambda x: nd.swapaxes(x, 0, 2), _a(2, 3, 2)),
    "expand_dims": (lambda x: nd.squeeze(nd.expand_dims(x, 1) * 3), _a(3)),
    "flatten": (nd.flatten, _a(2, 3, 2)),
    "broadcast_to": (lambda x: nd.broadcast_to(x, (2, 3)), _a(1, 3)),
    "concat": (lambda x, y: nd.concat(x, y, dim=1), _a(2, 3), _a(2, 2)),
    "concatenate": (lambda x, y: nd.concatenate([x, y], axis=0), _a(2, 3), _a(1, 3)),
    "stack": (lambda x, y: nd.stack(x, y, axis=1), _a(2, 3), _a(2, 3)),
    "split": (lambda x: nd.add_n(*nd.split(x, 2, axis=1)), _a(2, 4)),
    "split squeezed": (lambda x: x.split(2, axis=0, squeeze_axis=True)[1], _a(2, 4)),
    "slice": (lambda x: nd.slice(x, (0, 1), (2, None)), _a(2, 4)),
    "slice_axis": (lambda x: nd.slice_axis(x, axis=1, begin=1, end=3), _a(2, 4)),
    "tile": (lambda x: nd.tile(x, (2, 2)), _a(2, 3)),
    "repeat": (lambda x: nd.repeat(x, 2, axis=1), _a(2, 3)),
    "flip": (lambda x: nd.flip(x, axis=1), _a(2, 3)),
    "pad": (lambda x: nd.pad(x, "constant", (0, 0, 1, 2), 5.0), _a(2, 3)),
    "pad edge": (lambda x: nd.pad(x, "edge", (0, 0, 1, 2)), _a(2, 3)),
    "diag": (nd.diag, _a(3, 3)),
    # selections
    "element": (lambda x: x[0, 1] * x[1], _a(2, 3)),
    "slices": (lambda x: x[:, 1:] * x[:, ::-2], _a(2, 3)),
    "array index": (lambda x: x[nd.array([0, 0, 1])], _a(2, 3)),
    "take": (lambda x: nd.take(x, nd.array([0, 0, 1])), _a(2, 3)),
    "pick": (lambda x: nd.pick(x, nd.array([0, 2])), _a(2, 3)),
    "gather_nd": (lambda x: nd.gather_nd(x, nd.array([[0, 1], [1, 0]])), _a(2, 3)),
    "sort": (lambda x: x.sort(is_ascend=False), _a(2, 3)),
    "topk": (lambda x: x.topk(k=2, ret_typ="value"), _a(2, 3)),
    "sequence_mask": (
        lambda x: nd.SequenceMask(x, nd.array([1, 2]), use_sequence_length=True),
        _a(3, 2),
    ),
    "embedding": (lambda w: nd.Embedding(nd.array([1, 1, 0]), w, 3, 2), _a(3, 2)),
    # layers
    "softmax": (nd.softmax, _a(2, 3)),
    "softmax temperature": (lambda x: nd.softmax(x, axis=0, temperature=2.0), _a(2, 3)),
    "softmax length": (
        lambda x: nd.softmax(x, nd.array([2, 3]), use_length=True),
        _a(2, 3),
    ),
    "log_softmax": (nd.log_softmax, _a(2, 3)),
    "cross entropy": (lambda x: nd.softmax_cross_entropy(x, nd.array([0, 2])), _a(2, 3)),
    "FullyConnected": (
        lambda x, w, b: nd.FullyConnected(x, w, b, num_hidden=2),
        _a(3, 2, 2),
        _a(2, 4),
        _a(2),
    ),
    **{
        f"Activation {kind}": (lambda x, kind=kind: nd.Activation(x, kind), _a(2, 3))
        for kind in ("relu", "sigmoid", "tanh", "softrelu", "softsign")
    },
    **{
        f"LeakyReLU {kind}": (lambda x, kind=kind: nd.LeakyReLU(x, act_type=kind), _a(2, 3))
        for kind in ("leaky", "elu", "selu", "gelu")
    },
    "LeakyReLU prelu": (lambda x, g: nd.LeakyReLU(x, g, act_type="prelu"), _a(2, 3), _a(3)),
    "LayerNorm": (nd.LayerNorm, _a(2, 3), _a(3), _a(3)),
    "L2Normalization": (nd.L2Normalization, _a(2, 3)),
    "Convolution": (
        lambda x, w, b: nd.Convolution(
            x, w, b, kernel=(2, 3), num_filter=3, stride=(2, 1), pad=(1, 1)
        ),
        _image,
        _a(3, 2, 2, 3),
        _a(3),
    ),
    "Convolution groups": (
        lambda x, w: nd.Convolution(
            x, w, kernel=(2, 2), num_filter=4, num_group=2, dilate=(2, 1), no_bias=True
        ),
        _image,
        _a(4, 1, 2, 2),
    ),
    "Convolution 1d": (
        lambda x, w: nd.Convolution(x, w, kernel=(2,), num_filter=2, no_bias=True),
        _a(2, 2, 5),
        _a(2, 2, 2),
    ),
    "Deconvolution": (
        lambda x, w: nd.Deconvolution(
            x, w, kernel=(3, 2), num_filter=3, stride=(2, 1), pad=(1, 0), adj=(1, 0)
        ),
        _a(1, 2, 3, 2),
        _a(2, 3, 3, 2),
    ),
    "Pooling max": (lambda x: nd.Pooling(x, (2, 2), "max", stride=(2, 2)), _image),
    "Pooling avg": (lambda x: nd.Pooling(x, (3, 3), "avg", stride=2, pad=1), _image),
    "Pooling avg inside": (
        lambda x: nd.Pooling(x, (3, 3), "avg", pad=(1, 1), count_include_pad=False),
        _image,
    ),
    "Pooling full": (
        lambda x: nd.Pooling(x, (2, 2), "max", stride=(2, 2), pooling_convention="full"),
        _image,
    ),
    "Pooling global": (lambda x: nd.Pooling(x, global_pool=True, pool_type="sum"), _image),
}

NUMPY_LIKE = {
    "dot": (np.dot, _a(3), _a(3)),
    "elements": (lambda x: x[0] * x[1:] + x[-1], _a(4)),
    "mask": (lambda x: x[x > 0] ** 2, _a(5)),
    "einsum": (lambda x, y: np.einsum("ij,jk->ki", x, y), _a(2, 3), _a(3, 2)),
    "tensordot": (lambda x, y: np.tensordot(x, y, 1), _a(2, 3), _a(3, 2)),
    "outer": (np.outer, _a(2), _a(3)),
    "inner": (np.inner, _a(2, 3), _a(2, 3)),
    "trace": (np.trace, _a(3, 3)),
    "diag": (lambda x: np.diag(x) @ x, _a(3)),
    "norm": (lambda x: np.linalg.norm(x) + np.linalg.norm(x, axis=0), _a(2, 3)),
    "inv": (np.linalg.inv, _definite(3)),
    "det": (np.linalg.det, _definite(3)),
    "slogdet": (lambda x: np.linalg.slogdet(x)[1], _definite(3)),
    "solve": (np.linalg.solve, _definite(3), _a(3)),
    "cholesky": (lambda x: np.linalg.cholesky(x @ x.T), _definite(3)),
    "eigh": (lambda x: np.linalg.eigh(x + x.T)[0], _definite(3)),
    "svd": (lambda x: np.linalg.svd(x, full_matrices=False)[1], _a(3, 2)),
    "var": (lambda x: x.var(axis=0) + np.var(x), _a(3, 2)),
    "std": (lambda x: x.std(), _a(3, 2)),
    "prod with a zero": (np.prod, onp.array([2.0, 0.0, 3.0])),
    "cumsum": (lambda x: np.cumsum(x, 0), _a(3, 2)),
    "max": (lambda x: np.max(x, axis=1), _a(2, 3)),
    "meshgrid": (lambda x, y: np.meshgrid(x, y)[0] * np.meshgrid(x, y)[1], _a(2), _a(3)),
    "concatenate": (lambda x, y: np.concatenate([x, y, x]), _a(2), _a(3)),
    "stack": (lambda x, y: np.stack([x, y], axis=-1), _a(2), _a(2)),
    "split": (lambda x: np.split(x, 2)[1] * np.split(x, 2)[0], _a(4)),
    "where": (lambda x, y: np.where(x > 0, x * y, y), _a(3), _a(3)),
    "arctan2": (np.arctan2, _a(3), _positive(3)),
    "logaddexp": (np.logaddexp, _a(3), _a(3)),
    "sort": (lambda x: np.sort(x, axis=0), _a(3, 2)),
    "clip": (lambda x: np.clip(x, None, 0.2), _a(3)),
    "take": (lambda x: np.take(x, np.array([0, 0, 2])), _a(3)),
    "pad": (lambda x: np.pad(x, 1), _a(2, 2)),
    "broadcast_to": (lambda x: np.broadcast_to(x, (2, 3)) * 2, _a(3)),
    "flip": (lambda x: np.flip(x) * x, _a(3)),
    "roll": (lambda x: np.roll(x, 1) * x, _a(3)),
    "tril": (lambda x: np.tril(x) @ x, _a(3, 3)),
    "softmax": (npx.softmax, _a(2, 3)),
    "log_softmax": (npx.log_softmax, _a(2, 3)),
    "relu": (npx.relu, _a(3)),
    "sigmoid": (npx.sigmoid, _a(3)),
    "pick": (lambda x: npx.pick(x, np.array([0, 2])), _a(2, 3)),
    "topk": (lambda x: npx.topk(x, k=2, ret_typ="value"), _a(2, 3)),
    "fully_connected": (
        lambda x, w: npx.fully_connected(x, w, num_hidden=2, no_bias=True),
        _a(3, 2),
        _a(2, 2),
    ),
    "layer_norm": (npx.layer_norm, _a(2, 3), _a(3), _a(3)),
    "convolution": (
        lambda x, w: npx.convolution(x, w, kernel=(2, 2), num_filter=1, no_bias=True),
        _image,
        _a(1, 2, 2, 2),
    ),
    # NumPy itself, called on arrays of the tape
    "numpy ufuncs": (lambda x, y: onp.sin(x) * onp.add(x, y) / onp.hypot(x, 2.0), _a(3), _a(3)),
    "numpy functions": (lambda x: onp.sum(onp.concatenate([x, 2 * x])) * onp.mean(x), _a(3)),
    "numpy left": (lambda x: onp.array([1.0, 2.0, 3.0]) * x - onp.float64(2) * x, _a(3)),
    "numpy reduce": (lambda x: onp.add.reduce(x) * onp.multiply.reduce(x, axis=1), _a(2, 2)),
    "numpy outer": (onp.multiply.outer, _a(2), _a(3)),
    "numpy matmul": (lambda x: onp.ones((2, 3)) @ x, _a(3, 2)),
}

CASES = [pytest.param(nd, case, id=f"nd {name}") for name, case in CLASSIC.items()] + [
    pytest.param(np, case, id=f"np {name}") for name, case in NUMPY_LIKE.items()
]


def leaves(module, arrays):
    made = [module.array(a, dtype="float64") for a in arrays]
    for array in made:
        array.attach_grad()
    return made


def scalar(y, weights):
    """A weighted sum, so that every element of the result counts differently."""
    return (y * type(y)(weights)).sum()


@pytest.mark.parametrize("module, case", CASES)
def test_first_order(module, case):
    function, *arrays = case
    weights = _weights(function(*leaves(module, arrays)))
    variables = leaves(module, arrays)
    with autograd.record():
        y = scalar(function(*variables), weights)
    y.backward()
    directions = [onp.random.default_rng(i).normal(size=a.shape) for i, a in enumerate(arrays)]
    slope = directional(
        lambda *moved: scalar(function(*leaves(module, moved)), weights).item(),
        arrays,
        range(len(arrays)),
        directions,
        step=1e-3,
    )
    actual = sum(
        float(onp.sum(v.grad.asnumpy() * d)) for v, d in zip(variables, directions, strict=True)
    )
    assert actual == pytest.approx(float(slope), rel=1e-7, abs=1e-7)


def gradient_along(module, function, arrays, directions, weights, second):
    """<gradient, directions>; with `second` its gradient as well, along the same directions."""
    variables = leaves(module, arrays)
    with autograd.record():
        y = scalar(function(*variables), weights)
        firsts = autograd.grad(y, variables, create_graph=True)
        total = 0.0
        for first, direction in zip(firsts, directions, strict=True):
            total = total + (first * type(first)(direction)).sum()
    if not second:
        return total.item()
    if total._node is None:
        return 0.0  # a linear function's gradient is a constant
    try:
        total.backward()
    except autograd.MXNetError as error:
        assert "no inputs" in str(error)  # noqa: PT017
    return sum(
        float(onp.sum(v.grad.asnumpy() * d)) for v, d in zip(variables, directions, strict=True)
    )


@pytest.mark.parametrize("module, case", CASES)
def test_second_order(module, case):
    function, *arrays = case
    weights = _weights(function(*leaves(module, arrays)))
    directions = [onp.random.default_rng(i).normal(size=a.shape) for i, a in enumerate(arrays)]
    slope = directional(
        lambda *moved: gradient_along(module, function, moved, directions, weights, False),
        arrays,
        range(len(arrays)),
        directions,
        step=1e-3,
    )
    actual = gradient_along(module, function, arrays, directions, weights, True)
    assert actual == pytest.approx(float(slope), rel=2e-6, abs=2e-6)


def _weights(y):
    return onp.random.default_rng(9).normal(size=y.shape)
