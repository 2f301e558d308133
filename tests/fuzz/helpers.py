"""Functions that random programs call: with exits, with writes to what they are given, nested."""

HELPERS = """\
import math

import numpy as np


def bounded(u):
    if u < -1.0:
        return -1.0 + 0.1 * u
    if u > 1.0:
        u = 1.0 / u
    return u * u - 0.5


def shifted(a, c):
    for i in range(1, len(a)):
        a[i] = 0.5 * a[i] + c * a[i - 1]


def first_over(a, c):
    for i in range(len(a)):
        if a[i] > c:
            return a[i] * a[i]
    return c


def first_pair(a, c):
    for i in range(len(a)):
        for j in range(i):
            if a[i] * a[j] > c:
                return a[i] - a[j] * c
            if a[j] > 1.0:
                break
        c = math.sin(c) + 0.1 * a[i]
    return c


def scaled(a, c):
    out = np.empty_like(a)
    for i in range(len(a)):
        out[i] = a[i] * c
        c = math.sin(c)
    return out


def both(u, v):
    u = u * v
    return u, v - u


def swapped(a, i, j):
    t = a[i]
    a[i] = a[j]
    a[j] = t
    return t


def added(a, b, c):
    for i in range(min(len(a), len(b))):
        a[i] += c * b[i]
    return a[0] if len(a) > 0 else c


def smoothed(a, c):
    shifted(a[1:], c)
    shifted(a[::-1], 0.5)
    return first_over(a, c) + swapped(a, 0, -1)


def clipped_in_place(a, low, high=0.8):
    for i in range(len(a)):
        if low < a[i] < high:
            continue
        a[i] = low if a[i] <= low else high
    a *= 0.9


def horner(a, u):
    p = 0.0
    for i in range(len(a) - 1, -1, -1):
        p = p * math.tanh(u) + a[i]
    return p


def settled(u):
    k = 0
    while k < 4:
        u = math.cos(u)
        k += 1
        if u * u < 0.3:
            break
    else:
        u = u + 0.1
    return u


def halved(u):
    while 0.2 < u * u < 1e9:
        u = 0.5 * u
    return u


"""
