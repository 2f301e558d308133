"""Programs that reduce arrays over axes, contract them, and step stencils in place."""

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.random(9), 0.2), mutates=True, compiled=True, exact=True)
def heat_in_place(u, k):
    for _ in range(4):
        u[1:-1] += k * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


@program(lambda r: (r.random((5, 6)), r.random((5, 6))), mutates=True, compiled=True, exact=True)
def jacobi_between_two_arrays(a, b):
    for _ in range(3):
        b[1:-1, 1:-1] = 0.2 * (
            a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1]
        )
        a[1:-1, 1:-1] = 0.2 * (
            b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1]
        )
    return np.sum(a * a)


@program(lambda r: (r.random((5, 6)), r.random((4, 6)), r.random((5, 5))), mutates=True)
def staggered_grid(h, u, v):
    for _ in range(2):
        u -= 0.3 * (h[1:] - h[:-1])
        v[:, :] -= 0.3 * (h[:, 1:] - h[:, :-1])
        h[1:-1, 1:-1] -= 0.3 * (u[1:, 1:-1] - u[:-1, 1:-1] + v[1:-1, 1:] - v[1:-1, :-1])
    return np.sum(h**2)


@program(lambda r: (r.random(10),))
def halved_again_and_again(u):
    total = 0.0
    while len(u) > 2:
        u = u[1:-1] * u[2:] + u[:-2]
        total += u.sum()
    return total


@program(lambda r: (r.random(7),))
def slices_of_slices(x):
    inner = x[1:][:-1][1:]
    return np.sum(inner * x[2:-1]) + np.sum(x[5:][:1] * x[:-6]) + np.sum(x[6:][3:])


@program(lambda r: (r.random((2, 4, 3)), r.random((2, 3, 4))), compiled=True)
def attention_by_einsum(q, k):
    scores = np.einsum("bij,bjk->bik", q, k)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return np.sum((weights @ q) ** 2)


@program(lambda r: (r.random((4, 3)), r.random(3) + 0.5, r.random(3)), compiled=True)
def layer_norm(x, gain, shift):
    mean = np.mean(x, axis=-1, keepdims=True)
    std = np.std(x, axis=-1, keepdims=True)
    return np.sum((gain * (x - mean) / std + shift) ** 3)


@program(lambda r: (r.random((5, 3)),))
def standardised_columns(x):
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    c = np.cov(z, rowvar=False)
    return c[0, 1] * c[1, 2] + np.trace(np.corrcoef(x, rowvar=False) ** 3)


@program(lambda r: (r.random((3, 4)), r.random((3, 4))))
def masked_loss(y, target):
    keep = target > 0.3
    wrong = np.sum((y - target) ** 2, axis=1, where=keep)
    return np.sum(wrong / np.maximum(np.count_nonzero(keep, axis=1), 1))


@program(lambda r: (r.random(9), r.random(9)))
def robust_fit(x, y):
    residual = y - np.median(y) - 0.5 * (x - np.median(x))
    scale = np.median(np.abs(residual)) + np.percentile(residual, 80)
    return np.sum(np.tanh(residual / scale))


@program(lambda r: (r.random((4, 4)), r.random((4, 3))))
def nearest_of_each(points, others):
    distances = np.linalg.norm(points[:, None, :3] - others[None, :, :], axis=-1)
    nearest = np.argmin(distances, axis=1)
    return np.sum(distances[np.arange(4), nearest]) + np.sum(np.cumsum(distances, axis=0)[-1] ** 2)


@program(lambda r: (r.random((3, 4)), r.random((4, 4)), r.random(3)))
def tensor_network(a, s, x):
    left = np.tensordot(a, s, axes=([1], [0]))
    quadratic = np.einsum("i,ij,kj,k", x, left, a, x)
    return quadratic + np.inner(a, left).trace() + np.einsum("ii->i", s).sum()


@program(lambda r: (r.random((6, 5)),), compiled=True)
def total_variation(image):
    gy, gx = np.gradient(image)
    return np.sum(np.sqrt(gx * gx + gy * gy + 0.01)) + np.ptp(image, axis=0).sum()


@program(lambda r: (r.random((3, 4)),))
def log_likelihoods(scores):
    best = np.logaddexp.reduce(scores, axis=1)
    return np.sum(scores[:, 0] - best) + np.linalg.norm(scores, 1) * np.prod(best)
