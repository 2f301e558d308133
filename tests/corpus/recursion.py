"""Functions that call themselves or each other, and functions marked `checkpoint`."""

import math

import numba
import numpy as np

from adjoint import checkpoint
from tests.corpus.registry import program


def factorial_like(x, n):
    return 1.0 if n == 0 else (x + n) * factorial_like(x, n - 1)


@program(lambda r: (r.uniform(0.5, 1.5), 5), compiled=True, exact=True)
def rising_product(x, n):
    return factorial_like(x, n)


@program(lambda r: (r.uniform(0.5, 1.5), 4), compiled=True, exact=True)
def calls_itself(x, n):
    if n == 0:
        return 1.0
    return x * calls_itself(x, n - 1) + n


def power(x, n):
    """x to the n by squaring."""
    if n == 0:
        return 1.0
    half = power(x, n // 2)
    if n % 2 == 1:
        return half * half * x
    return half * half


@program(lambda r: (r.uniform(0.8, 1.2), 13), compiled=True, exact=True)
def power_by_squaring(x, n):
    return power(x, n) + power(2.0 * x, 3)


@program(lambda r: (r.normal(), r.normal(), 7), exact=True)
def fibonacci(a, b, n):
    def term(k):
        if k == 0:
            return a
        if k == 1:
            return b
        return term(k - 1) + term(k - 2) * 0.5

    return term(n)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


@program(lambda r: (r.normal(size=12),), compiled=True, exact=True)
def index_by_ackermann(x):
    return x[ackermann(2, 3)] * x[ackermann(1, 1)] + x[ackermann(2, 1)]


def even_step(x, n):
    if n == 0:
        return x
    return odd_step(x * x, n - 1)


def odd_step(x, n):
    if n == 0:
        return 2.0 * x
    return even_step(np.sin(x), n - 1)


@program(lambda r: (r.uniform(0.5, 1.5), 5), compiled=True)
def mutual_recursion(x, n):
    return even_step(x, n) * x + odd_step(x, 2)


def integrate(f, a, b, fa, fm, fb, tolerance, depth):
    """Adaptive Simpson rule."""
    m = 0.5 * (a + b)
    left, right = f(0.5 * (a + m)), f(0.5 * (m + b))
    whole = (b - a) / 6.0 * (fa + 4.0 * fm + fb)
    halves = (b - a) / 12.0 * (fa + 4.0 * left + 2.0 * fm + 4.0 * right + fb)
    if depth == 0 or abs(halves - whole) < tolerance:
        return halves + (halves - whole) / 15.0
    return integrate(f, a, m, fa, left, fm, tolerance / 2.0, depth - 1) + integrate(
        f, m, b, fm, right, fb, tolerance / 2.0, depth - 1
    )


@program(lambda r: (r.uniform(0.5, 1.0), r.uniform(1.5, 2.0)), compiled=True, argnums=(0, 1))
def adaptive_simpson(a, w):
    f = lambda t: np.sin(w * t * t) * np.exp(-a * t)
    return integrate(f, 0.0, 2.0, f(0.0), f(1.0), f(2.0), 1e-3, 8)


def tree_value(node, left, right, weight):
    if node < 0:
        return 1.0
    below = tree_value(left[node], left, right, weight) * tree_value(
        right[node], left, right, weight
    )
    return weight[node] + np.tanh(below)


@program(
    lambda r: (
        r.normal(size=6),
        np.array([1, 3, 5, -1, -1, -1]),
        np.array([2, 4, -1, -1, -1, -1]),
    ),
    compiled=True,
)
def tree_in_arrays(weight, left, right):
    return tree_value(0, left, right, weight)


def casteljau(points, t, first, last):
    if first == last:
        return points[first]
    return (1.0 - t) * casteljau(points, t, first, last - 1) + t * casteljau(
        points, t, first + 1, last
    )


@program(lambda r: (r.normal(size=5), r.uniform()), compiled=True, exact=True)
def bezier_point(points, t):
    return casteljau(points, t, 0, len(points) - 1)


def split_curve(p, t):
    """De Casteljau's algorithm on whole arrays."""
    if len(p) == 1:
        return p
    return split_curve((1.0 - t) * p[:-1] + t * p[1:], t)


@program(lambda r: (r.normal(size=5), r.uniform()), compiled=True, exact=True)
def bezier_by_arrays(p, t):
    return split_curve(p, t)[0]


def fraction(b, k):
    if k == len(b) - 1:
        return b[k]
    return b[k] + 1.0 / fraction(b, k + 1)


@program(lambda r: (r.uniform(1, 2, 6),), exact=True)
def continued_fraction(b):
    return fraction(b, 0)


def karatsuba(a, b):
    """Product of two polynomials of the same length, a power of two."""
    n = len(a)
    product = np.zeros(2 * n - 1)
    if n == 1:
        product[0] = a[0] * b[0]
        return product
    h = n // 2
    low = karatsuba(a[:h], b[:h])
    high = karatsuba(a[h:], b[h:])
    middle = karatsuba(a[:h] + a[h:], b[:h] + b[h:])
    for i in range(2 * h - 1):
        product[i] += low[i]
        product[i + h] += middle[i] - low[i] - high[i]
        product[i + 2 * h] += high[i]
    return product


@program(lambda r: (r.normal(size=4), r.normal(size=4)), compiled=True, exact=True)
def karatsuba_product(a, b):
    product = karatsuba(a, b)
    return np.sum(product * np.arange(7.0)) + product[2] * product[3]


def fft(re, im):
    """Radix two, on real and imaginary parts."""
    n = len(re)
    if n == 1:
        return re.copy(), im.copy()
    even_re, even_im = fft(re[::2], im[::2])
    odd_re, odd_im = fft(re[1::2], im[1::2])
    out_re = np.empty(n)
    out_im = np.empty(n)
    h = n // 2
    for k in range(h):
        c = math.cos(2.0 * math.pi * k / n)
        s = math.sin(2.0 * math.pi * k / n)
        t_re = c * odd_re[k] + s * odd_im[k]
        t_im = c * odd_im[k] - s * odd_re[k]
        out_re[k] = even_re[k] + t_re
        out_im[k] = even_im[k] + t_im
        out_re[k + h] = even_re[k] - t_re
        out_im[k + h] = even_im[k] - t_im
    return out_re, out_im


@program(lambda r: (r.normal(size=8), r.normal(size=8)), compiled=True)
def spectrum_by_recursion(x, w):
    re, im = fft(x, np.zeros(8))
    return np.sum(w * (re * re + im * im))


def sort_in_place(a, low, high):
    """Quicksort: writes to its argument and returns nothing."""
    if low >= high:
        return
    pivot = a[high]
    i = low
    for j in range(low, high):
        if a[j] < pivot:
            a[i], a[j] = a[j], a[i]
            i += 1
    a[i], a[high] = a[high], a[i]
    sort_in_place(a, low, i - 1)
    sort_in_place(a, i + 1, high)


@program(lambda r: (r.permutation(6) + r.uniform(0, 0.5, 6),), compiled=True, exact=True)
def quicksort(x):
    y = x.copy()
    sort_in_place(y, 0, len(y) - 1)
    s = 0.0
    for i in range(len(y)):
        s += (i + 1.0) * y[i] * y[i]
    return s


def scale_tail(a, k):
    """Writes to its argument and returns a number."""
    if k == len(a):
        return 1.0
    a[k] *= a[k - 1]
    return a[k] + scale_tail(a, k + 1)


@program(lambda r: (r.uniform(0.5, 1.5, 5),), mutates=True, compiled=True, exact=True)
def recursion_that_writes_to_the_argument(a):
    return scale_tail(a, 1) * a[4]


def gcd_like(x, y, n):
    """Returns a tuple."""
    if n == 0:
        return x, y
    p, q = gcd_like(y, x * 0.5, n - 1)
    return p + q * x, q - y


@program(lambda r: (r.normal(), r.normal(), 3), compiled=True, exact=True)
def recursion_with_a_tuple(x, y, n):
    s = 0.0
    for k in range(n + 1):
        p, q = gcd_like(x, y + s, k)
        s += p * q
    return s


WEIGHTS = np.array([0.5, -1.0, 2.0, 0.25])


def weighted_from(x, k):
    """Reads a captured array."""
    if k == len(WEIGHTS):
        return 0.0
    return WEIGHTS[k] * x[k] * x[k] + weighted_from(x, k + 1)


@program(lambda r: (r.normal(size=4),), exact=True)
def recursion_over_a_captured_array(x):
    return weighted_from(x, 0)


def iterate(f, x, n):
    return x if n == 0 else f(iterate(f, x, n - 1))


@program(lambda r: (r.uniform(0.5, 1), r.normal(size=3)))
def function_passed_down(x, a):
    y = x * a[0]
    return iterate(np.sin, x, 2) + iterate(lambda t: t * y + a[1], x, 3)


@checkpoint
def heat_step(u, c):
    v = u.copy()
    for i in range(1, len(u) - 1):
        v[i] = u[i] + c * np.sin(u[i + 1] - 2.0 * u[i] + u[i - 1])
    return v


@program(lambda r: (r.normal(size=6), r.uniform(0.1, 0.3), 4), compiled=True)
def checkpointed_steps(u, c, n):
    for t in range(n):
        u = heat_step(u, c)
    return np.sum(u * u)


@checkpoint
def oscillator_step(q, p, k):
    p = p - 0.1 * k * np.sin(q)
    return q + 0.1 * p, p


@program(lambda r: (r.uniform(0.5, 1), r.uniform(0.5, 1), r.uniform(1, 2)), compiled=True)
def checkpointed_pendulum(q, p, k):
    for t in range(20):
        q, p = oscillator_step(q, p, k)
    return q * q + p * p


@checkpoint
def relax(u, w):
    """Writes to its argument."""
    for i in range(1, len(u) - 1):
        u[i] = (1.0 - w) * u[i] + 0.5 * w * (u[i - 1] + u[i + 1])


@program(lambda r: (r.normal(size=6), r.uniform(0.5, 1.0)), mutates=True, compiled=True)
def checkpoint_that_writes(u, w):
    for t in range(3):
        relax(u, w)
    return np.sum(u * u * u)


@program(lambda r: (r.uniform(0.5, 1.5), r.normal(size=3)), exact=True)
def checkpointed_inner_function(x, a):
    @checkpoint
    def cubic(t):
        return ((a[0] * t + a[1]) * t + a[2]) * t

    s = 0.0
    for i in range(3):
        s += cubic(x + s)
    return s


# --------------------------------------------------------------------------- elementwise functions


@numba.vectorize
def soft_step(a, b):
    if a > 1.0:
        return a * a + b
    return np.sin(a) * b


@numba.vectorize(["float64(float64, float64)"])
def weighted_square(a, b):
    return a * a * b


@np.vectorize
def larger_or_squared(a, b):
    return a * b if a > b else a * a


@program(lambda r: (r.uniform(0.2, 2, 5), r.normal()), compiled=True)
def vectorize_with_a_branch(x, b):
    return np.sum(soft_step(x, b) * x)


@program(lambda r: (r.uniform(0.2, 0.8), r.uniform(1.2, 2)))
def vectorize_on_scalars(x, y):
    return soft_step(x, y) * soft_step(y, x) + weighted_square(x, y)


@program(lambda r: (r.normal(size=(3, 4)), r.normal(size=4)), compiled=True, exact=True)
def vectorize_broadcasts(a, b):
    c = weighted_square(a, b * 2.0)
    return np.sum(c * c)


@program(lambda r: (np.array([0.5, 1.5, 2.5, -0.3]),), exact=True)
def numpy_vectorize(x):
    return np.sum(larger_or_squared(x, x[::-1]) * x)
