"""Arrays of indices and boolean masks, read and written through; slices that step by variables."""

import numpy as np

from tests.corpus.registry import program

# ------------------------------------------------------------------------------------ reading


@program(lambda r: (r.normal(size=4), np.array([0, 2, -1, 2])), compiled=True, exact=True)
def read_by_index_array(x, i):
    return np.sum(x[i] ** 2) + x[i][1]


@program(lambda r: (r.normal(size=5),), exact=True)
def read_by_list(x):
    return np.sum(x[[0, -1, 0]] * x[[1, 2, 3]])


@program(lambda r: (r.normal(size=5), np.array([[0, 1], [4, 4], [2, -5]])), exact=True)
def read_by_matrix_of_indices(x, pairs):
    return np.sum(x[pairs] * x[pairs[:, :1]])


@program(lambda r: (r.normal(size=(3, 4)), np.array([2, 0, 2])), compiled=True, exact=True)
def rows_and_columns(a, i):
    return np.sum(a[i] ** 2) + np.sum(a[:, i] ** 3) + np.sum(a[1:, i + 1] * a[1, i])


@program(lambda r: (r.normal(size=(3, 4)), np.array([2, 0, 2, 1]), np.array([0, 3, -2, 3])))
def pairs_of_indices(a, i, j):
    return np.sum(np.sin(a[i, j]) * a[0, j])


@program(lambda r: (r.normal(size=(3, 4)), np.array([2, 0, 2]), np.array([0, -1])), compiled=True)
def open_mesh_of_indices(a, i, j):
    block = a[i[:, None], j]
    return np.sum(block * block[::-1]) + block[1, 1]


@program(
    lambda r: (r.normal(size=(2, 3, 4)), np.array([1, 0, 1, 1, 0]), np.array([0, 2, -1, 0, 1]))
)
def apart_indices_come_first(a, i, j):
    w = np.arange(3.0)
    return np.sum(a[i, :, j] * w) + np.sum(a[0, :, j][:, 1] ** 2) + np.sum(a[:, i, j][1] ** 2)


@program(lambda r: (r.normal(size=(2, 3, 4)), np.array([1, 0, 2])))
def new_axes_and_ellipsis(a, i):
    return np.sum(a[..., i] ** 2 * a[:, :, 1, None]) + np.sum(a[1, ..., i] * a[1, i, ..., :3])


@program(lambda r: (r.normal(size=5), np.array([3, 0, 250], dtype=np.uint8) % 5))
def small_unsigned_indices(x, i):
    return np.sum(x[1:][i] ** 2) + np.sum(x[::-1][i])


@program(lambda r: (r.normal(size=5), np.array([0, 1], dtype=np.int64)[:0]))
def no_indices(x, i):
    y = x * 2.0
    y[i] = 3.0
    y[i] *= 2.0
    return np.sum(x[i]) + np.sum(y * y)


@program(lambda r: (r.normal(size=6), np.array([3, 1, 4, 1, 5])), mutates=True, exact=True)
def base_overwritten_after_the_read(x, i):
    y = x[i]
    x[1] = 7.0
    x[:2] *= x[2:4]
    return np.sum(y * y * x[0])


@program(lambda r: (r.normal(size=6), np.array([3, 1, 4])), compiled=True, exact=True)
def copy_is_written_to(x, i):
    y = x[i]
    y[0] = y[1] * 2.0
    y[2] *= y[0]
    return np.sum(y * x[:3]) + np.sum(x * x)


@program(
    lambda r: (r.normal(size=6), np.array([3, 1, 4, 1, 5])), mutates=True, compiled=True, exact=True
)
def indices_overwritten_after_use(x, i):
    y = np.zeros(6)
    s = 0.0
    for k in range(4):
        s += np.sum(x[i] * x[i]) * x[k]
        y[i] += x[i] * x[k]
        i[k] = (i[k] + i[k + 1]) % 6
    i[:] = 0
    return s + np.sum(y * y)


@program(lambda r: (r.normal(size=6), np.array([3, 1, 4, 1, 5])), mutates=True, exact=True)
def indices_of_indices(x, i):
    i[i - 1] = i * 1 - 1
    return np.sum(x[i] * np.arange(5.0)) + np.sum(x[i[i]] ** 2)


@program(lambda r: (r.normal(size=6), np.array([5, 3, 1, 0, 2, 4])), exact=True)
def permuted_in_place(x, order):
    y = x * x
    y[:] = y[order]
    y[order] = y * x
    return np.sum(y * np.arange(6.0))


@program(lambda r: (r.normal(size=6),), exact=True)
def computed_values_reversed_in_place(x):
    y = x * 2.0
    y[:] = (y * x)[::-1]
    return np.sum(y * np.arange(6.0))


@program(lambda r: (r.normal(size=(4, 3)), np.array([1, 3, 1])))
def embedding(table, words):
    mean = np.mean(table[words], axis=0)
    return np.sum(np.tanh(mean) ** 2) + np.max(table[words][:, 0] * np.arange(1.0, 4.0))


# ------------------------------------------------------------------------------------ writing


@program(lambda r: (r.normal(size=4), np.array([0, 2, 2, 5])), compiled=True, exact=True)
def last_of_equal_indices_stays(x, i):
    y = np.ones(6)
    y[i] = x
    return np.sum(y * y * np.arange(6.0))


@program(lambda r: (r.normal(size=4), np.array([0, 2, 2, -1])), compiled=True, exact=True)
def equal_indices_count_once(x, i):
    y = np.ones(6) * x[1]
    y[i] += x
    y[i] *= x[0]
    y[i] -= x * x
    return np.sum(y * y)


@program(lambda r: (r.uniform(0.5, 1.5, 4), np.array([0, 2, 2, -1])), compiled=True)
def every_update_counts(x, i):
    y = np.ones(6) * x[1]
    np.add.at(y, i, x)
    np.subtract.at(y, i, x * x)
    np.multiply.at(y, i, x)
    np.maximum.at(y, i[:2], 0.1)
    np.add.at(y, [0, 0], y[:2])
    return np.sum(y * y)


@program(lambda r: (r.normal(size=(3, 4)), np.array([0, 2, 0]), np.array([1, 1, 1])), exact=True)
def matrix_written_by_indices(a, i, j):
    b = np.zeros((3, 4))
    b[i] = a
    b[:, j] += a[:, :3]
    b[i, j] = a[0, :3] * 2.0
    b[i, 1:3] *= a[:, 2:]
    np.add.at(b, (i, j), a[1, :3])
    return np.sum(b * b)


@program(lambda r: (r.normal(size=5), np.array([0, 2, 2])), exact=True, mutates=True)
def value_reads_what_it_is_written_to(x, i):
    x[i] = x[:3] * x[i]
    x[i + 1] = x[i] + x[2]
    return np.sum(x * x)


@program(lambda r: (r.normal(size=5), r.normal(size=(6, 2)), np.array([0, 2, 3, 3, 1, 0])))
def histogram_in_a_loop(x, w, bins):
    s = 0.0
    for k in range(3):
        h = np.zeros(4)
        np.add.at(h, bins, w[:, 0] * x[k])
        h[bins[k:]] += w[k:, 1]
        s += np.sum(h * h) * x[k]
    return s


@program(lambda r: (r.normal(size=(3, 3)),), exact=True)
def diagonal_by_indices(a):
    b = a * 1.0
    k = np.arange(3)
    b[k, k] += 2.0
    b[k, (k + 1) % 3] = 0.0
    return np.sum(b * b) + np.sum(b[k, k] ** 3)


# -------------------------------------------------------------------------------------- masks


@program(lambda r: (np.array([0.5, 1.5, 1.2, -0.3, 2.5]),), compiled=True, exact=True)
def read_by_mask(x):
    big = x[x > 1.0]
    return np.sum(big * big) + big[0] * len(big) + np.sum(x[x < 0.0])


@program(lambda r: (np.array([0.5, 1.5, 1.2, -0.3, 2.5]),), compiled=True, exact=True)
def write_by_mask(x):
    y = x * 2.0
    y[y > 2.6] = 0.0
    y[y < 0.0] *= x[0]
    m = x > 1.3
    y[m] = x[m] ** 2
    y[m] += 1.0 + x[m] * x[3]
    return np.sum(y * y)


@program(lambda r: (np.array([0.5, 4.0, 1.2, -0.3, 2.5]),), compiled=True)
def roots_where_there_are_some(x):
    y = np.zeros(5)
    m = x > 0.0
    y[m] = np.sqrt(x[m])
    return np.sum(y) + np.mean(np.log(x[m]))


@program(lambda r: (np.array([0.5, 1.5, 1.2, -0.3, 2.5]), np.array([7.0, 8.0, 9.0])))
def mask_takes_an_array(x, v):
    y = x * 1.0
    y[x > 1.0] = v * x[0]
    y[x > 1.3] += v[:2]
    y[x < 1.0] = y[3:]
    return np.sum(y * y)


@program(lambda r: (r.normal(size=4),), exact=True)
def masks_of_nothing_and_all(x):
    y = x * x
    y[y < -1.0] = 5.0
    y[y < -1.0] += x[y < -1.0]
    y[y >= 0.0] *= 3.0
    return np.sum(y) + np.sum(x[y < -1.0]) + np.sum(x[y > -1.0] ** 2)


@program(lambda r: (r.normal(size=0),))
def mask_of_no_elements(x):
    x = x * 2.0
    x[x > 0.0] = 1.0
    return np.sum(x[x > 1.0]) + np.sum(x)


@program(lambda r: (np.array([0.5, 1.5, 1.2, -0.3, 2.5]),), exact=True)
def mask_changed_after_use(x):
    m = x > 1.0
    y = x[m] * x[0]
    m[0] = True
    m[1] = False
    z = np.zeros(5)
    z[m] = x[m] * y
    m[:] = False
    z[m] = 9.0
    return np.sum(z * z) + np.sum(y)


@program(lambda r: (r.normal(size=(3, 4)),), compiled=True, exact=True)
def masks_of_matrices(a):
    b = a * 1.0
    m = a > 0.1
    b[m] *= 2.0
    b[~m] = a[~m] * a[0, 0]
    rows = a[:, 0] > 0.0
    b[rows] += a[rows] * a[rows]
    b[rows, 1] = 3.0 * a[rows, 2]
    b[:, a[0] > 0.0] *= 1.5
    return np.sum(b * b) + np.sum(a[m] ** 3) + np.sum(a[rows])


@program(lambda r: (r.normal(size=8), np.array([True, False, True, True, False])), mutates=True)
def masks_in_a_loop(x, m):
    s = 0.0
    for k in range(3):
        y = x[k : k + 5][m] * x[k]
        s += np.sum(y * y)
        m[k] = not m[k]
        x[k : k + 5][m] *= 0.5
        t = x[2:] > s
        x[2:][t] = s * x[t.size]
    return s + np.sum(x)


@program(lambda r: (r.normal(size=6),), exact=True)
def nonzero_and_where(x):
    (i,) = np.nonzero(x > 0.0)
    j = np.where(x < 0.0)[0]
    y = np.zeros(6)
    y[i] = x[i] * x[i]
    y[j] += x[j] * i.size
    for k in np.flatnonzero(x > 0.2):
        y[k] *= x[k]
    return np.sum(y * y) + np.sum(np.take(x, i)) + len(j) * x[0]


@program(lambda r: (r.normal(size=(3, 3)), np.array([2, 0])), exact=True)
def take_along_axes(a, i):
    rows, columns = np.nonzero(a > 0.0)
    return np.sum(np.take(a, i, axis=1) ** 2) + np.sum(a[rows, columns] * a[columns, rows])


@program(lambda r: (r.normal(size=7),), exact=True)
def mask_of_a_view(x):
    y = x * 1.0
    v = y[1::2]
    v[v > 0.0] = v[v > 0.0] ** 2
    y[::-1][x > 0.0] += 1.0
    return np.sum(y * y * x)


# ------------------------------------------------------------------------------------- slices


@program(lambda r: (r.normal(size=7),), compiled=True, exact=True)
def slices_step_by_variables(x):
    s = 0.0
    y = x * x
    for k in range(-3, 4):
        if k != 0:
            s += np.sum(x[::k] ** 2) + np.sum(x[1:6:k]) + np.sum(x[-2:0:k]) * x[0]
            y[::k] *= x[k]
            y[5:1:k] = x[0]
    return s + np.sum(y)


@program(lambda r: (r.normal(size=7), 2), exact=True)
def overlapping_slices_of_variable_step(x, k):
    y = x * 1.0
    y[1:] = y[:-1]
    y[::-1] = y * x
    y[k:] += y[:-k]
    y[::k] = y[::-k] * 2.0
    return np.sum(y * np.arange(7.0))


# ------------------------------------------------------------------------ lists, arrays of arrays


@program(lambda r: (r.normal(size=(3, 4)),), exact=True)
def lists_as_indices(a):
    rows = [0, 2]
    b = a * 2.0
    b[rows] = a[[1, 1]]
    b[rows, [3, 1]] += 1.0
    pair = ([0, 1], [2, 2])
    np.add.at(b, pair, a[0, :2])
    np.add.at(b, rows, a[1])
    return np.sum(b * b) + np.sum(a[pair]) + np.sum(a[(0, 2), 1])


@program(lambda r: (r.normal(size=4), 2), compiled=True, exact=True)
def displays_of_arrays(x, k):
    table = np.array([x, x * x])
    rotation = np.array([[x[k] * 2.0, 1.0], [0.0, x[1]]])
    last = table.ndim - 1
    return np.sum(np.sum(table, axis=last) ** 2) + np.sum(rotation @ np.dot(x[:2], 2.0))


@program(lambda r: (r.normal(size=3), np.array([0, 2, 1])), exact=True)
def rebound_to_what_it_selects(x, i):
    for k in range(3):
        x = x[i] * x[k]
    a, b = x[i], x[i[::-1]]
    return np.sum(a * b) + np.sum(a[a > b])


@program(lambda r: (r.normal(size=6),), exact=True)
def elements_exchanged_by_indices(x):
    y = x * 1.0
    i = np.array([0, 2])
    y[i], y[i + 1] = y[i + 1], y[i]
    order = np.argsort(x)
    return np.sum(y * np.arange(6.0)) + x[order][0] * x[order[-1]]
