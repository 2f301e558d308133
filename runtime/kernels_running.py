# mypy: allow-untyped-defs
"""Cotangents of products, running products and differences along axes.

Plain NumPy, built from operations that have rules: a rule that calls one of these can be
differentiated again.
"""

from __future__ import annotations

import numpy as np

from adjoint.runtime.kernels_shapes import merge_axes, split_axes


def product_of_others(a, axis):
    """For each element the product of all others along `axis`; right at zeros too."""
    merged, order = merge_axes(a, axis)
    one = np.ones_like(merged[..., :1])
    before = np.cumprod(np.concatenate([one, merged[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([one, merged[..., :0:-1]], axis=-1), axis=-1)
    return split_axes(before * after[..., ::-1], order, np.shape(a))


def cumprod_bar(z, a, axis, z_bar):
    """Cotangent of a in z = cumprod(a, axis): Σ_{j >= i} z_bar[j] z[j] / a[i].

    Where a is zero the quotient is the product of the others; then the sum is formed directly,
    in O(n²).
    """
    if axis is None:
        return np.reshape(cumprod_bar(z, np.reshape(a, (-1,)), 0, z_bar), np.shape(a))
    if not np.any(a == 0):
        return reversed_cumsum(z_bar * z, axis) / a
    moved, bar = np.moveaxis(a, axis, -1), np.moveaxis(z_bar, axis, -1)
    total = []
    for i in range(moved.shape[-1]):
        rest = np.concatenate([np.ones_like(moved[..., :1]), moved[..., i + 1 :]], axis=-1)
        before = np.prod(moved[..., :i], axis=-1)
        total.append(before * np.sum(np.cumprod(rest, axis=-1) * bar[..., i:], axis=-1))
    return np.moveaxis(np.stack(total, axis=-1), -1, axis)


def reversed_cumsum(x, axis):
    """Sums from each element to the end."""
    return np.flip(np.cumsum(np.flip(x, axis), axis), axis)


def undo_diff(z_bar, n, axis):
    """Cotangent of a in z = np.diff(a, n, axis)."""
    for _ in range(n):
        zero = np.zeros_like(np.take(z_bar, [0], axis))
        z_bar = -np.diff(np.concatenate([zero, z_bar, zero], axis=axis), 1, axis)
    return z_bar
