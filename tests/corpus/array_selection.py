"""Elements chosen, ordered, counted and written by index, several of these in each program."""

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.normal(size=7), r.normal(size=7)), compiled=True)
def trimmed_and_ranked(x, w):
    ordered = np.sort(x)
    ranks = np.argsort(x)
    best = np.partition(x, -3)[-3:]
    return np.sum(ordered[1:-1] * np.arange(5.0)) + np.sum(w[ranks] * ordered) + np.sum(best**2)


@program(lambda r: (r.normal(size=(3, 4)), np.array([0, 2, 1])), compiled=True)
def cross_entropy_by_label(logits, labels):
    top = np.take_along_axis(logits, np.argsort(logits, axis=1), axis=1)[:, -1]
    lse = np.log(np.sum(np.exp(logits - top[:, None]), axis=1)) + top
    chosen = np.take_along_axis(logits, labels[:, None], 1)
    return np.sum(lse - chosen[:, 0]) + np.sum(np.take(logits, [1, 3], axis=1) ** 2)


@program(lambda r: (r.uniform(0.1, 0.9, 6), r.normal(size=5)), compiled=True)
def table_lookup(x, heights):
    grid = np.linspace(0.0, 1.0, 5)
    smooth = np.interp(x, grid, heights)
    bins = np.digitize(x, grid) - 1
    return np.sum(smooth * x) + np.sum(np.bincount(bins, weights=x * x, minlength=5) * heights)


@program(lambda r: (r.uniform(0.0, 1.0, 8), r.normal(size=8)))
def weighted_histogram(x, w):
    counts, edges = np.histogram(x, bins=4, range=(0.0, 1.0), weights=w * w)
    middle = (edges[1:] + edges[:-1]) / 2.0
    return np.sum(counts * middle) + np.sum(np.add.reduceat(w, [0, 3, 5]) ** 2)


@program(lambda r: (r.normal(size=9), r.normal(size=3)), compiled=True)
def filters(signal, kernel):
    smooth = np.convolve(signal, kernel, mode="same")
    match = np.correlate(signal, kernel, "valid")
    running = np.cumsum(smooth) * np.cumprod(np.cos(signal))
    return np.sum(running) + np.sum(match**2) + np.sum(np.convolve(kernel, kernel))


@program(lambda r: (r.normal(size=6) + 0.05, r.uniform(0.5, 1.0)))
def laws_by_region(x, k):
    stress = np.piecewise(
        x, [x < -0.5, x > 0.5], [lambda v: -k * v * v, lambda v: np.sqrt(v) * k, lambda v: k * v]
    )
    energy = np.select([x > 1.0, x > 0.0], [x * k, x * x], default=k)
    return np.sum(stress * energy) + np.sum(np.clip(x, None, k) * np.clip(x, -k, 2.0))


@program(lambda r: (r.normal(size=(4, 4)), r.normal(size=6)))
def symmetric_from_its_triangle(a, packed):
    m = a * 0.0
    rows, columns = np.triu_indices(4, 1)
    m[rows, columns] = packed
    m = m + m.T
    np.fill_diagonal(m, packed[0])
    lower = m[np.tril_indices(4, -1)]
    return np.sum(m * a) + np.sum(lower**2) + np.sum(m[np.diag_indices(4)])


@program(lambda r: (r.normal(size=(3, 4)), r.uniform(0.5, 1.0)))
def written_by_number(a, t):
    b = a.copy()
    np.put(b, [1, 6], [t, t * t])
    np.put_along_axis(b, np.array([[3], [2], [0]]), t, 1)
    c = b.ravel()
    np.place(c, c > 0.9, [t])
    return np.sum(np.sin(c) * np.arange(12.0)) + b[np.unravel_index(7, b.shape)]


@program(lambda r: (r.normal(size=6), r.normal(size=6)))
def kept_where_it_holds(x, y):
    kept = np.compress(x > 0.0, y)
    taken = np.extract(np.abs(y) < 1.0, x)
    both = y[np.flatnonzero((x > -1.0) & (y > -1.0))]
    chosen = np.choose(np.array([0, 1, 0, 1, 1, 0]), (x, y * y))
    return np.sum(kept**2) + np.sum(taken**3) + np.sum(both) + np.sum(chosen * x)


@program(lambda r: (r.normal(size=5),))
def each_value_once(x):
    doubled = np.concatenate((x, x[1:3], x[:1]))
    values = np.unique(doubled)
    return np.sum(values * np.arange(1.0, values.size + 1.0))
