"""`scipy.signal`: convolution and correlation of any number of axes, and linear filters.

How a convolution is computed is SciPy's choice (`method`); here it is the sum itself.
"""

from __future__ import annotations

import numpy as np

from adjoint.expansions.registry import expands, settled


@settled
def known_mode(mode):
    """SciPy's error for other modes."""
    if mode not in ("full", "same", "valid"):
        raise ValueError("acceptable mode flags are 'valid', 'same', or 'full'")


@settled
def same_axes(ndim, other):
    """SciPy's error for arrays of different numbers of axes."""
    if ndim != other:
        raise ValueError("in1 and in2 should have the same dimensionality")


@expands("scipy.signal._signaltools.convolve")
def convolve(in1, in2, mode="full", method="auto"):
    """z[k] = Σ in1[i] in2[k - i], over all axes; "same" is as large as `in1`."""
    return convolved(np.asarray(in1), np.asarray(in2), mode)


@expands("scipy.signal._signaltools.fftconvolve", "scipy.signal._signaltools.oaconvolve")
def fftconvolve(in1, in2, mode="full"):
    """The same; of integers in floating point."""
    return convolved(inexact(np.asarray(in1)), inexact(np.asarray(in2)), mode)


@expands("scipy.signal._signaltools.correlate")
def correlate(in1, in2, mode="full", method="auto"):
    """z[k] = Σ in1[i + k] conj(in2[i]): a convolution with what is turned round."""
    first, second = np.asarray(in1), np.asarray(in2)
    return convolved(first, np.conj(np.flip(second)), mode)


def inexact(x):
    """Integers as floats."""
    return x if np.issubdtype(x.dtype, np.inexact) else x.astype(np.float64)


def convolved(x, y, mode):
    """In the mode that is asked for."""
    known_mode(mode)
    same_axes(x.ndim, y.ndim)
    if x.ndim == 0:
        return x * y
    if mode == "full":
        return everything(x, y)
    if mode == "same":
        whole = everything(x, y)
        first = tuple((w - n) // 2 for w, n in zip(tuple(whole.shape), tuple(x.shape), strict=True))
        part = tuple(slice(f, f + n) for f, n in zip(first, tuple(x.shape), strict=True))
        return whole[part].copy()
    if holds(x, y):
        return inside(x, y)
    if not holds(y, x):
        raise ValueError(
            "For 'valid' mode, one must be at least as large as the other in every dimension"
        )
    return inside(y, x)


def everything(x, y):
    """Every product of two elements, added at the sum of their places."""
    lengths = tuple(n + m - 1 for n, m in zip(tuple(x.shape), tuple(y.shape), strict=True))
    result = np.zeros(lengths, np.result_type(x, y))
    for index in np.ndindex(y.shape):
        part = tuple(slice(k, k + n) for k, n in zip(index, tuple(x.shape), strict=True))
        result[part] += x * y[index]
    return result


def holds(x, y):
    """Whether no axis of `x` is shorter than that of `y`."""
    larger = True
    for axis in tuple(range(x.ndim)):
        if x.shape[axis] < y.shape[axis]:
            larger = False
    return larger


def inside(x, y):
    """What takes all of `y`, which `x` holds."""
    lengths = tuple(n - m + 1 for n, m in zip(tuple(x.shape), tuple(y.shape), strict=True))
    result = np.zeros(lengths, np.result_type(x, y))
    for index in np.ndindex(y.shape):
        ends = tuple(m - 1 - k for k, m in zip(index, tuple(y.shape), strict=True))
        part = tuple(slice(k, k + n) for k, n in zip(ends, lengths, strict=True))
        result[...] += x[part] * y[index]
    return result


# --------------------------------------------------------------------------- filters


@expands("scipy.signal._signaltools.lfilter")
def lfilter(b, a, x, axis=-1, zi=None):
    """A filter of rational transfer function b / a along an axis, in direct form II transposed."""
    numerator, denominator = np.atleast_1d(np.asarray(b)), np.atleast_1d(np.asarray(a))
    signal = np.asarray(x)
    if denominator[0] == 0:
        raise ValueError("filter coefficient a[0] == 0 is not supported")
    order = max(numerator.shape[0], denominator.shape[0])
    forward, back = np.zeros(order, quotients(numerator)), np.zeros(order, quotients(denominator))
    forward[: numerator.shape[0]] = numerator / denominator[0]
    back[: denominator.shape[0]] = denominator / denominator[0]
    values = np.moveaxis(signal, axis, 0)
    result = np.empty(values.shape, np.result_type(forward, values))
    state = np.zeros((order, *tuple(values.shape)[1:]), result.dtype)
    if zi is not None:
        state[: order - 1] = np.moveaxis(np.asarray(zi), axis, 0)
    for n in range(values.shape[0]):
        result[n] = forward[0] * values[n] + state[0]
        for k in range(order - 1):
            state[k] = state[k + 1] + forward[k + 1] * values[n] - back[k + 1] * result[n]
    turned = np.moveaxis(result, 0, axis)
    if zi is None:
        return turned
    return turned, np.moveaxis(state[: order - 1], 0, axis)


def quotients(coefficients):
    """The type of quotients of coefficients."""
    kind = coefficients.dtype
    return kind if np.issubdtype(kind, np.inexact) else np.float64
