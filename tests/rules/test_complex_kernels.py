"""Kernels of complex factorisations, of all shapes, against differences; compiled, in complex64."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from adjoint.runtime import kernels_complex as kernels

SHAPES = [(4, 4), (4, 3), (9, 2), (3, 4), (2, 9), (3, 12), (1, 4), (4, 1), (1, 1)]


def svd(a):
    return tuple(np.linalg.svd(a, full_matrices=False))


def svd_bars(a, *bars):
    return kernels.svd_bars(a, False, *bars)


def qr(a):
    return tuple(np.linalg.qr(a))


def pinv(a):
    return (np.linalg.pinv(a),)


def pinv_bars(a, bar):
    return kernels.pinv_bars(a, 1e-15, bar)


def eigh(a):
    return tuple(np.linalg.eigh(a))


def slogdet(a):
    return tuple(np.linalg.slogdet(a))


def numbers(random, shape):
    return random.normal(size=shape) + 1j * random.normal(size=shape)


def like(random, item):
    """A cotangent: real of what is real."""
    complex_item = np.iscomplexobj(item)
    return numbers(random, np.shape(item)) if complex_item else random.normal(size=np.shape(item))


CASES = [(svd, svd_bars, shape) for shape in SHAPES]
CASES += [(qr, kernels.qr_bars, shape) for shape in SHAPES]
CASES += [(pinv, pinv_bars, (4, 3)), (pinv, pinv_bars, (2, 5))]
CASES += [(eigh, kernels.eigh_bars, (4, 4)), (slogdet, kernels.slogdet_bars, (3, 3))]


def inputs(function, shape):
    """A matrix, its cotangents, and a direction; Hermitian for `eigh`."""
    random = np.random.default_rng(3)
    a, direction = numbers(random, shape), numbers(random, shape)
    if function is eigh:
        a, direction = a + a.conj().T, direction + direction.conj().T
    return a, tuple(like(random, item) for item in function(a)), direction


@pytest.mark.parametrize("function, bars_of, shape", CASES)
def test_kernel_agrees_with_differences(function, bars_of, shape):
    a, seeds, direction = inputs(function, shape)

    def along(distance):
        items = function(a + distance * direction)
        return sum(np.sum(s * item).real for s, item in zip(seeds, items, strict=True))

    slope = 0.0
    for offset, weight in zip((1, 2, 3, 4), (4 / 5, -1 / 5, 4 / 105, -1 / 280), strict=True):
        slope += weight * (along(offset * 5e-4) - along(-offset * 5e-4)) / 5e-4
    (bar,) = bars_of(a, *seeds)
    assert np.sum(bar * direction).real == pytest.approx(slope, rel=1e-8, abs=1e-8)


@pytest.mark.compiled
@pytest.mark.parametrize(
    "function, kernel, leading, shape",
    [
        (svd, kernels.svd_bars, (False,), (4, 3)),
        (qr, kernels.qr_bars, (), (3, 4)),
        (pinv, kernels.pinv_bars, (1e-15,), (4, 3)),
        (eigh, kernels.eigh_bars, (), (4, 4)),
        (slogdet, kernels.slogdet_bars, (), (3, 3)),
    ],
)
def test_compiled_kernel_is_the_same_in_single_precision(function, kernel, leading, shape):
    a, seeds, _ = inputs(function, shape)
    expected = kernel(a, *leading, *seeds)[0]
    found = numba.njit(kernel)(a.astype(np.complex64), *leading, *map(narrow, seeds))[0]
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=1e-4)


def narrow(bar):
    single = np.complex64 if np.iscomplexobj(bar) else np.float32
    return bar.astype(single) if isinstance(bar, np.ndarray) else single(bar)
