"""Calls that choose, order and count elements; see `shape_cases` for what a case is."""

from __future__ import annotations

import numpy as np

TAKING = [
    lambda x, k: np.take(x, k),
    lambda x: np.take(x, 2),
    lambda x: np.take(x, [0, 3]),
    lambda a: np.take(a, [0, 7]),
    lambda a: np.take(a, [0, 2, 2], axis=0),
    lambda a: np.take(a, [[0, 2], [1, -1]], axis=1),
    lambda a: np.take(a, 1, axis=1),
    lambda x: np.take(x, [0, 7, -9], mode="wrap"),
    lambda x: np.take(x, [0, 7, -9], mode="clip"),
    lambda x, k: x.take(k),
    lambda i: np.take(i, [1, 2], axis=-1),
    lambda a: np.take_along_axis(a, np.argsort(a, axis=1), axis=1),
    lambda a: np.take_along_axis(a, np.argsort(a, axis=0), 0),
    lambda a: np.take_along_axis(a, np.array([[0], [2], [1]]), 1),
    lambda x, k: np.take_along_axis(x, k, 0),
    lambda a: np.take_along_axis(a, np.array([3, 1]), None),
    lambda a: np.compress([True, False, True], a, axis=0),
    lambda a: np.compress([False, True], a, axis=1),
    lambda x, m: np.compress(m, x),
    lambda a: np.compress([False, True, True], a),
    lambda x: np.extract(x > 0.0, x),
    lambda a: np.extract(a > 0.0, a),
    lambda a, b: np.choose([0, 1, 0, 1], (a, b)),
    lambda x, y, m: np.choose(m, (x, y)),
    lambda x, y: np.choose([0, 1, 2, 3, -1], (x, y), mode="wrap"),
    lambda x, y: np.choose([0, 1, 2, 3, -1], (x, y), mode="clip"),
    lambda x, t: np.choose([0, 1, 0, 1, 1], [x, t]),
    lambda x, y: np.select([x > 0.5, x > 0.0], [x * x, y]),
    lambda x, y: np.select([x > 0.5, x > 0.0], [x * x, y], default=3.0),
    lambda x, y, t: np.select((x > 0.5, x > 0.0), (x * x, t), y),
    lambda a, x: np.select([a > 0.5], [x[:4]], a),
    lambda x: np.piecewise(x, [x < 0, x >= 0], [-1.0, 1.0]) * x,
    lambda x: np.piecewise(x, [x < 0, x >= 0], [lambda v: -v, lambda v: v * v]),
    lambda x: np.piecewise(x, [x < 0], [lambda v: -v, lambda v: v * v]),
    lambda x: np.piecewise(x, [x < 0, x > 1.0], [np.sin, np.cos, 0.5]),
    lambda x, t: np.piecewise(x, x < 0, [lambda v, w: -v * w, lambda v, w: v * w * w], t),
    lambda x, y: np.where(x > 0.3, x, y),
    lambda a, x: np.where(a > 0.3, a, x[:4]),
    lambda a, t: np.where(a > 0.3, t, 0),
    lambda a: np.where(a.T[:, :, None] > 0.3, a.T[:, None], 1.0),
    lambda h: np.where(h > 0.3, h, 0.0),
    lambda i: np.where(i > 3, i, 0),
    lambda a: a[np.where(a > 0.3)],
    lambda x: np.clip(x, 0.0, 1.0),
    lambda x: np.clip(x, None, 0.4),
    lambda x: np.clip(x, 0.1, None),
    lambda x: np.clip(x, a_min=0.1, a_max=1.0),
    lambda x: np.clip(x, max=0.4),
    lambda x: x.clip(0.0, 0.5),
    lambda x, y: np.clip(x, y, y + 0.3),
    lambda a, x: np.clip(a, x[:4], None),
    lambda i: np.clip(i, 2, 8),
    lambda h: np.clip(h, 0.1, 0.8),
    lambda a: np.ix_([0, 2], [1, 3])[0] * a[:2, :2],
    lambda a: a[np.ix_([0, 2], [1, 3])],
    lambda a: a[np.ix_([True, False, True], [1, 3, 3])],
]

ORDER = [
    lambda x: np.sort(x),
    lambda a: np.sort(a),
    lambda a: np.sort(a, axis=0),
    lambda a: np.sort(a, axis=None),
    lambda c: np.sort(c, axis=1),
    lambda x: np.sort(x, kind="stable"),
    lambda i: np.sort(i, axis=0),
    lambda x: np.sort(x)[::-1],
    lambda x: np.argsort(x),
    lambda a: np.argsort(a, axis=0),
    lambda a: np.argsort(a, axis=None),
    lambda x, y: y[np.argsort(x)],
    lambda x, y: y[np.argsort(-x, kind="stable")],
    lambda x, y: y[x.argsort()],
    lambda x: np.partition(x, 2),
    lambda a: np.partition(a, 1, axis=0),
    lambda x: np.partition(x, -2)[-2:],
    lambda x: x[np.argpartition(x, 2)[:2]],
    lambda x, y: y[np.lexsort((x,))],
    lambda x, y: y[np.lexsort((y, x > 0.5))],
    lambda x, k: np.unique(x),
    lambda a: np.unique(a),
    lambda x, k: np.unique(np.concatenate((x, x[:2]))),
    lambda k: np.unique(k),
]

COUNTING = [
    lambda x, y: np.searchsorted(np.sort(x), y),
    lambda x, y: np.searchsorted(np.sort(x), y, side="right"),
    lambda x, t: np.searchsorted(np.sort(x), t),
    lambda x: np.digitize(x, np.array([0.0, 0.5])),
    lambda x: np.digitize(x, [0.0, 0.5], right=True),
    lambda x: np.digitize(x, np.array([0.5, 0.0])),
    lambda x: x * np.digitize(x, [0.0, 0.5]),
    lambda n: np.bincount(np.array([0, 1, 1, 3])),
    lambda x: np.bincount([0, 1, 1, 3, 0], weights=x),
    lambda x: np.bincount(np.array([0, 1, 1, 3, 0]), x, minlength=6),
    lambda x: np.bincount(np.array([0, 1, 1, 3, 0]), weights=x * x),
    lambda x, y: np.histogram(x, 4, weights=y)[0],
    lambda x, y: np.histogram(x, bins=[0.0, 0.5, 1.0], weights=y)[0],
    lambda x: np.histogram(x, bins=4, range=(0.0, 1.0))[0],
    lambda x: np.histogram(x, bins=[0.0, 0.5, 1.0])[1],
    lambda x, y: np.histogram(x, 3, (-1.0, 1.5), weights=y, density=True)[0],
    lambda x: np.flatnonzero(x > 0.3),
    lambda x: x[np.flatnonzero(x > 0.3)],
    lambda x: x[np.nonzero(x > 0.3)[0]],
    lambda x: x[np.nonzero(x > 0.3)],
    lambda a: a[np.nonzero(a > 0.3)],
    lambda a: a[np.argwhere(a > 0.3)[:, 0]],
    lambda a: np.count_nonzero(a > 0.3) * a,
    lambda a: a[np.triu_indices(3)],
    lambda a: a[np.triu_indices(3, 1)],
    lambda s: s[np.tril_indices(4, -1)],
    lambda s: s[np.diag_indices(4)],
    lambda a: a[np.triu_indices(3, k=1, m=4)],
    lambda s: s[np.triu_indices_from(s, 1)],
    lambda s: s[np.tril_indices_from(s)],
    lambda s: s[np.diag_indices_from(s)],
    lambda a: a.ravel()[np.ravel_multi_index(([0, 2], [1, 3]), (3, 4))],
    lambda a: a[np.unravel_index([1, 7], (3, 4))],
    lambda a: a[np.unravel_index(7, a.shape)],
    lambda a: a[np.unravel_index(np.argmax(a), a.shape)],
]

SIGNALS = [
    lambda t, x, y: np.interp(t, np.sort(x), y),
    lambda x, y: np.interp(np.array([-9.0, 0.1, 0.33, 9.0]), np.sort(x), y),
    lambda x, y: np.interp([-9.0, 0.1, 9.0], np.sort(x), y, left=2.0, right=3.0),
    lambda x, y: np.interp(x * 0.7 + 0.031, np.linspace(-1.0, 1.0, 5), y),
    lambda a, x, y: np.interp(a * 0.6, np.sort(x), y, y[0] * 2.0),
    lambda x, y: np.convolve(x, y),
    lambda x, y: np.convolve(x, y[:3]),
    lambda x, y: np.convolve(x[:2], y),
    lambda x, y: np.convolve(x, y[:3], "same"),
    lambda x, y: np.convolve(x, y[:2], mode="same"),
    lambda x, y: np.convolve(x[:2], y, mode="same"),
    lambda x, y: np.convolve(x, y[:3], "valid"),
    lambda x, y: np.convolve(x[:2], y, "valid"),
    lambda x, k: np.convolve(x, k),
    lambda k: np.convolve(k, k),
    lambda z, x: np.convolve(z, x),
    lambda x: np.convolve(x, [1.0, 2.0]),
    lambda x, y: np.correlate(x, y),
    lambda x, y: np.correlate(x, y[:3]),
    lambda x, y: np.correlate(x[:3], y),
    lambda x, y: np.correlate(x, y[:3], "full"),
    lambda x, y: np.correlate(x[:3], y, mode="full"),
    lambda x, y: np.correlate(x, y[:2], mode="same"),
    lambda x, y: np.correlate(x[:2], y, mode="same"),
    lambda z, x: np.correlate(x, z),
    lambda x: np.cumsum(x),
    lambda a: np.cumsum(a),
    lambda a: np.cumsum(a, axis=0),
    lambda a: np.cumsum(a, -1),
    lambda a: a.cumsum(axis=1),
    lambda i: np.cumsum(i, axis=0),
    lambda g: np.cumsum(g, axis=1),
    lambda c: np.cumprod(c, axis=1),
    lambda x: np.cumprod(x),
    lambda a: np.cumprod(a),
    lambda i: np.cumprod(i, axis=1),
    lambda x: np.add.reduceat(x, [0, 2, 4]),
    lambda x: np.add.reduceat(x, np.array([0, 3, 1])),
    lambda a: np.add.reduceat(a, [0, 2], axis=1),
    lambda x: np.add.accumulate(x),
    lambda a: np.multiply.accumulate(a, axis=1),
    lambda x: np.maximum.accumulate(x),
]


def _put(x, t):
    y = x.copy()
    np.put(y, [0, 2], [t, 5.0])
    return y


def _put_matrix(a, t):
    y = a.copy()
    np.put(y, [1, -1], t)
    return y


def _put_along_axis(a, t):
    y = a * 1.0
    np.put_along_axis(y, np.array([[0], [2], [1]]), t, 1)
    return y


def _place(x, y):
    z = x * 1.0
    np.place(z, z > 0.3, [9.0, 8.0])
    return z * y


def _putmask(x, y):
    z = x * 1.0
    np.putmask(z, z > 0.3, y)
    return z


def _fill_diagonal(a, t):
    y = a * 1.0
    np.fill_diagonal(y, t)
    return y


def _copyto(a, x):
    y = a * 1.0
    np.copyto(y, x[:4])
    return y


def _copyto_where(a, x):
    y = a * 1.0
    np.copyto(y, x[:4], where=y > 0.2)
    return y


WRITING = [
    _put,
    _put_matrix,
    _put_along_axis,
    _place,
    _putmask,
    _fill_diagonal,
    _copyto,
    _copyto_where,
]

SELECTION = [*TAKING, *ORDER, *COUNTING, *SIGNALS, *WRITING]
