"""Complex numbers as arguments and on the way: scalars, arrays, and what makes them real."""

from __future__ import annotations

import cmath

import numpy as np

from tests.corpus.registry import program


def _complex(r, *shape):
    return r.normal(size=shape) + 1j * r.normal(size=shape)


@program(lambda r: (0.7, -0.3), compiled=True)
def real_through_complex(x, y):
    z = x + 1j * y
    w = z * z + np.exp(z)
    return w.real * w.imag


@program(lambda r: (0.7 + 0.4j, -0.3 + 1.1j), compiled=True)
def holomorphic_and_not(z, w):
    return abs(z * w - z / w + np.conj(z) * w) + z.conjugate().imag


@program(lambda r: (1.3, 0.7 + 0.4j))
def powers(x, z):
    return (x**z).real + (z**x).imag + abs(z**-2) + (z**3).real + (2.0**z).imag


@program(lambda r: (0.4 + 0.3j,))
def elementary(z):
    a = np.sin(z) * np.cos(z) + np.tan(z) + np.sinh(z) + np.cosh(z) * np.tanh(z)
    b = np.log(z) + np.log2(z) * z + np.log10(z) + np.log1p(z) * z + np.exp2(z) + np.expm1(z)
    return a.imag + b.real + (np.square(z) + np.reciprocal(z) + np.sqrt(z)).imag


@program(lambda r: (0.4 + 0.3j,), compiled=True)
def inverse_functions(z):
    a = np.arcsin(z) + 2 * np.arccos(z) * z + np.arctan(z)
    b = np.arcsinh(z) + np.arccosh(z) * z + np.arctanh(z)
    return (a * b).real


@program(lambda r: (0.3, 0.5))
def module_cmath(x, y):
    z = complex(x, y)
    root = cmath.sqrt(z) * cmath.log(z) + cmath.exp(-z) + cmath.acos(z)
    return cmath.phase(root) + cmath.rect(x, y).imag + abs(cmath.sqrt(x - 1.0))


@program(lambda r: (1.2 + 0.9j,), compiled=True)
def newton_for_a_root_of_unity(z):
    steps = 0
    while abs(z * z * z - 1.0) > 1e-3 and steps < 20:
        z = z - (z**3 - 1) / (3 * z**2)
        steps += 1
    return (z - 1).real + 2.0 * z.imag


@program(lambda r: (0.8, 0.6), compiled=True, step=1e-3)
def smooth_escape_count(cx, cy):
    c = complex(cx, cy)
    z = 0j
    n = 0
    while abs(z) < 50.0 and n < 100:
        z = z * z + c
        n += 1
    return n + 1 - np.log(np.log(abs(z))) / np.log(2.0)


@program(lambda r: (0.3 + 0.2j, 1.5))
def contour_integral(centre, radius):
    total = 0j
    n = 24
    for k in range(n):
        direction = np.exp(2j * np.pi * k / n)
        z = centre + radius * direction
        dz = 2j * np.pi / n * radius * direction
        total += np.exp(z) / ((z - 0.5) * (z + 4.0)) * dz
    return (total / 2j).imag + total.real


@program(lambda r: (1.5, 0.2, 0.8, r.uniform(0.5, 2.0, 6)), compiled=True)
def complex_impedance(resistance, inductance, capacitance, frequencies):
    loss = 0.0
    for f in frequencies:
        omega = 2 * np.pi * f
        z = resistance + 1j * omega * inductance + 1 / (1j * omega * capacitance)
        current = 10.0 / z
        loss += abs(current) ** 2 * resistance + np.angle(current)
    return loss


@program(lambda r: (r.normal(size=6),), compiled=True)
def fourier_by_loops(x):
    n = len(x)
    power = 0.0
    for k in range(n):
        w = 0j
        for j in range(n):
            w += x[j] * np.exp(-2j * np.pi * j * k / n)
        power += (k + 1) * abs(w) ** 2
    return power


@program(lambda r: (_complex(r, 8),), mutates=True, compiled=True)
def butterflies_in_place(a):
    n = len(a)
    j = 0
    for i in range(1, n):
        bit = n >> 1
        while j & bit:
            j ^= bit
            bit >>= 1
        j ^= bit
        if i < j:
            t = a[i]
            a[i] = a[j]
            a[j] = t
    size = 2
    while size <= n:
        half = size // 2
        for start in range(0, n, size):
            for k in range(half):
                w = np.exp(-2j * np.pi * k / size)
                low = a[start + k]
                high = a[start + k + half] * w
                a[start + k] = low + high
                a[start + k + half] = low - high
        size *= 2
    loss = 0.0
    for k in range(n):
        loss += (k + 1) * (a[k].real ** 2 + a[k].imag ** 2)
    return loss


@program(lambda r: (_complex(r, 3, 4), _complex(r, 4)), compiled=True)
def matrix_times_vector(a, x):
    y = a @ x
    return np.sum(np.abs(y) ** 2) + np.vdot(x, x).real + np.dot(x, x).imag


@program(lambda r: (_complex(r, 3, 2), _complex(r, 2, 3)))
def matrix_times_matrix(a, b):
    return np.sum(np.abs(a @ b)) + np.linalg.norm(a)


@program(lambda r: (_complex(r, 4), r.normal(size=4)), compiled=True)
def whole_arrays(z, x):
    w = z * x + np.exp(1j * x) * np.conj(z)
    return np.sum(np.abs(w)) + np.mean(w.imag) + np.prod(z).real + np.sum(np.angle(w) * x)


@program(lambda r: (r.normal(size=4),))
def casts(x):
    z = x.astype(complex)
    z *= 1j + 2
    w = np.asarray(x, dtype=np.complex128) * 1j + np.array([1j, 2.0, 0.0, 1.0])
    return np.sum(np.abs(z + w) ** 2)


@program(lambda r: (r.normal(size=3) + 2.0,), compiled=True)
def stored_in_a_complex_array(x):
    z = np.zeros(4, dtype=complex)
    z[0] = x[0]
    z[1] = 1j * x[1] * x[0]
    z[2:] = x[1:]
    z[3] += np.exp(1j * x[2])
    return abs(z[0] + z[1]) + np.sum((z * z).real)


@program(lambda r: (_complex(r, 3),), mutates=True)
def parts_are_seen_through_writes(z):
    imaginary = z.imag
    z[0] = z[0] * z[1]
    z[2] = np.conj(z[0])
    return imaginary[0] * imaginary[2] + np.sum(z.real)


@program(lambda r: (_complex(r, 5) * 2,))
def chosen_by_size(z):
    s = 0.0
    for i in range(len(z)):
        if abs(z[i]) > 1.0:
            w = 1 / z[i]
        elif z[i] == 0:
            w = 1.0 + 0j
        else:
            w = z[i]
        s += w.real * w.imag
    return s + np.sum(np.where(np.abs(z) > 1.5, z * z, 1j * z).real)


@program(lambda r: (0.7, 0.4 - 0.2j))
def a_real_variable_that_becomes_complex(x, z):
    y = 1.0
    for k in range(4):
        y = y * z + x if k > 1 else y * x
    return (y * np.conj(y)).real


@program(lambda r: (np.complex64(0.5 + 0.25j), _complex(r, 3).astype(np.complex64)), compiled=True,
         tolerance=2e-6)  # fmt: skip
def single_precision(z, a):
    s = z * z
    for i in range(len(a)):
        s = s * z + a[i]
    return abs(s)


@program(lambda r: (_complex(r, 4), 0.3 + 0.1j), argnums=(1,))
def horner(coefficients, z):
    p = 0j
    for i in range(len(coefficients)):
        p = p * z + coefficients[i]
    return np.log(abs(p)) + np.isnan(p) + (p == 0)
