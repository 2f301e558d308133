"""Array memory under several names: views that are written through, names bound again, buffers."""

import numpy as np

from tests.corpus.registry import program


def vector(n=4):
    return lambda r: (r.uniform(0.5, 1.5, n),)


def matrix(n=3, m=4):
    return lambda r: (r.uniform(0.5, 1.5, (n, m)),)


# ------------------------------------------------------------------------ other shapes, written to


@program(vector(), compiled=True, exact=True)
def written_through_reshape(x):
    y = x * 1.0
    z = y.reshape(2, 2)
    z[0, 1] = x[0] * 5.0
    y[2] = 3.0 * x[1]
    return np.sum(y * z.ravel())


@program(matrix(), mutates=True, compiled=True, exact=True)
def argument_written_through_ravel(x):
    t = x.ravel()
    t[1:4] = t[5:8] * 2.0
    return np.sum(x * x)


@program(matrix(), exact=True)
def reshape_of_reshape(x):
    y = x * 2.0
    z = y.reshape(4, -1)
    z[:, 0] = x[0]
    z[-1, -1] *= 3.0
    w = z.reshape((2, 6))
    w[1] *= w[0]
    return np.sum(z) * y[0, 1] + np.sum(y * y)


@program(vector(12), exact=True)
def three_axes_out_of_one(x):
    z = x.reshape(2, 3, 2)
    y = (x * x).reshape(6, 2)
    y[0] += z[1, 2] * y[5]
    return np.sum(y[:3] * z[:, 1].ravel()[1])


@program(vector(6), exact=True)
def new_axes_written_through(x):
    y = x * 1.0
    v = y[:, None]
    v[2, 0] = x[0] * x[0]
    e = np.expand_dims(y, 1)
    e[3] = x[1]
    s = e.squeeze(axis=1)
    s[0] = s[1] * s[2]
    np.atleast_2d(s)[0, -1] = y[0]
    return np.sum(y * y)


@program(vector(6), compiled=True, exact=True)
def flipped_and_written(x):
    y = x * 1.0
    f = np.flip(y)
    f[0] = x[0] * x[0]
    f[1:3] *= f[3:5]
    return np.sum(y * x)


@program(matrix(), exact=True)
def exchanged_axes_written(x):
    y = x * 1.0
    f = y.swapaxes(0, 1)
    f[0] = x[0, :3]
    g = np.moveaxis(f, 0, 1)
    g[1, 2] *= g[0, 0]
    h = np.fliplr(y)
    h[2] = h[0] * np.flipud(x)[0]
    return np.sum(y * x)


@program(matrix(), exact=True)
def flatten_copies(x):
    y = x * 1.0
    f = y.T.flatten()
    f[0] = 9.0
    y[0, 0] = f[1]
    return np.sum(y * x) + f[0] * f[1]


@program(matrix(), exact=True)
def rows_of_a_slice_in_one(x):
    y = x * 1.0
    t = y[1:].ravel()
    t[0] = x[0, 1] * 7.0
    return np.sum(y * x) + t[0]


@program(matrix(), exact=True)
def lengths_computed_before(x):
    n = x.shape[0]
    m = x.size // n
    z = np.reshape(x, (m, n))
    return np.ravel(z) @ np.ravel(x.T)


@program(matrix(), mutates=True, exact=True)
def pairs_of_a_matrix(x):
    s = 0.0
    for pair in x.reshape(6, 2):
        pair[0] *= pair[1]
        s += pair[0] * pair[1]
    return s * np.sum(x.reshape(-1)[::2])


@program(matrix(), exact=True)
def reshaped_while_rebound(x):
    u = x * 1.0
    for k in range(3):
        f = u.reshape(-1)
        f[1:] = f[:-1] * 0.5
        if k == 1:
            u = u * x
    return np.sum(u)


# ------------------------------------------------------------------------------- views of views


@program(vector(7), exact=True)
def views_with_negative_steps(x):
    a = x * 1.0
    v = a[::-1]
    w = v[1:-1]
    w[-1] = x[0] * 3.0
    w[0] *= v[-1]
    w[::-2] += v[:3]
    v[::2] = v[::2] * 2.0
    return np.sum(a * a)


@program(matrix(4, 4), mutates=True, compiled=True, exact=True)
def row_views_in_a_loop(a):
    for i in range(4):
        row = a[-i]
        row[0] = row[1] * 2.0
        row[1:] *= a[i - 1, :-1]
    return np.sum(a * a)


@program(matrix(4, 4), exact=True)
def overlapping_updates(x):
    a = x * 1.0
    a += a.T
    a[1:] = a[:-1]
    a[:] = a[::-1] * a
    a[:, 1:-1] += 0.1 * (a[:, 2:] - 2.0 * a[:, 1:-1] + a[:, :-2])
    a[::-1, ::-1] -= 0.5 * a
    return np.sum(a * x)


# ------------------------------------------------------------------------------- names bound again


@program(vector(), compiled=True, exact=True)
def rebound_on_one_path_and_written(x):
    u = x * 1.0
    if x[0] > 0.9:
        u = u + 1.0
    u[1] = u[0] * u[2]
    return np.sum(u * u)


@program(vector(), compiled=True, exact=True)
def two_buffers_written_by_slices(x):
    a = x * 1.0
    b = np.zeros(4)
    for _ in range(3):
        b[1:] = a[:-1] * x[1:]
        b[0] = a[3]
        a, b = b, a
    return np.sum(a * a + b)


@program(vector(), compiled=True, exact=True)
def three_buffers_in_rotation(x):
    a = x * 1.0
    b = np.zeros(4)
    c = x * 2.0
    for _ in range(5):
        b[1:] = a[:-1] * x[1:] * c[1:]
        b[0] = 0.1 * a[3]
        a, b, c = b, c, a
    return np.sum(a * b + c)


@program(vector(), exact=True)
def exchanged_now_and_then(x):
    a = x * 1.0
    b = x * x
    for t in range(4):
        b[1:] = a[:-1] * x[1:]
        b[0] = a[3]
        if t != 2:
            a, b = b, a
        else:
            a[0] = b[1] * 3.0
    return np.sum(a)


@program(vector(), exact=True)
def old_and_new_by_a_third_name(x):
    u = x * 1.0
    u_new = np.zeros(4)
    for _ in range(4):
        for i in range(4):
            u_new[i] = u[i] * u[i - 1] + 0.1
        u_old = u
        u = u_new
        u_new = u_old
        u_new[0] = u[1] * u_old[2]
    return np.sum(u * u_new)


@program(vector(), exact=True)
def one_of_two_arrays_written(x):
    a = x * 1.0
    d = x * 2.0
    b = a if x[0] > 0.9 else d
    b[0] = x[1] * 5.0
    return np.sum(b * x)


@program(lambda r: (r.uniform(0.5, 1.5, 5), 4), exact=True)
def exchanged_in_a_while(x, n):
    a = x * 1.0
    b = x * 0.5
    k = 0
    while k < n and a[0] > 0.0:
        b[:] = a * x + b
        if b[0] > 1.0:
            a, b = b, a
        k += 1
    return np.sum(a * b)


def doubled_first(y):
    y[0] *= 2.0
    return y * y


@program(vector(5), mutates=True, exact=True)
def callee_writes_and_result_is_rebound(x):
    a = x * 1.0
    for _ in range(2):
        a = doubled_first(a)
    return np.sum(a) + doubled_first(x)[0]


@program(vector(5), mutates=True, exact=True)
def argument_written_then_rebound(x):
    x += 1.0
    y = x
    y[0] = x[1] * 2.0
    y = y + 1.0
    y[1] = 3.0 * x[0]
    x[2] = y[1] * y[0]
    return np.sum(x * y)


@program(vector(5), exact=True)
def argument_rebound_then_written(x):
    x = x + 1.0
    x[0] = x[1] * 2.0
    for i in range(2):
        x = x * x[i]
        x[1] += 0.5
    return np.sum(x * x)


@program(matrix(), exact=True)
def a_row_kept_over_iterations(a):
    work = a * 1.0
    row = work[0].copy()
    s = 0.0
    for i in range(3):
        s += np.sum(row * a[i])
        work[i, 1:] = row[:-1]
        row = work[i]
        row = row * 0.5
        row[0] = s
    return s * np.sum(work)


@program(lambda r: (r.normal(size=3), r.normal(size=3)), compiled=True, exact=True)
def predictor_and_corrector(x, w):
    y = x.copy()
    for t in range(4):
        k = w * y
        z = y
        z = z + 0.1 * k
        z[t % 3] += 0.05
        k = 0.5 * (k + w * z)
        y = y + 0.1 * k
        y[0] = y[0] - 0.01 * z[1]
    return np.sum(y * y)


# ------------------------------------------------------------------------- lengths that change


@program(vector(5), compiled=True, exact=True)
def neighbours_until_one_is_left(x):
    u = x * 1.0
    while len(u) > 1:
        u = u[1:] * u[:-1]
    return u[0]


@program(vector(5), exact=True)
def neighbours_in_a_loop(x):
    s = 0.0
    for k in range(3):
        u = x * (k + 1.0)
        while len(u) > 1:
            u = 0.5 * u[1:] * u[:-1]
        s += u[0]
    return s


@program(vector(8), exact=True)
def every_second_view(x):
    s = 0.0
    while len(x) > 1:
        s += x[0] * x[-1]
        x = x[::2]
    return s


@program(vector(5), compiled=True, exact=True)
def rows_of_a_triangle(x):
    row = x[:1] * 1.0
    for i in range(4):
        following = np.zeros(len(row) + 1)
        for j in range(len(following)):
            if j < len(row):
                following[j] += row[j]
            if j > 0:
                following[j] += row[j - 1] * x[i]
        row = following
    return np.sum(row * x)


@program(vector(4), compiled=True, exact=True)
def growing_polynomial(x):
    a = np.zeros(1)
    a[0] = 1.0
    for i in range(4):
        b = np.zeros(len(a) + 1)
        b[:-1] = a
        b[1:] += a * x[i]
        a = b
    return np.sum(a * a)


@program(vector(9), compiled=True, exact=True)
def restricted_to_coarser_grids(x):
    u = x * 1.0
    s = 0.0
    while len(u) > 2:
        r = np.zeros((len(u) + 1) // 2)
        for i in range(1, len(r) - 1):
            r[i] = 0.25 * u[2 * i - 1] + 0.5 * u[2 * i] + 0.25 * u[2 * i + 1]
        r[0] = u[0]
        r[-1] = u[-1] * u[-1]
        s += np.sum(u * u)
        u = r
    return s + u[0] * u[1]


@program(matrix(), exact=True)
def matrix_that_shrinks(x):
    a = x * 1.0
    s = 0.0
    while a.shape[1] > 1:
        a = a[:, 1:] * a[:, :-1]
        s += np.sum(a)
        if a.shape[0] > 1:
            a = a[1:]
    return s * a[0, 0]


@program(vector(6), exact=True)
def two_lengths_in_turn(x):
    a = x
    b = x[1:]
    while len(b) > 1:
        c = a
        a = b
        b = c[2:] * b[1:]
    return np.sum(a) + np.sum(b)


@program(vector(6), exact=True)
def shorter_on_some_paths(x):
    u = x
    for k in range(3):
        if x[k] > 1.0:
            u = u[1:]
        elif k == 1:
            u = u[:-1] * u[1:]
        u = u * x[: len(u)]
    return np.sum(u * u)


@program(vector(6), exact=True)
def shorter_and_written(x):
    u = x * 1.0
    while len(u) > 1:
        u = u[1:] * u[:-1]
        u[0] = x[0]
    return u[0] * x[1]


@program(lambda r: (r.uniform(0.5, 1.5, 5), 3), exact=True)
def rebound_in_nested_loops(x, n):
    s = 0.0
    for i in range(n):
        u = x[i:]
        for _ in range(2):
            u = u[1:] * u[:-1]
            if len(u) == 1:
                break
        s += np.sum(u)
    return s


# ------------------------------------------------------- made in a loop and looked at after it


@program(vector(), compiled=True, exact=True)
def last_array_of_a_loop(x):
    s = 0.0
    for t in range(3):
        latest = np.zeros(4)
        for i in range(4):
            latest[i] += x[i] * x[t]
        s += np.sum(latest * latest)
    return s + latest[0]


@program(vector(), exact=True)
def last_array_of_a_loop_is_longest(x):
    s = 0.0
    for t in range(1, 4):
        latest = x[:t] * x[t]
        s += np.sum(latest * latest)
    return s + latest[0] * latest[-1]


@program(vector(3), exact=True)
def chosen_in_an_iteration(x):
    b = x.copy()
    d = b[::-1] * x
    c = d * b
    d += x
    for _ in range(3):
        f = d if b[-2] > 0.75 else c
        g = np.flip(d)
        b[:] = g[::-1] * f
    return np.sum(b * c)
