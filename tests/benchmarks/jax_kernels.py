"""The array kernels as one writes them for JAX: no updates in place, loops as `lax.fori_loop`.

A loop that is differentiated in reverse needs a fixed number of iterations, so that bounds which
depend on an outer loop become masks; what a row's loop changes is carried alone, because JAX keeps
a copy of the carry for every iteration, and recurrences are scans. `REWRITTEN` holds what takes
another idea: the library's factorisation, one product in the place of loops over rows, windows or
columns.

Programs without updates in place run under JAX as they are (`UNCHANGED`).
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jax import lax

UNCHANGED = {
    "arc_distance",
    "azimuthal_integration",
    "compute",
    "conjugate_gradients",
    "diffusion_by_roll",
    "gemver",
    "horizontal_diffusion",
    "hyperspectral_angles",
    "layer_norm",
    "mlp",
    "soft_k_means_step",
    "softmax_of_heads",
}


# ------------------------------------------------------------------------------------ stencils


def jacobi_1d(steps, A, B):
    def step(_, arrays):
        A, B = arrays
        B = B.at[1:-1].set(0.33333 * (A[:-2] + A[1:-1] + A[2:]))
        A = A.at[1:-1].set(0.33333 * (B[:-2] + B[1:-1] + B[2:]))
        return A, B

    A, B = lax.fori_loop(1, steps, step, (A, B))
    return jnp.sum(A * A) + jnp.sum(A * B)


def _cross(A):
    return 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])


def jacobi_2d(steps, A, B):
    def step(_, arrays):
        A, B = arrays
        B = B.at[1:-1, 1:-1].set(_cross(A))
        A = A.at[1:-1, 1:-1].set(_cross(B))
        return A, B

    A, B = lax.fori_loop(1, steps, step, (A, B))
    return jnp.sum(A**2) + jnp.sum(A * B)


def _heat(A):
    inner = A[1:-1, 1:-1, 1:-1]
    return (
        0.125 * (A[2:, 1:-1, 1:-1] - 2.0 * inner + A[:-2, 1:-1, 1:-1])
        + 0.125 * (A[1:-1, 2:, 1:-1] - 2.0 * inner + A[1:-1, :-2, 1:-1])
        + 0.125 * (A[1:-1, 1:-1, 2:] - 2.0 * inner + A[1:-1, 1:-1, :-2])
        + inner
    )


def heat_3d(steps, A, B):
    def step(_, arrays):
        A, B = arrays
        B = B.at[1:-1, 1:-1, 1:-1].set(_heat(A))
        A = A.at[1:-1, 1:-1, 1:-1].set(_heat(B))
        return A, B

    A, B = lax.fori_loop(1, steps, step, (A, B))
    return jnp.sum(A**3)


def seidel_2d(steps, A):
    def cell(left, right_side):
        new = (right_side + left) / 9.0
        return new, new

    def row(i, A):
        above, here, below = A[i - 1], A[i], A[i + 1]
        right_side = (
            here[1:-1]
            + (above[:-2] + above[1:-1] + above[2:])
            + here[2:]
            + (below[:-2] + below[1:-1] + below[2:])
        )
        _, new = lax.scan(cell, here[0], right_side)
        return A.at[i, 1:-1].set(new)

    def step(_, A):
        return lax.fori_loop(1, A.shape[0] - 1, row, A)

    return jnp.sum(lax.fori_loop(0, steps, step, A) ** 2)


def adi(steps, n, u):
    dt = 0.1 / steps
    mul1, mul2 = 2.0 * dt * n * n, dt * n * n
    a = c = -mul1 / 2.0
    d = f = -mul2 / 2.0
    b, e = 1.0 + mul1, 1.0 + mul2

    def solve(lower, diagonal, upper, right_sides):
        """A tridiagonal solve along the first axis, with ones at both ends."""

        def forward(carry, right_side):
            p, q = carry
            pivot = lower * p + diagonal
            carry = (-upper / pivot, (right_side - lower * q) / pivot)
            return carry, carry

        def backward(v, coefficients):
            p, q = coefficients
            v = p * v + q
            return v, v

        zero, one = jnp.zeros(n - 2), jnp.ones(n - 2)
        _, coefficients = lax.scan(forward, (zero, one), right_sides)
        _, inner = lax.scan(backward, one, coefficients, reverse=True)
        return jnp.concatenate([one[None], inner, one[None]])

    def step(_, u):
        right_sides = -d * u[1:-1, :-2] + (1.0 + 2.0 * d) * u[1:-1, 1:-1] - f * u[1:-1, 2:]
        v = solve(a, b, c, right_sides)
        right_sides = -a * v[:-2] + (1.0 + 2.0 * a) * v[1:-1] - c * v[2:]
        return u.at[1:-1, :].set(solve(d, e, f, right_sides).T)

    return jnp.sum(lax.fori_loop(1, steps + 1, step, u) ** 2)


def fdtd_2d(steps, ex, ey, hz, source):
    def step(t, fields):
        ex, ey, hz = fields
        ey = ey.at[0, :].set(source[t])
        ey = ey.at[1:, :].add(-0.5 * (hz[1:, :] - hz[:-1, :]))
        ex = ex.at[:, 1:].add(-0.5 * (hz[:, 1:] - hz[:, :-1]))
        hz = hz.at[:-1, :-1].add(-0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1]))
        return ex, ey, hz

    ex, ey, hz = lax.fori_loop(0, steps, step, (ex, ey, hz))
    return jnp.sum(hz**2) + jnp.sum(ex * ey)


def vertical_advection(utens_stage, u_stage, wcon, dtr_stage):
    """Levels first, so that a level is an element of what is scanned."""
    utens, u, w = (jnp.moveaxis(x, 2, 0) for x in (utens_stage, u_stage, wcon))
    mean = 0.25 * (w[:, 1:, :] + w[:, :-1, :])
    below = jnp.concatenate([jnp.zeros_like(u[:1]), -mean[1:]])  # gav of each level
    above = jnp.concatenate([mean[1:], jnp.zeros_like(u[:1])])  # gcv
    u_below = jnp.concatenate([u[:1], u[:-1]])
    u_above = jnp.concatenate([u[1:], u[-1:]])
    acol, ccol = 0.5 * below, 0.5 * above
    inside = jnp.ones(u.shape[0]).at[0].set(0.0)[:, None, None]
    bcol = dtr_stage + 3.0 * inside - acol - ccol
    correction = -0.5 * below * (u_below - u) - 0.5 * above * (u_above - u)
    dcol = dtr_stage * u + utens + correction

    def forward(carry, level):
        c_below, d_below = carry
        a, b, c, d = level
        divided = 1.0 / (b - c_below * a)
        carry = (c * divided, (d - d_below * a) * divided)
        return carry, carry

    def backward(data, level):
        c, d = level
        data = d - c * data
        return data, data

    zero = jnp.zeros_like(u[0])
    _, columns = lax.scan(forward, (zero, zero), (acol, bcol, ccol, dcol))
    _, data = lax.scan(backward, zero, columns, reverse=True)
    return jnp.sum((dtr_stage * (data - u)) ** 2)


def deriche(alpha, imgIn):
    k = (1.0 - jnp.exp(-alpha)) ** 2 / (1.0 + alpha * jnp.exp(-alpha) - jnp.exp(2.0 * alpha))
    a1, a2 = k, k * jnp.exp(-alpha) * (alpha - 1.0)
    a3, a4 = k * jnp.exp(-alpha) * (alpha + 1.0), -k * jnp.exp(-2.0 * alpha)
    b1, b2 = 2.0 ** (-alpha), -jnp.exp(-2.0 * alpha)

    def filtered(image):
        """Along the first axis, from both ends."""

        def recursion(carry, right_side):
            one, two = carry
            y = right_side + b1 * one + b2 * two
            return (y, one), y

        zero = jnp.zeros_like(image[:1])
        start = (zero[0], zero[0])
        before = jnp.concatenate([zero, image[:-1]])
        _, y1 = lax.scan(recursion, start, a1 * image + a2 * before)
        after = jnp.concatenate([image[1:], zero])
        second = jnp.concatenate([image[2:], zero, zero])
        _, y2 = lax.scan(recursion, start, a3 * after + a4 * second, reverse=True)
        return y1 + y2

    return jnp.sum(filtered(filtered(imgIn.T).T) ** 2)


def cavity_flow(nt, nit, u, v, dt, dx, dy, p, rho, nu):
    def right_side(u, v):
        ux = (u[1:-1, 2:] - u[1:-1, :-2]) / (2 * dx)
        vy = (v[2:, 1:-1] - v[:-2, 1:-1]) / (2 * dy)
        uy = (u[2:, 1:-1] - u[:-2, 1:-1]) / (2 * dy)
        vx = (v[1:-1, 2:] - v[1:-1, :-2]) / (2 * dx)
        return rho * (1 / dt * (ux + vy) - ux**2 - 2 * (uy * vx) - vy**2)

    def poisson(p, b):
        def step(_, p):
            inner = (
                (p[1:-1, 2:] + p[1:-1, :-2]) * dy**2 + (p[2:, 1:-1] + p[:-2, 1:-1]) * dx**2
            ) / (2 * (dx**2 + dy**2)) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b
            p = p.at[1:-1, 1:-1].set(inner)
            p = p.at[:, -1].set(p[:, -2])
            p = p.at[0, :].set(p[1, :])
            p = p.at[:, 0].set(p[:, 1])
            return p.at[-1, :].set(0.0)

        return lax.fori_loop(0, nit, step, p)

    def moved(w, u, v, gradient):
        inner = w[1:-1, 1:-1]
        return (
            inner
            - u[1:-1, 1:-1] * dt / dx * (inner - w[1:-1, :-2])
            - v[1:-1, 1:-1] * dt / dy * (inner - w[:-2, 1:-1])
            - gradient
            + nu
            * (
                dt / dx**2 * (w[1:-1, 2:] - 2 * inner + w[1:-1, :-2])
                + dt / dy**2 * (w[2:, 1:-1] - 2 * inner + w[:-2, 1:-1])
            )
        )

    def step(_, state):
        u, v, p = state
        p = poisson(p, right_side(u, v))
        px = dt / (2 * rho * dx) * (p[1:-1, 2:] - p[1:-1, :-2])
        py = dt / (2 * rho * dy) * (p[2:, 1:-1] - p[:-2, 1:-1])
        walls = jnp.zeros_like(u)
        new_u = walls.at[1:-1, 1:-1].set(moved(u, u, v, px)).at[-1, :].set(1.0)
        new_v = walls.at[1:-1, 1:-1].set(moved(v, u, v, py))
        return new_u, new_v, p

    u, v, p = lax.fori_loop(0, nt, step, (u, v, p))
    return jnp.sum(u**2) + jnp.sum(v**2) + jnp.sum(p**2)


def lattice_boltzmann_in_one_dimension(density, steps, omega):
    velocity = jnp.array([[0.0], [1.0], [-1.0]])
    weight = jnp.array([[4.0], [1.0], [1.0]]) / 6.0

    def step(_, carry):
        f, _ = carry
        f = jnp.stack([f[0], jnp.roll(f[1], 1), jnp.roll(f[2], -1)])
        rho = jnp.sum(f, axis=0)
        u = jnp.sum(velocity * f, axis=0) / rho
        cu = 3.0 * velocity * u
        feq = weight * rho * (1.0 + cu + 0.5 * cu**2 - 1.5 * u**2)
        return f + omega * (feq - f), u

    start = (weight * (1.0 + density), jnp.zeros(density.shape[1]))
    f, u = lax.fori_loop(0, steps, step, start)
    return jnp.sum(f**2) + jnp.sum(u**2)


# --------------------------------------------------------- factorisations, solves and products


def cholesky(A):
    n = A.shape[0]
    k = jnp.arange(n)

    def row(i, A):
        def cell(j, here):
            dot = jnp.sum(jnp.where(k < j, here * A[j], 0.0))
            return jnp.where((k == j) & (j < i), (here - dot) / A[j, j], here)

        here = lax.fori_loop(0, n, cell, A[i])
        dot = jnp.sum(jnp.where(k < i, here * here, 0.0))
        return A.at[i].set(here.at[i].set(jnp.sqrt(here[i] - dot)))

    return jnp.sum(jnp.tril(lax.fori_loop(0, n, row, A)) ** 3)


def cholesky_of_library(A):
    """The loops read the lower triangle, the library's adjoint is that of a symmetric matrix."""
    lower = jnp.tril(A)
    return jnp.sum(jnp.linalg.cholesky(lower + jnp.tril(A, -1).T, symmetrize_input=False) ** 3)


def _lu(A):
    n = A.shape[0]
    k = jnp.arange(n)

    def row(i, A):
        def cell(j, here):
            dot = jnp.sum(jnp.where(k < j, here * A[:, j], 0.0))
            return jnp.where((k == j) & (j < i), (here - dot) / A[j, j], here)

        here = lax.fori_loop(0, n, cell, A[i])
        upper = here - jnp.where(k < i, here, 0.0) @ A
        return A.at[i].set(jnp.where(k >= i, upper, here))

    return lax.fori_loop(0, n, row, A)


def lu(A):
    return jnp.sum(_lu(A) ** 2)


def lu_by_outer_products(A):
    k = jnp.arange(A.shape[0])

    def eliminate(i, A):
        column = jnp.where(k > i, A[:, i] / A[i, i], 0.0)
        A = A - jnp.outer(column, jnp.where(k > i, A[i], 0.0))
        return A.at[:, i].set(jnp.where(k > i, column, A[:, i]))

    return jnp.sum(lax.fori_loop(0, A.shape[0] - 1, eliminate, A) ** 2)


def ludcmp(A, b):
    A = _lu(A)
    n = A.shape[0]
    k = jnp.arange(n)

    def forward(i, y):
        return y.at[i].set(b[i] - A[i] @ jnp.where(k < i, y, 0.0))

    y = lax.fori_loop(0, n, forward, jnp.zeros_like(b))

    def backward(m, x):
        i = n - 1 - m
        return x.at[i].set((y[i] - A[i] @ jnp.where(k > i, x, 0.0)) / A[i, i])

    x = lax.fori_loop(0, n, backward, jnp.zeros_like(b))
    return jnp.sum(x**2) + jnp.sum(y)


def trisolv(L, x, b):
    k = jnp.arange(x.shape[0])

    def row(i, x):
        return x.at[i].set((b[i] - L[i] @ jnp.where(k < i, x, 0.0)) / L[i, i])

    return jnp.sum(lax.fori_loop(0, x.shape[0], row, x) ** 2)


def trisolv_of_library(L, x, b):
    return jnp.sum(jax.scipy.linalg.solve_triangular(L, b, lower=True) ** 2)


def durbin(r):
    n = r.shape[0]
    m = jnp.arange(n)

    def step(k, carry):
        y, alpha, beta = carry
        beta = beta * (1.0 - alpha * alpha)
        mirrored = (k - 1 - m) % n
        alpha = -(r[k] + jnp.sum(jnp.where(m < k, r[mirrored] * y, 0.0))) / beta
        y = jnp.where(m < k, y + alpha * y[mirrored], y)
        return y.at[k].set(alpha), alpha, beta

    start = (jnp.zeros(n).at[0].set(-r[0]), -r[0], 1.0)
    y, _, _ = lax.fori_loop(1, n, step, start)
    return jnp.sum(y**2) + y[-1]


def gramschmidt(A):
    def column(k, carry):
        A, Q, R = carry
        length = jnp.sqrt(A[:, k] @ A[:, k])
        q = A[:, k] / length

        def project(j, carry):
            A, onto = carry
            part = jnp.where(j > k, q @ A[:, j], 0.0)
            return A.at[:, j].add(-q * part), onto.at[j].set(part)

        A, onto = lax.fori_loop(0, A.shape[1], project, (A, jnp.zeros(A.shape[1])))
        return A, Q.at[:, k].set(q), R.at[k].set(onto.at[k].set(length))

    start = (A, jnp.zeros_like(A), jnp.zeros((A.shape[1], A.shape[1])))
    _, Q, R = lax.fori_loop(0, A.shape[1], column, start)
    return jnp.sum(Q**3) + jnp.sum(R**2)


def gramschmidt_by_outer_products(A):
    columns = jnp.arange(A.shape[1])

    def column(k, carry):
        A, Q, R = carry
        length = jnp.sqrt(A[:, k] @ A[:, k])
        q = A[:, k] / length
        onto = jnp.where(columns > k, q @ A, 0.0)
        return A - jnp.outer(q, onto), Q.at[:, k].set(q), R.at[k].set(onto.at[k].set(length))

    start = (A, jnp.zeros_like(A), jnp.zeros((A.shape[1], A.shape[1])))
    _, Q, R = lax.fori_loop(0, A.shape[1], column, start)
    return jnp.sum(Q**3) + jnp.sum(R**2)


def syrk(alpha, beta, C, A):
    columns = jnp.arange(C.shape[1])

    def row(i, C):
        return C.at[i].set(jnp.where(columns <= i, beta * C[i] + alpha * (A @ A[i]), C[i]))

    return jnp.sum(lax.fori_loop(0, A.shape[0], row, C) ** 2)


def syrk_by_a_product(alpha, beta, C, A):
    lower = jnp.tril(jnp.ones(C.shape, bool))
    return jnp.sum(jnp.where(lower, beta * C + alpha * (A @ A.T), C) ** 2)


def syr2k(alpha, beta, C, A, B):
    columns = jnp.arange(C.shape[1])

    def row(i, C):
        new = beta * C[i] + alpha * (A @ B[i] + B @ A[i])
        return C.at[i].set(jnp.where(columns <= i, new, C[i]))

    return jnp.sum(lax.fori_loop(0, A.shape[0], row, C) ** 2)


def syr2k_by_products(alpha, beta, C, A, B):
    lower = jnp.tril(jnp.ones(C.shape, bool))
    return jnp.sum(jnp.where(lower, beta * C + alpha * (A @ B.T + B @ A.T), C) ** 2)


def trmm(alpha, A, B):
    rows = jnp.arange(A.shape[0])

    def row(i, B):
        return B.at[i].add(jnp.where(rows > i, A[:, i], 0.0) @ B)

    return jnp.sum((alpha * lax.fori_loop(0, B.shape[0], row, B)) ** 2)


def trmm_by_a_product(alpha, A, B):
    return jnp.sum((alpha * (B + jnp.tril(A, -1).T @ B)) ** 2)


def symm(alpha, beta, C, A, B):
    rows = jnp.arange(C.shape[0])

    def row(i, C):
        below = jnp.where(rows < i, A[i], 0.0)

        def column(j, carry):
            C, products = carry
            C = C.at[:, j].add(alpha * B[i, j] * below)
            return C, products.at[j].set(B[:, j] @ below)

        start = (C, jnp.zeros(C.shape[1]))
        C, products = lax.fori_loop(0, C.shape[1], column, start)
        return C.at[i].add(alpha * B[i] * A[i, i] + alpha * products)

    return jnp.sum(lax.fori_loop(0, C.shape[0], row, beta * C) ** 2)


def symm_by_a_product(alpha, beta, C, A, B):
    """The lower triangle mirrored: what the loops compute."""
    lower = jnp.tril(A, -1)
    return jnp.sum((beta * C + alpha * (lower + lower.T + jnp.diag(jnp.diag(A))) @ B) ** 2)


def gemm(alpha, beta, C, A, B):
    return jnp.sum((alpha * A @ B + beta * C) ** 2)


def _products_of_columns(data, start, first, divisor):
    """Row and column i of a symmetric matrix from the element `first` behind the diagonal on."""
    columns = jnp.arange(data.shape[1])

    def column(i, found):
        chosen = columns >= i + first
        products = data[:, i] @ data / divisor
        found = found.at[:, i].set(jnp.where(chosen, products, found[:, i]))
        return found.at[i].set(jnp.where(chosen, products, found[i]))

    return lax.fori_loop(0, data.shape[1], column, start)


def covariance(float_n, data):
    data = data - jnp.mean(data, axis=0)
    start = jnp.zeros((data.shape[1], data.shape[1]))
    return jnp.sum(_products_of_columns(data, start, 0, float_n - 1.0) ** 2)


def covariance_by_a_product(float_n, data):
    data = data - jnp.mean(data, axis=0)
    return jnp.sum((data.T @ data / (float_n - 1.0)) ** 2)


def _standardised(float_n, data):
    stddev = jnp.std(data, axis=0)
    stddev = jnp.where(stddev <= 0.1, 1.0, stddev)
    return (data - jnp.mean(data, axis=0)) / (jnp.sqrt(float_n) * stddev)


def correlation(float_n, data):
    data = _standardised(float_n, data)
    return jnp.sum(_products_of_columns(data, jnp.eye(data.shape[1]), 1, 1.0) ** 3)


def correlation_by_a_product(float_n, data):
    data = _standardised(float_n, data)
    diagonal = jnp.eye(data.shape[1], dtype=bool)
    return jnp.sum(jnp.where(diagonal, 1.0, data.T @ data) ** 3)


def floyd_warshall(path):
    def stop(k, path):
        return jnp.minimum(path, path[:, k][:, None] + path[k])

    return jnp.sum(lax.fori_loop(0, path.shape[0], stop, path) ** 2)


def spmv(A_row, A_col, A_val, x):
    n = A_row.shape[0] - 1
    rows = jnp.repeat(jnp.arange(n), jnp.diff(A_row), total_repeat_length=A_val.shape[0])
    return jnp.sum(jax.ops.segment_sum(A_val * x[A_col], rows, num_segments=n) ** 2)


# -------------------------------------------------------------------- networks, tables, bodies


def _conv2d(x, weights):
    """Window by window."""
    size, channels = weights.shape[0], weights.shape[3]
    height, width = x.shape[1] - size + 1, x.shape[2] - size + 1
    window = (x.shape[0], size, size, x.shape[3])

    def pixel(p, output):
        i, j = p // width, p % width
        seen = lax.dynamic_slice(x, (0, i, j, 0), window)
        return output.at[:, i, j].set(jnp.sum(seen[..., None] * weights[None], axis=(1, 2, 3)))

    output = jnp.empty((x.shape[0], height, width, channels))
    return lax.fori_loop(0, height * width, pixel, output)


def _conv2d_by_products(x, weights):
    size = weights.shape[0]
    height, width = x.shape[1] - size + 1, x.shape[2] - size + 1
    return sum(
        x[:, i : i + height, j : j + width, :] @ weights[i, j]
        for i in range(size)
        for j in range(size)
    )


def conv2d_bias(x, weights, bias, conv2d=_conv2d):
    return jnp.sum((conv2d(x, weights) + bias) ** 2)


def _normalised(x):
    mean = jnp.mean(x, axis=0, keepdims=True)
    return (x - mean) / jnp.sqrt(jnp.var(x, axis=0, keepdims=True) + 1e-5)


def resnet_basicblock(input, conv1, conv2, conv3, conv2d=_conv2d):
    padded = jnp.pad(conv2d(input, conv1), ((0, 0), (1, 1), (1, 1), (0, 0)))
    x = jax.nn.relu(_normalised(padded))
    x = jax.nn.relu(_normalised(conv2d(x, conv2)))
    x = _normalised(conv2d(x, conv3))
    return jnp.sum(jax.nn.relu(x + input) ** 2)


def lstm_with_split_gates(xs, wx, wh, b):
    n = wh.shape[0]

    def cell(state, x):
        h, c = state
        gates = x @ wx + h @ wh + b
        i, f, o = (1 / (1 + jnp.exp(-gates[k * n : (k + 1) * n])) for k in range(3))
        c = f * c + i * jnp.tanh(gates[3 * n :])
        h = o * jnp.tanh(c)
        return (h, c), h

    (_, c), hidden = lax.scan(cell, (jnp.zeros(n), jnp.zeros(n)), xs)
    return jnp.sum(hidden**2) + jnp.sum(c)


def go_fast(a, b):
    return jnp.sum((a + jnp.sum(jnp.tanh(jnp.diagonal(b)))) ** 2)


def soft_max_plus_folding(bond, temperature):
    n = bond.shape[0]
    k = jnp.arange(n)

    def row(m, table):
        i = n - 1 - m
        below = table[jnp.minimum(i + 1, n - 1)]

        def cell(j, here):
            inner = jnp.where(j - i > 1, below[j - 1], 0.0)
            cut = (k >= i) & (k < j)
            shifted = jnp.concatenate([table[1:, j], jnp.zeros(1)])
            terms = jnp.where(cut, here + shifted, -jnp.inf)
            terms = jnp.concatenate([terms, (bond[i, j] + inner)[None]])
            value = temperature * jax.nn.logsumexp(terms / temperature)
            return jnp.where((k == j) & (j > i), value, here)

        return table.at[i].set(lax.fori_loop(1, n, cell, table[i]))

    return lax.fori_loop(0, n, row, jnp.zeros((n, n)))[0, n - 1] ** 2


def n_body_leapfrog(x, v, mass):
    n = mass.shape[0]

    def force(x):
        d = x[None] - x[:, None]
        square = jnp.sum(d**2, axis=2) + 0.1
        factor = jnp.where(jnp.eye(n, dtype=bool), 0.0, mass / (square * jnp.sqrt(square)))
        return jnp.sum(factor[:, :, None] * d, axis=1)

    def step(_, state):
        x, v = state
        v = v + 0.025 * force(x)
        x = x + 0.05 * v
        return x, v + 0.025 * force(x)

    _, v = lax.fori_loop(0, 4, step, (x, v))
    return jnp.sum(0.5 * mass * jnp.sum(v**2, axis=1))


REWRITTEN = {
    "cholesky": cholesky_of_library,
    "lu": lu_by_outer_products,
    "trisolv": trisolv_of_library,
    "gramschmidt": gramschmidt_by_outer_products,
    "syrk": syrk_by_a_product,
    "syr2k": syr2k_by_products,
    "trmm": trmm_by_a_product,
    "symm": symm_by_a_product,
    "covariance": covariance_by_a_product,
    "correlation": correlation_by_a_product,
    "conv2d_bias": partial(conv2d_bias, conv2d=_conv2d_by_products),
    "resnet_basicblock": partial(resnet_basicblock, conv2d=_conv2d_by_products),
}
