"""Scalar arithmetic: operators, elementary functions, dtypes, integer variables, tuples."""

import math

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.normal(), r.normal(), r.uniform(1, 2)), compiled=True, exact=True)
def arithmetic(x, y, z):
    return (x + y) * z - x / z + 3.0 * y - 1.0


@program(lambda r: (r.normal(),))
def identity(x):
    return x


@program(lambda r: (r.normal(), r.normal()))
def unused_argument(x, y):
    return 2.0 * x


@program(lambda r: (r.normal(),))
def constant_result(x):
    return 4.0


@program(lambda r: (r.normal(),), exact=True)
def negate_twice(x):
    y = -x
    return -(y * +x)


@program(lambda r: (r.uniform(1, 2),))
def reassigned(x):
    x = x * x
    x = x + 1.0 / x
    x = x * x
    return x


@program(lambda r: (r.uniform(0.5, 2),), exact=True)
def augmented_scalars(x):
    y = x
    y += 2.0
    y *= x
    y -= 0.5 * x
    y /= x + 1.0
    return y


@program(lambda r: (r.uniform(0.5, 2), r.uniform(0.5, 2)), compiled=True)
def powers(x, y):
    return x**2 + x**3 - x**-1 + x**0.5 + x**y + 2.0**y + x**0 + y**1


@program(lambda r: (r.uniform(-2, -1),))
def integer_power_of_a_negative(x):
    return x**3 + x**2 - x**-2


@program(lambda r: (r.uniform(0.5, 2), 4))
def power_by_an_integer_argument(x, n):
    return x**n


@program(lambda r: (0.0,))
def square_at_zero(x):
    return x**2 + x


@program(lambda r: (7.3, 2.1))
def floor_division_and_remainder(x, y):
    return (x // y) * x + (x % y) * y


@program(lambda r: (-7.3, 2.1), compiled=True)
def remainder_of_a_negative(x, y):
    return x % y + 0.5 * (x % -y)


@program(lambda r: (r.uniform(0.5, 1), r.uniform(1.5, 2)), compiled=True, exact=True)
def abs_min_max(x, y):
    return abs(x - y) * min(x, y) + max(x * y, x + y, 3.0) + max(x, 0.1) + min(y, x, 5.0)


@program(lambda r: (r.uniform(0.2, 0.8),), compiled=True)
def math_functions(x):
    a = math.sin(x) + math.cos(x) + math.tan(x)
    b = math.asin(x) + math.acos(x) + math.atan(x) + math.atan2(x, 2.0)
    c = math.sinh(x) + math.cosh(x) + math.tanh(x)
    d = math.exp(x) + math.log(x) + math.sqrt(x) + math.expm1(x) + math.log1p(x)
    return a * b + c * d + math.fabs(x) + math.hypot(x, 1.5) + math.pow(x, 2.5)


@program(lambda r: (r.uniform(1.5, 2.5),), compiled=True)
def inverse_hyperbolic(x):
    return math.asinh(x) + math.acosh(x) + math.atanh(1.0 / x) + math.log10(x) + math.log2(x)


@program(lambda r: (r.uniform(0.2, 0.8),))
def special_functions(x):
    return math.erf(x) + 2.0 * math.erfc(x)


@program(lambda r: (r.uniform(0.2, 0.8),), compiled=True)
def numpy_scalar_functions(x):
    a = np.sin(x) + np.cos(x) + np.tan(x) + np.arcsin(x) + np.arccos(x) + np.arctan(x)
    b = np.sinh(x) + np.cosh(x) + np.tanh(x) + np.exp(x) + np.log(x) + np.sqrt(x)
    c = np.log1p(x) + np.expm1(x) + np.abs(x) + np.square(x) + np.power(x, 1.5)
    return a * b * c + np.arctan2(x, 0.7) + np.hypot(x, 1.2) + np.exp2(x)


@program(lambda r: (r.uniform(0.2, 0.8), r.uniform(1.2, 1.8)))
def numpy_min_max(x, y):
    return np.minimum(x, y) * np.maximum(x, y) + np.sign(x) * y + np.floor(y) * x + np.ceil(x)


@program(lambda r: (r.uniform(0.2, 0.8),))
def piecewise_constant_functions(x):
    return x * math.floor(x + 3.0) + math.ceil(x) * x + round(x) * x + int(x * 10.0) * x


@program(lambda r: (np.float32(r.uniform(0.5, 1)), np.float32(2.0)), tolerance=2e-5, compiled=True)
def float32_scalars(x, y):
    z = x * y + np.float32(1.5)
    return z * z / x


@program(lambda r: (r.uniform(0.5, 1, 5).astype(np.float32),), tolerance=2e-5, compiled=True)
def float32_array(x):
    s = np.float32(0.0)
    for i in range(len(x)):
        s += x[i] * x[i] * np.sqrt(x[i])
    return s


@program(lambda r: (r.normal(), 3, 5), exact=True)
def integer_variables(x, n, m):
    k = n * m + 2
    half = k // 2
    rest = k % 4
    return x * k + x * x * half - rest * x + (n < m) * x


@program(lambda r: (r.normal(), True))
def boolean_argument(x, flag):
    if flag:
        return x * x
    return x


@program(lambda r: (r.normal(), r.normal()), compiled=True, exact=True)
def tuple_unpacking(x, y):
    a, b = x * y, x + y
    (c, d), e = (a - b, a * b), 2.0
    return c * d + e * a


@program(lambda r: (r.normal(), r.normal()), exact=True)
def swap(x, y):
    a = x * 2.0
    b = y * 3.0
    a, b = b, a
    a, b = a * b, a
    return a - b * x


@program(lambda r: (r.normal(), r.normal()))
def tuple_by_constant_index(x, y):
    pair = (x * y, x - y, 4.0)
    return pair[0] * pair[1] + pair[-1] * x


@program(lambda r: (r.normal(),), exact=True)
def chained_assignment(x):
    a = b = x * x
    a = a + 1.0
    return a * b


@program(lambda r: (r.uniform(1, 2),))
def fan_out(x):
    y = np.sin(x)
    z = y * y + y
    return z * y + np.exp(y) * z


@program(lambda r: (1e3 * r.uniform(1, 2),), step=1e-3)
def large_values(x):
    return np.log(x) * x + np.sqrt(x)


@program(lambda r: (r.normal(), r.normal()))
def constants_mixed_with_integers(x, y):
    a = 2
    b = a * x + 1
    c = 3 * b - y / 2
    return c * (1 / a) + 7 * y


@program(lambda r: (r.uniform(0.5, 2),))
def float_of_integer(x):
    n = 3
    return float(n) * x + x / float(n + 1)


@program(lambda r: (r.normal(),))
def pi_and_e(x):
    return math.pi * x + math.e**x + np.pi * x * x


@program(lambda r: (r.uniform(0.2, 0.8), r.uniform(0.2, 0.8)))
def walks_through_many_temporaries(x, y):
    t1 = x * y
    t2 = t1 + np.sin(x)
    t3 = t2 * t1
    t4 = np.exp(-t3)
    t5 = t4 / (1.0 + t2)
    t6 = t5 - t1 * t4
    return t6 * t2
