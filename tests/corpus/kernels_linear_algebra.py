"""Array kernels: products of matrices, factorisations and solves by slices."""

import numpy as np

from tests.corpus.registry import program


def positive_definite(r, n):
    a = r.normal(size=(n, n))
    return a @ a.T + n * np.eye(n)


def dominant(r, n):
    return r.normal(size=(n, n)) + n * np.eye(n)


@program(lambda r: (r.normal(size=(4, 5)), r.normal(size=5)))
def atax(A, x):
    y = (A @ x) @ A
    return np.sum(y**2)


@program(lambda r: (r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=4)))
def bicg(A, p, r):
    s, q = r @ A, A @ p
    return np.sum(s * s) + np.sum(q**3)


@program(
    lambda r: (1.5, 1.2, r.normal(size=(3, 4)), r.normal(size=(3, 2)), r.normal(size=(2, 4))),
    mutates=True,
    sums=True,
    compiled=True,
)
def gemm(alpha, beta, C, A, B):
    C[:] = alpha * A @ B + beta * C
    return np.sum(C**2)


@program(
    lambda r: (1.5, 1.2, r.normal(size=(4, 4)), *(r.normal(size=4) for _ in range(8))),
    mutates=True,
    sums=True,
)
def gemver(alpha, beta, A, u1, v1, u2, v2, w, x, y, z):
    A += np.outer(u1, v1) + np.outer(u2, v2)
    x += beta * y @ A + z
    w += alpha * A @ x
    return np.sum(w**2)


@program(lambda r: (1.5, 1.2, r.normal(size=(4, 4)), r.normal(size=(4, 4)), r.normal(size=4)))
def gesummv(alpha, beta, A, B, x):
    y = alpha * A @ x + beta * B @ x
    return y @ y


@program(
    lambda r: (
        1.5,
        1.2,
        r.normal(size=(3, 4)),
        r.normal(size=(4, 2)),
        r.normal(size=(2, 5)),
        r.normal(size=(3, 5)),
    ),
    mutates=True,
    sums=True,
)
def k2mm(alpha, beta, A, B, C, D):
    D[:] = alpha * A @ B @ C + beta * D
    return np.sum(D**2)


@program(lambda r: tuple(r.normal(size=s) for s in ((3, 4), (4, 2), (2, 5), (5, 3))))
def k3mm(A, B, C, D):
    return np.sum((A @ B @ C @ D) ** 2)


@program(
    lambda r: (r.normal(size=(4, 4)), *(r.normal(size=4) for _ in range(4))),
    mutates=True,
    sums=True,
)
def mvt(A, x1, x2, y_1, y_2):
    x1 += A @ y_1
    x2 += y_2 @ A
    return np.sum(x1**2) + np.sum(x1 * x2)


@program(
    lambda r: (1.5, 1.2, r.normal(size=(4, 3)), r.normal(size=(4, 4)), r.normal(size=(4, 3))),
    mutates=True,
    sums=True,
)
def symm(alpha, beta, C, A, B):
    """Only the lower triangle of the symmetric matrix is read; parts have length zero at first."""
    temp2 = np.empty((C.shape[1],), dtype=C.dtype)
    C *= beta
    for i in range(C.shape[0]):
        for j in range(C.shape[1]):
            C[:i, j] += alpha * B[i, j] * A[i, :i]
            temp2[j] = B[:i, j] @ A[i, :i]
        C[i, :] += alpha * B[i, :] * A[i, i] + alpha * temp2
    return np.sum(C**2)


@program(lambda r: (1.5, 1.2, r.normal(size=(4, 4)), r.normal(size=(4, 3))), mutates=True)
def syrk(alpha, beta, C, A):
    for i in range(A.shape[0]):
        C[i, : i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, : i + 1] += alpha * A[i, k] * A[: i + 1, k]
    return np.sum(C**2)


@program(
    lambda r: (1.5, 1.2, r.normal(size=(4, 4)), r.normal(size=(4, 3)), r.normal(size=(4, 3))),
    mutates=True,
    sums=True,
    compiled=True,
)
def syr2k(alpha, beta, C, A, B):
    for i in range(A.shape[0]):
        C[i, : i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, : i + 1] += A[: i + 1, k] * alpha * B[i, k] + B[: i + 1, k] * alpha * A[i, k]
    return np.sum(C**2)


@program(lambda r: (1.5, r.normal(size=(4, 4)), r.normal(size=(4, 3))), mutates=True, sums=True)
def trmm(alpha, A, B):
    for i in range(B.shape[0]):
        for j in range(B.shape[1]):
            B[i, j] += np.dot(A[i + 1 :, i], B[i + 1 :, j])
    B *= alpha
    return np.sum(B**2)


@program(lambda r: (dominant(r, 5), np.zeros(5), r.normal(size=5)), mutates=True, sums=True)
def trisolv(L, x, b):
    for i in range(x.shape[0]):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]
    return np.sum(x**2)


@program(lambda r: (0.1 * r.normal(size=6),))
def durbin(r):
    """Levinson's recursion; the head of the solution is updated with itself reversed."""
    y = np.empty_like(r)
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, r.shape[0]):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + np.dot(np.flip(r[:k]), y[:k])) / beta
        y[:k] += alpha * np.flip(y[:k])
        y[k] = alpha
    return np.sum(y**2) + y[-1]


@program(lambda r: (positive_definite(r, 4),), mutates=True, sums=True)
def cholesky(A):
    A[0, 0] = np.sqrt(A[0, 0])
    for i in range(1, A.shape[0]):
        for j in range(i):
            A[i, j] -= np.dot(A[i, :j], A[j, :j])
            A[i, j] /= A[j, j]
        A[i, i] -= np.dot(A[i, :i], A[i, :i])
        A[i, i] = np.sqrt(A[i, i])
    return np.sum(np.tril(A) ** 3)


@program(lambda r: (r.normal(size=(4, 4)), np.zeros((4, 4))), mutates=True, sums=True)
def cholesky2(B, A):
    """The library's factor in place, with the strict upper triangle kept as it was."""
    A[:] = B @ B.T + 2.0 * np.eye(4)
    A[:] = np.linalg.cholesky(A) + np.triu(A, k=1)
    return np.sum(A**2 * np.arange(1.0, 17.0).reshape(4, 4))


@program(lambda r: (dominant(r, 5),), mutates=True, sums=True)
def lu(A):
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] /= A[j, j]
        for j in range(i, n):
            A[i, j] -= A[i, :i] @ A[:i, j]
    return np.sum(A**2)


@program(lambda r: (dominant(r, 5),), mutates=True, compiled=True)
def lu_by_outer_products(A):
    """Right-looking: column, then the update of all that remains."""
    n = A.shape[0]
    for k in range(n - 1):
        A[k + 1 :, k] /= A[k, k]
        A[k + 1 :, k + 1 :] -= A[k + 1 :, k, None] * A[None, k, k + 1 :]
    return np.sum(np.log(np.abs(np.diag(A)))) + np.sum(np.tril(A, -1) ** 2)


@program(lambda r: (dominant(r, 4), r.normal(size=4)), mutates=True, sums=True)
def ludcmp(A, b):
    n = A.shape[0]
    x = np.zeros_like(b)
    y = np.zeros_like(b)
    for i in range(n):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] /= A[j, j]
        for j in range(i, n):
            A[i, j] -= A[i, :i] @ A[:i, j]
    for i in range(n):
        y[i] = b[i] - A[i, :i] @ y[:i]
    for i in range(n - 1, -1, -1):
        x[i] = (y[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return np.sum(x**2) + np.sum(y)


@program(lambda r: (r.normal(size=(5, 4)),), mutates=True, sums=True, compiled=True)
def gramschmidt(A):
    Q = np.zeros_like(A)
    R = np.zeros((A.shape[1], A.shape[1]), dtype=A.dtype)
    for k in range(A.shape[1]):
        nrm = np.dot(A[:, k], A[:, k])
        R[k, k] = np.sqrt(nrm)
        Q[:, k] = A[:, k] / R[k, k]
        for j in range(k + 1, A.shape[1]):
            R[k, j] = np.dot(Q[:, k], A[:, j])
            A[:, j] -= Q[:, k] * R[k, j]
    return np.sum(Q**3) + np.sum(R**2)


@program(lambda r: (r.normal(size=(5, 3)),))
def householder_qr(A):
    """Reflections applied to what remains, by slices; their product is accumulated."""
    m, n = A.shape
    R = A.copy()
    Q = np.eye(m)
    for k in range(n):
        x = R[k:, k]
        v = x.copy()
        v[0] += np.sign(x[0]) * np.linalg.norm(x)
        v /= np.linalg.norm(v)
        R[k:, k:] -= 2.0 * np.outer(v, v @ R[k:, k:])
        Q[:, k:] -= 2.0 * np.outer(Q[:, k:] @ v, v)
    return np.sum(Q[:, :n] ** 3) + np.sum(np.triu(R[:n]) ** 2)


@program(lambda r: (5.0, r.random((6, 4))), mutates=True, sums=True)
def covariance(float_n, data):
    mean = np.mean(data, axis=0)
    data -= mean
    cov = np.zeros((data.shape[1], data.shape[1]), dtype=data.dtype)
    for i in range(data.shape[1]):
        cov[i:, i] = data[:, i] @ data[:, i:] / (float_n - 1.0)
        cov[i, i:] = cov[i:, i]
    return np.sum(cov**2)


@program(lambda r: (6.0, r.random((6, 4))), mutates=True, sums=True)
def correlation(float_n, data):
    """Standard deviations that are almost zero count as one."""
    mean = np.mean(data, axis=0)
    stddev = np.std(data, axis=0)
    stddev[stddev <= 0.1] = 1.0
    data -= mean
    data /= np.sqrt(float_n) * stddev
    corr = np.eye(data.shape[1], dtype=data.dtype)
    for i in range(data.shape[1] - 1):
        corr[i + 1 :, i] = corr[i, i + 1 :] = data[:, i] @ data[:, i + 1 :]
    return np.sum(corr**3)


@program(
    lambda r: (
        np.array([0, 2, 3, 3, 6]),
        np.array([1, 3, 0, 0, 2, 3]),
        r.normal(size=6),
        r.normal(size=4),
    )
)
def spmv(A_row, A_col, A_val, x):
    """Compressed rows; one of them is empty."""
    y = np.empty(A_row.size - 1, A_val.dtype)
    for i in range(A_row.size - 1):
        cols = A_col[A_row[i] : A_row[i + 1]]
        vals = A_val[A_row[i] : A_row[i + 1]]
        y[i] = vals @ x[cols]
    return np.sum(y**2)


@program(lambda r: (5.0 * r.random((5, 5)),), mutates=True, step=1e-4, exact=True)
def floyd_warshall(path):
    """Shortest paths: the minimum over one more stop, for all pairs at once."""
    for k in range(path.shape[0]):
        path[:] = np.minimum(path[:], np.add.outer(path[:, k], path[k, :]))
    return np.sum(path**2)


@program(
    lambda r: (positive_definite(r, 6), r.normal(size=6), 4),
)
def conjugate_gradients(A, b, steps):
    x = np.zeros_like(b)
    res = b - A @ x
    p = res.copy()
    rho = res @ res
    for _ in range(steps):
        Ap = A @ p
        step = rho / (p @ Ap)
        x += step * p
        res -= step * Ap
        rho_new = res @ res
        p = res + (rho_new / rho) * p
        rho = rho_new
    return np.sum(x**2)


@program(lambda r: (r.normal(size=(2, 3, 4)), r.normal(size=(4, 4))), mutates=True, sums=True)
def doitgen(A, C4):
    """A contraction of the last axis in place, by a stack of matrices."""
    NR, NQ, NP = A.shape
    A[:] = np.reshape(np.reshape(A, (NR, NQ, 1, NP)) @ C4, (NR, NQ, NP))
    return np.sum(A**2)
