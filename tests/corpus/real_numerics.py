"""Real code: roots, quadrature, interpolation, series, special values."""

import math

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.uniform(1.0, 2.0), r.uniform(0.5, 1.0)), compiled=True)
def safeguarded_newton(a, b):
    """Newton's method inside a shrinking bracket, bisecting where a step would leave it."""

    def f(x):
        return x**3 - a * x - b

    low, high = 0.0, 5.0
    assert f(low) * f(high) < 0.0
    x = 0.5 * (low + high)
    iterations = 0
    while True:
        fx = f(x)
        if fx > 0.0:
            high = x
        else:
            low = x
        slope = 3.0 * x * x - a
        if slope != 0.0 and low < x - fx / slope < high:
            new = x - fx / slope
        else:
            new = 0.5 * (low + high)
        iterations += 1
        if abs(new - x) < 1e-14 or iterations >= 60:
            break
        x = new
    return new * new + 0.1 * x


def brent(f, a, b, tolerance=1e-12, most=50):
    """Brent's root finder: inverse quadratic interpolation, secant, bisection."""
    fa, fb = f(a), f(b)
    if abs(fa) < abs(fb):
        a, b, fa, fb = b, a, fb, fa
    c, fc = a, fa
    d = c
    bisected = True
    for _ in range(most):
        if fb == 0.0 or abs(b - a) < tolerance:
            return b
        if fa != fc and fb != fc:
            s = a * fb * fc / ((fa - fb) * (fa - fc))
            s += b * fa * fc / ((fb - fa) * (fb - fc))
            s += c * fa * fb / ((fc - fa) * (fc - fb))
        else:
            s = b - fb * (b - a) / (fb - fa)
        quarter = (3.0 * a + b) / 4.0
        outside = not (min(quarter, b) < s < max(quarter, b))
        slow = abs(s - b) >= 0.5 * (abs(b - c) if bisected else abs(c - d))
        bisected = outside or slow
        if bisected:
            s = 0.5 * (a + b)
        fs = f(s)
        d, c, fc = c, b, fb
        if fa * fs < 0.0:
            b, fb = s, fs
        else:
            a, fa = s, fs
        if abs(fa) < abs(fb):
            a, b, fa, fb = b, a, fb, fa
    return b


@program(lambda r: (r.uniform(95, 105), r.uniform(0.2, 0.4)), step=1e-3)
def implied_volatility_by_brent(strike, volatility):
    """The price at a volatility, and back again, at another strike; then polished."""

    def call(sigma, k):
        d1 = (math.log(100.0 / k) + 0.5 * sigma * sigma) / sigma
        d2 = d1 - sigma
        return 50.0 * (1.0 + math.erf(d1 / math.sqrt(2.0))) - 0.5 * k * (
            1.0 + math.erf(d2 / math.sqrt(2.0))
        )

    price = 1.1 * call(volatility, strike)
    root = brent(lambda sigma: call(sigma, strike) - price, 0.05, 1.5)
    for _ in range(3):
        h = 1e-3
        slope = (call(root + h, strike) - call(root - h, strike)) / (2.0 * h)
        root -= (call(root, strike) - price) / slope
    return root


@program(lambda r: (r.uniform(0.1, 0.6, 4), 0.7))
def true_anomalies(eccentricities, mean_anomaly):
    """Kepler's equation by Halley's method for several orbits, summed along the way."""
    total = 0.0
    for k, e in enumerate(eccentricities):
        m = mean_anomaly * (k + 1) % (2.0 * math.pi)
        big_e = m + e * math.sin(m) if e < 0.5 else math.pi
        for iteration in range(30):
            f = big_e - e * math.sin(big_e) - m
            if abs(f) < 1e-15:
                break
            f1 = 1.0 - e * math.cos(big_e)
            f2 = e * math.sin(big_e)
            big_e -= 2.0 * f * f1 / (2.0 * f1 * f1 - f * f2)
        half = math.sqrt((1.0 + e) / (1.0 - e)) * math.tan(0.5 * big_e)
        total += 2.0 * math.atan(half) / (1.0 + k)
    return total


@program(lambda r: (r.normal(size=8), r.uniform(2.2, 2.8)))
def cox_de_boor_basis(control, x):
    """All cubic B-spline bases at a point, by the recursion, on a clamped knot vector."""
    degree = 3
    count = len(control)
    knots = np.zeros(count + degree + 1)
    for i in range(count - degree + 1):
        knots[degree + i] = i
    knots[count + 1 :] = count - degree
    basis = np.zeros(count + degree)
    for i in range(count + degree):
        basis[i] = 1.0 if knots[i] <= x < knots[i + 1] else 0.0
    for d in range(1, degree + 1):
        for i in range(count + degree - d):
            left = right = 0.0
            if knots[i + d] != knots[i]:
                left = (x - knots[i]) / (knots[i + d] - knots[i]) * basis[i]
            if knots[i + d + 1] != knots[i + 1]:
                right = (knots[i + d + 1] - x) / (knots[i + d + 1] - knots[i + 1]) * basis[i + 1]
            basis[i] = left + right
    value = 0.0
    for i in range(count):
        value += basis[i] * control[i]
    return value


@program(lambda r: (np.cumsum(r.uniform(0.5, 1.5, 6)), r.normal(size=6)), compiled=True)
def natural_cubic_spline(xs, ys):
    """Fit by elimination of the tridiagonal system; evaluated, and integrated, on a fine grid."""
    n = len(xs)
    h = xs[1:] - xs[:-1]
    slope = (ys[1:] - ys[:-1]) / h
    diagonal = 2.0 * (h[:-1] + h[1:])
    rhs = 6.0 * (slope[1:] - slope[:-1])
    for i in range(1, n - 2):
        w = h[i] / diagonal[i - 1]
        diagonal[i] -= w * h[i]
        rhs[i] -= w * rhs[i - 1]
    second = np.zeros(n)
    for i in range(n - 3, -1, -1):
        second[i + 1] = (rhs[i] - h[i + 1] * second[i + 2]) / diagonal[i]

    def evaluate(x):
        k = 0
        while k < n - 2 and x > xs[k + 1]:
            k += 1
        a, b = xs[k + 1] - x, x - xs[k]
        value = (second[k] * a**3 + second[k + 1] * b**3) / (6.0 * h[k])
        value += (ys[k] / h[k] - second[k] * h[k] / 6.0) * a
        return value + (ys[k + 1] / h[k] - second[k + 1] * h[k] / 6.0) * b

    total = 0.0
    grid = 11
    for j in range(grid):
        x = xs[0] + (xs[-1] - xs[0]) * (j + 0.5) / grid
        total += evaluate(x) ** 2
    return total * (xs[-1] - xs[0]) / grid


@program(lambda r: (r.uniform(0.5, 1.5), r.uniform(0.2, 0.5)))
def quadrature_three_ways(a, b):
    """Trapezoid, Romberg and Gauss-Legendre of one integrand; the nodes by Newton's method."""

    def f(x, power=2):
        return np.exp(-a * x**power) / (1.0 + b * x)

    n = 16
    trapezoid = 0.5 * (f(0.0) + f(1.0))
    for i in range(1, n):
        trapezoid += f(i / n)
    trapezoid /= n

    row = np.zeros(6)
    previous = np.zeros(6)
    for level in range(6):
        pieces = 2**level
        s = 0.5 * (f(0.0) + f(1.0)) + sum(f(k / pieces) for k in range(1, pieces))
        row[0] = s / pieces
        for k in range(1, level + 1):
            row[k] = row[k - 1] + (row[k - 1] - previous[k - 1]) / (4**k - 1)
        previous[:] = row

    order = 5
    gauss = 0.0
    for i in range(order):
        x = math.cos(math.pi * (i + 0.75) / (order + 0.5))
        while True:
            p0, p1 = 1.0, x
            for k in range(2, order + 1):
                p0, p1 = p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k
            dp = order * (x * p1 - p0) / (x * x - 1.0)
            step = p1 / dp
            x -= step
            if abs(step) < 1e-14:
                break
        weight = 2.0 / ((1.0 - x * x) * dp * dp)
        gauss += 0.5 * weight * f(0.5 * (x + 1.0), power=3)
    return trapezoid + 2.0 * row[5] - gauss


@program(lambda r: (r.uniform(0.3, 0.9, 4), r.uniform(0.5, 0.9)))
def chebyshev_fit_and_clenshaw(coefficients, x):
    """Coefficients of g at Chebyshev's points, summed by Clenshaw; the fit's error at x."""
    a, b, c, d = coefficients

    def g(t):
        return a * math.exp(-b * t) + c * math.sin(3.0 * t + d)

    n = 10
    samples = np.array([g(math.cos(math.pi * (k + 0.5) / n)) for k in range(n)])
    fit = np.empty(n)
    for j in range(n):
        s = 0.0
        for k in range(n):
            s += samples[k] * math.cos(math.pi * j * (k + 0.5) / n)
        fit[j] = 2.0 * s / n
    d1, d2 = 0.0, 0.0
    for j in range(n - 1, 0, -1):
        d1, d2 = 2.0 * x * d1 - d2 + fit[j], d1
    value = x * d1 - d2 + 0.5 * fit[0]
    return value + 1e3 * (value - g(x)) ** 2


@program(lambda r: (r.uniform(1.0, 3.0), r.uniform(0.5, 0.9), r.uniform(2, 3)))
def incomplete_beta_by_lentz(a, x, b):
    """The continued fraction of the incomplete beta function, evaluated by Lentz's method."""
    tiny = 1e-30
    c = 1.0
    d = 1.0 - (a + b) * x / (a + 1.0)
    if abs(d) < tiny:
        d = tiny
    d = 1.0 / d
    h = d
    m = 1
    while m <= 200:
        for parity in range(2):
            if parity == 0:
                term = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
            else:
                term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
            d = 1.0 + term * d
            c = 1.0 + term / c
            if abs(d) < tiny:
                d = tiny
            if abs(c) < tiny:
                c = tiny
            d = 1.0 / d
            h *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
        m += 1
    else:
        raise ValueError("the continued fraction does not converge")
    front = math.exp(a * math.log(x) + b * math.log(1.0 - x))
    return front * h / a


@program(lambda r: (np.radians(r.uniform(-60, 60, 5)), np.radians(r.uniform(-90, 90, 5))))
def length_of_a_route(latitudes, longitudes):
    """Great-circle legs by the haversine formula, and the bearing of the last one."""
    radius = 6371.0
    length = 0.0
    bearing = 0.0
    for i in range(len(latitudes) - 1):
        phi1, phi2 = latitudes[i], latitudes[i + 1]
        d_phi, d_lambda = phi2 - phi1, longitudes[i + 1] - longitudes[i]
        h = math.sin(d_phi / 2) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(d_lambda / 2) ** 2
        length += 2 * math.asin(min(1.0, math.sqrt(h)))
        y = math.sin(d_lambda) * math.cos(phi2)
        x = math.cos(phi1) * math.sin(phi2) - math.sin(phi1) * math.cos(phi2) * math.cos(d_lambda)
        bearing = math.atan2(y, x)
        if bearing < 0:
            bearing += 2 * math.pi
    return length * radius / 1000.0 + math.degrees(bearing) / 100.0
