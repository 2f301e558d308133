"""Library calls on arrays whose lengths are not known before the loops that they are made in."""

import numpy as np

from tests.corpus.registry import program


def regular(r, n):
    """A well-conditioned matrix."""
    return 0.2 * r.normal(size=(n, n)) + np.eye(n)


@program(lambda r: (regular(r, 4),), compiled=True)
def inverses_of_ever_smaller_matrices(a):
    x = a
    s = 0.0
    while len(x) > 1:
        x = np.linalg.inv(x[1:, 1:] @ x[1:, 1:])
        s += np.sum(np.sin(x))
    return s


@program(lambda r: (0.3 * r.normal(size=(3, 3)),))
def power_series_of_products(a):
    term = a.copy()
    result = term.copy()
    for k in range(2, 7):
        term = term @ a / k
        result = result + term
    return np.sum(result * result)


@program(lambda r: (regular(r, 4),))
def solves_of_growing_blocks(a):
    s = 0.0
    for m in range(2, 5):
        x = a[:m, :m] * 1.0
        for _ in range(m):
            x = np.linalg.solve(a[:m, :m], x @ a[:m, :m] * 0.1)
            s += np.sum(x**3)
    return s


@program(lambda r: (regular(r, 4), r.normal(size=4)))
def products_in_some_iterations(a, x):
    """Some iterations leave the matrix as it is; nothing is kept of them."""
    b = a[:, :2]
    for k in range(5):
        if x[k % 4] > -0.5:
            b = a @ b * 0.2
        elif k > 2:
            b = b[:, :1]
    return np.sum(b * b)
