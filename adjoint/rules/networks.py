# mypy: allow-untyped-defs
"""Rules of the operations of neural networks in `adjoint.runtime.kernels_nn`."""

from __future__ import annotations

import numpy as np

from adjoint.rules.registry import vjp_rule
from adjoint.runtime import kernels, kernels_nn


@vjp_rule(kernels_nn.relu, broadcasts=True)
def relu(z, x, z_bar):
    """z = max(x, 0); slope 0 at 0."""
    x_bar = np.where(x > 0, z_bar, 0.0)
    return (x_bar,)


@vjp_rule(kernels_nn.sigmoid, broadcasts=True)
def sigmoid(z, x, z_bar):
    """z = 1 / (1 + e⁻ˣ)."""
    x_bar = z_bar * (z * (1.0 - z))
    return (x_bar,)


@vjp_rule(kernels_nn.softplus, broadcasts=True)
def softplus(z, x, z_bar):
    """z = log(1 + eˣ)."""
    x_bar = z_bar * kernels_nn.sigmoid(x)
    return (x_bar,)


@vjp_rule(kernels_nn.erf, broadcasts=True)
def erf(z, x, z_bar):
    """z = erf x; the constant is 2 / √π."""
    x_bar = z_bar * (1.1283791670955126 * np.exp(-(x * x)))
    return (x_bar,)


@vjp_rule(kernels_nn.gamma, broadcasts=True)
def gamma(z, x, z_bar):
    """z = Γ(x)."""
    x_bar = z_bar * (z * kernels.digamma(x))
    return (x_bar,)


@vjp_rule(kernels_nn.gammaln, broadcasts=True)
def gammaln(z, x, z_bar):
    """z = log |Γ(x)|."""
    x_bar = z_bar * kernels.digamma(x)
    return (x_bar,)


@vjp_rule(kernels_nn.softmax)
def softmax(z, x, axis=-1, z_bar=None):
    """z = eˣ / Σ eˣ."""
    weighted = z_bar * z
    x_bar = weighted - z * np.sum(weighted, axis=axis, keepdims=True)
    return (x_bar,)


@vjp_rule(kernels_nn.log_softmax)
def log_softmax(z, x, axis=-1, z_bar=None):
    """z = x - log Σ eˣ."""
    x_bar = z_bar - np.exp(z) * np.sum(z_bar, axis=axis, keepdims=True)
    return (x_bar,)


@vjp_rule(kernels_nn.logsumexp)
def logsumexp(z, x, axis=None, keepdims=False, z_bar=None):
    """z = log Σ eˣ; slope 0 where all x are -inf."""
    whole = kernels.restore_axes(z, axis, keepdims)
    finite = np.where(np.isfinite(whole), whole, 0.0)
    x_bar = kernels.restore_axes(z_bar, axis, keepdims) * np.exp(x - finite)
    return (x_bar,)


@vjp_rule(kernels_nn.windows)
def windows(z, x, kernel, stride, dilate, z_bar):
    """z[…, i, k] = x[…, stride i + dilate k]."""
    x_bar = kernels_nn.overlap_add(z_bar, np.shape(x)[-len(kernel) :], stride, dilate)
    return (x_bar,)


@vjp_rule(kernels_nn.overlap_add)
def overlap_add(z, y, sizes, stride, dilate, z_bar):
    """z[…, stride i + dilate k] += y[…, i, k]."""
    y_bar = kernels_nn.windows(z_bar, np.shape(y)[-len(sizes) :], stride, dilate)
    return (y_bar,)
