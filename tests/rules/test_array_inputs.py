"""Every array rule for inputs of other kinds: strided, by columns, float32, without elements.

The cases are those that are compared with differences; here their cotangents are compared with the
ones of contiguous float64.
"""

from __future__ import annotations

import operator

import numpy as np
import pytest

from adjoint.runtime import kernels_nn
from tests.rules.array_cases import ARRAY_CASES, SYMMETRIC
from tests.rules.test_array_rules import label, leaves, random_like, rebuild, rule_call

# `a @= b` writes to what the next call is to get.
CASES = [case for case in ARRAY_CASES + SYMMETRIC if case[0] is not operator.imatmul]


def bars_of(function, args, keywords, seeds=None):
    """The cotangents of a call, and the cotangents of its result that they are for."""
    z = function(*args, **keywords)
    if seeds is None:
        make = random_like(np.random.default_rng(2))
        seeds = tuple(map(make, z)) if isinstance(z, tuple | list) else make(z)
    adjoint, differentiable = rule_call(function, args, keywords)
    bars = adjoint(z, seeds)
    wanted = {name: bars[name] for name, value in differentiable.items() if leaves(value)}
    return wanted, seeds


def replaced(args, change):
    return rebuild(args, iter([change(np.asarray(x)) for x in leaves(args)]))


def strided(x):
    """The same numbers, in every second place and backwards."""
    if x.ndim == 0:
        return x
    wide = np.full((*x.shape[:-1], 2 * x.shape[-1]), np.nan)
    wide[..., ::-2] = x
    return wide[..., ::-2]


def by_columns(x):
    """The same numbers, in Fortran's order."""
    return np.asarray(x, order="F")


def compare(found, expected, **tolerance):
    for name, bar in expected.items():
        for one, other in zip(leaves(found[name]), leaves(bar), strict=True):
            assert np.shape(one) == np.shape(other), name
            np.testing.assert_allclose(one, other, err_msg=name, **tolerance)


@pytest.mark.parametrize("change", [strided, by_columns])
@pytest.mark.parametrize("case", CASES, ids=label)
def test_layout_does_not_matter(case, change):
    function, args, keywords = case
    expected, seeds = bars_of(function, args, keywords)
    found, _ = bars_of(function, replaced(args, change), keywords, seeds)
    compare(found, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("case", CASES, ids=label)
def test_single_precision(case):
    function, args, keywords = case
    expected, seeds = bars_of(function, args, keywords)
    narrow = tuple(s.astype(np.float32) for s in seeds) if isinstance(seeds, tuple) else None
    single = np.float32(seeds) if narrow is None else narrow
    found, _ = bars_of(function, replaced(args, lambda x: x.astype(np.float32)), keywords, single)
    compare(found, expected, rtol=2e-3, atol=2e-3)
    for name in expected:
        for bar in leaves(found[name]):
            assert np.asarray(bar).dtype == np.float32, name


# --------------------------------------------------------------------------- nothing in it

E, R, C = np.zeros(0), np.zeros((0, 3)), np.zeros((2, 0))
EMPTY = [
    *[(f, (x,), {}) for f in (np.sum, np.prod, np.ravel, np.copy, np.cumsum) for x in (E, R, C)],
    *[(f, (R,), {"axis": 0}) for f in (np.sum, np.prod, np.cumsum, np.cumprod, np.sort)],
    *[(f, (R,), {"axis": 1}) for f in (np.sum, np.mean, np.max, np.min, np.var, np.std, np.median)],
    (np.diff, (C,), {"axis": 0}),
    (np.matmul, (R, np.zeros((3, 2))), {}),
    (np.matmul, (C, R), {}),
    (np.dot, (E, E), {}),
    (np.dot, (C, np.zeros((0, 4))), {}),
    (np.vdot, (E, E), {}),
    (np.outer, (E, np.ones(3)), {}),
    (np.tensordot, (C, R), {"axes": 1}),
    (np.einsum, ("ij,jk->ik", C, R), {}),
    (np.kron, (E, np.ones(2)), {}),
    (np.trace, (np.zeros((0, 0)),), {}),
    (np.linalg.inv, (np.zeros((0, 0)),), {}),
    (np.linalg.inv, (np.zeros((0, 2, 2)),), {}),
    (np.linalg.det, (np.zeros((0, 0)),), {}),
    (np.linalg.slogdet, (np.zeros((0, 2, 2)),), {}),
    (np.linalg.solve, (np.zeros((0, 0)), np.zeros((0, 2))), {}),
    (np.linalg.cholesky, (np.zeros((0, 0)),), {}),
    (np.linalg.norm, (R,), {"axis": 1}),
    (np.linalg.matrix_power, (np.zeros((0, 0)), 2), {}),
    (np.reshape, (R, (3, 0)), {}),
    (np.transpose, (R,), {}),
    (np.flip, (R,), {}),
    (np.roll, (E, 2), {}),
    (np.triu, (R,), {}),
    (np.diag, (E,), {}),
    (np.tile, (E, 3), {}),
    (np.repeat, (E, 2), {}),
    (np.pad, (E, 2), {}),
    (np.broadcast_to, (np.ones((1, 3)), (0, 3)), {}),
    (np.concatenate, ([E, np.ones(2), E],), {}),
    (np.stack, ([E, E],), {}),
    (np.hstack, ([C, np.ones((2, 1))],), {}),
    (np.split, (np.zeros((0, 2)), 2), {}),
    (np.split, (np.ones(3), [0, 3]), {}),
    (np.meshgrid, (E, np.ones(2)), {}),
    (np.take, (np.ones(3), np.zeros(0, int)), {}),
    (np.bincount, (np.zeros(0, int), E), {}),
    (np.compress, (np.zeros(0, bool), E), {}),
    (np.nansum, (R,), {"axis": 0}),
    (np.interp, (E, np.arange(3.0), np.ones(3)), {}),
    (np.trapezoid, (E,), {}),
    (np.trapezoid, (np.ones(1),), {}),
    (np.select, ([np.zeros(0, bool)], [E]), {}),
    (kernels_nn.softmax, (R,), {}),
    (kernels_nn.logsumexp, (R,), {"axis": 1}),
]


@pytest.mark.parametrize("case", EMPTY, ids=label)
def test_arrays_without_elements(case):
    function, args, keywords = case
    found, _ = bars_of(function, args, keywords)
    _, differentiable = rule_call(function, args, keywords)
    for name, bar in found.items():
        for one, x in zip(leaves(bar), leaves(differentiable[name]), strict=True):
            assert np.shape(one) == np.shape(x), name
            assert np.all(np.isfinite(one)), name
