"""Lists and tuples where NumPy takes an array, `np.r_`, layouts, and numbers made arrays."""

import numpy as np

from tests.corpus.registry import program

LENGTHS = [1.0, 2.5, 4.0]


def two(r):
    return 1.3 + r.uniform(0.0, 0.1), 0.7 + r.uniform(0.0, 0.1)


def vectors(r):
    return r.normal(size=3), r.normal(size=3)


def matrix(r):
    return (r.normal(size=(3, 2)),)


@program(two, compiled=True)
def reductions_of_displays(x, y):
    extremes = np.max([x, y * y]) - np.min((x, y * y)) + np.amax([[x, 0.0], [y, x * y]])
    sums = np.sum((x * y, y * y)) + np.mean([x * y, y, 1]) + np.prod([x * y, y, 2])
    rows = np.sum([[x, y], [1.0, x * y]], axis=0)[1] + np.add.reduce([x, y])
    return extremes + sums * rows + np.argmax([y, x]) * x


@program(two)
def statistics_of_displays(x, y):
    spread = np.std([x, y, x * y]) + np.median([x, y, x * y])
    return spread * np.cumsum([x, y, x * y])[1] + np.average([x, y], weights=[y, x * x])


@program(lambda r: (*two(r), r.normal(size=2), r.normal(size=(2, 3))))
def products_of_displays(x, y, v, a):
    vectors = np.dot([x, y], v) + np.vdot(v, (x, y)) + [1.0, x] @ v
    matrices = np.sum(np.dot([x, y], a) ** 2) + np.sum([[x, y]] @ a) + np.sum(a.dot([1.0, x, y]))
    turn = np.array([[np.cos(x), -np.sin(x)], [np.sin(x), np.cos(x)]]) @ [x, y]
    return vectors * matrices + turn[0] + np.sum(np.outer([x, y], [y, x, 2.0]))


@program(matrix)
def products_with_integers(x):
    k = np.arange(6).reshape(2, 3)
    squares = np.sum((x @ k) ** 2) + np.sum(np.dot(k, x) ** 2) + np.sum((k @ k.T) * x[:2])
    return squares + x[:, 0] @ np.arange(3) + np.sum(k @ np.arange(3)) * x[0, 0]


@program(two)
def matrices_written_out(x, y):
    solved = np.linalg.solve([[x, 0.1], [y, 2.0]], [1.0, y])
    sizes = np.linalg.norm([x, y]) + np.linalg.det([[x, 0.1], [y, 2]]) + np.trace([[x, 1], [2, y]])
    return solved[1] + sizes + np.sum(np.cross([x, y, 1.0], [y, x, 2.0]) ** 2)


@program(two)
def functions_of_displays(x, y):
    roots = np.sum(np.sqrt((x, y)) * np.exp([x, y])) + np.sum(np.maximum([x, y], 1.0))
    powers = np.sum(np.power([x, y], [2, 3])) + np.sum(np.divide(1.0, [x, y]))
    powers += np.hypot(x, [y, 1])[0]
    chosen = np.sum(np.where([True, False], [x, y], [y * y, x * x]) * [2, 3])
    larger = x if np.any([x > 1, y > 1]) and not np.all((x > 1, y > 1)) else y
    return roots * powers + chosen * larger + np.reshape([x, y, 1, 2], (2, 2))[0, 1]


@program(two)
def curves_through_displays(x, y):
    table = np.interp([0.3, 1.7], [0, 1, 2], [x, y, x * y]) @ np.clip([x, y], 0.0, 1.0)
    area = np.trapezoid([x, y, x * y], [0.0, 1.0, 3.0]) + np.convolve([x, y], [1.0, y, x])[2]
    return table + area * np.diff([x, y, x * y])[1]


@program(vectors)
def displays_of_arrays(x, y):
    a = np.array([x, y, x * y])
    means = np.mean([x, y * y], axis=0) @ np.max([x, y], axis=0)
    lengths = np.sum([v @ v for v in (x, y)]) + np.mean([u * v for u, v in zip(x, y)])
    return (
        means * lengths
        + np.linalg.norm(a.T @ a)
        + np.linalg.det(np.array([x, y, [1.0, 2.0, y[0]]]))
    )


@program(vectors, mutates=True)
def displays_beside_arrays(x, y):
    a = x * [1.0, 2.0, 3.0] + (4, 5, 6) * y - [1, 2, 3]
    x += LENGTHS
    y[:2] *= (3.0, x[0])
    inside = np.sum(a[a > [0.0, -1.0, 10.0]])
    b = np.zeros((3, 2))
    b[1] = [x[0], y[1]]
    b[:, 0] += (x[2], y[0], 1.0)
    b[2, :] = x[1], 2
    b[:2] = [[y[0], 1.0], [2.0, y[2]]]
    return inside + np.sum(b**2) + np.sum(a / LENGTHS) + x[1] * [1.0, 2.0][1]


@program(lambda r: (r.normal(size=3), 1.2, r.normal(size=(3, 2))))
def joined_by_brackets(x, s, a):
    line = np.r_[x, s, 0.0, x[::-1], 0:1:3j, 0:2]
    table = np.c_[x, a]
    return (
        np.sum(line**2 * np.arange(13))
        + np.sum(table**2) * np.sum(np.r_[a, a][2:5])
        + np.c_[1:3, [s, 2]][0, 1]
    )


@program(matrix)
def elements_in_fortran_order(x):
    z = np.zeros((3, 2), order="F")
    z[:] = x
    w = z.ravel(order="F")
    w[2] = 5.0
    read = x.reshape((2, -1), order="F") * np.arange(6).reshape(2, 3)
    flat = x.flatten("F") @ np.arange(6) + np.ravel(x, "F")[1] * x.reshape(3, 2, order="C")[2, 0]
    lying = np.array(x, order="F") * x.copy(order="F") * np.ones((3, 2), order="F")
    return np.sum(z * read.T) + flat + lying.ravel()[1] + np.sum(np.empty_like(x, shape=(0, 4)))


@program(lambda r: (1.2, r.normal(size=3)))
def numbers_made_arrays(s, x):
    y = np.asarray(s, dtype=float)
    z = y.copy()
    z += 1.0
    z[()] = z * x[0]
    t = np.array(s)
    u = np.asarray(x, dtype=float)
    u = u.astype(np.float64, copy=False)
    return z * y + t.item() * np.array(x, dtype=float, ndmin=2)[0, 1] + np.sum(s) * np.mean(u)


@program(matrix, mutates=True)
def methods_with_arguments(x):
    total = np.sum(x.sum(-1, None, None, True) ** 2) + x.max(initial=0.2) + x.clip(min=0.1).prod()
    x.sort(axis=0)
    x.flat[::3] = 2.0
    y = x.compress([True, False, True], axis=0)
    y.put([0, 3], [1.0, x[0, 1]])
    s = 0.0
    for v in x.T.flat:
        s = 0.5 * s + v * v
    z = np.zeros(2)
    z.fill(s)
    return total + y.transpose(1, 0)[0, 1] * x.swapaxes(-1, 0)[0, 2] + z @ y[0]


@program(lambda r: (r.normal(size=(4, 3)), r.uniform(0.5, 1.0, size=3)), mutates=True)
def ufuncs_with_where_and_out(x, v):
    v[1] = 0.0
    ratio = np.divide(x, v, out=np.zeros_like(x), where=v != 0)
    roots = np.sqrt(x, out=np.ones((4, 3)), where=x > 0)
    np.multiply(roots, ratio, roots)
    np.add(roots, 1.0, out=(roots,), where=[True, False, True])
    np.clip(roots, -0.8, 2.8, out=roots)
    return np.sum(roots * np.arange(12).reshape(4, 3)) + np.sum(np.diff(x, 2, 0, prepend=1.0))


@program(lambda r: (r.normal(size=(2, 4, 3)),))
def functions_along_an_axis(x):
    turned = np.apply_along_axis(lambda line, k: k * line[::-1] ** 2, 1, x, 3.0)
    lengths = np.apply_along_axis(np.linalg.norm, -1, x)
    return np.sum(turned * x) + np.sum(lengths * np.arange(4))


@program(lambda r: (r.normal(size=(3, 4)), 1.5))
def blocks_and_sizes(x, s):
    whole = np.block([[x, np.ones((3, 1))], [np.zeros((1, 4)), x[:1, :1] * s]])
    line = np.block([x[0], s, x[1]])
    size = np.prod(x.shape) * x[0, 0] + np.prod(x.shape[1:]) + np.max(x.T.shape) * s
    return np.sum(whole**2 * np.arange(5)) + line @ np.arange(9) + size
