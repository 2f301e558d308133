"""Calls of linear algebra; see `shape_cases` for what a case is.

`s` is made regular by adding to its diagonal, `a` has more columns than rows.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

EYE = np.eye(4)
BANDS = np.array([[0.0, 1.0, 2.0, 1.5], [5.0, 6.0, 7.0, 8.0], [1.0, -1.0, 0.5, 0.0]])

FACTORISATIONS = [
    lambda a: np.linalg.svd(a, compute_uv=False),
    lambda a: np.linalg.svd(a.T, False, False),
    lambda a: np.linalg.svd(a, full_matrices=False),
    lambda a: np.linalg.svd(a.T, full_matrices=False),
    lambda s: np.linalg.svd(s)[0],
    lambda a: np.linalg.svdvals(a),
    lambda a: np.linalg.qr(a.T),
    lambda s: np.linalg.qr(s)[1],
    lambda s: np.linalg.qr(s, "r"),
    lambda s: np.linalg.eigvalsh(s + s.T),
    lambda s: np.linalg.eigvalsh(s + s.T, "U"),
    lambda s: np.linalg.eigh(s + s.T)[0],
    lambda s: np.linalg.pinv(s),
    lambda a: np.linalg.pinv(a),
    lambda a: np.linalg.pinv(a.T),
    lambda a, x: np.linalg.lstsq(a.T, x[:4])[0],
    lambda a, b: np.linalg.lstsq(a.T, b.T, rcond=None)[0],
    lambda a, x: np.linalg.lstsq(a.T, x[:4])[1],
    lambda a, x: np.linalg.lstsq(a, x[:3])[0],
    lambda s: np.linalg.cond(s),
    lambda a: np.linalg.cond(a, -2),
    lambda s: np.linalg.matrix_power(s, 3),
    lambda s: np.linalg.matrix_power(s, 0) * s,
    lambda s: np.linalg.matrix_power(s + 4.0 * EYE, -2),
]

STACKS = [
    lambda c: np.linalg.inv(c[:, :2, :2]),
    lambda c: np.linalg.det(c[:, :2, :2]),
    lambda c: np.linalg.slogdet(c[:, :2, :2])[1],
    lambda s: np.linalg.cholesky(np.stack((s @ s.T + EYE, s.T @ s + EYE))),
    lambda s: np.linalg.cholesky(s @ s.T + EYE, upper=True),
    lambda c, x: np.linalg.solve(c[:, :2, :2], x[:2]),
    lambda c, a: np.linalg.solve(c[:, :2, :2], a[:2]),
    lambda c: np.linalg.solve(c[:, :2, :2], c[:, :2]),
    lambda c, s: np.linalg.solve(s[:2, :2], c[:, :2]),
]

MORE_STACKS = [
    lambda c: np.linalg.svd(c, full_matrices=False),
    lambda c: np.linalg.svd(c[:, :3, :3])[1],
    lambda c: np.linalg.svdvals(c),
    lambda c: np.linalg.qr(np.swapaxes(c, 1, 2)),
    lambda c: np.linalg.qr(c[:, :2, :2], "r"),
    lambda c: np.linalg.eigvalsh(c[:, :3, :3] + np.swapaxes(c[:, :3, :3], 1, 2)),
    lambda c: np.linalg.eigh(c[:, :3, :3] + np.swapaxes(c[:, :3, :3], 1, 2), "U")[0],
    lambda c: np.linalg.pinv(c),
    lambda c: np.linalg.cond(c),
    lambda c: np.linalg.cond(c[:, :2, :2], 1),
    lambda c: np.linalg.matrix_power(c[:, :3, :3], 3),
    lambda c: np.linalg.norm(c, "nuc", axis=(1, 2)),
    lambda c: np.linalg.norm(c, 2, axis=(2, 0)),
    lambda c: np.linalg.norm(c, -2, axis=(0, 1), keepdims=True),
    lambda i: np.linalg.solve(i[:3, :3], i[:, 0]),
]

COMPLEX = [
    lambda z, s: np.linalg.solve(s * z + EYE, z),
    lambda z, s: np.linalg.solve(s + 4.0 * EYE, z),
    lambda z, s: np.linalg.solve(s * z + EYE, s),
    lambda z, s: np.linalg.solve(np.stack((s * z, s + z)) + EYE, z),
    lambda z, s: np.linalg.inv(s * z + EYE),
    lambda z, s: np.linalg.det(s * z + EYE),
    lambda z, s: np.linalg.matrix_power(s * z + 5.0 * EYE, -2),
    lambda z: np.linalg.cholesky(np.outer(z, z.conj()) + EYE),
    lambda z: np.linalg.cholesky(np.outer(z, z.conj()) + EYE).imag,
    lambda z: np.linalg.cholesky(np.outer(z, z.conj()) + EYE, upper=True).imag,
    lambda z, s: scipy.linalg.solve_triangular(s * z + EYE, z, trans="C").imag,
    lambda z: scipy.linalg.cho_solve(scipy.linalg.cho_factor(np.outer(z, z.conj()) + EYE), z * z),
    lambda z, s: scipy.linalg.lu_solve(scipy.linalg.lu_factor(s * z + EYE), z.real),
    lambda z: scipy.linalg.solve_banded((1, 1), BANDS * z, z),
    lambda z, s: scipy.linalg.expm(s * z * 0.2),
    lambda z, s: np.linalg.eig(s + z),
    lambda z, s: np.linalg.eig(s * z)[1].imag,
    lambda z, s: np.linalg.eigvals(s + z),
    lambda s: np.linalg.eigvals(s + 0j).imag,
    lambda z, s: np.linalg.eigvals(np.stack((s * z, s + z))),
    lambda z, s: np.linalg.eig(np.stack((s * z, s + z)))[1],
]

NAMES = [
    lambda x, y: np.linalg.outer(x, y),
    lambda a, s: np.linalg.matmul(a, s),
    lambda a: np.linalg.cross(a[:, :3], a[:, 1:]),
    lambda a: np.linalg.cross(a, a * a, axis=0),
    lambda c, s: np.linalg.tensordot(c, s, axes=1),
    lambda a, b: np.linalg.vecdot(a, b),
    lambda a, b: np.linalg.vecdot(a, b, axis=0),
    lambda c: np.linalg.trace(c, offset=1),
    lambda c: np.linalg.diagonal(c),
    lambda c: np.linalg.matrix_norm(c),
    lambda c: np.linalg.matrix_norm(c, ord=1, keepdims=True),
    lambda c: np.linalg.vector_norm(c, ord=3, keepdims=True),
    lambda c: np.linalg.vector_norm(c, axis=1),
    lambda s: np.linalg.tensorinv((s + EYE).reshape(2, 2, 4), ind=2),
    lambda s, x: np.linalg.tensorsolve((s + EYE).reshape(4, 2, 2), x[:4]),
    lambda s, x: scipy.linalg.solve(s @ s.T + EYE, x[:4], assume_a="pos"),
    lambda s, x: scipy.linalg.solve(s, x[:4], lower=True, assume_a="sym"),
    lambda s, x: scipy.linalg.solve(s, x[:4], transposed=True),
    lambda a: scipy.linalg.norm(a, 1),
    lambda s: scipy.linalg.eigh(s + s.T, lower=False, eigvals_only=True),
    lambda s: scipy.linalg.eigvalsh(s + s.T),
    lambda a: scipy.linalg.svd(a, full_matrices=False)[1],
    lambda a: scipy.linalg.svdvals(a),
    lambda a: scipy.linalg.qr(a.T, mode="economic"),
    lambda s: scipy.linalg.qr(s)[1],
    lambda s: scipy.linalg.qr(s, mode="r")[0],
]

SYSTEMS = [
    lambda s, x: scipy.linalg.solve_triangular(s, x[:4]),
    lambda s, x: scipy.linalg.solve_triangular(s, x[:4], lower=True),
    lambda s, a: scipy.linalg.solve_triangular(s, a.T, trans=1),
    lambda s, a: scipy.linalg.solve_triangular(s, a.T, "T", lower=True, unit_diagonal=True),
    lambda s: scipy.linalg.cholesky(s @ s.T + EYE),
    lambda s: scipy.linalg.cholesky(s @ s.T + EYE, lower=True),
    lambda s, x: scipy.linalg.cho_solve(scipy.linalg.cho_factor(s @ s.T + EYE), x[:4]),
    lambda s, a: scipy.linalg.cho_solve(scipy.linalg.cho_factor(s @ s.T + EYE, lower=True), a.T),
    lambda s: scipy.linalg.lu_factor(s)[0],
    lambda s, x: scipy.linalg.lu_solve(scipy.linalg.lu_factor(s), x[:4]),
    lambda s, a: scipy.linalg.lu_solve(scipy.linalg.lu_factor(s), a.T),
    lambda s, x: scipy.linalg.lu_solve(scipy.linalg.lu_factor(s), x[:4], trans=1),
    lambda x, t: scipy.linalg.solve_banded((1, 1), BANDS * t, x[:4]),
    lambda s, x: scipy.linalg.solve(s, x[:4]),
    lambda s: scipy.linalg.inv(s),
    lambda s: scipy.linalg.det(s),
    lambda x: scipy.linalg.toeplitz(x),
    lambda x, y: scipy.linalg.toeplitz(x, y[:3]),
    lambda a, s: scipy.linalg.block_diag(a, s),
    lambda a, x: scipy.linalg.block_diag(a, x),
    lambda s: scipy.linalg.expm(s * 0.3),
    lambda s: scipy.linalg.expm(s * 3.0),
]
