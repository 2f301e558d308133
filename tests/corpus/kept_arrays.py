"""Arrays that loops read again and again before they change: one copy serves all that read it."""

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (0.4 * r.normal(size=(4, 4)), r.normal(size=4), 5), compiled=True, mutates=True)
def matrix_times_a_changing_vector(a, x, steps):
    s = 0.0
    for _ in range(steps):
        y = np.zeros(len(x))
        for i in range(len(x)):
            for j in range(len(x)):
                y[i] += a[i, j] * x[j]
        for i in range(len(x)):
            x[i] = np.sin(y[i]) + 0.1 * x[i]
            s += x[i] * x[i]
    return s


@program(lambda r: (0.4 * r.normal(size=(3, 4)), r.normal(size=4)), compiled=True)
def until_it_is_small(a, v):
    x = v * 1.0
    steps = 0
    while np.sum(x * x) > 1e-2 and steps < 30:
        y = np.zeros(3)
        for i in range(3):
            for j in range(len(x)):
                y[i] += a[i, j] * x[j] * x[j]
        for j in range(len(x)):
            x[j] = 0.3 * x[j] + 0.2 * y[j % 3]
        steps += 1
    return np.sum(x * v) + steps


@program(lambda r: (0.5 * r.normal(size=(4, 4)), r.normal(size=4), 6))
def left_between_two_readings(a, v, steps):
    x = v.copy()
    s = 0.0
    for t in range(steps):
        for i in range(len(x)):
            for j in range(len(x)):
                s += a[i, j] * x[j] * x[i]
        if t == 3:
            break
        for j in range(len(x)):
            x[j] = 0.5 * x[j] * x[j] - 0.1 * j
    return s


@program(lambda r: (r.normal(size=(3, 5)), r.normal(size=5), 3))
def read_changed_and_read_again(a, v, steps):
    x = v.copy()
    s = 0.0
    for t in range(steps):
        for i in range(3):
            for j in range(len(x)):
                s += a[i, j] * x[j] ** 2
        for j in range(len(x)):
            x[j] = x[j] * 0.8 + 0.1 * t
        for i in range(3):
            for j in range(len(x)):
                s -= np.cos(a[i, j]) * x[j] ** 3
        x[2] = s * 0.01
    return s


@program(lambda r: (r.normal(size=(4, 4)), r.normal(size=4)), exact=True)
def changed_within_the_nest(a, v):
    x = v.copy()
    s = 0.0
    for i in range(len(x)):
        for j in range(len(x)):
            s += a[i, j] * x[j] * x[i]
        x[i] = 0.5 * s
    return s + np.sum(x)


@program(lambda r: (r.normal(size=(4, 4)), r.normal(size=4), 4))
def read_in_one_branch_of_each_iteration(a, v, steps):
    x = v.copy()
    s = 0.0
    for t in range(steps):
        if t % 2 == 0:
            for i in range(len(x)):
                if a[i, 0] > -10.0:
                    for j in range(len(x)):
                        s += a[i, j] * x[j] * x[j]
        for j in range(len(x)):
            x[j] = np.tanh(x[j] + s)
    return s


@program(lambda r: (np.ones((0, 3)), np.ones((3, 0)), r.normal(size=3), np.ones(0)), argnums=(2,))
def loops_that_run_never(a, b, x, nothing):
    y = x * x
    s = 0.0
    for t in range(3):
        for i in range(a.shape[0]):
            for j in range(3):
                s += a[i, j] * y[j]
        for i in range(3):
            for j in range(len(nothing)):
                s += b[i, j] * nothing[j] * y[i]
        for j in range(3):
            y[j] = y[j] * y[j]
            s += y[j]
    return s


@program(lambda r: (r.normal(size=5), 3), argnums=(0,))
def lengths_below_zero_where_nothing_runs(v, n):
    s = 0.0
    for t in range(n - 3):
        w = np.zeros(n - 4)
        for i in range(2):
            for j in range(n - 4):
                w[j] += v[j] * t
        for i in range(2):
            for j in range(n - 4):
                s += w[j] * v[i]
    return s + np.sum(v * v)


@program(lambda r: (r.normal(size=(5, 5)), r.normal(size=5), 3))
def triangles(a, v, steps):
    x = v.copy()
    s = 0.0
    for _ in range(steps):
        for i in range(len(x)):
            for j in range(i):
                s += a[i, j] * x[j] * x[j]
            for j in range(len(x) - 1, i, -1):
                s -= a[i, j] * x[j] * x[i]
        for i in range(len(x)):
            x[i] = np.sin(x[i] + s)
    return s


@program(lambda r: (0.3 * r.normal(size=(5, 6)), 4), mutates=True, compiled=True)
def neighbours_of_a_copy(u, steps):
    for _ in range(steps):
        old = u.copy()
        for i in range(1, u.shape[0] - 1):
            for j in range(1, u.shape[1] - 1):
                u[i, j] += old[i - 1, j] * old[i, j] - old[i, j + 1] * old[i + 1, j - 1]
    return np.sum(u * u)


@program(lambda r: (r.normal(size=(6, 4)), r.normal(size=(4, 4))), compiled=True)
def work_array_filled_twice_a_row(rows, a):
    work = np.zeros(rows.shape[1])
    s = 0.0
    for k in range(6):
        for j in range(len(work)):
            work[j] = rows[k, j] * rows[k, j]
        for i in range(len(work)):
            for j in range(len(work)):
                s += a[i, j] * work[j] * work[j]
        for j in range(len(work)):
            work[j] = np.exp(-rows[k, j])
        for i in range(len(work)):
            for j in range(len(work)):
                s += a[j, i] * work[j] ** 3
    return s


@program(lambda r: (r.normal(size=(3, 3)), r.normal(size=3), 4))
def bound_on_the_first_trip(a, v, steps):
    s = 0.0
    x = v
    for t in range(steps):
        if t == 0:
            y = v * 2.0
        for i in range(len(x)):
            for j in range(len(x)):
                s += a[i, j] * y[j] * y[j] * x[j]
        y = np.sin(x * s)
        x = x * 0.5 + y
    return s


@program(lambda r: (r.normal(size=(3, 4)), r.normal(size=4), 4))
def two_names_in_turn(a, v, steps):
    x = v * 1.0
    y = v * 2.0
    s = 0.0
    for _ in range(steps):
        for i in range(3):
            for j in range(len(x)):
                s += a[i, j] * x[j] * x[j] - y[j] ** 3
        x, y = y, np.sin(x + y)
    return s + np.sum(x * y)


@program(lambda r: (r.normal(size=9), r.normal(size=5), np.array([0, 2, 2, 4, 1]), 3))
def read_by_an_index_array(w, v, index, steps):
    x = v.copy()
    s = 0.0
    for _ in range(steps):
        for i in range(4):
            for k in range(5):
                s += w[i + k] * x[index[k]] ** 2 + x[k] ** 3
        for j in range(5):
            x[index[j]] = 0.5 * x[j] + 0.1 * s
    return s


@program(lambda r: (0.3 * r.normal(size=(4, 4)), r.normal(size=4), 3), compiled=True)
def the_same_in_a_product_and_in_loops(a, v, steps):
    m = a.copy()
    x = v.copy()
    s = 0.0
    for _ in range(steps):
        b = m @ m
        for i in range(4):
            for j in range(4):
                s += m[i, j] * b[j, i] * x[j]
        for j in range(4):
            x[j] = np.cos(x[j] * s)
            m[j, 0] = x[j] * 0.3
    return s


@program(lambda r: (r.normal(size=(6, 3)), r.normal(size=3), 2))
def few_elements_read_often(data, w, steps):
    p = w.copy()
    s = 0.0
    for _ in range(steps):
        for i in range(len(data)):
            s += data[i, 0] * p[0] * p[0] + np.exp(-data[i, 1] * p[1]) * p[2]
        p[0] = 0.1 * s
        p[1] = p[2] * p[0]
        p[2] = np.sin(s)
    return s + p[1]


@program(lambda r: (0.4 * r.normal(size=(4, 4)), r.normal(size=4), r.normal(size=4), 4))
def gates_of_a_recurrence(w, h0, x, steps):
    h = h0
    for _ in range(steps):
        z = np.tanh(w @ h + x)
        r = 1.0 / (1.0 + np.exp(-(h @ w)))
        h = z * r + (1.0 - r) * h
    return np.sum(h * h)


@program(lambda r: (r.normal(size=7), 5), argnums=(0,), compiled=True)
def lengths_that_shrink(v, steps):
    x = v * 1.0
    s = 0.0
    for _ in range(steps):
        for i in range(3):
            for j in range(len(x)):
                s += x[j] * x[j] * (i + 1)
        x = np.sin(x[1:] * x[:-1])
    return s


@program(lambda r: (r.normal(size=(3, 3)), r.normal(size=3), 3), argnums=(0, 1))
def collected_in_a_list(a, v, steps):
    found = [v[0]]
    s = 0.0
    for t in range(steps):
        for i in range(3):
            for j in range(len(found)):
                s += a[i, j % 3] * found[j] * found[j]
        found.append(np.sin(s) * v[t])
    return s


@program(lambda r: (1.0 + r.random((3, 4, 5)), 3), mutates=True)
def planes_that_change(u, steps):
    s = 0.0
    for t in range(steps):
        for k in range(u.shape[2]):
            for i in range(u.shape[0]):
                for j in range(u.shape[1]):
                    s += u[i, j, k] * u[i, j, 0] * u[0, j, k]
        for i in range(3):
            u[i] = np.sqrt(u[i]) + 0.01 * s
    return s


@program(lambda r: (r.normal(size=(4, 3)), r.normal(size=3), 0.7, 3), compiled=True)
def the_same_in_every_row(a, x, w, steps):
    y = x * 1.0
    s = 0.0
    for t in range(steps):
        for i in range(a.shape[0]):
            for j in range(a.shape[1]):
                s = np.sin(s + a[i, j] * np.exp(-y[j] * w)) * np.tanh(w) + y[j] ** 3
        for j in range(len(y)):
            y[j] = np.cos(y[j] + s) * t
    return s


@program(lambda r: (r.normal(size=(4, 4)), r.normal(size=4)))
def the_same_in_rows_of_a_triangle(a, x):
    s = 0.3
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            if a[i, j] > -0.5:
                s = s * np.exp(-(x[j] ** 2)) + a[i, j] * np.sin(x[i]) * s
    return s


@program(lambda r: (r.normal(size=5), r.normal(size=4)))
def the_same_until_left(x, w):
    s = 0.2
    k = 0
    while k < 3:
        for j in range(len(w)):
            s = np.cos(s * np.exp(w[j])) + 0.5 * np.sin(x[k]) * s
            if s > 0.8:
                break
        k += 1
    return s


@program(lambda r: (r.normal(size=7), r.normal(size=3), 3))
def windows_of_all_widths(x, w, n):
    s = 0.3
    for i in range(-2, len(x) + 2):
        s = np.sin(s) + np.sum(np.exp(0.1 * x[i : i + n] * s))
        s = s * 0.5 + 0.1 * np.sum(np.tanh(x[i : i + 1 - n] + s))
        s = s - 0.1 * np.sum(np.cos(x[:i] * s)) + 0.1 * np.sum(np.cos(x[i:] * s))
        if 0 <= i < 5:
            s = s + np.sum(np.sin(x[i : i + n] * w * s))
    return s


@program(lambda r: (r.normal(size=6), 2, -1, 9), argnums=(0,))
def parts_of_fixed_lengths(x, first, last, beyond):
    s = 0.3
    for _ in range(3):
        s = np.sin(s) + np.sum(np.exp(0.1 * x[first:last] * s))
        s = s + 0.1 * np.sum(np.tanh(x[first:beyond] * s)) + np.sum(np.sin(x[4:first] * s))
        s = s - 0.1 * np.sum(np.cos(x[-3:-1] * s)) + 0.1 * np.sum(np.cos(x[: last - 8] * s))
    return s
