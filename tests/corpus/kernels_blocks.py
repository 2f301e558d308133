"""Blocks of networks, factorisations, filters and recurrences in plain NumPy."""

import numpy as np

from tests.corpus.registry import program


def relu(x):
    return np.maximum(x, 0)


@program(lambda r: (r.normal(size=(2, 5, 3)), *(r.normal(size=(3, 4)) / 2 for _ in range(3))))
def causal_attention(x, wq, wk, wv):
    q, k, v = x @ wq, x @ wk, x @ wv
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    hidden = np.triu(np.ones(scores.shape[-2:], dtype=bool), k=1)
    scores[:, hidden] = -1e9
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = scores / scores.sum(axis=-1, keepdims=True)
    return np.sum((weights @ v) ** 3)


@program(lambda r: (r.normal(size=(2, 3, 3, 6)), r.random(6), r.random(6)))
def group_norm(x, gamma, beta):
    n, h, w, c = x.shape
    g = x.reshape(n, h, w, 3, c // 3)
    mean = g.mean(axis=(1, 2, 4), keepdims=True)
    var = g.var(axis=(1, 2, 4), keepdims=True)
    y = ((g - mean) / np.sqrt(var + 1e-5)).reshape(x.shape) * gamma + beta
    return np.sum(relu(y) ** 2 * x)


@program(lambda r: (r.normal(size=(7, 3)), r.normal(size=(2, 3, 4)), r.normal(size=4)))
def dilated_causal_convolution(x, w, b):
    y = np.ndarray((x.shape[0], w.shape[-1]), dtype=x.dtype)
    for dilation in (1, 2):
        padded = np.concatenate([np.zeros((dilation, x.shape[1])), x], axis=0)
        y[:] = padded[:-dilation] @ w[0] + x @ w[1] + b
        x = x + np.tanh(y[:, :3]) * (1 / (1 + np.exp(-y[:, 3:])))
    return np.sum(x**2)


@program(lambda r: (r.normal(size=(2, 5, 5, 2)), r.normal(size=(3, 3, 2, 3))))
def convolution_of_patches(x, weights):
    k, _, _, c_out = weights.shape
    n, h, w, _ = x.shape
    out = np.empty((n, h - k + 1, w - k + 1, c_out), dtype=np.float64)
    for i in range(out.shape[1]):
        for j in range(out.shape[2]):
            out[:, i, j, :] = np.sum(
                x[:, i : i + k, j : j + k, :, np.newaxis] * weights[np.newaxis, :, :, :],
                axis=(1, 2, 3),
            )
    pooled = out[:, :2, :2].max(axis=(1, 2)) + out.mean(axis=(1, 2))
    return np.sum(pooled**2)


@program(
    lambda r: (r.normal(size=(5, 3)), r.normal(size=(3, 12)) / 2, r.normal(size=(4, 12)) / 2),
)
def gated_recurrence(xs, w, u):
    h = np.zeros(u.shape[0])
    for x in xs:
        z, r, n = np.split(x @ w, 3)
        hz, hr, hn = np.split(h @ u, 3)
        z, r = (1 / (1 + np.exp(-t)) for t in (z + hz, r + hr))
        h = (1 - z) * np.tanh(n + r * hn) + z * h
    return h @ h


@program(lambda r: (r.normal(size=(6, 4)), np.eye(4) + 0.1, 0.3), argnums=(0, 1, 2))
def kalman_filter(zs, f, noise):
    x, p = np.zeros(4), np.eye(4)
    h = np.r_[1.0, 0, 1, 0][None, :]
    likelihood = 0.0
    for z in zs:
        x, p = f @ x / 2, f @ p @ f.T / 4 + noise * np.eye(4)
        s = (h @ p @ h.T)[0, 0] + noise
        gain = (p @ h.T)[:, 0] / s
        innovation = z[0] - h[0] @ x
        x += gain * innovation
        p = (np.eye(4) - np.outer(gain, h)) @ p
        likelihood -= 0.5 * (innovation**2 / s + np.log(s))
    return likelihood + np.trace(p)


@program(lambda r: (r.normal(size=(5, 4)), 2), argnums=(0,), tolerance=1e-7)
def deflated_power_iterations(data, count):
    c = np.cov(data, rowvar=False)
    found = np.empty((count, c.shape[0]))
    total = 0.0
    for k in range(count):
        v = np.ones(c.shape[0])
        for _ in range(5):
            v = c @ v
            v /= np.linalg.norm(v)
        size = v @ c @ v
        c = c - size * np.outer(v, v)
        found[k] = v
        total += size * (k + 1)
    return total + found[0] @ found[:, ::-1].T @ [1.0, 2.0]


@program(lambda r: (1 + r.random(6), r.random((6, 5)), 0.2))
def tridiagonal_sweeps_of_all_columns(d, f, off):
    n = d.size
    c, g = np.zeros_like(d), f.copy()
    c[0], g[0] = off / d[0], g[0] / d[0]
    for i in range(1, n):
        m = d[i] - off * c[i - 1]
        c[i] = off / m
        g[i] = (g[i] - off * g[i - 1]) / m
    for i in range(n - 2, -1, -1):
        g[i] -= c[i] * g[i + 1]
    return np.sum(g**2 * np.arange(5)) + np.linalg.norm(g[::2, 1:], "fro")


@program(lambda r: (r.normal(size=(5, 3)) * 3, r.normal(size=(4, 3)), 1.5))
def soft_alignment(x, y, gamma):
    n, m = len(x), len(y)
    cost = np.sum((x[:, None] - y[None]) ** 2, axis=-1)
    r = np.full((n + 1, m + 1), 1e10)
    r[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            before = -np.array([r[i - 1, j - 1], r[i - 1, j], r[i, j - 1]]) / gamma
            top = np.max(before)
            r[i, j] = cost[i - 1, j - 1] - gamma * (np.log(np.sum(np.exp(before - top))) + top)
    return r[n, m]
