"""Small programs at which differentiating compilers have been seen to go wrong, silently."""

import math

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.normal(size=5),), compiled=True, exact=True)
def accumulator_starts_as_an_integer(x):
    s = 0
    for i in range(len(x)):
        s += x[i] * x[i]
    return s


@program(lambda r: (r.normal(), 3), exact=True)
def variable_is_integer_then_float(x, n):
    k = n
    k = k * x
    return k * k


@program(lambda r: (r.normal(size=7),), compiled=True, exact=True)
def index_computed_from_an_index(x):
    k = 1
    s = 0.0
    for i in range(12):
        s = 0.5 * s + x[k] * x[k] * s + x[k]
        k = (3 * k + 1) % 7
    return s


@program(lambda r: (r.normal(size=7),), mutates=True, compiled=True, exact=True)
def store_at_a_computed_index(x):
    k = 2
    for i in range(9):
        old = x[k]
        k = (2 * k + 3) % 7
        x[k] = x[k] * 0.5 + old * old * 0.25
    s = 0.0
    for i in range(7):
        s += x[i] * x[i]
    return s


@program(lambda r: (r.normal(size=6),), mutates=True, exact=True)
def loop_bound_changed_afterwards(x):
    """The reverse sweep must still know how often the loop ran."""
    n = 4
    for i in range(n):
        x[i] = x[i] * x[i + 1]
    n = 2
    s = 0.0
    for i in range(n):
        s += x[i] * x[i]
    return s


@program(lambda r: (r.normal(size=5),), compiled=True, exact=True)
def inner_bound_grows_with_the_data(x):
    s = 0.0
    count = 0
    for i in range(len(x)):
        for j in range(count):
            s = s * 0.9 + x[j] * x[i]
        if x[i] > 0.0:
            count += 2 if count < 4 else 0
        else:
            count += 1 if count < 5 else 0
    return s


@program(lambda r: (r.normal(size=6),), compiled=True, exact=True)
def triangular_nest_with_overwrites(x):
    y = x.copy()
    for i in range(1, len(y)):
        for j in range(i):
            y[i] = y[i] * 0.5 + y[j] * y[j] * 0.1
    return y[5] * y[3]


@program(lambda r: (r.normal(size=5), 2, 2), mutates=True, compiled=True, exact=True)
def indices_that_coincide(x, i, j):
    x[i] += x[j] * x[j]
    x[j] *= x[i]
    x[i] -= x[j]
    return x[i] * x[0]


@program(lambda r: (r.normal(size=5),), mutates=True, exact=True)
def element_assigned_to_itself(x):
    x[2] = x[2]
    x[1] = x[1] * x[1]
    x[1] = x[1]
    return x[1] * x[2]


@program(lambda r: (r.normal(size=4),), mutates=True, exact=True)
def store_of_a_constant_kills_the_adjoint(x):
    s = x[0] * x[0]
    for i in range(4):
        x[i] = 0.0
    x[0] = s * 2.0
    return x[0] + x[1] * x[2]


@program(lambda r: (r.normal(), r.normal()), exact=True)
def fibonacci_of_pairs(a, b):
    for i in range(6):
        a, b = b, a * 0.5 + b * b * 0.1
    return a * b


@program(lambda r: (-0.5,))
def guarded_square_root(x):
    """The square root is not evaluated here, and its NaN must not come through."""
    y = np.sqrt(x) if x > 0.0 else 0.0
    return y + 3.0 * x


@program(lambda r: (np.array([0.0, 1.0, 2.0]),), step=1e-3)
def guarded_division(x):
    s = 0.0
    for i in range(len(x)):
        if i > 0:
            s += 1.0 / x[i]
        else:
            s += x[i]
    return s


@program(lambda r: (r.normal(size=(3, 4)), r.normal(size=4)), compiled=True, exact=True)
def workspace_reused_by_every_row(a, w):
    work = np.empty(4)
    s = 0.0
    for i in range(3):
        for j in range(4):
            work[j] = a[i, j] * w[j]
        for j in range(1, 4):
            work[j] = work[j] * work[j - 1]
        s += work[3] * work[1]
    return s


@program(lambda r: (r.normal(size=(3, 4)), r.normal(size=4)), exact=True)
def workspace_carries_from_row_to_row(a, w):
    """Iterations are not independent: row i sees what row i - 1 left."""
    work = np.zeros(4)
    s = 0.0
    for i in range(3):
        for j in range(4):
            work[j] = 0.5 * work[j] + a[i, j] * w[j]
        s += work[3] * work[1]
    return s


@program(lambda r: (r.normal(size=4),), exact=True)
def array_allocated_in_the_loop(x):
    s = 0.0
    for i in range(3):
        y = np.zeros(4)
        for j in range(4):
            y[j] = x[j] * x[j] + s
        for j in range(1, 4):
            y[j] += y[j - 1] * 0.5
        s = y[3] * 0.1
    return s


@program(lambda r: (r.normal(size=5),), compiled=True, exact=True)
def same_loop_variable_inside_and_outside(x):
    s = 0.0
    for i in range(3):
        t = 0.0
        for k in range(i + 1):
            t += x[k] * x[i]
        for k in range(2):
            t = t * x[k]
        s += t
    return s


@program(lambda r: (r.normal(size=3), 1.5))
def loop_variable_has_the_name_of_an_argument(x, w):
    s = w * w
    for w in range(3):
        s += x[w] * w
    return s


@program(
    lambda r: (r.uniform(0.999, 0.9999),), compiled=True, exact=True, step=1e-6, tolerance=1e-5
)
def while_of_thousands_of_trips(x):
    y = 1.0
    while y > 0.05:
        y = y * x
    return y


@program(lambda r: (r.normal(size=(4, 4)),), compiled=True, exact=True)
def four_deep_with_a_branch_on_a_lost_value(a):
    t = 0.3
    for i in range(2):
        for j in range(2):
            for k in range(2):
                for l in range(2):
                    if t > 0.4:
                        t = t * 0.3 + a[i, k] * 0.1
                    else:
                        t = t + a[j, l] * a[j, l] * 0.2
    return t


@program(lambda r: (r.normal(size=6),), exact=True)
def flags_in_an_array(x):
    above = np.zeros(6, dtype=np.bool_)
    for i in range(6):
        above[i] = x[i] > 0.0
    s = 0.0
    for i in range(6):
        if above[i]:
            s += x[i] * x[i]
            above[(i + 1) % 6] = False
    return s


@program(lambda r: (r.normal(size=6),), exact=True)
def counters_in_an_integer_array(x):
    count = np.zeros(3, dtype=np.int64)
    s = 0.0
    for i in range(6):
        bin = 0 if x[i] < -0.5 else (1 if x[i] < 0.5 else 2)
        count[bin] += 1
        s += x[i] * count[bin]
    return s


@program(lambda r: (r.normal(size=4), r.normal()), exact=True)
def result_does_not_depend_on_the_last_write(x, c):
    y = x.copy()
    s = y[0] * c
    y[0] = c * c
    y[1] = c * s
    return s * s


@program(lambda r: (r.normal(size=4), 3), exact=True)
def branch_settled_by_an_integer(x, order):
    if order == 1:
        return x[0]
    elif order == 2:
        return x[0] * x[1]
    s = 1.0
    for i in range(order):
        s *= x[i]
    return s


@program(lambda r: (r.uniform(0.1, 1, 6),), mutates=True, compiled=True, exact=True)
def return_from_while_in_for_after_writes(x):
    for i in range(len(x)):
        k = 0
        while k < 3:
            x[i] = x[i] * 1.5 + 0.1 * x[0]
            k += 1
            if x[i] > 2.5:
                return x[i] * x[0] + k * x[1]
    return x[5]


@program(lambda r: (r.normal(size=3), r.normal(size=3)))
def argument_rebound_in_a_branch(x, y):
    if x[0] < 100.0:
        x = y * 2.0
    return np.sum(x * y)


@program(lambda r: (r.normal(size=4),))
def view_outlives_a_rebinding(x):
    y = x * 2.0
    first = y
    y = y * y
    return np.sum(first * y)


@program(lambda r: (r.normal(size=(2, 3)),), exact=True)
def row_view_written_while_the_matrix_is_read(a):
    b = a.copy()
    row = b[0]
    for j in range(3):
        row[j] = row[j] * b[1, j]
        b[1, j] = b[0, j] * 2.0
    return b[0, 0] * b[1, 1] + row[2] * b[1, 2]


@program(lambda r: (r.normal(),))
def dead_code(x):
    y = math.exp(x)
    z = y * y
    z = x * x
    unused = z * y
    return z


@program(lambda r: (r.normal(size=5),), exact=True)
def maximum_with_its_position(x):
    best = x[0]
    where = 0
    for i in range(1, len(x)):
        if x[i] > best:
            best = x[i]
            where = i
    return best * best * where + x[where]


@program(lambda r: (r.normal(size=3), r.normal(size=3)), exact=True)
def two_arrays_exchanged_by_name(x, y):
    u = x.copy()
    v = y.copy()
    for step in range(3):
        for i in range(3):
            v[i] = v[i] * 0.5 + u[i] * u[i]
        u, v = v, u
    return u[0] * v[1] + u[2]


@program(lambda r: (r.normal(size=5), -2))
def negative_index_of_a_shortened_view(a, k):
    v = a[:3]
    return v[-1] * v[-1] + v[k] * a[0]


@program(lambda r: (r.normal(size=5), -2), mutates=True, compiled=True)
def write_at_a_negative_index_of_a_view(a, k):
    v = a[:3]
    v[-1] = v[k] * 2.0
    return np.sum(a * a)


@program(lambda r: (r.normal(size=(3, 3)), r.normal(size=3), 0.7), compiled=True)
def names_that_the_text_uses(shapes, np_, sum):
    lists = np.tanh(shapes @ np_) * sum
    buffers = 0.0
    for max in range(len(lists)):
        sum = sum * lists[max]
        buffers += sum
    return buffers


@program(lambda r: (r.normal(size=(4, 3)),), exact=True)
def row_found_in_a_loop_and_read_after_it(a):
    for i in range(a.shape[0]):
        if i * i == 1:
            found = a[i]
    return np.sum(found * found)


@program(lambda r: (r.normal(size=(5, 4)),), mutates=True, exact=True)
def views_that_outlive_the_counters_in_their_index(a):
    s = 0.0
    for k in range(1, a.shape[0] - 1):
        for j in range(3):
            if j == k - 1:
                part = a[k, :j]
                strided = a[k + 1, 3::-k]
                pair = (a[k], k)
        s += np.sum(part * part) * np.sum(strided) + pair[0][k] * pair[1]
    strided[0] *= 2.0
    return s + np.sum(part) * np.sum(pair[0] * a[0]) * pair[1]
