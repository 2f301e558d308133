"""Programs that had a wrong gradient once: found by random programs, or by reading the compiler.

Each docstring says what was wrong. `tests/fuzz` writes the random ones.
"""

import math

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.normal(size=4), r.normal()), mutates=True, exact=True)
def cell_overwritten_outside_loops(x, s):
    """The old content of `x[0]` was looked for in `x` itself."""
    x[0] += 0.5
    for i in range(len(x)):
        s = s * x[i] * x[i]
        x[i] *= s
    return np.sum(x) * s


@program(lambda r: (r.normal(size=4), r.normal(size=2), r.normal()), mutates=True)
def array_overwritten_after_a_sum(x, w, s):
    """The sum's loop was reversed before the derivative of the later write had been taken."""
    s += np.dot(x, x)
    x += w[1]
    return s


@program(lambda r: (r.normal(size=3), r.normal(size=(3, 3))), mutates=True)
def sum_over_an_array_that_is_restored(w, A):
    """The fused sum read a copy of `A` that was made only after it."""
    for i in range(1, len(w)):
        A[0, 0] = A[i, i] * w[i]
        w += A[i] * A[i] * A[0, 0]
    return np.sum(w) + np.sum(A * A)


@program(lambda r: (r.normal(size=3),), exact=True)
def branch_that_a_constant_decides(x):
    """Numba pruned the branch, and its variables had no types."""
    level = 1.3
    if level > 0.4:
        s = x[0] * level
    else:
        s = 0.0
        for i in range(3):
            v = x[i] * x[i]
            s += v
    return s * s


def _blended(a, c):
    for i in range(1, len(a)):
        a[i] = c * a[i]


@program(lambda r: (r.normal(size=3), r.normal(), r.normal()), mutates=True)
def two_values_of_one_name(x, s, t):
    """Two primal values shared a name in the reverse sweep."""
    n = x.shape[0]
    for i in range(n):
        s += t
        t = np.sum(x * x)
        _blended(x, x[n - 1 - i])
    x[1:] = 0.0
    return s + np.sum(x)


@program(lambda r: (r.normal(size=(3, 4)), r.normal(size=4)), exact=True)
def loop_over_a_name_rebound_inside(A, x):
    """The loop was fused although the array it leaves behind is read after it."""
    for i in range(len(x)):
        x = A[1] * x[0]
    return np.sum(x * x)


@program(lambda r: (r.normal(size=4), r.normal()), exact=True)
def work_array_filled_up_to_a_break(x, s):
    """Cells beyond the break pass from one iteration to the next."""
    work = np.zeros(len(x))
    f = 0.0
    for i in range(3):
        for j in range(len(x)):
            work[j] = x[j] * (3 - i) * s
            if i > 0:
                break
        for k in range(len(x)):
            f += work[k] * work[k] * x[k]
    return f


@program(lambda r: (r.normal(size=4), r.normal()), exact=True)
def cells_beyond_a_break_read_again(x, s):
    """What a load found was computed again as if the loop had filled all cells."""
    work = np.zeros(len(x))
    for i in range(3):
        for j in range(len(x)):
            work[j] = x[j] * (3 - i)
            if i > 0:
                break
        for k in range(len(x)):
            s = s * work[k] + x[k]
    return s


@program(lambda r: (r.normal(size=3), r.normal()))
def index_of_both_signs(x, s):
    """Each cell is written twice: `a[-1]` is the last one too."""
    n = len(x)
    a = np.zeros(n)
    f = 0.0
    for i in range(-n, n):
        t = math.sin(x[i] * s) + i
        a[i] = t
        f += t * t * x[i]
    return f + np.sum(a * a)


@program(lambda r: (r.normal(size=3), r.normal(size=(3, 2)), 0.4))
def array_of_a_branch_in_a_loop(x, A, s):
    """The bar of `y` was sized by the bar of what one branch makes, also if another was taken."""
    f = 0.0
    for i in range(4):
        if i == 1:
            continue
        if s < 0.8:
            y = x * s
        else:
            y = np.sum(A, axis=1)
        f += np.sum(y * y)
        s += 0.3
    return f


@program(lambda r: (r.normal(size=3), r.normal(size=(3, 2)), 0.4, 1), exact=True)
def argument_rebound_after_an_early_return(x, A, s, k):
    """As above, where the branches stand behind a return."""
    if A[0, 0] > 10.0:
        return s
    if k > 0:
        x = x * s
    else:
        x = np.sum(A, axis=1)
    return np.sum(x * x)


@program(lambda r: (r.normal(size=4), r.normal(size=4)), exact=True)
def array_of_an_earlier_iteration(a, b):
    """The array was taken to be as long as its slice would have been in this iteration."""
    s = 0.0
    for i in range(3):
        if i == 0:
            m = i + 1
            x = a[:m] * 2.0
        s += np.sum(x * b[: i + 1])
    return s


@program(lambda r: (r.normal(size=3), r.normal(size=3)), mutates=True)
def cell_exchanged_in_a_loop(x, w):
    """The cell of the bar was kept in a variable twice, for each of the two stores to it."""
    m = len(w)
    for i in range(len(x)):
        x[i], w[m - 1] = w[m - 1], x[i]
    return np.sum(x * np.cos(x)) + np.sum(w * w)


@program(lambda r: (r.normal(size=3), r.normal(size=3)), mutates=True)
def cell_exchanged_in_a_while_loop(x, y):
    """As above, where the loop adds what it reads of the cell."""
    n, k, s = len(x), 0, 0.0
    while k < 4:
        k += 1
        s += x[n - 1]
        y[k % n], x[n - 1] = x[n - 1], y[k % n]
    return s * s + np.sum(x * x) + np.sum(y * np.cos(y))
