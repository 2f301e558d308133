"""Array kernels: blocks of neural networks, written out with whole arrays."""

import numpy as np

from tests.corpus.registry import program


def relu(x):
    return np.maximum(x, 0)


def softmax(x):
    tmp_max = np.max(x, axis=-1, keepdims=True)
    tmp_out = np.exp(x - tmp_max)
    tmp_sum = np.sum(tmp_out, axis=-1, keepdims=True)
    return tmp_out / tmp_sum


@program(lambda r: (r.normal(size=(2, 2, 3, 4)),), step=1e-3)
def softmax_of_heads(x):
    """The last of four axes, kept by keepdims."""
    p = softmax(x)
    return np.sum(p**2) + p[0, 1, 2, 3]


@program(
    lambda r: (
        r.normal(size=(3, 4)),
        r.normal(size=(4, 5)),
        r.normal(size=5),
        r.normal(size=(5, 4)),
        r.normal(size=4),
        r.normal(size=(4, 3)),
        r.normal(size=3),
    ),
    step=1e-4,
    compiled=True,
)
def mlp(x, w1, b1, w2, b2, w3, b3):
    x = relu(x @ w1 + b1)
    x = relu(x @ w2 + b2)
    x = softmax(x @ w3 + b3)
    return -np.sum(np.log(x[:, 0]))


def conv2d(x, weights):
    K = weights.shape[0]
    N = x.shape[0]
    H_out = x.shape[1] - K + 1
    W_out = x.shape[2] - K + 1
    C_out = weights.shape[3]
    output = np.empty((N, H_out, W_out, C_out), dtype=np.float64)
    for i in range(H_out):
        for j in range(W_out):
            output[:, i, j, :] = np.sum(
                x[:, i : i + K, j : j + K, :, np.newaxis] * weights[np.newaxis, :, :, :],
                axis=(1, 2, 3),
            )
    return output


@program(
    lambda r: (r.normal(size=(2, 4, 5, 2)), r.normal(size=(2, 2, 2, 3)), r.normal(size=3)),
    compiled=True,
)
def conv2d_bias(x, weights, bias):
    """A sum over a tuple of axes of a product with five axes."""
    return np.sum((conv2d(x, weights) + bias) ** 2)


def maxpool2d(x):
    output = np.empty([x.shape[0], x.shape[1] // 2, x.shape[2] // 2, x.shape[3]], dtype=x.dtype)
    for i in range(x.shape[1] // 2):
        for j in range(x.shape[2] // 2):
            output[:, i, j, :] = np.max(x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, :], axis=(1, 2))
    return output


@program(
    lambda r: (
        r.normal(size=(2, 10, 10, 1)),
        r.normal(size=(3, 3, 1, 2)),
        r.normal(size=2),
        r.normal(size=(3, 3, 2, 3)),
        r.normal(size=3),
        0.3 * r.normal(size=(3, 5)),
        r.normal(size=5),
        r.normal(size=(5, 3)),
        r.normal(size=3),
        3,
    ),
    argnums=(1, 2, 3, 4, 5, 8),
    step=1e-5,
    tolerance=1e-6,
)
def lenet5(image, conv1, conv1bias, conv2, conv2bias, fc1w, fc1b, fc2w, fc2b, C_before_fc1):
    """Convolutions, pooling over pairs of axes, a reshape and dense layers."""
    x = relu(conv2d(image, conv1) + conv1bias)
    x = maxpool2d(x)
    x = relu(conv2d(x, conv2) + conv2bias)
    x = maxpool2d(x)
    x = np.reshape(x, (image.shape[0], C_before_fc1))
    x = relu(x @ fc1w + fc1b)
    return np.sum((x @ fc2w + fc2b) ** 2)


def batchnorm2d(x, eps=1e-5):
    mean = np.mean(x, axis=0, keepdims=True)
    var = np.var(x, axis=0, keepdims=True)
    return (x - mean) / np.sqrt(var + eps)


@program(
    lambda r: (
        r.normal(size=(3, 3, 3, 2)),
        0.5 * r.normal(size=(1, 1, 2, 2)),
        0.5 * r.normal(size=(3, 3, 2, 2)),
        0.5 * r.normal(size=(1, 1, 2, 2)),
    ),
    argnums=(1, 2, 3),
    step=1e-5,
    tolerance=1e-6,
)
def resnet_basicblock(input, conv1, conv2, conv3):
    """Three convolutions with batch norm, the middle one on a padded image, and a shortcut."""
    padded = np.zeros((input.shape[0], input.shape[1] + 2, input.shape[2] + 2, conv1.shape[3]))
    padded[:, 1:-1, 1:-1, :] = conv2d(input, conv1)
    x = batchnorm2d(padded)
    x = relu(x)
    x = conv2d(x, conv2)
    x = batchnorm2d(x)
    x = relu(x)
    x = conv2d(x, conv3)
    x = batchnorm2d(x)
    return np.sum(relu(x + input) ** 2)


@program(
    lambda r: (
        r.normal(size=(5, 3)),
        0.5 * r.normal(size=(3, 8)),
        0.5 * r.normal(size=(2, 8)),
        r.normal(size=8),
    ),
    compiled=True,
)
def lstm_with_split_gates(xs, wx, wh, b):
    """Gates of one product, cut apart by slices of the last axis."""
    n = wh.shape[0]
    h = np.zeros(n)
    c = np.zeros(n)
    hidden = np.empty((xs.shape[0], n))
    for t in range(xs.shape[0]):
        gates = xs[t] @ wx + h @ wh + b
        i, f, o = (1 / (1 + np.exp(-gates[k * n : (k + 1) * n])) for k in range(3))
        g = np.tanh(gates[3 * n :])
        c = f * c + i * g
        h = o * np.tanh(c)
        hidden[t] = h
    return np.sum(hidden**2) + np.sum(c)


@program(lambda r: (r.normal(size=(4, 6)), r.normal(size=6), r.normal(size=6)))
def layer_norm(x, gain, shift):
    mean = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    y = gain * (x - mean) / np.sqrt(var + 1e-5) + shift
    return np.sum(y**3)


@program(lambda r: (r.normal(size=(5, 3)), r.normal(size=(4, 3)), 0.7))
def soft_k_means_step(points, centres, temperature):
    """Distances of all pairs by newaxis, responsibilities, weighted means."""
    d2 = np.sum((points[:, None, :] - centres[None, :, :]) ** 2, axis=2)
    weights = softmax(-d2 / temperature)
    moved = weights.T @ points / weights.sum(axis=0)[:, None]
    return np.sum(moved**2) + np.sum(weights * d2)


@program(
    lambda r: (
        r.normal(size=(2, 3, 4)),
        *(0.5 * r.normal(size=(4, 4)) for _ in range(4)),
        2,
    ),
)
def multi_head_attention(x, wq, wk, wv, wo, heads):
    """Heads by reshape and transpose, scores by products of stacks, a causal mask."""
    batch, length, width = x.shape
    size = width // heads
    q = (x @ wq).reshape(batch, length, heads, size).transpose(0, 2, 1, 3)
    k = (x @ wk).reshape(batch, length, heads, size).transpose(0, 2, 1, 3)
    v = (x @ wv).reshape(batch, length, heads, size).transpose(0, 2, 1, 3)
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(size)
    scores = np.where(np.tril(np.ones((length, length))) > 0, scores, -1e9)
    mixed = softmax(scores) @ v
    out = mixed.transpose(0, 2, 1, 3).reshape(batch, length, width) @ wo
    return np.sum((x + out) ** 2)
