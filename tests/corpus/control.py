"""Control flow: loops of every kind, branches, early exits."""

import math

import numpy as np

from tests.corpus.registry import program

# ------------------------------------------------------------------------------------ branches


@program(lambda r: (r.uniform(0.5, 1.5),), compiled=True, exact=True)
def if_else_taken(x):
    if x > 0.0:
        y = x * x
    else:
        y = -x
    return y * 3.0


@program(lambda r: (r.uniform(-1.5, -0.5),), exact=True)
def if_else_not_taken(x):
    if x > 0.0:
        y = x * x
    else:
        y = -x
    return y * 3.0


@program(lambda r: (r.uniform(0.5, 1.5),))
def if_without_else(x):
    y = x
    if x > 0.2:
        y = y * y * x
    return y + x


@program(lambda r: (r.normal(size=12),), compiled=True)
def elif_chain(x):
    s = 0.0
    for i in range(len(x)):
        if x[i] > 1.0:
            s += np.log(x[i])
        elif x[i] > 0.0:
            s += x[i] * x[i]
        elif x[i] > -1.0:
            s -= 2.0 * x[i]
        else:
            s += np.exp(x[i])
    return s


@program(lambda r: (r.uniform(0.5, 1.5), r.uniform(2, 3)))
def nested_if(x, y):
    if x < y:
        if x * y > 100.0:
            z = x
        else:
            z = x * y
            if z > 0.1:
                z = z * z
    else:
        z = y
    return z + x


@program(lambda r: (r.normal(size=8), r.normal()), exact=True)
def ternary(x, w):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * w if x[i] > 0.0 else 0.5 * x[i]
    return s if s > 0.0 else -s


@program(lambda r: (r.normal(size=10),), exact=True)
def chained_comparison(x):
    s = 0.0
    for i in range(len(x)):
        if -0.5 < x[i] <= 0.8:
            s += x[i] * x[i]
    return s


@program(lambda r: (r.normal(size=9), r.normal(size=9)), compiled=True, exact=True)
def boolean_operators(x, y):
    s = 0.0
    for i in range(len(x)):
        if x[i] > 0.0 and y[i] > 0.0:
            s += x[i] * y[i]
        elif x[i] > 0.0 or not y[i] < -0.5:
            s += x[i] - y[i]
    return s


@program(lambda r: (r.normal(size=6),), exact=True)
def short_circuit_guards_an_index(x):
    i = 0
    while i < len(x) and abs(x[i]) < 10.0:
        i += 1
    s = 0.0
    for j in range(i):
        s += x[j] * x[j]
    return s


@program(lambda r: (r.uniform(0.5, 1),), exact=True)
def branch_on_an_overwritten_value(x):
    y = x
    if y < 1.0:
        y = y + 2.0
    if y > 2.0:
        y = y * y
    if y > 100.0:
        y = 0.0
    return y


@program(lambda r: (r.normal(size=7),))
def tested_value_is_overwritten(x):
    """The tested variable is gone when the reverse sweep asks."""
    t = 1.0
    s = 0.0
    for i in range(len(x)):
        if t > 0.5:
            t = t * np.cos(x[i]) * 0.9
        else:
            t = t + x[i] * x[i]
        s += t
    return s


# --------------------------------------------------------------------------------------- loops


@program(lambda r: (r.normal(), 7), compiled=True, exact=True)
def for_range(x, n):
    s = 0.0
    for i in range(n):
        s = s * x + i
    return s


@program(lambda r: (r.uniform(0.9, 1.1),))
def nonlinear_recurrence(x):
    y = 0.3
    for i in range(20):
        y = x * 3.1 * y * (1.0 - y)
    return y


@program(lambda r: (r.normal(), 0), exact=True)
def zero_trip_loop(x, n):
    y = x * x
    for i in range(n):
        y = y * x
    return y


@program(lambda r: (r.normal(size=(3, 4)), r.normal(size=4)), compiled=True, exact=True)
def rectangular_nest(a, x):
    s = 0.0
    for i in range(a.shape[0]):
        t = 0.0
        for j in range(a.shape[1]):
            t += a[i, j] * x[j]
        s += t * t
    return s


@program(lambda r: (r.normal(size=(5, 5)), r.normal(size=5)), exact=True)
def triangular_nest(a, x):
    s = 0.0
    for i in range(len(x)):
        for j in range(i):
            s += a[i, j] * x[i] * x[j] * x[j]
    return s


@program(lambda r: (r.normal(size=(2, 3, 4)),), exact=True)
def triple_nest(a):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            p = 1.0
            for k in range(a.shape[2]):
                p *= a[i, j, k]
            s += p * p
    return s


@program(lambda r: (r.normal(size=8),), exact=True)
def negative_step(x):
    s = 0.0
    for i in range(len(x) - 1, -1, -1):
        s = s * 0.5 + x[i] * x[i] * s + x[i]
    return s


@program(lambda r: (r.normal(size=11), 3), exact=True)
def variable_step(x, step):
    s = 1.0
    for i in range(1, len(x), step):
        s = s * x[i] + i
    return s


@program(lambda r: (r.normal(size=11), -2), exact=True)
def variable_negative_step(x, step):
    s = 1.0
    for i in range(9, 0, step):
        s = s * x[i] + x[i - 1]
    return s


@program(lambda r: (r.normal(size=6),), exact=True)
def bounds_that_change_inside(x):
    """`range` reads its bounds once."""
    n = 2
    s = 1.0
    for i in range(n):
        n = n + 2
        s = s * x[i] + n
    for j in range(n):
        s += x[j] * s
    return s


@program(lambda r: (r.normal(size=5),), exact=True)
def loop_variable_after_the_loop(x):
    for i in range(4):
        last = x[i] * x[i]
    return last * x[i + 1]


@program(lambda r: (r.uniform(1.1, 1.5),), compiled=True, exact=True)
def while_on_value(x):
    y = x
    while y < 50.0:
        y = y * y + x
    return y


@program(lambda r: (r.normal(), 5), exact=True)
def while_on_counter(x, n):
    i = 0
    s = 1.0
    while i < n:
        s = s * x + i
        i += 1
    return s


@program(lambda r: (r.uniform(1, 2),), exact=True)
def while_never_entered(x):
    y = x * x
    while y < 0.0:
        y = y + x
    return y


@program(lambda r: (r.uniform(2, 3),), compiled=True)
def nested_while(x):
    s = 0.0
    y = x
    while y > 0.1:
        z = y
        while z < 4.0:
            z = z * x
            s += np.sqrt(z)
        y = y * 0.5
    return s


@program(lambda r: (r.uniform(0.5, 1, 6), 3), exact=True)
def while_inside_for(x, n):
    total = 0.0
    for i in range(len(x)):
        y = x[i]
        count = 0
        while y < 3.0 and count < n:
            y = y * (1.5 + x[i])
            count += 1
        total += y * count
    return total


@program(lambda r: (r.uniform(0.5, 1, 10),), compiled=True, exact=True)
def break_in_for(x):
    s = 0.0
    for i in range(len(x)):
        if s > 3.0:
            break
        s += x[i] * x[i] + 0.3
    return s * x[0]


@program(lambda r: (r.normal(size=10),), exact=True)
def continue_in_for(x):
    s = 0.0
    for i in range(len(x)):
        if x[i] < 0.0:
            continue
        s += x[i] * x[i]
    return s


@program(lambda r: (r.uniform(0.3, 0.9),))
def break_in_endless_while(x):
    y = 1.0
    while True:
        y = 0.5 * (y + x / y)
        if abs(y * y - x) < 1e-12:
            break
    return y


@program(lambda r: (r.normal(size=(4, 5)),), compiled=True, exact=True)
def break_and_continue_in_nest(a):
    s = 1.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if a[i, j] < -1.0:
                continue
            if a[i, j] > 1.2:
                break
            s = s + a[i, j] * a[i, j] * s * 0.1
        s = s * 1.5
    return s


@program(lambda r: (r.uniform(0.5, 1.5),))
def early_return(x):
    if x > 0.1:
        return x * x * x
    y = x + 1.0
    return y * y


@program(lambda r: (r.uniform(0.2, 1, (4, 4)),), compiled=True, exact=True)
def early_return_from_a_nest(a):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s += a[i, j] * a[i, j]
            if s > 1.5:
                return s * a[0, 0]
    return s


@program(lambda r: (r.normal(), r.normal()), compiled=True)
def several_returns(x, y):
    if x > y:
        if x > 2.0 * y:
            return math.exp(x - y)
        return x * y
    elif x < -3.0:
        return x
    else:
        return y * y - x


@program(lambda r: (r.uniform(0.2, 0.9, 12),))
def return_from_while(x):
    i = 0
    p = 1.0
    while True:
        p = p * x[i]
        if p < 0.05:
            return np.log(p)
        i += 1
        if i == len(x):
            return p


@program(lambda r: (r.normal(size=5),), exact=True)
def for_over_constant_bounds(x):
    s = 0.0
    for i in range(2, 5):
        for j in range(0, 5, 2):
            s += x[i] * x[j]
    return s


@program(lambda r: (r.normal(size=6),))
def variable_first_set_in_a_branch(x):
    for i in range(len(x)):
        if i == 0:
            best = x[i] * x[i]
        else:
            best = best * 0.5 + x[i]
    return best


@program(lambda r: (r.normal(size=6), r.normal()))
def pass_and_docstring(x, w):
    """A docstring is no statement."""
    s = 0.0
    for i in range(len(x)):
        if x[i] > 0.3:
            pass
        else:
            s += x[i] * w
    return s


@program(lambda r: (r.uniform(0.5, 2),), exact=True)
def while_else(x):
    y = x
    while y < 10.0:
        y = y * 2.0
    else:
        y = y + x
    return y


@program(lambda r: (r.uniform(0.5, 1.5, 3), 0.2, 0.3))
def array_bound_under_a_flag_only(x, s, t):
    first, second = s > 10, t > 5
    f = s
    if first:
        y = x * s
    elif second:
        y = x + s
    f = f * t
    if first or second:
        f += np.sum(y * y)
    return f
