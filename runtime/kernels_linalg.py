# mypy: allow-untyped-defs
"""Cotangents of factorisations and norms of matrices.

Plain NumPy, built from operations that have rules: a rule that calls one of these can be
differentiated again.
"""

from __future__ import annotations

import numpy as np

from adjoint.runtime.kernels_shapes import transposed, unbroadcast

# --------------------------------------------------------------------------- factorisations


def solve_right(a, b, z_bar):
    """Cotangent of b in z = solve(a, b): solve(aᵀ, z_bar) (Giles 2008, sec. 2.3.1)."""
    if a.ndim > 2 and b.ndim == 1:
        return np.linalg.solve(transposed(a), np.expand_dims(z_bar, -1))[..., 0]
    return np.linalg.solve(transposed(a), z_bar)


def solve_left(a, b, z, b_bar):
    """Cotangent of a in z = solve(a, b), from b's: -b_bar zᵀ (Giles 2008, sec. 2.3.1)."""
    if a.ndim == 2 and b.ndim == 1:
        return -np.outer(b_bar, z)
    if a.ndim == 2 and b.ndim == 2:
        return -(b_bar @ z.T)
    if b.ndim == 1:
        return unbroadcast(-(np.expand_dims(b_bar, -1) * np.expand_dims(z, -2)), a.shape)
    return unbroadcast(-(b_bar @ transposed(z)), a.shape)


def cholesky_bar(z, z_bar):
    """Cotangent of a in z zᵀ = a, z lower triangular (Murray 2016, sec. 3.1, eq. 10).

    a_bar = ½ z⁻ᵀ (P + Pᵀ) z⁻¹ with P the lower triangle of zᵀ z_bar, its diagonal halved.
    Symmetric: the slope along symmetric changes of a.
    """
    product = np.tril(transposed(z) @ z_bar)
    both = product + transposed(np.tril(product, -1))
    inverse = np.linalg.inv(z)
    return 0.5 * (transposed(inverse) @ both @ inverse)


def eigh_bar(a, w, v, w_bar, v_bar):
    """Cotangent of a in a = v diag(w) vᵀ (Giles 2008, sec. 2.2.6 / 3.1).

    a_bar = v (diag(w_bar) + (vᵀ v_bar) ∘ F) vᵀ, F[i, j] = 1 / (w[j] - w[i]) off the diagonal.
    Symmetric: the slope along symmetric changes of a. inf or nan for equal eigenvalues.
    """
    eye = np.eye(a.shape[-1], dtype=a.dtype)
    gaps = np.expand_dims(w, -2) - np.expand_dims(w, -1) + eye
    inner = (transposed(v) @ v_bar) * ((1.0 - eye) / gaps) + np.expand_dims(w_bar, -1) * eye
    bar = v @ inner @ transposed(v)
    return 0.5 * (bar + transposed(bar))


def eig_bar(w, v, w_bar, v_bar):
    """Cotangent of a in a v = v diag(w), all real, vectors of length 1 (Giles 2008, sec. 3.1).

    a_bar = v⁻ᵀ (diag(w_bar) + (vᵀ v_bar) ∘ F) vᵀ, F as in `eigh_bar`.
    """
    if np.iscomplexobj(w):
        raise ValueError("the eigenvalues are complex: compile it, with np.linalg.eig(a + 0j)")
    eye = np.eye(w.shape[-1], dtype=w.dtype)
    gaps = np.expand_dims(w, -2) - np.expand_dims(w, -1) + eye
    free = v_bar - v * np.sum(v_bar * v, axis=-2, keepdims=True)
    inner = (transposed(v) @ free) * ((1.0 - eye) / gaps) + np.expand_dims(w_bar, -1) * eye
    return np.linalg.solve(transposed(v), inner @ transposed(v))


def svd_bar(u, s, vh, u_bar, s_bar, vh_bar):
    """Cotangent of a = u diag(s) vh, the reduced form (Townsend 2016, "Differentiating the SVD").

    inf or nan for equal or zero singular values.
    """
    v, v_bar = transposed(vh), transposed(vh_bar)
    eye = np.eye(s.shape[-1], dtype=s.dtype)
    row, column = np.expand_dims(s, -2), np.expand_dims(s, -1)
    f = (1.0 - eye) / ((row - column) * (row + column) + eye)
    uu, vv = transposed(u) @ u_bar, transposed(v) @ v_bar
    left = f * (uu - transposed(uu)) * row
    right = column * (f * (vv - transposed(vv)))
    bar = u @ (left + right + np.expand_dims(s_bar, -1) * eye) @ vh
    if u.shape[-2] > s.shape[-1]:
        bar = bar + ((u_bar - u @ uu) / row) @ vh
    if v.shape[-2] > s.shape[-1]:
        bar = bar + (u / row) @ transposed(v_bar - v @ vv)
    return bar


def qr_bar(a, q, r, q_bar, r_bar):
    """Cotangent of a = q r, reduced (Walter & Lehmann 2018, sec. 4).

    a_bar = (q_bar + q · copyltu(M)) r⁻ᵀ with M = r r_barᵀ - q_barᵀ q. Of more columns than rows,
    the first ones make q, and r is qᵀ a.
    """
    n = q.shape[-1]
    if a.shape[-1] > n:
        beside = r_bar[..., n:]
        q_bar = q_bar + a[..., n:] @ transposed(beside)
        first = qr_bar(a[..., :n], q, r[..., :n], q_bar, r_bar[..., :n])
        return np.concatenate((first, q @ beside), axis=-1)
    m = r @ transposed(r_bar) - transposed(q_bar) @ q
    symmetric = np.tril(m) + transposed(np.tril(m, -1))
    return transposed(np.linalg.solve(r, transposed(q_bar + q @ symmetric)))


def pinv_bar(z, a, z_bar):
    """Cotangent of a in z = pinv(a) for a of full rank (Golub & Pereyra 1973, eq. 4.12)."""
    zt, g = transposed(z), transposed(z_bar)
    bar = -(zt @ transposed(g) @ zt)
    bar = bar + (g - a @ (z @ g)) @ (z @ zt)
    return bar + (zt @ z) @ (g - (g @ z) @ a)


def svd_rule(z, a, full_matrices, compute_uv, z_bar):
    """Cotangent of a for the forms of `np.linalg.svd` that have one."""
    if not compute_uv:
        u, _, vh = np.linalg.svd(a, full_matrices=False)
        return (u * np.expand_dims(z_bar, -2)) @ vh
    if full_matrices and a.shape[-1] != a.shape[-2]:
        raise NotImplementedError(
            "the full SVD of a matrix that is not square has no derivative: its last vectors are "
            "arbitrary; pass full_matrices=False"
        )
    return svd_bar(z[0], z[1], z[2], z_bar[0], z_bar[1], z_bar[2])


def qr_rule(z, a, mode, z_bar):
    """Cotangent of a for the form of `np.linalg.qr` that has one."""
    if mode != "reduced":
        raise NotImplementedError("QR is differentiated in mode 'reduced'")
    return qr_bar(a, z[0], z[1], z_bar[0], z_bar[1])


def matrix_power_bar(a, n, z_bar):
    """Cotangent of a in z = aⁿ: Σ (aᵀ)ⁱ z_bar (aᵀ)ⁿ⁻¹⁻ⁱ."""
    if n < 0:
        inverse = np.linalg.inv(a)
        bar = transposed(inverse) @ matrix_power_bar(inverse, -n, z_bar) @ transposed(inverse)
        return -bar
    at = transposed(a)
    total = np.zeros_like(a)
    for i in range(n):
        left, right = np.linalg.matrix_power(at, i), np.linalg.matrix_power(at, n - 1 - i)
        total = total + left @ z_bar @ right
    return total


# --------------------------------------------------------------------------- norms


def norm_bar(z, x, ord, axis, keepdims, z_bar):
    """Cotangent of x in z = np.linalg.norm(x, ord, axis, keepdims).

    The 2-norm of 0 has slope nan, as MXNet, JAX and the formula x / z say.
    """
    if not keepdims and axis is not None:
        z, z_bar = np.expand_dims(z, axis), np.expand_dims(z_bar, axis)
    matrix = ord is not None and (isinstance(axis, tuple) or (axis is None and np.ndim(x) == 2))
    if ord in (None, "fro") or (ord == 2 and not matrix):
        return (z_bar / z) * x
    if matrix:
        return _matrix_norm_bar(x, ord, axis, z, z_bar)
    if ord == 1:
        return z_bar * np.sign(x)
    if ord in (np.inf, -np.inf):
        return np.where(abs(x) == z, z_bar * np.sign(x), 0.0)
    return z_bar * np.sign(x) * (abs(x) / z) ** (ord - 1)


def _matrix_norm_bar(x, ord, axis, z, z_bar):
    rows, columns = (0, 1) if axis is None else (i % np.ndim(x) for i in axis)
    if ord in (1, -1, np.inf, -np.inf):
        summed = rows if ord in (1, -1) else columns
        chosen = np.sum(abs(x), axis=summed, keepdims=True) == z
        return np.where(chosen, z_bar * np.sign(x), 0.0)
    if ord not in (2, -2, "nuc"):
        raise NotImplementedError(f"the derivative of a matrix norm of order {ord!r}")
    moved = np.moveaxis(x, (rows, columns), (-2, -1))
    u, s, vh = np.linalg.svd(moved, full_matrices=False)
    number = np.arange(np.shape(s)[-1])
    chosen = {"nuc": number >= 0, 2: number == 0, -2: number == number[-1]}[ord]
    weight = np.where(chosen, np.ones_like(s), 0.0)
    bar = (u * np.expand_dims(weight, -2)) @ vh
    return z_bar * np.moveaxis(bar, (-2, -1), (rows, columns))
