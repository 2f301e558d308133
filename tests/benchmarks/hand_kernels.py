"""Adjoints of array kernels written by hand for Numba: the limit of what can be generated.

Slices are loops, linear statements store nothing, scatters of stencils are gathers, and what a
factorisation overwrites is found again in its result. Each returns the value and the gradients.
"""

from __future__ import annotations

import numba
import numpy as np

_njit = numba.njit(error_model="numpy")


@_njit
def _smooth_1d(target, source):
    for i in range(1, len(source) - 1):
        target[i] = 0.33333 * (source[i - 1] + source[i] + source[i + 1])


@_njit
def _smooth_1d_adjoint(target_bar, source_bar):
    """The target's interior is overwritten: its bar is used up. Ends gather from fewer cells."""
    n = len(target_bar)
    for i in range(2, n - 2):
        source_bar[i] += 0.33333 * (target_bar[i - 1] + target_bar[i] + target_bar[i + 1])
    source_bar[0] += 0.33333 * target_bar[1]
    source_bar[1] += 0.33333 * (target_bar[1] + target_bar[2])
    source_bar[n - 2] += 0.33333 * (target_bar[n - 3] + target_bar[n - 2])
    source_bar[n - 1] += 0.33333 * target_bar[n - 2]
    target_bar[1 : n - 1] = 0.0


@_njit
def jacobi_1d(steps, A, B):
    for _ in range(1, steps):
        _smooth_1d(B, A)
        _smooth_1d(A, B)
    value = 0.0
    A_bar = np.empty_like(A)
    B_bar = np.empty_like(B)
    for i in range(len(A)):
        value += A[i] * A[i] + A[i] * B[i]
        A_bar[i] = 2.0 * A[i] + B[i]
        B_bar[i] = A[i]
    for _ in range(1, steps):
        _smooth_1d_adjoint(A_bar, B_bar)
        _smooth_1d_adjoint(B_bar, A_bar)
    return value, (A_bar, B_bar)


@_njit
def _smooth_2d(target, source):
    n, m = source.shape
    for i in range(1, n - 1):
        for j in range(1, m - 1):
            target[i, j] = 0.2 * (
                source[i, j]
                + source[i, j - 1]
                + source[i, j + 1]
                + source[i + 1, j]
                + source[i - 1, j]
            )


@_njit
def _smooth_2d_adjoint(target_bar, source_bar):
    """The frame of the target's bar is set aside as zero, so that one gather serves all cells."""
    n, m = target_bar.shape
    for i in range(1, n - 1):
        for j in range(1, m - 1):
            source_bar[i - 1, j] += 0.2 * target_bar[i, j]
        for j in range(1, m - 1):
            source_bar[i + 1, j] += 0.2 * target_bar[i, j]
        source_bar[i, 0] += 0.2 * target_bar[i, 1]
        source_bar[i, 1] += 0.2 * (target_bar[i, 1] + target_bar[i, 2])
        for j in range(2, m - 2):
            source_bar[i, j] += 0.2 * (
                target_bar[i, j - 1] + target_bar[i, j] + target_bar[i, j + 1]
            )
        source_bar[i, m - 2] += 0.2 * (target_bar[i, m - 3] + target_bar[i, m - 2])
        source_bar[i, m - 1] += 0.2 * target_bar[i, m - 2]
    for i in range(1, n - 1):
        for j in range(1, m - 1):
            target_bar[i, j] = 0.0


@_njit
def jacobi_2d(steps, A, B):
    for _ in range(1, steps):
        _smooth_2d(B, A)
        _smooth_2d(A, B)
    value = 0.0
    A_bar = np.empty_like(A)
    B_bar = np.empty_like(B)
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            value += A[i, j] * A[i, j] + A[i, j] * B[i, j]
            A_bar[i, j] = 2.0 * A[i, j] + B[i, j]
            B_bar[i, j] = A[i, j]
    for _ in range(1, steps):
        _smooth_2d_adjoint(A_bar, B_bar)
        _smooth_2d_adjoint(B_bar, A_bar)
    return value, (A_bar, B_bar)


@_njit
def seidel_2d(steps, A):
    """Linear, so that nothing is stored; a row is run through backwards and then scattered."""
    n = A.shape[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            left = A[i, 0]
            above, here, below = A[i - 1], A[i], A[i + 1]
            for j in range(1, n - 1):
                total = above[j - 1] + above[j] + above[j + 1] + here[j] + here[j + 1]
                total += below[j - 1] + below[j] + below[j + 1]
                left = (total + left) / 9.0
                here[j] = left
    value = 0.0
    A_bar = np.empty_like(A)
    for i in range(n):
        for j in range(n):
            value += A[i, j] * A[i, j]
            A_bar[i, j] = 2.0 * A[i, j]
    for _ in range(steps):
        for i in range(n - 2, 0, -1):
            above, here, below = A_bar[i - 1], A_bar[i], A_bar[i + 1]
            carried = 0.0
            for j in range(n - 2, 0, -1):
                carried = (here[j] + carried) / 9.0
                here[j] = carried
            here[0] += carried
            for j in range(1, n - 1):
                above[j - 1] += here[j]
                below[j - 1] += here[j]
            for j in range(1, n - 1):
                above[j] += here[j]
                below[j] += here[j]
            for j in range(1, n - 1):
                above[j + 1] += here[j]
                below[j + 1] += here[j]
            for j in range(n - 1, 1, -1):
                here[j] += here[j - 1]
    return value, (A_bar,)


@_njit
def cholesky(A):
    """Murray (2016), sec. 3: the factor is all that the reverse sweep reads."""
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            total = A[i, j]
            for k in range(j):
                total -= A[i, k] * A[j, k]
            A[i, j] = total / A[j, j]
        total = A[i, i]
        for k in range(i):
            total -= A[i, k] * A[i, k]
        A[i, i] = np.sqrt(total)
    value = 0.0
    A_bar = np.zeros_like(A)
    for i in range(n):
        for j in range(i + 1):
            value += A[i, j] * A[i, j] * A[i, j]
            A_bar[i, j] = 3.0 * A[i, j] * A[i, j]
    for i in range(n - 1, -1, -1):
        A_bar[i, i] *= 0.5 / A[i, i]
        for k in range(i):
            A_bar[i, k] -= 2.0 * A_bar[i, i] * A[i, k]
        for j in range(i - 1, -1, -1):
            bar = A_bar[i, j] / A[j, j]
            A_bar[i, j] = bar
            A_bar[j, j] -= bar * A[i, j]
            for k in range(j):
                A_bar[i, k] -= bar * A[j, k]
                A_bar[j, k] -= bar * A[i, k]
    return value, (A_bar,)


@_njit
def lu(A):
    n = A.shape[0]
    for i in range(n):
        for k in range(i):
            A[i, k] /= A[k, k]
            factor = A[i, k]
            for j in range(k + 1, n):
                A[i, j] -= factor * A[k, j]
    value = 0.0
    A_bar = np.empty_like(A)
    for i in range(n):
        for j in range(n):
            value += A[i, j] * A[i, j]
            A_bar[i, j] = 2.0 * A[i, j]
    for i in range(n - 1, -1, -1):
        for k in range(i - 1, -1, -1):
            factor = A[i, k]
            bar = A_bar[i, k]
            for j in range(k + 1, n):
                bar -= A_bar[i, j] * A[k, j]
            for j in range(k + 1, n):
                A_bar[k, j] -= factor * A_bar[i, j]
            bar /= A[k, k]
            A_bar[i, k] = bar
            A_bar[k, k] -= bar * factor
    return value, (A_bar,)


@_njit
def trisolv(L, x, b):
    n = len(x)
    for i in range(n):
        total = b[i]
        for j in range(i):
            total -= L[i, j] * x[j]
        x[i] = total / L[i, i]
    value = 0.0
    b_bar = np.empty_like(b)
    for i in range(n):
        value += x[i] * x[i]
        b_bar[i] = 2.0 * x[i]
    L_bar = np.zeros_like(L)
    for i in range(n - 1, -1, -1):
        bar = b_bar[i] / L[i, i]
        b_bar[i] = bar
        L_bar[i, i] = -bar * x[i]
        for j in range(i):
            L_bar[i, j] = -bar * x[j]
            b_bar[j] -= bar * L[i, j]
    return value, (L_bar, np.zeros_like(x), b_bar)


@_njit
def fdtd_2d(steps, ex, ey, hz, source):
    n, m = hz.shape
    for t in range(steps):
        for j in range(m):
            ey[0, j] = source[t]
        for i in range(1, n):
            for j in range(m):
                ey[i, j] -= 0.5 * (hz[i, j] - hz[i - 1, j])
        for i in range(n):
            for j in range(1, m):
                ex[i, j] -= 0.5 * (hz[i, j] - hz[i, j - 1])
        for i in range(n - 1):
            for j in range(m - 1):
                hz[i, j] -= 0.7 * (ex[i, j + 1] - ex[i, j] + ey[i + 1, j] - ey[i, j])
    value = 0.0
    ex_bar = ey.copy()
    ey_bar = ex.copy()
    hz_bar = np.empty_like(hz)
    for i in range(n):
        for j in range(m):
            value += hz[i, j] * hz[i, j] + ex[i, j] * ey[i, j]
            hz_bar[i, j] = 2.0 * hz[i, j]
    source_bar = np.zeros_like(source)
    for t in range(steps - 1, -1, -1):
        for i in range(n - 1):
            for j in range(m - 1):
                ex_bar[i, j] += 0.7 * hz_bar[i, j]
                ey_bar[i, j] += 0.7 * hz_bar[i, j]
                ey_bar[i + 1, j] -= 0.7 * hz_bar[i, j]
            for j in range(1, m):
                ex_bar[i, j] -= 0.7 * hz_bar[i, j - 1]
        for i in range(n):
            for j in range(1, m):
                hz_bar[i, j] -= 0.5 * ex_bar[i, j]
            for j in range(1, m):
                hz_bar[i, j - 1] += 0.5 * ex_bar[i, j]
        for i in range(1, n):
            for j in range(m):
                hz_bar[i, j] -= 0.5 * ey_bar[i, j]
                hz_bar[i - 1, j] += 0.5 * ey_bar[i, j]
        for j in range(m):
            source_bar[t] += ey_bar[0, j]
            ey_bar[0, j] = 0.0
    return value, (ex_bar, ey_bar, hz_bar, source_bar)


@_njit
def softmax_of_heads(x):
    """Rows are independent: forward and reverse in one pass over each."""
    rows = x.reshape(-1, x.shape[-1])
    n = rows.shape[1]
    x_bar = np.empty_like(rows)
    p = np.empty(n)
    value = 0.0
    special = x.shape[2] + 2  # the element [0, 1, 2, 3] counts once more
    for i in range(rows.shape[0]):
        top = rows[i, 0]
        for j in range(1, n):
            top = max(top, rows[i, j])
        total = 0.0
        for j in range(n):
            p[j] = np.exp(rows[i, j] - top)
            total += p[j]
        square = 0.0
        for j in range(n):
            p[j] /= total
            square += p[j] * p[j]
        value += square
        inner = 2.0 * square
        if i == special:
            value += p[3]
            inner += p[3]
        for j in range(n):
            x_bar[i, j] = p[j] * (2.0 * p[j] - inner)
        if i == special:
            x_bar[i, 3] += p[3]
    return value, (x_bar.reshape(x.shape),)


ADJOINTS = {
    "jacobi_1d": jacobi_1d,
    "jacobi_2d": jacobi_2d,
    "seidel_2d": seidel_2d,
    "cholesky": cholesky,
    "lu": lu,
    "trisolv": trisolv,
    "fdtd_2d": fdtd_2d,
    "softmax_of_heads": softmax_of_heads,
}
