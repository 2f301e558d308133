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
