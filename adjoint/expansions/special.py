"""SciPy's functions along axes, by sums and the largest element, and NumPy's `i0`."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.registry import expands


def finite_maximum(a: Any, axis: Any) -> Any:
    """The largest elements, to be subtracted before exponentials; 0 where they are not finite."""
    top = np.max(a, axis=axis, keepdims=True)
    return np.where(np.isfinite(top), top, 0.0)


@expands("scipy.special._logsumexp.logsumexp")
def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    """log Σ b eᵃ, and with `return_sign` log |Σ b eᵃ| and the sign."""
    top = finite_maximum(a, axis)
    terms = np.exp(a - top)
    if b is not None:
        terms = b * terms
    total = np.sum(terms, axis=axis, keepdims=True)
    if return_sign:
        whole, sign = np.log(np.abs(total)) + top, np.sign(total)
        return (whole, sign) if keepdims else (np.sum(whole, axis=axis), np.sum(sign, axis=axis))
    whole = np.log(total) + top
    return whole if keepdims else np.sum(whole, axis=axis)


@expands("scipy.special._logsumexp.softmax")
def softmax(x: Any, axis: Any = None) -> Any:
    """eˣ / Σ eˣ."""
    powers = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return powers / np.sum(powers, axis=axis, keepdims=True)


@expands("scipy.special._logsumexp.log_softmax")
def log_softmax(x: Any, axis: Any = None) -> Any:
    """x - log Σ eˣ."""
    moved = x - finite_maximum(x, axis)
    return moved - np.log(np.sum(np.exp(moved), axis=axis, keepdims=True))
