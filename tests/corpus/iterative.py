"""Real code: roots, series, quadrature, interpolation."""

import math

import numpy as np

from tests.corpus.registry import program


def kepler(e, eccentricity, mean_anomaly):
    return e - eccentricity * math.sin(e) - mean_anomaly


@program(lambda r: (r.uniform(0.2, 0.6), r.uniform(0.5, 1.5)), compiled=True)
def newton_on_keplers_equation(eccentricity, mean_anomaly):
    """Newton inside the function; returns the radius at the root."""
    e = mean_anomaly
    for iteration in range(50):
        f = kepler(e, eccentricity, mean_anomaly)
        df = 1.0 - eccentricity * math.cos(e)
        step = f / df
        e = e - step
        if abs(step) < 1e-13:
            break
    return 1.0 - eccentricity * math.cos(e)


def bisect(f, low, high, tolerance):
    """Halve an interval; the derivative of the midpoint is that of its ends, zero."""
    f_low = f(low)
    while high - low > tolerance:
        middle = 0.5 * (low + high)
        f_middle = f(middle)
        if f_low * f_middle <= 0.0:
            high = middle
        else:
            low = middle
            f_low = f_middle
    return 0.5 * (low + high)


@program(lambda r: (r.uniform(1, 2), r.uniform(0.5, 1)), compiled=True)
def bisection_polished_by_newton(a, b):
    """Bisection alone has derivative zero; two Newton steps carry it through the root."""
    x = bisect(lambda t: t * t * t - 1.5 * t - 2.0, 0.0, 4.0, 0.05)
    for i in range(6):
        x = x - (a * x * x * x - b * x - 2.0) / (3.0 * a * x * x - b)
    return x * x


@program(lambda r: (r.uniform(1, 2), r.uniform(1, 2)), compiled=True, exact=True)
def secant_method(a, b):
    x0 = 1.0
    x1 = 2.0
    f0 = a * x0 * x0 - b * 3.0
    f1 = a * x1 * x1 - b * 3.0
    count = 0
    while abs(f1) > 1e-11 and count < 30:
        x2 = x1 - f1 * (x1 - x0) / (f1 - f0)
        x0, f0 = x1, f1
        x1 = x2
        f1 = a * x1 * x1 - b * 3.0
        count += 1
    return x1


@program(lambda r: (r.normal(size=6), r.normal()), compiled=True, exact=True)
def horner(coefficients, x):
    s = coefficients[-1]
    for i in range(len(coefficients) - 2, -1, -1):
        s = s * x + coefficients[i]
    return s


@program(lambda r: (r.normal(size=6), r.normal()), exact=True)
def horner_with_derivatives(coefficients, x):
    """Value and first two derivatives of a polynomial in one sweep."""
    p = 0.0
    dp = 0.0
    ddp = 0.0
    for i in range(len(coefficients) - 1, -1, -1):
        ddp = ddp * x + 2.0 * dp
        dp = dp * x + p
        p = p * x + coefficients[i]
    return p * dp - ddp


@program(lambda r: (r.uniform(1, 2, 7), r.uniform(1, 2)), compiled=True, exact=True)
def continued_fraction(a, x):
    value = a[len(a) - 1]
    for i in range(len(a) - 2, -1, -1):
        value = a[i] + x / value
    return value


@program(lambda r: (r.uniform(0.5, 1.5), r.uniform(2, 3)), compiled=True, exact=True)
def incomplete_gamma_series(x, a):
    """Σ x^n / (a (a+1) … (a+n)), summed until it no longer changes much."""
    term = 1.0 / a
    total = term
    n = 1
    while term > 1e-15 * total:
        term = term * x / (a + n)
        total += term
        n += 1
        if n > 200:
            break
    return total


@program(lambda r: (r.uniform(0.3, 0.8),), compiled=True, exact=True)
def arithmetic_geometric_mean(k):
    """Complete elliptic integral of the first kind, up to π/2."""
    a = 1.0
    b = (1.0 - k * k) ** 0.5
    while abs(a - b) > 1e-12:
        a, b = 0.5 * (a + b), (a * b) ** 0.5
    return 1.0 / a


@program(lambda r: (r.normal(size=7), 0.37), compiled=True, exact=True)
def de_boor_spline(control_points, t):
    """A cubic B-spline on integer knots, by de Boor's recursion."""
    degree = 3
    x = t * (len(control_points) - degree) + degree
    span = int(x)
    d = np.empty(degree + 1)
    for j in range(degree + 1):
        d[j] = control_points[span - degree + j]
    for level in range(1, degree + 1):
        for j in range(degree, level - 1, -1):
            left = span - degree + j
            alpha = (x - left) / (degree - level + 1)
            d[j] = (1.0 - alpha) * d[j - 1] + alpha * d[j]
    return d[degree]


@program(lambda r: (np.sort(r.uniform(0, 1, 6)), r.normal(size=6), 0.55), step=0.002)
def linear_interpolation_by_bisection(xs, ys, x):
    low = 0
    high = len(xs) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if xs[middle] > x:
            high = middle
        else:
            low = middle
    t = (x - xs[low]) / (xs[high] - xs[low])
    return ys[low] * (1.0 - t) + ys[high] * t


@program(lambda r: (np.arange(5) + r.uniform(0, 0.5, 5), r.normal(size=5), 1.7), exact=True)
def neville_interpolation(xs, ys, x):
    n = len(xs)
    p = ys.copy()
    for level in range(1, n):
        for i in range(n - level):
            j = i + level
            p[i] = ((x - xs[j]) * p[i] + (xs[i] - x) * p[i + 1]) / (xs[i] - xs[j])
    return p[0]


@program(lambda r: (r.uniform(0.5, 1), r.uniform(0.5, 1)), compiled=True)
def romberg_quadrature(a, b):
    """∫_0^1 exp(-a t²) cos(b t) dt by Richardson's extrapolation of the trapezoid rule."""
    table = np.zeros((5, 5))
    h = 1.0
    table[0, 0] = 0.5 * h * (1.0 + math.exp(-a) * math.cos(b))
    points = 1
    for i in range(1, 5):
        h = 0.5 * h
        s = 0.0
        for k in range(points):
            t = (2 * k + 1) * h
            s += math.exp(-a * t * t) * math.cos(b * t)
        table[i, 0] = 0.5 * table[i - 1, 0] + h * s
        factor = 4.0
        for j in range(1, i + 1):
            table[i, j] = table[i, j - 1] + (table[i, j - 1] - table[i - 1, j - 1]) / (factor - 1.0)
            factor *= 4.0
        points *= 2
    return table[4, 4]


@program(lambda r: (r.uniform(0.5, 1, 4), r.uniform(0.5, 1)), compiled=True)
def gradient_descent_inside(x, rate):
    """Differentiates through an optimiser."""
    y = x.copy()
    for iteration in range(15):
        for i in range(len(y)):
            slope = 4.0 * y[i] ** 3 - 2.0 * y[i] + 0.3 * x[i]
            y[i] -= 0.05 * rate * slope
    loss = 0.0
    for i in range(len(y)):
        loss += y[i] ** 4 - y[i] ** 2
    return loss


@program(lambda r: (r.uniform(0.5, 1, 5), 0.31))
def clenshaw_chebyshev(coefficients, x):
    b1 = 0.0
    b2 = 0.0
    for k in range(len(coefficients) - 1, 0, -1):
        b1, b2 = 2.0 * x * b1 - b2 + coefficients[k], b1
    return x * b1 - b2 + coefficients[0]


@program(lambda r: (r.uniform(0.1, 0.5), r.uniform(-0.4, -0.1)), compiled=True, exact=True)
def escape_radius_of_a_complex_map(cx, cy):
    """z ← z² + c by its real and imaginary part, with an exit."""
    x = 0.3
    y = 0.2
    for i in range(12):
        if x * x + y * y > 16.0:
            break
        x, y = x * x - y * y + cx, 2.0 * x * y + cy
    return x * x + y * y
