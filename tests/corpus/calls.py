"""Calls of user functions, closures, globals, defaults, lambdas."""

import math

import numba
import numpy as np

from tests.corpus.registry import program

SCALE = 2.5
OFFSETS = (1.0, -2.0)
WEIGHTS = np.array([0.5, -1.5, 2.0])


def square(x):
    return x * x


def logistic(z, slope=1.0):
    return 1.0 / (1.0 + np.exp(-slope * z))


@numba.njit
def compiled_cubic(x):
    y = x * x
    return y * x + square_njit(x)


@numba.njit
def square_njit(x):
    return x * x


def polar(x, y):
    return np.sqrt(x * x + y * y), np.arctan2(y, x)


def first_above(x, level):
    """A callee with an early return."""
    for i in range(len(x)):
        if x[i] > level:
            return x[i] * x[i]
    return 0.0


def fill_with_squares(out, x):
    """A callee that writes to its argument and returns nothing."""
    for i in range(len(x)):
        out[i] = x[i] * x[i]


def clipped(x, low=-1.0, high=1.0):
    if x < low:
        return low
    if x > high:
        return high
    return x


@program(lambda r: (r.normal(), r.normal()), compiled=True, exact=True)
def call_plain_function(x, y):
    return square(x) + square(x + y) * y


@program(lambda r: (r.normal(),), compiled=True, exact=True)
def call_njit_function(x):
    return compiled_cubic(x) * x + square_njit(x + 1.0)


@program(lambda r: (r.normal(),))
def call_with_default_and_keyword(x):
    return logistic(x) + logistic(x, slope=2.0) * logistic(slope=x, z=0.5)


@program(lambda r: (r.normal(),))
def nested_calls(x):
    return square(logistic(square(x)))


@program(lambda r: (r.uniform(1, 2), r.uniform(1, 2)), compiled=True)
def call_that_returns_a_tuple(x, y):
    radius, angle = polar(x, y)
    return radius * angle


@program(lambda r: (r.uniform(0.1, 1, 6),), exact=True)
def call_with_early_return(x):
    return first_above(x, 0.4) + first_above(x, 5.0) + x[0]


@program(lambda r: (r.normal(size=4),), compiled=True, exact=True)
def call_that_writes(x):
    y = np.empty(4)
    fill_with_squares(y, x)
    s = 0.0
    for i in range(4):
        s += y[i] * x[i]
    return s


@program(lambda r: (r.normal(size=6),))
def call_in_a_loop(x):
    s = 0.0
    for i in range(len(x)):
        s += clipped(2.0 * x[i]) * x[i] + clipped(x[i], high=0.1)
    return s


@program(lambda r: (r.normal(),))
def same_names_in_caller_and_callee(x):
    y = 3.0 * x
    z = square(y)
    x = z + y
    return square(x)


@program(lambda r: (r.normal(),))
def global_number(x):
    return SCALE * x * x + OFFSETS[1] * x


@program(lambda r: (r.normal(size=3),))
def global_array(x):
    s = 0.0
    for i in range(3):
        s += WEIGHTS[i] * x[i] * x[i]
    return s


@program(lambda r: (r.normal(),))
def local_lambda(x):
    cube = lambda t: t * t * t
    return cube(x) + cube(2.0 * x)


@program(lambda r: (r.normal(),))
def local_function(x):
    shift = 2.0 * x

    def inner(t):
        return t * t + shift

    return inner(x) * inner(3.0)


@program(lambda r: (r.normal(), r.normal()))
def argument_defaults(x, y, scale=3.0):
    return scale * x * y


def make_polynomial(a, b, degree):
    """A factory: the result reads its closure."""

    def polynomial(x):
        s = 0.0
        for k in range(degree):
            s = s * x + a + k * b
        return s

    return polynomial


def make_weighted_sum(weights):
    def weighted_sum(x):
        s = 0.0
        for i in range(len(weights)):
            s += weights[i] * x[i] * x[i]
        return s

    return weighted_sum


closure_over_numbers = program(lambda r: (r.normal(),), exact=True)(make_polynomial(1.5, -0.5, 4))
closure_over_an_array = program(lambda r: (r.normal(size=3),), exact=True)(
    make_weighted_sum(np.array([1.0, -2.0, 0.5]))
)


def apply_twice(f, x):
    return f(f(x))


@program(lambda r: (r.normal(),))
def function_passed_to_a_function(x):
    return apply_twice(math.sin, x) + apply_twice(square, x)


def simpson(f, a, b, n):
    """Composite Simpson rule; n even."""
    h = (b - a) / n
    s = f(a) + f(b)
    for i in range(1, n):
        if i % 2 == 1:
            s += 4.0 * f(a + i * h)
        else:
            s += 2.0 * f(a + i * h)
    return s * h / 3.0


@program(lambda r: (r.uniform(0.5, 1), r.uniform(1.5, 2)), compiled=True)
def quadrature_of_a_lambda(a, b):
    return simpson(lambda t: np.exp(-t * t * a), a, b, 16)


@numba.njit
def norm3(x, y, z):
    return math.sqrt(x * x + y * y + z * z)


@program(lambda r: (r.normal(size=(4, 3)),), compiled=True, exact=True)
def njit_callee_in_a_nest(points):
    total = 0.0
    for i in range(len(points)):
        for j in range(i):
            dx = points[i, 0] - points[j, 0]
            dy = points[i, 1] - points[j, 1]
            dz = points[i, 2] - points[j, 2]
            total += 1.0 / norm3(dx, dy, dz)
    return total
