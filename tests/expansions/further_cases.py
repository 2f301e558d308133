"""Polynomials, windows, sets, running sums, transforms: see `shape_cases` for what a case is."""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

POLYNOMIALS = [
    lambda x, t: np.polyval(x, t),
    lambda x, a: np.polyval(x, a),
    lambda t: np.polyval([1, -2.0, 0.5], t),
    lambda x, y: np.polyval(x[:3], y),
    lambda x, z: np.polyval(x, z),
    lambda x, t: np.polyval((x[0], t, 2), x[1]),
    lambda x, y: np.polyadd(x, y[:3]),
    lambda x, y: np.polysub(x[:2], y),
    lambda x, y: np.polymul(x, y[:3]),
    lambda x: np.polymul([0, 0, 1.5, 2], x),
    lambda x, y: np.polydiv(x, y[:3]),
    lambda x, y: np.polydiv(x[:2], y[:3]),
    lambda x: np.polyder(x),
    lambda x: np.polyder(x, 3),
    lambda x: np.polyint(x),
    lambda x, t: np.polyint(x, 2, t),
    lambda x, y: np.polyint(x, 2, y[:2]),
    lambda x, y: np.polyfit(x, y, 2),
    lambda x, y: np.polyfit(x, y, 1, w=np.array([1.0, 2.0, 0.5, 1.0, 3.0])),
    lambda x, s: np.polyfit(x[:4], s, 1),
    lambda x: np.poly(x),
    lambda z: np.roots(z),
    lambda z: np.roots(np.concatenate((np.zeros(1), z, np.zeros(2)))).imag,
    lambda x: np.trim_zeros(np.where(np.arange(5) % 3 == 0, 0.0, x)),
    lambda x: np.trim_zeros(np.where(np.arange(5) < 2, 0.0, x), "f"),
]

WINDOWS = [
    lambda x: np.bartlett(5) * x,
    lambda x: np.blackman(5) * x,
    lambda x: np.hamming(5) * x,
    lambda x: np.hanning(4) * x[1:],
    lambda x: np.hanning(1) * x[:1],
    lambda x: np.kaiser(5, 3.0) * x,
    lambda t: np.kaiser(6, t),
    lambda x: sliding_window_view(x, 3),
    lambda a: sliding_window_view(a, (2, 3)),
    lambda a: sliding_window_view(a, 2, axis=0),
    lambda c: np.max(sliding_window_view(c, (2, 2), axis=(1, 2)), axis=(-2, -1)),
]

SETS = [
    lambda x: np.ravel(np.unique_all(x).inverse_indices) * x,
    lambda k: np.unique_counts(k),
    lambda i: np.unique_inverse(i),
    lambda g: np.unique_all(g * 2.0),
    lambda a: np.unique_counts(a).values,
    lambda x, y: np.union1d(x, y),
    lambda x, y: np.intersect1d(x, np.concatenate((y, x[:3]))),
    lambda x, y: np.setxor1d(x, np.concatenate((y, x[:3]))),
    lambda x: np.setdiff1d(x, x[1:3]),
    lambda x: np.setdiff1d(x, x[1:3], assume_unique=True),
]

RUNNING = [
    lambda x: np.cumulative_sum(x),
    lambda x: np.cumulative_sum(x, include_initial=True),
    lambda a: np.cumulative_sum(a, axis=1, include_initial=True),
    lambda i: np.cumulative_sum(i, axis=0),
    lambda x: np.cumulative_prod(x),
    lambda a: np.cumulative_prod(a, axis=-1, include_initial=True),
    lambda a: np.ediff1d(a),
    lambda x, y: np.ediff1d(x, to_begin=y[:2], to_end=7.0),
    lambda a: np.apply_over_axes(np.sum, a, (0, 1)),
    lambda c: np.apply_over_axes(np.mean, c, [0, -1]),
    lambda a: np.unstack(a)[1],
    lambda a: np.unstack(a, axis=1)[2] * 2.0,
    lambda a: np.astype(a, np.float32),
    lambda i: np.astype(i, np.float64),
    lambda x: np.fromiter((2.0 * v for v in x), np.float64),
    lambda a: a[np.mask_indices(3, np.triu, 1)],
    lambda z: np.sort_complex(z),
    lambda x: np.sort_complex(x),
    lambda x: np.real_if_close(x),
    lambda x: np.isneginf(x) | np.isposinf(-x),
    lambda z: np.isreal(z) | np.iscomplex(z),
]

WITHOUT_NAN = [
    lambda a: np.nanmedian(np.where(a > 2.5, np.nan, a)),
    lambda a: np.nanmedian(np.where(a > 2.0, np.nan, a), axis=1),
    lambda c: np.nanmedian(np.where(c > 5.0, np.nan, c), axis=(0, 2), keepdims=True),
    lambda a: np.nanquantile(np.where(a > 2.0, np.nan, a), 0.3, axis=0),
    lambda a: np.nanquantile(np.where(a > 2.0, np.nan, a), [0.3, 0.8]),
    lambda a: np.nanquantile(np.where(a > 2.0, np.nan, a), [0.3, 0.8], axis=1),
    lambda a: np.nanpercentile(np.where(a > 2.0, np.nan, a), 30, axis=1),
    lambda i: np.nanmedian(i),
]

COUNTED = [
    lambda x: np.histogram_bin_edges(x, 4),
    lambda x: np.histogram_bin_edges(x, 3, (0.0, 1.0)),
    lambda x, y: np.histogram2d(x, y, 3),
    lambda x, y: np.histogram2d(x, y, (2, 3), weights=x * y),
    lambda x, y: np.histogram2d(x, y, [2, [-1.0, 0.0, 3.0]], [[-1, 1], [-1, 3]], weights=y)[0],
    lambda x, y: np.histogram2d(x, y, [-1.0, 0.0, 0.5, 3.0], density=True, weights=y * y)[0],
    lambda x, y: np.histogram2d(x, y, bins=(2, 3), weights=x)[0],
    lambda x, y, t: np.histogramdd((x, y), 3, weights=[t, 2.0, t, 1.0, 0.5])[0],
    lambda x, y: np.histogramdd([x, y, x + y], (2, 3, 4), weights=x * y)[0],
    lambda a, x: np.histogramdd(a[:, :2], (2, [-1.0, 0.0, 3.0]), weights=x[:3])[0],
    lambda a, x: np.histogramdd(a[:, 0], weights=x[:3])[1][0],
    lambda x, y: np.histogramdd((x, y), 2, ((-1, 1), (-1, 3)), True, y * y)[0],
    lambda x: np.sort(np.unique_values(np.concatenate((x, x)))),
]

TRANSFORMS = [
    lambda a: np.fft.rfft2(a),
    lambda c: np.fft.rfftn(c),
    lambda c: np.fft.rfftn(c, (3, 5), axes=(0, 2), norm="ortho"),
    lambda c: np.fft.rfftn(c, axes=(2, 1), norm="forward"),
    lambda a: np.fft.irfft2(a + 0.5j * a),
    lambda c: np.fft.irfftn(c + 1j),
    lambda c: np.fft.irfftn(c * (1 + 2j), (4, 5), axes=(1, 0), norm="ortho"),
    lambda z: np.fft.hfft(z),
    lambda z: np.fft.hfft(z, 5, norm="forward"),
    lambda x: np.fft.ihfft(x),
    lambda a: np.fft.ihfft(a, 6, axis=0, norm="ortho"),
]

REDUCED = [
    lambda x: np.hypot.reduce(x),
    lambda c: np.hypot.reduce(c, axis=1),
    lambda a: np.subtract.reduce(a),
    lambda a: np.divide.reduce(a, axis=-1),
    lambda a: np.fmax.reduce(np.where(a > 2.5, np.nan, a)),
    lambda c: np.fmin.reduce(c, 2),
    lambda x, t: x.tolist()[1] * t,
    lambda x: np.array([v * v for v in x.tolist()]),
    lambda x: x[[]],
    lambda a: a[:, []],
    lambda x: x * float(x[0] > 0.1),
    lambda x: x * float(not x[0] > 0.1) + float(True),
]

OF_NUMBERS = [
    lambda x: math.prod([x[0], x[1], 3.0]),
    lambda x: math.prod(x, start=2),
    lambda x, y: math.dist(x, y),
    lambda x, y: math.dist((x[0], x[1]), (y[0], 2.0)),
    lambda x: math.fsum(x),
    lambda x: math.fsum([1e100, x[0], -1e100, x[1], 1.0]),
    lambda x: math.fsum(v * v for v in x),
    lambda t: math.modf(t)[0],
    lambda t: math.modf(-t)[1],
    lambda t: math.frexp(5.0 * t)[0],
    lambda t: t * math.frexp(5.0 * t)[1],
    lambda t: t * (1.0 + math.ulp(-t)),
]

ALL = [
    *(*POLYNOMIALS, *WINDOWS, *SETS, *RUNNING, *WITHOUT_NAN, *COUNTED, *TRANSFORMS, *REDUCED),
    *OF_NUMBERS,
]
