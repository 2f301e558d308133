"""Library calls on whole arrays: factorisations, linear systems, sorting, running sums."""

import numpy as np
import scipy.sparse as sp
from scipy import signal

from tests.corpus.registry import program


def spd(r, n):
    """A well-conditioned symmetric positive definite matrix."""
    a = r.normal(size=(n, n))
    return a @ a.T + n * np.eye(n)


@program(lambda r: (r.normal(size=(3, 3)) + 3 * np.eye(3), r.normal(size=3)), compiled=True)
def solve_a_vector(a, b):
    return np.sum(np.linalg.solve(a, b) ** 2)


@program(lambda r: (r.normal(size=(3, 3)) + 3 * np.eye(3), r.normal(size=(3, 2))), compiled=True)
def solve_a_matrix(a, b):
    x = np.linalg.solve(a, b * b)
    return x[0, 0] * x[2, 1] + np.sum(x)


@program(lambda r: (r.normal(size=(3, 3)) + 3 * np.eye(3),), compiled=True)
def inverse_and_determinant(a):
    return np.sum(np.linalg.inv(a) * a.T) + np.linalg.det(a) * a[0, 1]


@program(lambda r: (r.normal(size=5), spd(r, 5), r.normal(size=5)), argnums=(0, 2), compiled=True)
def gaussian_by_slogdet(x, cov, mean):
    s = cov + np.outer(mean, mean)
    sign, log_det = np.linalg.slogdet(s)
    d = x - mean
    return -0.5 * (d @ np.linalg.solve(s, d) + log_det)


@program(lambda r: (r.normal(size=4), r.normal(size=(4, 4))), compiled=True)
def gaussian_by_cholesky(x, m):
    cov = m @ m.T + 4.0 * np.eye(4)
    l = np.linalg.cholesky(cov)
    z = np.linalg.solve(l, x)
    s = 0.5 * (z @ z)
    for i in range(4):
        s += np.log(l[i, i])
    return s


@program(lambda r: (r.normal(size=(4, 4)), r.normal(size=4)), compiled=True)
def symmetric_eigenvalues(m, c):
    w, v = np.linalg.eigh(m + m.T)
    return np.sum(c * w) + np.sum((v @ (np.exp(0.1 * w) * (v.T @ c))) ** 2)


@program(lambda r: (r.normal(size=(4, 4)),))
def largest_eigenvalue(m):
    w, v = np.linalg.eigh(m + m.T)
    return w[3] * w[0]


@program(lambda r: (r.permutation(6) + r.uniform(0, 0.5, 6), r.normal(size=6)), compiled=True)
def weighted_order_statistics(x, w):
    return np.sum(w * np.sort(x * 1.5))


@program(lambda r: (r.uniform(0.5, 1.5, 6),), compiled=True)
def running_sums_and_products(x):
    s = np.cumsum(x * x)
    p = np.cumprod(x)
    return np.sum(s * p) + s[3]


@program(lambda r: (np.array([0.5, 0.0, 1.5, -1.0]),), compiled=True, exact=True)
def running_product_with_a_zero(x):
    p = np.cumprod(x)
    return p[0] + 2.0 * p[1] + 3.0 * p[2] + 4.0 * p[3]


@program(
    lambda r: (
        r.normal(size=(4, 2)),
        r.normal(size=(3, 3)) * 0.3,
        np.eye(3)[:2] + r.normal(size=(2, 3)) * 0.1,
        r.uniform(0.5, 1),
    ),
    compiled=True,
)
def kalman_filter(observations, a, c, noise):
    """Log-likelihood of a linear Gaussian state-space model."""
    n, m = len(a), len(c)
    mean, cov = np.zeros(n), np.eye(n)
    total = 0.0
    for t in range(len(observations)):
        mean = a @ mean
        cov = a @ cov @ a.T + 0.1 * np.eye(n)
        s = c @ cov @ c.T + noise * np.eye(m)
        d = observations[t] - c @ mean
        gain = np.linalg.solve(s, c @ cov).T
        total -= 0.5 * (d @ np.linalg.solve(s, d) + np.log(np.linalg.det(s)))
        mean = mean + gain @ d
        cov = cov - gain @ (c @ cov)
    return total


@program(lambda r: (r.normal(size=(3, 3)) + 4 * np.eye(3), r.normal(size=3)), compiled=True)
def implicit_time_steps(a, u):
    for t in range(3):
        u = np.linalg.solve(a, u + np.sin(u))
    return np.sum(u * u)


@program(lambda r: (r.normal(size=(3, 3)) + 4 * np.eye(3), r.normal(size=3)))
def last_of_several_solves(a, b):
    """An array bound in a loop and read after it."""
    x = b
    for k in range(3):
        x = np.linalg.solve(a, b * (k + 1.0))
    return np.sum(x * x)


# --------------------------------------------------------------------------- sparse matrices


def path_of(n):
    """Indices and starts of rows of a tridiagonal matrix."""
    pattern = sp.csr_array(np.eye(n) + np.eye(n, k=1) + np.eye(n, k=-1))
    return pattern.indices, pattern.indptr


@program(lambda r: (r.uniform(0.5, 1.0, 13), *path_of(5), r.normal(size=5)), compiled=True)
def sparse_power_iteration(data, indices, indptr, x):
    A = sp.csr_matrix((data, indices, indptr), shape=(len(x), len(x)))
    for _ in range(4):
        y = A.T @ (A * x) + 0.1 * x
        x = y / np.sqrt(y @ y)
    return x @ (A @ x)


@program(lambda r: (r.uniform(0.1, 0.3, 7), r.integers(0, 4, (2, 7)), r.normal(size=(4, 2))))
def sparse_jacobi_iteration(data, places, B):
    A = sp.coo_array((data, (places[0], places[1])), shape=(4, 4))
    X = np.zeros_like(B)
    for _ in range(5):
        X = B - A @ X / 2.0
    return np.sum(X * B) + np.sum(A.diagonal() ** 2)


# --------------------------------------------------------------------------- signals


@program(lambda r: (r.uniform(0.1, 0.4, 3), r.uniform(-0.3, 0.3, 2), r.normal(size=12)))
def fit_of_a_recursive_filter(b, a, x):
    poles = np.concatenate((np.ones(1), a))
    smoothed = signal.lfilter(b, poles, x)
    echo = signal.convolve(smoothed, b, mode="same")
    return np.sum((echo - x) ** 2) + signal.correlate(x, smoothed, mode="valid")[0]


@program(lambda r: (r.normal(size=(6, 6)), r.normal(size=(3, 3)), r.normal(size=(2, 2))))
def convolutions_of_an_image(image, kernel, second):
    edges = np.tanh(signal.convolve(image, kernel, mode="same"))
    return np.sum(signal.correlate(edges, second, mode="valid") ** 2)
