"""The two functions whose adjoints show what good output looks like, and relatives of them."""

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.normal(size=7), r.uniform(0.5, 1.5)), compiled=True)
def energy(x, w):
    s = 0.0
    for i in range(len(x)):
        t = np.sin(x[i]) * w
        if t > 0:
            s += t * t
    return s


@program(
    lambda r: (r.normal(size=9), r.uniform(0.05, 0.1), 4), mutates=True, compiled=True, exact=True
)
def smooth(u, k, steps):
    for step in range(steps):
        for i in range(1, len(u) - 1):
            u[i] = u[i] + k * u[i] * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u * u)


@program(
    lambda r: (r.normal(size=9), r.uniform(0.05, 0.1), 4), mutates=True, compiled=True, exact=True
)
def smooth_linear(u, k, steps):
    """Linear in `u` but for the factor `k`."""
    for step in range(steps):
        for i in range(1, len(u) - 1):
            u[i] = u[i] + k * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u * u)


@program(lambda r: (r.uniform(0.5, 1, (6, 3)), r.normal(size=3), r.normal()), compiled=True)
def independent_rows(x, w, b):
    """Every iteration of the outer loop stands alone."""
    loss = 0.0
    for i in range(x.shape[0]):
        z = b
        for j in range(x.shape[1]):
            z += x[i, j] * w[j]
        y = np.tanh(z)
        loss += y * y - 0.1 * y
    return loss
