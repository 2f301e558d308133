"""Real code: factorisations and solvers by loops, in place and not."""

import numpy as np

from tests.corpus.registry import program


def spd(r, n):
    """A well-conditioned symmetric positive definite matrix."""
    a = r.normal(size=(n, n))
    return a @ a.T + n * np.eye(n)


def dominant(r, n):
    """A diagonally dominant matrix."""
    return r.normal(size=(n, n)) + 2.0 * n * np.eye(n)


@program(lambda r: (spd(r, 5),), mutates=True, compiled=True, exact=True)
def cholesky_in_place(a):
    """Lower factor over the lower triangle; returns the product of its diagonal."""
    n = a.shape[0]
    for j in range(n):
        for k in range(j):
            a[j, j] -= a[j, k] * a[j, k]
        a[j, j] = np.sqrt(a[j, j])
        for i in range(j + 1, n):
            for k in range(j):
                a[i, j] -= a[i, k] * a[j, k]
            a[i, j] = a[i, j] / a[j, j]
    p = 1.0
    for i in range(n):
        p *= a[i, i]
    return p + a[n - 1, 0]


def cholesky_factor(a):
    n = len(a)
    l = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = a[i, j]
            for k in range(j):
                s -= l[i, k] * l[j, k]
            if i == j:
                l[i, j] = np.sqrt(s)
            else:
                l[i, j] = s / l[j, j]
    return l


@program(lambda r: (spd(r, 4), r.normal(size=4)), compiled=True)
def gaussian_log_density(covariance, x):
    """log N(x; 0, covariance) by a Cholesky factor and forward substitution."""
    n = len(x)
    l = cholesky_factor(covariance)
    y = np.empty(n)
    log_det = 0.0
    square = 0.0
    for i in range(n):
        s = x[i]
        for k in range(i):
            s -= l[i, k] * y[k]
        y[i] = s / l[i, i]
        square += y[i] * y[i]
        log_det += 2.0 * np.log(l[i, i])
    return -0.5 * (square + log_det + n * np.log(2.0 * np.pi))


@program(lambda r: (dominant(r, 4), r.normal(size=4)), mutates=True, compiled=True, exact=True)
def lu_solve(a, b):
    """Gaussian elimination without pivoting, over `a` and `b`."""
    n = len(b)
    for k in range(n - 1):
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
            b[i] -= a[i, k] * b[k]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            b[i] -= a[i, j] * b[j]
        b[i] /= a[i, i]
    s = 0.0
    for i in range(n):
        s += b[i] * b[i]
    return s


@program(lambda r: (r.normal(size=(4, 4)), r.normal(size=4)), compiled=True, exact=True, step=1e-3)
def solve_with_partial_pivoting(matrix, rhs):
    """Row exchanges that depend on the data."""
    n = len(rhs)
    a = matrix.copy()
    b = rhs.copy()
    for k in range(n):
        pivot = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[pivot, k]):
                pivot = i
        if pivot != k:
            for j in range(n):
                a[k, j], a[pivot, j] = a[pivot, j], a[k, j]
            b[k], b[pivot] = b[pivot], b[k]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            for j in range(k, n):
                a[i, j] -= factor * a[k, j]
            b[i] -= factor * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        s = b[i]
        for j in range(i + 1, n):
            s -= a[i, j] * x[j]
        x[i] = s / a[i, i]
    return x[0] * x[1] + x[n - 1]


@program(
    lambda r: (np.tril(r.normal(size=(5, 5))) + 3 * np.eye(5), r.normal(size=5)),
    compiled=True,
    exact=True,
)
def triangular_solve(l, b):
    n = len(b)
    x = np.zeros(n)
    for i in range(n):
        t = b[i]
        for j in range(i):
            t -= l[i, j] * x[j]
        x[i] = t / l[i, i]
    s = 0.0
    for i in range(n):
        s += x[i] * x[i]
    return s


@program(
    lambda r: (r.normal(size=5), 4 + r.normal(size=6), r.normal(size=5), r.normal(size=6)),
    compiled=True,
    exact=True,
)
def thomas_algorithm(lower, diagonal, upper, rhs):
    """A tridiagonal system by one sweep down and one up."""
    n = len(diagonal)
    c = np.empty(n - 1)
    d = np.empty(n)
    c[0] = upper[0] / diagonal[0]
    d[0] = rhs[0] / diagonal[0]
    for i in range(1, n):
        pivot = diagonal[i] - lower[i - 1] * c[i - 1]
        if i < n - 1:
            c[i] = upper[i] / pivot
        d[i] = (rhs[i] - lower[i - 1] * d[i - 1]) / pivot
    for i in range(n - 2, -1, -1):
        d[i] -= c[i] * d[i + 1]
    s = 0.0
    for i in range(n):
        s += d[i] * d[i] * (i + 1)
    return s


@program(lambda r: (dominant(r, 4), r.normal(size=4), 5), compiled=True, exact=True)
def jacobi_iteration(a, b, sweeps):
    n = len(b)
    x = np.zeros(n)
    new = np.zeros(n)
    for sweep in range(sweeps):
        for i in range(n):
            s = b[i]
            for j in range(n):
                if j != i:
                    s -= a[i, j] * x[j]
            new[i] = s / a[i, i]
        for i in range(n):
            x[i] = new[i]
    return x[0] * x[1] + x[2] * x[3]


@program(lambda r: (r.normal(size=(6, 6)), 3), mutates=True, compiled=True, exact=True)
def gauss_seidel_2d(u, sweeps):
    """Laplace's equation on a grid, in place."""
    n = u.shape[0]
    for sweep in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1])
    s = 0.0
    for i in range(n):
        for j in range(n):
            s += u[i, j] * u[i, j]
    return s


@program(lambda r: (r.normal(size=(4, 3)),), compiled=True, exact=True)
def modified_gram_schmidt(a):
    """Orthonormal columns by element loops; returns a combination of R's entries."""
    m, n = a.shape
    q = a.copy()
    r = np.zeros((n, n))
    for k in range(n):
        s = 0.0
        for i in range(m):
            s += q[i, k] * q[i, k]
        r[k, k] = np.sqrt(s)
        for i in range(m):
            q[i, k] /= r[k, k]
        for j in range(k + 1, n):
            s = 0.0
            for i in range(m):
                s += q[i, k] * q[i, j]
            r[k, j] = s
            for i in range(m):
                q[i, j] -= s * q[i, k]
    return r[0, 0] * r[1, 1] + r[2, 2] * r[0, 1] + q[3, 2]


@program(lambda r: (spd(r, 4), r.normal(size=4)), compiled=True)
def power_iteration(a, start):
    x = start
    value = 0.0
    for k in range(12):
        y = a @ x
        value = np.dot(x, y) / np.dot(x, x)
        x = y / np.linalg.norm(y)
    return value


@program(lambda r: (spd(r, 4), r.normal(size=4)), compiled=True)
def conjugate_gradients(a, b):
    x = np.zeros_like(b)
    r = b.copy()
    p = r.copy()
    rr = np.dot(r, r)
    for k in range(3):
        ap = np.dot(a, p)
        alpha = rr / np.dot(p, ap)
        x = x + alpha * p
        r = r - alpha * ap
        new_rr = np.dot(r, r)
        p = r + (new_rr / rr) * p
        rr = new_rr
    return np.sum(x * x)


@program(lambda r: (0.3 * r.normal(size=(3, 3)),), compiled=True)
def matrix_exponential_by_series(a):
    n = a.shape[0]
    term = np.zeros((n, n))
    for i in range(n):
        term[i, i] = 1.0
    total = term.copy()
    for k in range(1, 12):
        term = term @ a / k
        total = total + term
    return np.sum(total * total)


@program(lambda r: (r.normal(size=(4, 4)),), exact=True)
def determinant_by_elimination(matrix):
    a = matrix.copy()
    n = a.shape[0]
    det = 1.0
    for k in range(n):
        det *= a[k, k]
        for i in range(k + 1, n):
            f = a[i, k] / a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= f * a[k, j]
    return det


@program(
    lambda r: (
        r.normal(size=5),
        np.array([0, 2, 3, 3, 5]),
        np.array([1, 3, 0, 2, 3]),
        r.normal(size=4),
    ),
    compiled=True,
    exact=True,
)
def sparse_matrix_vector(values, starts, columns, x):
    """CSR storage: 4 rows, one of them empty."""
    s = 0.0
    for row in range(len(starts) - 1):
        t = 0.0
        for k in range(starts[row], starts[row + 1]):
            t += values[k] * x[columns[k]]
        s += t * t
    return s
