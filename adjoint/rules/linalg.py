"""Rules of products and factorisations of matrices, and of stacks of them.

Formulas: Giles 2008, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation"; Murray 2016, "Differentiation of the Cholesky decomposition"; Townsend 2016 for
the SVD; Walter & Lehmann 2018 for QR. Functions of symmetric matrices have symmetric cotangents.
"""

from __future__ import annotations

import operator

import numpy as np

from adjoint.rules.registry import complex_rule, piecewise_constant, vjp_rule
from adjoint.runtime import eigen, kernels, kernels_compiled, kernels_complex

# --------------------------------------------------------------------------- products


@vjp_rule(np.matmul, operator.matmul, operator.imatmul, holomorphic=True)
def matmul(z, x1, x2, z_bar):
    """z = x1 @ x2 (Giles 2008, sec. 2.2.2)."""
    x1_bar = kernels.matmul_left(x1, x2, z_bar)
    x2_bar = kernels.matmul_right(x1, x2, z_bar)
    return x1_bar, x2_bar


@vjp_rule(np.dot, holomorphic=True)
def dot(z, a, b, z_bar):
    """z = Σ a[…, k] b[…, k, :]; as `@` up to two dimensions."""
    a_bar = kernels.dot_left(a, b, z_bar)
    b_bar = kernels.dot_right(a, b, z_bar)
    return a_bar, b_bar


@vjp_rule(np.vdot)
def vdot(z, a, b, z_bar):
    """z = Σ a b over all elements."""
    a_bar = np.reshape(z_bar * b, np.shape(a))
    b_bar = np.reshape(z_bar * a, np.shape(b))
    return a_bar, b_bar


@vjp_rule(np.inner, holomorphic=True)
def inner(z, a, b, z_bar):
    """z = Σ a[…, k] b[…, k]."""
    axes = 0 if a.ndim == 0 or b.ndim == 0 else ((-1,), (-1,))
    a_bar = kernels.tensordot_left(a, b, axes, z_bar)
    b_bar = kernels.tensordot_right(a, b, axes, z_bar)
    return a_bar, b_bar


@vjp_rule(np.outer, holomorphic=True)
def outer(z, a, b, z_bar):
    """z[i, j] = a[i] b[j], both flattened."""
    a_bar = np.reshape(z_bar @ np.reshape(b, (-1,)), np.shape(a))
    b_bar = np.reshape(np.reshape(a, (-1,)) @ z_bar, np.shape(b))
    return a_bar, b_bar


@vjp_rule(np.tensordot, holomorphic=True)
def tensordot(z, a, b, axes=2, z_bar=None):
    """z = Σ a b over `axes`."""
    a_bar = kernels.tensordot_left(a, b, axes, z_bar)
    b_bar = kernels.tensordot_right(a, b, axes, z_bar)
    return a_bar, b_bar


@vjp_rule(np.einsum, holomorphic=True)
def einsum(z, subscripts, *operands, z_bar=None):
    """z = Σ of products as `subscripts` say; linear in each operand."""
    operands_bar = kernels.einsum_bars(subscripts, operands, z_bar)
    return (operands_bar,)


@vjp_rule(np.kron, holomorphic=True)
def kron(z, a, b, z_bar):
    """z has the blocks a[i, j] b."""
    a_bar = kernels.kron_left(a, b, z_bar)
    b_bar = kernels.kron_right(a, b, z_bar)
    return a_bar, b_bar


@vjp_rule(np.cross, holomorphic=True)
def cross(z, a, b, z_bar):
    """z = a × b of vectors in three dimensions, along the last axis."""
    a_bar = np.cross(b, z_bar)
    b_bar = np.cross(z_bar, a)
    return a_bar, b_bar


@vjp_rule(np.trace, holomorphic=True)
def trace(z, a, offset=0, axis1=0, axis2=1, z_bar=None):
    """z = Σ a[i, i]."""
    sources = np.diagonal(kernels.positions(a), offset, axis1, axis2)
    a_bar = kernels.ungather(
        a, sources, np.broadcast_to(np.expand_dims(z_bar, -1), np.shape(sources))
    )
    return (a_bar,)


# --------------------------------------------------------------------------- factorisations


@vjp_rule(np.linalg.inv, holomorphic=True)
def inv(z, a, z_bar):
    """z = a⁻¹ (Giles 2008, sec. 2.2.3: -zᵀ z_bar zᵀ)."""
    transposed = kernels.transposed(z)
    a_bar = -(transposed @ z_bar @ transposed)
    return (a_bar,)


@vjp_rule(np.linalg.pinv)
def pinv(z, a, z_bar):
    """z = a⁺ for a of full rank (Golub & Pereyra 1973, eq. 4.12)."""
    a_bar = kernels.pinv_bar(z, a, z_bar)
    return (a_bar,)


@vjp_rule(np.linalg.solve, holomorphic=True)
def solve(z, a, b, z_bar):
    """a z = b (Giles 2008, sec. 2.3.1)."""
    right = kernels.solve_right(a, b, z_bar)
    a_bar = kernels.solve_left(a, b, z, right)
    b_bar = kernels.unbroadcast(right, np.shape(b))
    return a_bar, b_bar


@vjp_rule(np.linalg.det, holomorphic=True)
def det(z, a, z_bar):
    """z = |a| (Giles 2008, sec. 2.2.4: z a⁻ᵀ); a singular matrix raises."""
    a_bar = kernels.restore_axes(z_bar * z, (-2, -1), False) * kernels.transposed(np.linalg.inv(a))
    return (a_bar,)


@vjp_rule(np.linalg.slogdet)
def slogdet(z, a, z_bar):
    """z = (sign, log |det a|); the sign is piecewise constant."""
    scale = kernels.restore_axes(z_bar[1], (-2, -1), False)
    a_bar = scale * kernels.transposed(np.linalg.inv(a))
    return (a_bar,)


@vjp_rule(np.linalg.cholesky)
def cholesky(z, a, z_bar):
    """z zᵀ = a, z lower triangular (Murray 2016)."""
    a_bar = kernels.cholesky_bar(z, z_bar)
    return (a_bar,)


@complex_rule(np.linalg.cholesky, broadcasts=False)
def complex_cholesky(z, a, z_bar):
    """z zᴴ = a, z lower triangular with a real diagonal."""
    a_bar = kernels_compiled.cholesky_bars(a, z_bar)[0]
    return (a_bar,)


@complex_rule(np.linalg.slogdet, broadcasts=False)
def complex_slogdet(z, a, z_bar):
    """z = (det a / |det a|, log |det a|)."""
    a_bar = kernels_complex.slogdet_bars(a, z_bar[0], z_bar[1])[0]
    return (a_bar,)


@complex_rule(np.linalg.eigh, broadcasts=False)
def complex_eigh(z, a, UPLO="L", z_bar=None):
    """z = (w, v), a = v diag(w) vᴴ; the first components of the vectors are real."""
    a_bar = kernels_complex.eigh_bars(a, z_bar[0], z_bar[1])[0]
    return (a_bar,)


@complex_rule(np.linalg.svd, broadcasts=False)
def complex_svd(z, a, full_matrices=True, compute_uv=True, z_bar=None):
    """a = u diag(s) vh, reduced; phases as LAPACK chooses them."""
    a_bar = kernels_complex.svd_bars(a, full_matrices, z_bar[0], z_bar[1], z_bar[2])[0]
    return (a_bar,)


@complex_rule(np.linalg.qr, broadcasts=False)
def complex_qr(z, a, mode="reduced", z_bar=None):
    """a = q r, r with a real diagonal."""
    a_bar = kernels_complex.qr_bars(a, z_bar[0], z_bar[1])[0]
    return (a_bar,)


@complex_rule(np.linalg.pinv, broadcasts=False)
def complex_pinv(z, a, rcond=1e-15, z_bar=None):
    """z = a⁺, where the rank stays."""
    a_bar = kernels_complex.pinv_bars(a, rcond, z_bar)[0]
    return (a_bar,)


@vjp_rule(np.linalg.eig, eigen.real_eig)
def real_eig(z, a, z_bar):
    """z = (w, v), a v = v diag(w), all real."""
    a_bar = kernels.eig_bar(z[0], z[1], z_bar[0], z_bar[1])
    return (a_bar,)


@complex_rule(np.linalg.eig, broadcasts=False)
def complex_eig(z, a, z_bar):
    """z = (w, v), a v = v diag(w), a complex; vectors as LAPACK scales them."""
    a_bar = kernels_compiled.eig_bars(a, z_bar[0], z_bar[1])[0]
    return (a_bar,)


@vjp_rule(np.linalg.eigh)
def eigh(z, a, UPLO="L", z_bar=None):
    """z = (w, v), a = v diag(w) vᵀ (Giles 2008, sec. 3.1)."""
    a_bar = kernels.eigh_bar(a, z[0], z[1], z_bar[0], z_bar[1])
    return (a_bar,)


@vjp_rule(np.linalg.eigvalsh)
def eigvalsh(z, a, UPLO="L", z_bar=None):
    """z = the eigenvalues of a symmetric matrix: v diag(z_bar) vᵀ."""
    v = np.linalg.eigh(a, UPLO)[1]
    a_bar = (v * np.expand_dims(z_bar, -2)) @ kernels.transposed(v)
    return (a_bar,)


@vjp_rule(np.linalg.svd)
def svd(z, a, full_matrices=True, compute_uv=True, z_bar=None):
    """a = u diag(s) vh (Townsend 2016); the reduced form, or the values alone."""
    a_bar = kernels.svd_rule(z, a, full_matrices, compute_uv, z_bar)
    return (a_bar,)


@vjp_rule(np.linalg.qr)
def qr(z, a, mode="reduced", z_bar=None):
    """a = q r, reduced (Walter & Lehmann 2018)."""
    a_bar = kernels.qr_rule(z, a, mode, z_bar)
    return (a_bar,)


@vjp_rule(np.linalg.norm)
def norm(z, x, ord=None, axis=None, keepdims=False, z_bar=None):
    """z = ‖x‖; the 2-norm of 0 has slope nan."""
    x_bar = kernels.norm_bar(z, x, ord, axis, keepdims, z_bar)
    return (x_bar,)


@vjp_rule(np.linalg.matrix_power, holomorphic=True)
def matrix_power(z, a, n, z_bar):
    """z = aⁿ: the sum over the places of a in the product."""
    a_bar = kernels.matrix_power_bar(a, n, z_bar)
    return (a_bar,)


piecewise_constant(np.linalg.matrix_rank)
