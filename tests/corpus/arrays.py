"""Arrays: element access, local arrays, whole-array arithmetic, reductions, products."""

import numpy as np

from tests.corpus.registry import program

# ------------------------------------------------------------------------------------ elements


@program(lambda r: (r.normal(size=4),), compiled=True, exact=True)
def constant_indices(x):
    return x[0] * x[1] - x[-1] * x[2] + x[-4]


@program(lambda r: (r.normal(size=(3, 3)),), exact=True)
def matrix_elements(a):
    return a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0] + a[-1, -1] * a[-1, 0]


@program(lambda r: (r.normal(size=(3, 3)),), exact=True)
def double_brackets(a):
    return a[0][1] * a[2][0] + a[-1][-2]


@program(lambda r: (r.normal(size=6), np.array([3, 1, 4, 1, 5])), compiled=True, exact=True)
def gather_by_index_array(x, index):
    s = 0.0
    for i in range(len(index)):
        s += x[index[i]] * x[i]
    return s


@program(lambda r: (r.normal(size=5), np.array([0, 2, 2, 1, 0])), compiled=True, exact=True)
def scatter_by_index_array(x, index):
    bins = np.zeros(3)
    for i in range(len(x)):
        bins[index[i]] += x[i] * x[i]
    return bins[0] * bins[1] + bins[2]


# ------------------------------------------------------------------------------- local arrays


@program(lambda r: (r.normal(size=5),), compiled=True, exact=True)
def local_zeros(x):
    y = np.zeros(5)
    for i in range(5):
        y[i] = x[i] * x[i]
    for i in range(1, 5):
        y[i] += y[i - 1] * x[i]
    return y[4]


@program(lambda r: (r.normal(size=5),), exact=True)
def local_empty_overwritten_twice(x):
    y = np.empty(len(x))
    for i in range(len(x)):
        y[i] = x[i] * 3.0
        y[i] = y[i] * y[i]
    s = 0.0
    for i in range(len(x)):
        s += y[i]
    return s


@program(lambda r: (r.normal(size=(3, 2)),), exact=True)
def local_matrix(x):
    n, m = x.shape
    y = np.ones((n, m))
    for i in range(n):
        for j in range(m):
            y[i, j] *= x[i, j] + 2.0
    return y[0, 0] * y[2, 1] + y[1, 0]


@program(lambda r: (r.normal(size=4),), exact=True)
def zeros_like_and_ones_like(x):
    y = np.zeros_like(x)
    z = np.ones_like(x)
    for i in range(len(x)):
        y[i] = x[i] * z[i] + i
        z[i] = y[i] * y[i]
    return z[0] + z[1] * z[2] + z[3]


@program(lambda r: (r.normal(size=4),), compiled=True, exact=True)
def copy_then_write(x):
    y = x.copy()
    y[0] = y[0] * y[1]
    y[1] = y[0] + x[0]
    return y[0] * y[1] * x[0]


@program(lambda r: (r.normal(size=4),), exact=True)
def numpy_copy_function(x):
    y = np.copy(x)
    y[2] = 0.0
    return y[0] * y[2] + x[2] * y[3]


@program(lambda r: (r.normal(size=6),), exact=True)
def running_state(x):
    state = np.zeros(2)
    for i in range(len(x)):
        old = state[0]
        state[0] = 0.5 * state[0] + x[i]
        state[1] = state[1] * 0.9 + old * x[i]
    return state[0] * state[1]


@program(lambda r: (r.normal(size=6),), compiled=True, exact=True)
def swap_elements(x):
    y = x.copy()
    y[0], y[3] = y[3], y[0]
    y[1], y[2] = y[2] * 2.0, y[1]
    return y[0] * 1.0 + y[1] * 2.0 + y[2] * x[0] + y[3] * y[3]


@program(lambda r: (r.normal(size=5),), exact=True)
def overwritten_by_a_constant(x):
    y = x.copy()
    s = y[1] * y[1]
    y[1] = 7.0
    return s + y[1] * y[0]


@program(lambda r: (r.normal(size=7),), exact=True)
def prefix_sums_in_place(x):
    y = x.copy()
    for i in range(1, len(y)):
        y[i] += y[i - 1]
    s = 0.0
    for i in range(len(y)):
        s += y[i] * y[i]
    return s


@program(lambda r: (r.normal(size=3),), exact=True)
def alias_of_a_local_array(x):
    y = np.zeros(3)
    z = y
    for i in range(3):
        y[i] = x[i] * x[i]
    z[0] = z[0] * 2.0
    return y[0] + y[1] * y[2]


@program(lambda r: (r.normal(size=4), r.normal(size=4)))
def array_chosen_by_a_branch(x, y):
    if x[0] < 100.0:
        z = x * 2.0
    else:
        z = y * 3.0
    return np.sum(z * y)


@program(lambda r: (r.normal(size=4),))
def array_reassigned_in_a_loop(x):
    y = x * 1.0
    for i in range(3):
        y = y * x + 1.0
    return np.sum(y)


# ------------------------------------------------------------------------------ whole arrays


@program(lambda r: (r.normal(size=5), r.normal(size=5), r.normal()), compiled=True)
def elementwise_arithmetic(x, y, c):
    z = (x + y) * x - c * y + x / (2.0 + y * y) - 3.0
    return np.sum(z * z)


@program(lambda r: (r.uniform(0.2, 0.8, 5),), compiled=True)
def elementwise_functions(x):
    y = np.sin(x) + np.exp(-x) * np.log(x) + np.sqrt(x) + np.tanh(x)
    return np.sum(y * np.cos(x) + x**2 + np.abs(x - 2.0))


@program(lambda r: (r.normal(size=(3, 4)), r.normal(size=4)), compiled=True)
def broadcast_a_row(a, x):
    return np.sum((a - x) ** 2)


@program(lambda r: (r.normal(size=(3, 4)), r.normal(size=(3, 1)), r.normal()))
def broadcast_a_column_and_a_number(a, column, c):
    return np.sum((a * column + c) * a)


@program(lambda r: (r.normal(size=3), r.normal(size=4)))
def broadcast_with_newaxis(x, y):
    table = x[:, None] * y[None, :] + x[:, np.newaxis]
    return np.sum(table * table)


@program(lambda r: (r.normal(size=5), r.uniform(1.2, 2, 5)))
def elementwise_min_max(x, y):
    return np.sum(np.maximum(x, y * 0.1) * np.minimum(x, 5.0 * y))


@program(lambda r: (r.normal(size=(3, 4)),))
def sum_of_all(a):
    return np.sum(a) * np.sum(a * a)


@program(lambda r: (r.normal(size=(3, 4)),), compiled=True)
def sum_along_an_axis(a):
    rows = np.sum(a * a, axis=1)
    columns = np.sum(a, axis=0)
    return np.sum(rows * rows) + np.sum(columns**3)


@program(lambda r: (r.normal(size=5),))
def method_sum(x):
    return (x * x).sum() * x.sum()


@program(lambda r: (r.normal(size=5), r.normal(size=5)), compiled=True)
def dot_of_vectors(x, y):
    return np.dot(x, y) * np.dot(x, x)


@program(lambda r: (r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=3)), compiled=True)
def matrix_vector_products(a, x, y):
    return np.dot(np.dot(a, x), y) + np.sum(a @ x) * np.sum(y @ a)


@program(lambda r: (r.normal(size=(3, 4)), r.normal(size=(4, 2))), compiled=True)
def matrix_matrix_product(a, b):
    c = a @ b
    return np.sum(c * c) + np.sum(np.dot(a, b))


@program(lambda r: (r.normal(size=5),), compiled=True)
def norm_of_a_vector(x):
    return np.linalg.norm(x) * x[0]


@program(lambda r: (r.normal(size=(3, 2)),))
def norm_of_a_matrix(a):
    return np.linalg.norm(a)


@program(lambda r: (r.normal(size=(4, 3)),), compiled=True)
def rows_of_a_matrix(a):
    s = 0.0
    for i in range(a.shape[0]):
        row = a[i]
        s += np.sum(row * row) * row[0]
    return s


@program(lambda r: (r.normal(size=(4, 3)), r.normal(size=3)))
def row_views_in_dot(a, w):
    s = 0.0
    for i in range(len(a)):
        s += np.tanh(np.dot(a[i], w))
    return s


@program(lambda r: (r.normal(size=(4, 3)),))
def loop_over_size_and_ndim(a):
    s = 0.0
    for i in range(a.size):
        s += a[i // 3, i % 3] * (i + a.ndim)
    return s


@program(lambda r: (r.normal(size=5),), compiled=True)
def array_result(x):
    return x * x + np.sin(x)


@program(lambda r: (r.normal(size=4),), exact=True)
def array_result_by_stores(x):
    y = np.zeros(4)
    for i in range(4):
        for j in range(i + 1):
            y[i] += x[j] * x[i]
    return y


@program(lambda r: (r.normal(size=5), 2.0))
def scalar_power_of_an_array(x, c):
    return np.sum((x * x + 1.0) ** c)


@program(lambda r: (r.normal(size=4), r.normal(size=4)))
def negated_and_absolute_arrays(x, y):
    return np.sum(-x * np.abs(y)) + np.sum(abs(x))


@program(lambda r: (r.normal(size=1),))
def array_of_one_element(x):
    return np.sum(x * x * x)


@program(lambda r: (np.empty(0), 2.0))
def array_of_no_element(x, c):
    s = c
    for i in range(len(x)):
        s += x[i]
    return s * c + np.sum(x)


@program(lambda r: (r.normal(size=(4, 3)).T,), exact=True)
def transposed_argument(a):
    """Not contiguous: Numba's layout is F."""
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s += a[i, j] * a[i, j] * (i + 1)
    return s


@program(lambda r: (r.normal(size=10)[::2],), exact=True)
def strided_argument(x):
    s = 0.0
    for i in range(1, len(x)):
        s += x[i] * x[i - 1]
    return s
