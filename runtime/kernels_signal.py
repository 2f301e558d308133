# mypy: allow-untyped-defs
"""Cotangents of convolution, interpolation and choices among arrays.

Plain NumPy, built from operations that have rules: a rule that calls one of these can be
differentiated again.
"""

from __future__ import annotations

import numpy as np

from adjoint.runtime.kernels_shapes import scatter_add, unbroadcast


def full_convolution_bar(n, m, mode, z_bar):
    """The cotangent of a convolution of lengths n and m as that of the full one."""
    full, short = n + m - 1, min(n, m)
    before = {"full": 0, "same": (short - 1) // 2, "valid": short - 1}[mode]
    return np.pad(z_bar, (before, full - before - z_bar.shape[0]))


def convolve_bars(a, v, mode, z_bar):
    """Cotangents of a and v in z = np.convolve(a, v, mode)."""
    bar = full_convolution_bar(np.shape(a)[0], np.shape(v)[0], mode, z_bar)
    return np.correlate(bar, v, "valid"), np.correlate(bar, a, "valid")


def correlate_bars(a, v, mode, z_bar):
    """Cotangents of a and v in z = np.correlate(a, v, mode), for v no longer than a."""
    n, m = np.shape(a)[0], np.shape(v)[0]
    if m > n or mode not in ("full", "valid"):
        raise NotImplementedError(
            "np.correlate is differentiated in modes 'full' and 'valid', the second argument no "
            "longer than the first"
        )
    bar = full_convolution_bar(n, m, mode, z_bar)
    return np.correlate(bar, np.flip(v), "valid"), np.flip(np.correlate(bar, a, "valid"))


def interval(x, xp):
    """For each x the number of the interval of xp that holds it."""
    return np.clip(np.searchsorted(xp, x, side="right") - 1, 0, np.shape(xp)[0] - 2)


def interp_bars(x, xp, fp, z_bar):
    """Cotangents of x, xp and fp in z = np.interp(x, xp, fp): z = fp[i] + t (fp[i+1] - fp[i]).

    Left and right of all of xp the result is constant in x and xp.
    """
    i = np.asarray(interval(x, xp))
    width = xp[i + 1] - xp[i]
    inside = (x >= xp[0]) & (x <= xp[-1])
    slope = np.where(inside, (fp[i + 1] - fp[i]) / width, 0.0)
    t = np.clip((x - xp[i]) / width, 0.0, 1.0)
    shape = np.shape(xp)
    fp_bar = scatter_add(shape, i, z_bar * (1.0 - t)) + scatter_add(shape, i + 1, z_bar * t)
    x_bar = z_bar * slope
    xp_bar = -(scatter_add(shape, i, x_bar * (1.0 - t)) + scatter_add(shape, i + 1, x_bar * t))
    return x_bar, xp_bar, fp_bar


def choose_bars(number, choices, z_bar):
    """Cotangents of arrays of which each element of a result was taken from one."""
    return tuple(
        unbroadcast(np.where(number == i, z_bar, 0.0), np.shape(choice))
        for i, choice in enumerate(choices)
    )


def first_true(conditions):
    """The number of the first condition that holds, or -1."""
    stacked = np.stack(np.broadcast_arrays(*conditions))
    return np.where(np.any(stacked, axis=0), np.argmax(stacked, axis=0), -1)


def average_bars(a, weights, axis, keepdims, z, z_bar):
    """Cotangents of a and its weights in z = Σ w a / Σ w, w along the axis or in a's shape."""
    if axis is not None and not keepdims:
        z, z_bar = np.expand_dims(z, axis), np.expand_dims(z_bar, axis)
    w = weights
    if axis is not None and np.ndim(weights) != np.ndim(a):
        w = np.reshape(weights, [-1 if i == axis % np.ndim(a) else 1 for i in range(np.ndim(a))])
    scale = z_bar / np.sum(np.broadcast_to(w, np.shape(a)), axis=axis, keepdims=True)
    w_bar = unbroadcast(scale * (a - z), np.shape(w))
    return scale * w, np.reshape(w_bar, np.shape(weights))


def mean_weights(a, weights):
    """The weights of an average, ones if there are none."""
    return np.ones(np.shape(a), a.dtype) if weights is None else weights


def trapezoid_bars(y, x, dx, axis, z_bar):
    """Cotangents of y and x in z = np.trapezoid(y, x, dx, axis); x's is 0 if there is none."""
    bar = np.expand_dims(z_bar, axis)
    n = np.shape(y)[axis]
    if n == 0:
        return np.zeros_like(y), np.zeros(np.shape(x))
    lower, upper = np.arange(n - 1), np.arange(1, n)
    if x is None:
        step, x_bar = dx, np.zeros(())
    else:
        column = [-1 if i == axis % np.ndim(y) else 1 for i in range(np.ndim(y))]
        place = np.reshape(x, column) if np.ndim(x) == 1 else x
        step = np.diff(place, 1, axis)
        half = 0.5 * bar * (np.take(y, lower, axis) + np.take(y, upper, axis))
        x_bar = np.reshape(unbroadcast(_ends(-half, half, axis), np.shape(place)), np.shape(x))
    area = np.broadcast_to(0.5 * bar * step, np.shape(np.take(y, lower, axis)))
    return _ends(area, area, axis), x_bar


def _ends(at_lower, at_upper, axis):
    """Add what belongs to the lower and the upper end of each interval."""
    shape = np.shape(at_lower)
    along = axis % len(shape)
    zero = np.zeros((*shape[:along], 1, *shape[along + 1 :]), at_lower.dtype)
    left = np.concatenate([at_lower, zero], axis=axis)
    return left + np.concatenate([zero, at_upper], axis=axis)


def unpartition(a, kth, axis, z_bar):
    """Send each cotangent back to where its element stood before partitioning."""
    order = np.argpartition(a, kth, axis=axis)
    return np.take_along_axis(z_bar, np.argsort(order, axis=axis), axis)
