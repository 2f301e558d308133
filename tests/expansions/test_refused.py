"""What is refused of shapes and selection, and NumPy's own errors of lengths that do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import grad
from adjoint.errors import UnsupportedSyntax

VECTOR = np.array([0.3, -1.0, 0.7, 2.0])
MATRIX = np.arange(12.0).reshape(3, 4)


def gradient(function, *args):
    return grad(function, jit=False, cache=False)(*args)


@pytest.mark.parametrize(
    "function, words",
    [
        (lambda a: np.sum(np.concatenate((a, a), axis=2)), "out of bounds"),
        (lambda a: np.sum(np.moveaxis(a, 0, 5)), "out of bounds"),
        (lambda a: np.sum(np.pad(a, 1, mode="median")), "not supported"),
        (lambda a: np.sum(np.take(a, [0], axis=0, mode="round")), "clipmode"),
        (lambda a: np.sum(np.convolve(a[0], a[1], mode="most")), "mode must be"),
        (lambda a: np.sum(np.rot90(a, 1, (0, 0))), "must be different"),
        (lambda a: np.sum(np.meshgrid(a[0], a[1], indexing="ji")[0]), "Valid values"),
        (lambda a: np.sum(np.diagonal(a, 0, 1, 1)), "two of the array"),
    ],
)
def test_it_is_refused_when_compiling(function, words):
    with pytest.raises(UnsupportedSyntax, match=words) as caught:
        gradient(function, MATRIX)
    assert caught.value.at is not None


@pytest.mark.parametrize(
    "function",
    [
        lambda a: np.sum(np.concatenate((a, a[:, 1:]))),
        lambda a: np.sum(np.stack((a, a[1:]))),
        lambda a: np.sum(np.split(a, 2)[0]),
        lambda a: np.sum(np.broadcast_to(a, (3, 5))),
        lambda a: np.sum(np.broadcast_arrays(a, a[1:])[0]),
        lambda a: np.sum(np.choose([0, 1, 2, 5], (a[0], a[1], a[2]))),
        lambda a: np.sum(np.bincount(np.array([0, -1, 1, 1]), a[0])),
        lambda a: np.interp(0.3, a[0], a[1, :3]),
        lambda a: np.sum(np.geomspace(a[0, 0], a[0, 1], 3)),
    ],
)
def test_lengths_and_values_that_do_not_fit_are_errors_as_in_numpy(function):
    with pytest.raises(ValueError):  # noqa: PT011 - the words are NumPy's, and many
        function(MATRIX)
    with pytest.raises(ValueError):  # noqa: PT011
        gradient(function, MATRIX)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sum(np.take(x, [0, 4])),
        lambda x: np.sum(np.insert(x, 6, 1.0)),
        lambda x: np.sum(np.delete(x, 4)),
        lambda x: np.sum(np.add.reduceat(x, [0, 4])),
    ],
)
def test_indices_out_of_bounds_are_errors_as_in_numpy(function):
    with pytest.raises(IndexError):
        function(VECTOR)
    with pytest.raises(IndexError):
        gradient(function, VECTOR)
