# mypy: allow-untyped-defs, disable-error-code="arg-type"
"""Operations of neural networks that are one step of the tape each, and their adjoints."""

from __future__ import annotations

import itertools
import math
from functools import wraps

import numpy as np

from adjoint.runtime.dispatch import dispatched


def rounded(function):
    """Compute in float64 and round once: NumPy's float32 functions are off by several digits."""

    @wraps(function)
    def compute(x, *args, **kwargs):
        z = function(np.asarray(x, np.float64), *args, **kwargs)
        return z.astype(np.result_type(np.asarray(x).dtype, np.float32))

    return compute


# --------------------------------------------------------------------------- activations


@dispatched
def relu(x):
    """max(x, 0)."""
    return np.maximum(x, 0)


@dispatched
@rounded
def sigmoid(x):
    """1 / (1 + e⁻ˣ), without overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


@dispatched
@rounded
def softplus(x):
    """log(1 + eˣ), without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


@dispatched
@rounded
def softmax(x, axis=-1):
    """eˣ / Σ eˣ along an axis."""
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


@dispatched
@rounded
def log_softmax(x, axis=-1):
    """x - log Σ eˣ along an axis."""
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


@dispatched
@rounded
def logsumexp(x, axis=None, keepdims=False):
    """log Σ eˣ; -inf where all x are."""
    high = np.max(x, axis=axis, keepdims=True)
    high = np.where(np.isfinite(high), high, 0.0)
    with np.errstate(divide="ignore"):
        z = np.log(np.sum(np.exp(x - high), axis=axis, keepdims=True)) + high
    return z if keepdims else np.reshape(z, np.max(x, axis=axis).shape)


@dispatched
def erf(x):
    """The error function of each element."""
    return _elementwise(math.erf, x)


@dispatched
def gamma(x):
    """The gamma function of each element."""
    return _elementwise(math.gamma, x)


@dispatched
def gammaln(x):
    """log |Γ| of each element."""
    return _elementwise(math.lgamma, x)


def _elementwise(function, x):
    # `math` has these functions and NumPy has not; SciPy is not required.
    x = np.asarray(x)
    values = np.fromiter(map(function, x.ravel().tolist()), float, x.size)
    return values.reshape(x.shape).astype(x.dtype)


# --------------------------------------------------------------------------- windows


def window_counts(sizes, kernel, stride, dilate):
    """How many windows of a kernel fit along each axis."""
    return tuple(
        (n - d * (k - 1) - 1) // s + 1
        for n, k, s, d in zip(sizes, kernel, stride, dilate, strict=True)
    )


@dispatched
def windows(x, kernel, stride, dilate):
    """All windows of the last axes: shape (…, *counts, *kernel).

    With `overlap_add`, its adjoint, this makes convolution, pooling and their derivatives of
    every order out of matrix products.
    """
    n = len(kernel)
    counts = window_counts(x.shape[-n:], kernel, stride, dilate)
    steps = x.strides[-n:]
    outer = tuple(step * s for step, s in zip(steps, stride, strict=True))
    inner = tuple(step * d for step, d in zip(steps, dilate, strict=True))
    shape = x.shape[:-n] + counts + tuple(kernel)
    return np.lib.stride_tricks.as_strided(
        x, shape, x.strides[:-n] + outer + inner, writeable=False
    )


@dispatched
def overlap_add(y, sizes, stride, dilate):
    """Add windows up where they come from: the adjoint of `windows`."""
    n = len(sizes)
    counts, kernel = y.shape[-2 * n : -n], y.shape[-n:]
    out = np.zeros(y.shape[: -2 * n] + tuple(sizes), y.dtype)
    for offset in itertools.product(*map(range, kernel)):
        places = tuple(
            slice(o * d, o * d + s * (c - 1) + 1, s)
            for o, d, s, c in zip(offset, dilate, stride, counts, strict=True)
        )
        out[(..., *places)] += y[(..., *offset)]
    return out
