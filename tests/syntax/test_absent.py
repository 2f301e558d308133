"""Variables that are None at first: a number and a flag, or a refusal."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import grad
from adjoint.errors import TypingFailed, UnsupportedSyntax


def differences(x):
    previous, total = None, 0.0
    for i in range(len(x)):
        if previous is not None:
            total += (x[i] - previous) ** 2 * x[i]
        previous = x[i]
    return total


def differences_with_a_start(x):
    total, previous = 0.0, x[0]
    for i in range(1, len(x)):
        total += (x[i] - previous) ** 2 * x[i]
        previous = x[i]
    return total


def forgotten_on_the_way(x):
    best, last = None, None
    total = 0.0
    for v in x:
        if best is None or v > best:
            last = best
            best = v
        elif None is not last:
            total += last * v
            best = None
    return total + (1.0 if best is None else best * best)


def truth_of_none(x):
    previous, total = None, 0.0
    for v in x:
        if previous:
            total += previous * v
        previous = v
    return total


def array_or_none(x):
    previous, total = None, 0.0
    for i in range(2):
        y = x * (1.0 + i)
        if previous is not None:
            total += np.sum(y * previous)
        previous = y
    return total


def test_first_trip_without_a_previous_value():
    x = np.array([0.3, -0.2, 0.7, 1.1])
    expected = grad(differences_with_a_start, jit=False)(x)
    assert np.allclose(grad(differences, jit=False)(x), expected, rtol=1e-14)


def test_none_again_and_copied():
    x = np.array([0.3, 0.9, 0.5, 0.2, 0.4])
    h = 1e-6
    slopes = [
        (forgotten_on_the_way(x + h * e) - forgotten_on_the_way(x - h * e)) / (2 * h)
        for e in np.eye(5)
    ]
    assert np.allclose(grad(forgotten_on_the_way, jit=False)(x), slopes, atol=1e-8)


def test_the_truth_of_what_may_be_none_is_refused():
    with pytest.raises(UnsupportedSyntax, match="may be None") as caught:
        grad(truth_of_none, jit=False)(np.ones(3))
    assert "if previous:" in str(caught.value)


def test_an_array_or_none_is_refused():
    with pytest.raises(TypingFailed, match="previous"):
        grad(array_or_none, jit=False)(np.ones(3))
