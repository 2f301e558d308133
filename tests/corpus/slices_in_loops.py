"""Slices whose bounds are counters of loops: triangles, bands, what is empty or beyond an end."""

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.normal(size=(5, 5)), r.normal(size=5)), mutates=True, compiled=True)
def solved_by_substitution_both_ways(a, b):
    n = len(b)
    for i in range(n):
        b[i] -= a[i, :i] @ b[:i] / 3.0
    for i in range(n - 1, -1, -1):
        b[i] -= b[i + 1 :] @ a[i, i + 1 :] / 2.0
    return np.sum(b**2)


@program(lambda r: (r.normal(size=6), r.normal(size=9)))
def heads_of_arrays_of_different_lengths(a, b):
    s = 0.0
    for i in range(8):
        s += np.sum(a[:i]) * np.sum(b[i:] ** 2) + (i + 1) * np.sum(a[i + 1 :] ** 3)
    return s


@program(lambda r: (r.normal(size=7), 3))
def bounds_of_both_signs(a, n):
    s = 0.0
    for i in range(-9, n + 6):
        s += np.sum(a[:i] ** 2) * (i + 0.5) + np.sum(a[i:]) * np.sum(a[i::-1] ** 2)
    for i in range(len(a)):
        i = i - n
        s += np.sum(a[i:] ** 2)
    return s


@program(lambda r: (r.normal(size=7),), mutates=True)
def overlapping_parts_are_read_before_they_are_written(a):
    n = len(a)
    for i in range(1, n):
        a[i:] += 0.3 * a[: n - i] * a[i - 1]
        a[:i] = a[i - 1 :: -1] * 0.9
        a[-i:] *= a[n - i :]
    return np.sum(a**2)


@program(lambda r: (r.normal(size=8), 2))
def bands_and_halves(a, width):
    s = 0.0
    n = len(a)
    for i in range(n):
        near = a[max(0, i - width) : min(n, i + width + 1)]
        s += a[i] * np.sum(near * near)
        if i > 1:
            s += np.max(a[:i] * a[-i:]) + np.sum(a[: i - 2] * a[2:i])
    for i in range(n // 2):
        s += np.sum(a[:i] * a[n - i :]) + np.sum(a[2 * i : 2 * i + 2] ** 3)
    return s


@program(lambda r: (r.normal(size=(4, 6)),))
def parts_of_parts(a):
    s = 0.0
    for i in range(a.shape[0]):
        rest = a[i, i:]
        for j in range(len(rest) - 1):
            inner = rest[j:][::-1]
            s += rest[j] * inner[0] + inner[-1] ** 2 * np.sum(inner[:-1] * rest[j + 1 :])
    return s
