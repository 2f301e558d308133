"""GMM and LSTM as whole-array code, for libraries that trace NumPy-like calls.

`np` is the library's namespace with NumPy's names. GMM is vectorised over points and components;
the LSTM is a loop over characters, which eager libraries record step by step.
"""

from __future__ import annotations

import functools
import math

import numpy as onp

from tests.adbench.gmm import log_wishart_normaliser


@functools.cache
def unpacking(d: int) -> onp.ndarray:
    """(d, d): where each entry of a factor stands in its row: diagonal, lower part, one zero."""
    places = onp.full((d, d), d * (d + 1) // 2)
    packed = d
    for column in range(d):
        places[column, column] = column
        for row in range(column + 1, d):
            places[row, column] = packed
            packed += 1
    return places


def logsumexp(np, values):
    top = np.amax(values, -1)
    return top + np.log(np.sum(np.exp(values - top[..., None]), -1))


def gmm(np, alphas, means, icf, x, gamma, m):
    n, d = x.shape
    k = alphas.shape[0]
    logs, lower = icf[:, :d], icf[:, d:]
    diagonal = np.exp(logs)
    packed = np.concatenate([diagonal, lower, onp.zeros((k, 1))], 1)
    factors = packed[:, unpacking(d)]
    centred = x[:, None, :] - means[None]
    product = np.einsum("kij,nkj->nki", factors, centred)
    terms = alphas + np.sum(logs, 1) - 0.5 * np.sum(product * product, 2)
    frobenius = np.sum(diagonal * diagonal) + np.sum(lower * lower)
    prior = 0.5 * gamma**2 * frobenius - m * np.sum(logs) - k * log_wishart_normaliser(d, gamma, m)
    constant = -0.5 * n * d * math.log(2.0 * math.pi)
    return constant + np.sum(logsumexp(np, terms)) - n * logsumexp(np, alphas) + prior


def sigmoid(np, z):
    return 1.0 / (1.0 + np.exp(-z))


def lstm_step(np, main, extra, state, now, after):
    """The new state and what a character adds to the total."""
    layers, b = main.shape[0] // 2, main.shape[1] // 4
    blocks = [slice(i * b, (i + 1) * b) for i in range(4)]
    x, new = now * extra[0], []
    for layer in range(layers):
        h, c = state[2 * layer], state[2 * layer + 1]
        weights, biases = main[2 * layer], main[2 * layer + 1]
        inputs = (x, h, x, h)
        z = [v * weights[s] + biases[s] for v, s in zip(inputs, blocks, strict=True)]
        c = c * sigmoid(np, z[0]) + sigmoid(np, z[1]) * np.tanh(z[3])
        x = sigmoid(np, z[2]) * np.tanh(c)
        new += [x, c]
    y = x * extra[1] + extra[2]
    return new, np.sum(after * (y - np.log(2.0 + np.sum(np.exp(y)))))


def lstm(np, main, extra, state, sequence):
    rows = [state[i] for i in range(state.shape[0])]
    total = 0.0
    for t in range(sequence.shape[0] - 1):
        rows, score = lstm_step(np, main, extra, rows, sequence[t], sequence[t + 1])
        total = total + score
    return -total / ((sequence.shape[0] - 1) * sequence.shape[1])


def lstm_scanned(np, main, extra, state, sequence):
    """For JAX: a loop that is traced once."""
    import jax

    def step(rows, pair):
        new, score = lstm_step(np, main, extra, rows, *pair)
        return new, score

    rows = [state[i] for i in range(state.shape[0])]
    _, scores = jax.lax.scan(step, rows, (sequence[:-1], sequence[1:]))
    return -np.sum(scores) / ((sequence.shape[0] - 1) * sequence.shape[1])
