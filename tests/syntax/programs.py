"""Small functions, one construct each, with the arguments that they are called with.

They are written the way users write; what a linter would simplify is the construct under test.
"""

# The constructs that a linter would change are the point.
# ruff: noqa: B007, B905, F821, PLC3002, RET504, RET508

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from math import sin as sine
from types import SimpleNamespace

import numba
import numpy as np
from numpy.linalg import norm

CASES: list[tuple[Callable, tuple]] = []


def case(*arguments):
    """Register a function with tuples of arguments that it is called with."""

    def register(function):
        CASES.append((function, arguments))
        return function

    return register


def vector(*items):
    """A fresh array each time the case runs."""
    return np.array(items, dtype=float)


X = vector(1.0, -2.0, 3.5, 0.25, 6.0)
M = np.arange(12.0).reshape(3, 4) - 5.0
SCALARS = ((1.5,), (-2.0,), (0.0,), (7.0,))
RATE, STEPS, FLAG, MODE, NOTHING = 2.5, 3, True, "full", None
COEFFICIENTS = (1.0, -2.0, 0.5)
TABLE = vector(3.0, 1.0, 4.0)
NESTED = ((1.0, 2.0), (TABLE, 3))
SETTINGS = SimpleNamespace(gain=0.5, table=TABLE, inner=SimpleNamespace(bias=-1.0))
HALF = np.float32(0.5)


# --------------------------------------------------------------------------- straight lines


@case(*SCALARS)
def arithmetic(x):
    return (x + 2) * (x - 1) / (x * x + 1) - x**2 + (+x) + (-x) * 3 % 2


@case((7, 2), (-7, 2), (7.5, -2.0))
def floor_and_remainder(x, y):
    q, r = divmod(x, y)
    return q * 10 + r + x // y + x % y + pow(x, 2)


@case((5, 3), (12, 10))
def bits(a, b):
    return (a & b) + (a | b) + (a ^ b) + (a << 1) + (b >> 1) + ~a


@case((vector(1, 2),), (X,))
def reassignments(x):
    t = x + 1
    s = np.sin(t)
    t = x * 2
    s = s + t
    t = s * t
    return t


@case(*SCALARS)
def reassigned_parameter(x):
    y = x + 1
    x = x * 2
    x = x + y
    return x


@case(*SCALARS)
def augmented(x):
    y = x
    y += 1
    y -= 0.5
    y *= 3
    y /= 2
    y **= 2
    y //= 1
    y %= 7
    return y


@case((M.astype(int),), (7,))
def augmented_integers(x):
    y = x + 0
    y &= 5
    y |= 2
    y ^= 1
    y <<= 2
    y >>= 1
    return y


@case((X, 2.0))
def augmented_array_is_mutated(x, w):
    y = x
    y *= w
    x += 1
    return y


@case((X, 2.0))
def rebinding_is_not_mutation(x, w):
    y = x
    y = y * w
    y += 1
    return y


@case((X,))
def augmented_elements(x):
    x[0] += 2
    x[1] -= x[0]
    x[2] *= 3
    x[3] /= 2
    x[-1] **= 2
    x[1:3] += x[0]
    x[::2] -= 1
    return x


@case((M,))
def indices(m):
    row = m[1]
    m[0, -1] = row[2]
    m[2][1] = 7
    part = m[1:, :2]
    part[0, 0] = -1
    return m[..., 0] + m[None, 1, :3][0] + m[:, 1] * m[-1][::-1][1]


@case((X, np.array([0, 2])))
def fancy_indices(x, k):
    x[k] = x[k] * 2
    x[[1, 3]] += 1
    return x[x > 0]


@case(*SCALARS)
def swap(x):
    a, b = x, x + 1
    a, b = b, a
    a, b = a + b, a - b
    (a, c), b = (b, a), x
    [d, e] = a, b
    return a * 3 + b * 5 + c * 7 + d + e


@case((X,))
def swap_elements(x):
    x[0], x[1] = x[1], x[0]
    i, x[i + 1] = 2, 9.0
    return x


@case((2.0,))
def index_assigned_before_use(x):
    a = np.zeros(4)
    i = 0
    i, a[i] = 2, x
    return a


@case((M,))
def unpack_shape(m):
    n, d = m.shape
    return n * 10 + d + m.ndim + m.size


@case((vector(1, 2, 3),))
def unpack_array(x):
    a, b, c = x
    return a + b * c


@case(*SCALARS)
def starred(x):
    first, *rest = x, x + 1, x + 2
    *others, last = (x, *rest)
    a, b = rest
    return first + a * b + last + others[1]


@case(*SCALARS)
def chained_assignment(x):
    a = b = x * 2
    a += 1
    return a + b


@case(*SCALARS)
def annotations(x: float) -> float:
    """A docstring."""
    y: float = x * 2
    z: int
    z = 3
    del y
    return x + z


@case(*SCALARS)
def walrus(x):
    y = (t := x * 2) + t
    z = t + (t := t + 1) * t
    return y + z + t


@case((M,), (X,))
def array_methods(x):
    return (
        (x.sum() + x.mean() + x.min() * x.max() + x.copy().prod() + x.std() + x.var()) * x.argmax()
        + x.ravel().dot(x.flatten())
        + np.float64(x.any())
        + x.astype(int).sum()
    )


@case((M,))
def array_methods_with_arguments(x):
    a = x.sum(axis=0).clip(-10, 10).cumsum()
    b = x.reshape(4, 3).T.reshape((3, -1)).transpose(1, 0)
    c = x.transpose().mean(axis=-1, keepdims=True)
    return a + b[0, 0] + c.round(1)[0] + x.real.trace() + x.conj().imag.sum()


@case((X,))
def mutating_methods(x):
    y = np.zeros(3, dtype=x.dtype)
    y.fill(2.5)
    x.sort()
    return x.sum() * y


@case((vector(4.0),), (np.array([[2.5]]),))
def item(x):
    return x.item() + 1


@case((M,), (np.float32(M),))
def allocations(x):
    y = np.zeros_like(x)
    z = np.ones(x.shape)
    y[0, 0] = np.full(2, 3.0)[1]
    e = np.empty((2, 2), dtype=np.float32)
    e[:] = np.pi
    return (y + z * math.e).sum() + e[0, 0] + float("inf") * 0 * np.finfo(np.float64).eps


@case(*SCALARS)
def library_functions(x):
    y = math.exp(-x * x) + sine(x) + np.arctan2(x, 2.0) + operator.mul(x, 3)
    return y + norm(np.array([x, 1.0])) + np.linalg.norm(np.array((x, y))) + abs(x) + np.abs(x)


@case((3.7,), (-2.5,))
def conversions(x):
    return int(x) + float(3) + bool(x) + round(x) + np.float64(1) + HALF


@case(*SCALARS)
def extrema(x):
    return min(x, 1.0, 3) + max(2, x) * max(x, -x, x * x, 1.0) + min((x, 2.0))


@case((X,))
def builtins_of_arrays(x):
    return sum(x) + min(x) * max(x) + len(x) + any(x > 3) + all(x > 3)


@case((X, 1.0))
def sums_of_generators(x, w):
    a = sum(x[i] * w for i in range(len(x)))
    b = sum(v * v for v in x if v > 0)
    c = sum([v + u for v in x for u in (1.0, w)], 2.0)
    return a + b + c + any(v > 3 for v in x) + all(v > -9 for v in x)


@case((X,))
def comprehension_has_its_own_scope(x):
    v = 3.0
    s = sum(v for v in x)
    return s + v


# --------------------------------------------------------------------------- tests and branches


@case(*SCALARS)
def branches(x):
    if x > 1:
        y = x
    elif x < 0:
        y = -x
    else:
        y = x * x
    return y


@case(*SCALARS)
def branch_redefines(x):
    y = x
    if x > 0:
        y = y * 2
        z = y
    else:
        z = 3
    y = y + z
    return y


@case(*SCALARS)
def ternaries(x):
    a = x if x > 0 else 0.0
    b = math.log(x) if x > 0 else x / 2
    b = b + 1 if a > 1 else (b - 1 if a > 0 else b)
    return a + b + (1 if x > 2 else 2)


@case(*SCALARS)
def comparisons(x):
    a = -1 < x <= 2
    b = 0 < x < x * x < 50 / (x * x + 1)
    c = x == 1.5 != 3
    d = x in (1.5, 7.0) or x not in (0.0, 3)
    return a + 2 * b + 4 * c + 8 * d


@case((X, 3), (X, 9), (X, -1))
def short_circuit(x, i):
    if 0 <= i < len(x) and x[i] > 0:
        y = x[i]
    elif i < 0 or x[i - 5] > 0:
        y = 2.0
    else:
        y = 3.0
    if not (i > 2 and y > 0 and x[0] > 0):
        y = y + 100
    return y


@case(*SCALARS)
def boolean_values(x):
    a = x and 3.0
    b = x or 5.0
    c = x or math.sin(x) or 2.0
    d = x > 0 and x < 3 and (x > 1 or x < 0.5)
    return a + b + c + d


@case(*SCALARS)
def constant_tests(x):
    if True:
        y = x
    else:
        y = undefined_name
    if FLAG and MODE == "full" and NOTHING is None:
        y = y * RATE
    if not FLAG or MODE in ("half", "none"):
        y = undefined_name(y)
    while False:
        y = undefined_name
    return y if MODE != "half" else undefined_name


@case(*SCALARS)
def none_as_a_local(x, w=NOTHING):
    best = None
    scale = 2.0
    if best is None:
        best = x
    if best is not None and scale is not None:
        best = best * scale
    return best


@case((X,))
def none_in_a_loop(x):
    best = None
    for v in x:
        if best is None or v > best:
            best = v
    return best


# --------------------------------------------------------------------------- loops


@case((X,), (vector(),))
def loop(x):
    s = 0.0
    for i in range(len(x)):
        s = s + x[i] * i
    return s


@case((0,), (1,), (7,))
def ranges(n):
    s = 0
    for i in range(n):
        for j in range(i, n):
            for k in range(n, 0, -2):
                s += i * j + k
    return s


@case((0,), (1,), (7,))
def loop_variable_afterwards(n):
    i = -5
    for i in range(n):
        pass
    for j in range(3):
        i = i + j
    return i + j


@case((5,))
def loop_variable_changed(n):
    s = 0
    for i in range(n):
        i = i * 2
        s += i
        if i > 3:
            i += 1
            continue
        s += i
    return s + i


@case((5,))
def bounds_change(n):
    s = 0
    for i in range(n):
        n = n - 1
        s += i * n
    return s


@case((X,))
def over_array(x):
    s = 0.0
    for v in x:
        s = s * 0.5 + v
        x = x + 1.0
    return s + x[0]


@case((M,))
def over_rows(m):
    s = 0.0
    for row in m:
        row[0] = 1.0
        for v in row:
            s += v
    return s


@case((X,))
def over_enumerate(x):
    s = 0.0
    for i, v in enumerate(x):
        s += i * v
    for i, v in enumerate(x, 3):
        s += i * v
    for i, w in enumerate(reversed(x)):
        s -= i * w
    for pair in enumerate(x):
        s += pair[0] * pair[1]
    return s + i


@case((X, vector(1, 2, 3)), (vector(), X))
def over_zip(x, y):
    s = 0.0
    for a, b in zip(x, y):
        s += a * b
    for i, (a, b) in enumerate(zip(y, x)):
        s += a * b * i
    for k, a, j in zip(range(2, 9, 3), x, range(9, 0, -2)):
        s += k * a + j
    return s


@case((0,), (5,), (8,))
def over_reversed(n):
    s = 0
    for i in reversed(range(n)):
        s = s * 2 + i
    for i in reversed(range(1, n, 3)):
        s = s * 3 + i
    for i in reversed(range(n, 0, -2)):
        s = s * 3 + i
    return s


@case(*SCALARS)
def over_tuples(x):
    s = 0.0
    for c in COEFFICIENTS:
        s = s * x + c
    for a, f in ((1.0, math.sin), (x, lambda t: t * 2)):
        s += f(a)
    for v in [x, 2.0]:
        if v > 1:
            continue
        s += v
        if v > 0:
            break
    else:
        s += 100
    return s


@case((X,), (vector(3.0),), (vector(),))
def while_loop(x):
    i = 0
    s = 0.0
    while i < len(x) and x[i] < 5:
        s += x[i]
        i += 1
    return s * i


@case((40,), (1,))
def while_walrus(n):
    s = 0
    while (n := n // 2) > 2:
        s += n
    while (m := n + s) < 50:
        s += m + 1
        if s > 48:
            break
    else:
        s += 1000
    return s + n + m


# --------------------------------------------------------------------------- exits


@case((X, 2.0), (X, 100.0), (vector(), 1.0))
def break_and_else(x, limit):
    s = 0.0
    for v in x:
        if v > limit:
            break
        s += v
    else:
        s = -s
    i = 0
    while i < len(x):
        i += 1
        if x[i - 1] > limit:
            break
    else:
        s += 10
    return s + i


@case((X,))
def continue_in_nested_branches(x):
    s = 0.0
    for i in range(len(x)):
        if x[i] > 0:
            if i % 2 == 0:
                continue
            s += x[i]
        s += 1
        if s > 3:
            if x[i] < 0:
                break
            s -= 0.5
        s *= 1.1
    return s


@case((X,), (-X,), (vector(),))
def return_from_nested_loops(x):
    for i in range(len(x)):
        for j in range(i):
            if x[i] > 3 and x[j] < 0:
                return x[i] * x[j]
            if x[i] < -3:
                break
        else:
            continue
        if j == 1:
            return -1.0
    return 0.5


@case(*SCALARS)
def returns_in_nested_branches(x):
    if x > 1:
        if x > 5:
            return x * 2
        y = x + 1
    else:
        y = x - 1
        if y < -2:
            return y
    y = y * y
    if y > 3:
        return y + 1
    elif y > 1:
        return y + 2
    else:
        return y + 3


@case((0,), (1,), (5,), (30,))
def endless_loop(n):
    k = 0
    while True:
        k += 1
        if k * k > n:
            break
        if k > 4:
            return -k
    return k


@case((0,), (3,), (10,))
def return_from_endless_loop(n):
    k = 0
    while True:
        k += 1
        if k % 2:
            continue
        if k > n:
            return k


@case((1.0,), (-1.0,))
def return_of_tuples(x):
    if x > 0:
        return x, 2 * x
    return -x, 3.0


@case((X,), (vector(9.0, 9.0),))
def statements_after_exits_are_dropped(x):
    for i in range(len(x)):
        if x[i] > 5:
            return i
            x[0] = 77.0
        else:
            continue
            x[1] = 77.0
        undefined_name()
    return -1


@case((X,), (-X,), (2 * X,))
def break_out_of_two_loops(x):
    s = 0.0
    found = False
    for i in range(len(x)):
        while s < 10:
            s += 1.5
            if s * x[i] > 8:
                found = True
                break
            elif s * x[i] < -8:
                s += 2
                continue
            s += 0.25
        if found:
            break
        s -= 3
    return s + i


@case((1.0,), (3.0,))
def assertion(x):
    assert x > 0
    assert x < 10, f"{x} is too large"
    return x


@case((1.0,), (3.0,))
def raising(x):
    if x < 0:
        raise ValueError("negative")
    if x > 100:
        raise OverflowError
    return x * 2


@case((4.0,))
def errstate_and_import(x):
    import math as m
    from math import sqrt

    with np.errstate(divide="ignore"):
        y = sqrt(x) + m.cos(x)
    return y


# --------------------------------------------------------------------------- calls


def helper(a, b=2.0, *, c=1.0):
    if a > b:
        return a * b + c
    return b - a


def two(a):
    b = a + 1
    return a * b, a / b


def collatz(n, *rest, **options):
    count = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        count += 1
    return count + len(rest) + options.get if False else count + len(rest)


@numba.njit
def compiled(x):
    for i in range(3):
        x = x * 0.5 + i
    return x


def fill(out, value):
    for i in range(len(out)):
        out[i] = value * i


def nothing(x):
    if x > 0:
        return
    x = 2


def apply(f, *args, **kwargs):
    return f(*args, **kwargs)


def logged(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs) + 0.5

    return wrapper


@logged
def decorated(x, y=2.0):
    return x * y


def make_power(n):
    def power(x):
        y = 1.0
        for _ in range(n):
            y *= x
        return y

    return power


square = make_power(2)
cube = make_power(3)
halve = functools.partial(operator.mul, 0.5)
with_three = functools.partial(helper, b=3.0)


class Model:
    """A callable with attributes that are numbers and arrays."""

    def __init__(self, slope, table):
        self.slope = slope
        self.table = table

    def value(self, x):
        return self.slope * x + self.table[1]

    def __call__(self, x):
        return self.value(x) * 2


MODEL = Model(1.5, TABLE)


@case(*SCALARS)
def calls(x):
    a = helper(x)
    b = helper(b=x, a=3.0)
    b = helper(b, c=helper(a))
    return a + b + helper(*(x, 1.0)) + square(cube(x)) + compiled(x) + halve(x) + with_three(x)


@case((6, 7), (1, 2))
def more_calls(n, m):
    a, b = two(n)
    p = two(m)
    return a + b + p[0] * p[1] + collatz(n) + collatz(m, 1, 2)


@case((X,))
def calls_for_their_effect(x):
    fill(x, 3.0)
    nothing(x[0])
    np.fill_diagonal(np.zeros((2, 2)), 1.0)
    return x


@case(*SCALARS)
def arguments_are_evaluated_once(x):
    calls_made = np.zeros(1)

    def counted(v):
        calls_made[0] += 1
        return v

    def thrice(v):
        return v + v + v

    return thrice(counted(x)) + calls_made[0]


@case(*SCALARS)
def lambdas(x):
    f = lambda t, k=x: t * k
    x = x + 1
    g = lambda t: f(t) + x
    x = x * 2
    return f(2.0) + g(3.0) + (lambda u: u - x)(1.0) + apply(f, 5.0, k=2.0)


@case(*SCALARS)
def functions_of_functions(x):
    def compose(f, g):
        return lambda t: f(g(t))

    def add(n):
        def inner(t):
            return t + n

        return inner

    h = compose(math.sin, add(x))
    v = x
    k = add(v)
    v = 100.0
    return h(2.0) + k(1.0) + apply(compose(add(1), add(2)), x) + v


@case(*SCALARS)
def functions_chosen(x):
    op = max if FLAG else min
    f = math.sin
    if MODE == "full":
        f = math.cos
    return op(f(x), 0.5)


@case(*SCALARS)
def objects(x):
    return MODEL(x) + MODEL.value(x) + SETTINGS.gain * x + SETTINGS.inner.bias


@case((1.0,), (2.0,))
def decorated_callee(x):
    return decorated(x) * decorated(x, y=3.0)


@case((1,), (2,))
def globals_of_all_kinds(i):
    a, b, c = COEFFICIENTS
    (p, q), (t, n) = NESTED
    return a + b + c + TABLE[i] * RATE + SETTINGS.table[i] + p * q + t[0] * n + COEFFICIENTS[2]


case((1.0, 2.0), (2.0, -1.0))(decorated)


@case((X,))
def iterate_over_calls(x):
    s = 0.0
    for v in x.ravel():
        s += v
    for v in np.sort(x):
        s = s * 0.5 + v
    for i in numba.prange(2):
        s += i
    for i, v in enumerate(x.copy()):
        s += i * v
    return s + sum(x.ravel()) + sum(np.abs(x))


@case((X, 4.0), (X, 0.5))
def undefined_on_some_paths(x, limit):
    found = False
    for v in x:
        if found and best > limit:
            break
        if v > 1:
            best = v
            found = True
    return best if found and best > 2 else -1.0


@case((1.0,), (3.0,))
def tuples_kept_in_names(x):
    p = (x, x + 1)
    q = (p, 2.0)
    x = x * 10
    for i in range(3):
        p = (p[1], p[0] + i)
    if x > 20:
        q = ((x, x), 1.0)
    r = (math.sin, x)
    return p[0] * 3 + p[1] + q[0][1] + q[1] + r[0](r[1]) + len(p) + p[-1]


def make_closure():
    weights = vector(1.0, 2.0)
    scale = 3.0

    def closure(x):
        s = 0.0
        for i in range(2):
            s += weights[i] * x * scale
        return s

    return closure


case(*SCALARS)(make_closure())
case(*SCALARS)(lambda x: x * x if x > 0 else -x)
case(*SCALARS)(cube)


@case((2.0,), (-2.5,))
def hygiene(y):
    a = y + 1
    b = two(a)[1]
    t_1 = 5.0
    sin_1 = math.sin(t_1 + math.sin(y * 2 + 1))
    result = helper(b, a)
    return a + b * t_1 + sin_1 + result


@case((2.0,))
def names_of_builtins(max):
    sum = 0.0
    for len in range(3):
        sum += max * len
    return sum


@case((3.0,))
def several_names_for_an_array(x):
    a = np.zeros(2)
    b = a
    b[0] = x
    a = a + 1
    c = b
    c[1] = x
    return a[0] + b[1] + a.sum() + b.sum()


@case((4,))
def old_value_is_kept(n):
    a, b = 0, 1
    for _ in range(n):
        old = a
        a = b
        b = old + b
    return a * 100 + b


@case((5,))
def previous_value_in_a_loop(n):
    s = 0
    previous = -1
    current = 0
    for i in range(n):
        s += previous * 10
        current = i * i
        s += current
        previous = current
    return s
