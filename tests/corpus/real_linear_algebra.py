"""Real code: factorisations, eigenvalues and iterative solvers, written out."""

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.normal(size=(4, 3)), r.normal(size=4)), compiled=True)
def least_squares_by_householder(matrix, rhs):
    """QR by reflections, in place on copies; the solution's squared length."""
    a = matrix.copy()
    b = rhs.copy()
    m, n = a.shape
    for k in range(n):
        x = a[k:, k]
        alpha = -np.sqrt(np.sum(x * x))
        if x[0] < 0:
            alpha = -alpha
        v = x.copy()
        v[0] -= alpha
        beta = np.dot(v, v)
        if beta == 0.0:
            continue
        for j in range(k, n):
            gamma = 2.0 * np.dot(v, a[k:, j]) / beta
            a[k:, j] -= gamma * v
        b[k:] -= 2.0 * np.dot(v, b[k:]) / beta * v
    solution = np.zeros(n)
    for i in range(n - 1, -1, -1):
        solution[i] = (b[i] - a[i, i + 1 :] @ solution[i + 1 :]) / a[i, i]
    return np.sum(solution**2)


@program(lambda r: (r.normal(size=(4, 4)) + 2.0 * np.eye(4),))
def qr_by_givens_rotations(a):
    """Rotations of two rows at a time; a product of the diagonal, and a corner."""
    r = a.copy()
    n = len(r)
    for j in range(n - 1):
        for i in range(n - 1, j, -1):
            p, q = r[i - 1, j], r[i, j]
            if q == 0.0:
                continue
            h = np.sqrt(p * p + q * q)
            c, s = p / h, q / h
            for k in range(j, n):
                upper, lower = r[i - 1, k], r[i, k]
                r[i - 1, k] = c * upper + s * lower
                r[i, k] = c * lower - s * upper
    product = 1.0
    for d in range(n):
        product *= r[d, d]
    return product + r[0, n - 1]


def decompose(a, pivots):
    """LU with partial pivoting in place; returns the sign of the permutation."""
    n = a.shape[0]
    sign = 1.0
    for k in range(n):
        p = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[p, k]):
                p = i
        pivots[k] = p
        if p != k:
            sign = -sign
            for j in range(n):
                a[k, j], a[p, j] = a[p, j], a[k, j]
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            a[i, k + 1 :] -= a[i, k] * a[k, k + 1 :]
    return sign


@program(lambda r: (r.normal(size=(4, 4)), r.normal(size=4)), compiled=True)
def lu_solve_and_log_determinant(a, b):
    lu = np.copy(a)
    n = len(b)
    pivots = np.zeros(n, dtype=np.int64)
    sign = decompose(lu, pivots)
    x = b.copy()
    for k in range(n):
        p = pivots[k]
        x[k], x[p] = x[p], x[k]
        for j in range(k):
            x[k] -= lu[k, j] * x[j]
    for k in reversed(range(n)):
        x[k] = (x[k] - np.dot(lu[k, k + 1 :], x[k + 1 :])) / lu[k, k]
    log_determinant = 0.0
    for k in range(n):
        log_determinant += np.log(np.abs(lu[k, k]))
    return sign * log_determinant + x @ x


@program(lambda r: (r.uniform(0.5, 1.0, 5), r.normal(size=5)))
def levinson_durbin(autocorrelation, y):
    """Toeplitz system by recursion on the order; returns a norm of the solution."""
    r = autocorrelation.copy()
    r[0] += 2.0
    n = len(y)
    forward = np.zeros(n)
    x = np.zeros(n)
    forward[0] = 1.0 / r[0]
    x[0] = y[0] / r[0]
    for k in range(1, n):
        error = 0.0
        for i in range(k):
            error += r[k - i] * forward[i]
        scale = 1.0 / (1.0 - error * error)
        old = forward[: k + 1].copy()
        for i in range(k + 1):
            forward[i] = scale * (old[i] - error * old[k - i])
        missing = 0.0
        for i in range(k):
            missing += r[k - i] * x[i]
        for i in range(k + 1):
            x[i] += (y[k] - missing) * forward[k - i]
    s = 0.0
    for i in range(n):
        s += (i + 1) * x[i] * x[i]
    return s


@program(lambda r: (r.normal(size=(4, 4)), np.ones(4)))
def power_iteration_with_deflation(m, start):
    """The two largest eigenvalues of M Mᵀ + I; the second after deflation."""
    a = m @ m.T + np.eye(4)

    def dominant(matrix, v, iterations=60):
        value = 0.0
        for _ in range(iterations):
            w = matrix @ v
            norm = np.linalg.norm(w)
            v = w / norm
            value = v @ (matrix @ v)
        return value, v

    first, v = dominant(a, start)
    for i in range(4):
        for j in range(4):
            a[i, j] -= first * v[i] * v[j]
    second, _ = dominant(a, start, iterations=20)
    return first / 5.0 + second


@program(lambda r: (r.normal(size=(5, 5)), r.normal(size=5)))
def preconditioned_conjugate_gradients(m, b):
    a = m.T @ m + 3.0 * np.eye(5)
    x = np.zeros_like(b)
    r = b - a @ x
    inverse_diagonal = np.array([1.0 / a[i, i] for i in range(5)])
    z = inverse_diagonal * r
    p = z.copy()
    rz = r @ z
    for iteration in range(20):
        ap = a @ p
        alpha = rz / (p @ ap)
        x += alpha * p
        r -= alpha * ap
        if np.sqrt(r @ r) < 1e-12:
            break
        z = inverse_diagonal * r
        rz_new = r @ z
        p = z + rz_new / rz * p
        rz = rz_new
    return 0.5 * x @ a @ x - b @ x + np.sum(x**3)


@program(lambda r: (r.normal(size=(4, 4)), r.uniform(1.1, 1.2)))
def successive_over_relaxation(source, omega):
    """Poisson's equation on a grid with a fixed border, swept in place until tolerance."""
    n = source.shape[0] + 2
    u = np.zeros((n, n))
    sweeps = 0
    largest = 1.0
    while largest > 1e-6 and sweeps < 60:
        largest = 0.0
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                residual = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - 4.0 * u[i, j]
                residual -= source[i - 1, j - 1]
                change = 0.25 * omega * residual
                u[i, j] += change
                if abs(change) > largest:
                    largest = abs(change)
        sweeps += 1
    s = 0.0
    for row in u:
        for value in row:
            s += value * value
    return s


@program(lambda r: (r.uniform(2, 3, 6), r.normal(size=5), r.normal(size=5), r.normal(size=6)))
def thomas_with_a_periodic_corner(d, lower, upper, rhs):
    """A cyclic tridiagonal system by two tridiagonal ones (Sherman-Morrison)."""
    corner = 0.3

    def thomas(a, b, c, f):
        n = len(b)
        c_ = np.zeros(n - 1)
        x = np.zeros(n)
        c_[0] = c[0] / b[0]
        x[0] = f[0] / b[0]
        for i in range(1, n):
            pivot = b[i] - a[i - 1] * c_[i - 1]
            if i < n - 1:
                c_[i] = c[i] / pivot
            x[i] = (f[i] - a[i - 1] * x[i - 1]) / pivot
        for i in range(n - 2, -1, -1):
            x[i] -= c_[i] * x[i + 1]
        return x

    gamma = -d[0]
    diagonal = 2.0 * d
    diagonal[0] -= gamma
    diagonal[-1] -= corner * corner / gamma
    u = np.zeros_like(d)
    u[0], u[-1] = gamma, corner
    y = thomas(lower, diagonal, upper, rhs)
    q = thomas(lower, diagonal, upper, u)
    factor = (y[0] + corner * y[-1] / gamma) / (1.0 + q[0] + corner * q[-1] / gamma)
    x = y - factor * q
    return np.sum(x * x) + x[0]


def cholesky_rank_one_update(factor, x):
    n = len(x)
    for k in range(n):
        r = np.hypot(factor[k, k], x[k])
        c, s = r / factor[k, k], x[k] / factor[k, k]
        factor[k, k] = r
        for i in range(k + 1, n):
            factor[i, k] = (factor[i, k] + s * x[i]) / c
            x[i] = c * x[i] - s * factor[i, k]


@program(lambda r: (r.normal(size=(3, 3)), r.normal(size=3)), mutates=True)
def cholesky_and_its_update(m, x):
    """The factor of M Mᵀ + I by loops, then of the matrix with x xᵀ added."""
    n = m.shape[0]
    factor = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = 1.0 if i == j else 0.0
            for k in range(n):
                s += m[i, k] * m[j, k]
            for k in range(j):
                s -= factor[i, k] * factor[j, k]
            factor[i, j] = np.sqrt(s) if i == j else s / factor[j, j]
    before = 2.0 * sum(np.log(factor[i, i]) for i in range(n))
    cholesky_rank_one_update(factor, x)
    after = 2.0 * sum(np.log(factor[i, i]) for i in range(n))
    return after - 0.5 * before + factor[n - 1, 0]


@program(lambda r: (r.normal(size=(4, 4)),), tolerance=1e-7)
def jacobi_eigenvalue_sweeps(matrix):
    """Cyclic rotations of the symmetric part until off-diagonal elements are gone."""
    a = 0.5 * (matrix + matrix.T)
    n = a.shape[0]
    v = np.eye(n)
    for sweep in range(20):
        off = 0.0
        for p in range(n):
            for q in range(p + 1, n):
                off += a[p, q] ** 2
        if off < 1e-24:
            break
        for p in range(n - 1):
            for q in range(p + 1, n):
                if abs(a[p, q]) < 1e-18:
                    continue
                theta = (a[q, q] - a[p, p]) / (2.0 * a[p, q])
                t = np.sign(theta) / (abs(theta) + np.sqrt(theta**2 + 1.0))
                c = 1.0 / np.sqrt(t * t + 1.0)
                s = t * c
                for k in range(n):
                    a[k, p], a[k, q] = c * a[k, p] - s * a[k, q], s * a[k, p] + c * a[k, q]
                for k in range(n):
                    a[p, k], a[q, k] = c * a[p, k] - s * a[q, k], s * a[p, k] + c * a[q, k]
                for k in range(n):
                    v[k, p], v[k, q] = c * v[k, p] - s * v[k, q], s * v[k, p] + c * v[k, q]
    smallest = a[0, 0]
    for i in range(1, n):
        smallest = min(smallest, a[i, i])
    return smallest + np.sum(np.exp(np.diag(a)))


@program(lambda r: (r.normal(size=(3, 3)), r.normal(size=3)))
def matrix_exponential_by_scaling_and_squaring(a, x):
    """A Taylor polynomial of the scaled matrix, squared again; applied to a vector."""
    norm = 0.0
    for i in range(3):
        norm = max(norm, np.sum(np.abs(a[i])))
    squarings = 0
    while norm > 0.5:
        norm /= 2.0
        squarings += 1
    scaled = a / 2**squarings
    term = np.eye(3)
    result = np.eye(3)
    for k in range(1, 13):
        term = term @ scaled / k
        result += term
    for _ in range(squarings):
        result = result @ result
    y = result @ x
    return np.sum(y * np.array([1.0, -2.0, 0.5]))


@program(lambda r: (r.normal(size=(3, 3)), r.normal(size=3)))
def products_and_identities_made_in_a_loop(a, x):
    """The size of what a library call makes in a loop was known for products of matrices only."""
    s = 0.0
    for i in range(3):
        p = np.eye(3)
        p[i, 0] += x[i]
        for k in range(2):
            p = p @ a
        y = p @ x
        x = 0.1 * (y @ p) + y[i]
        s += np.sum(p * p) + x[0]
    return s + x[1]
