"""Calls with which each array rule is compared with differences.

A case is (function, args, keywords). Float arrays among the arguments, and in sequences among
them, are differentiated; everything else is data.
"""

from __future__ import annotations

import operator

import numpy as np

from adjoint.runtime import eigen, kernels, kernels_nn

_random = np.random.default_rng(7)


def _a(*shape):
    """Distinct values well apart, so that no difference crosses a tie."""
    values = _random.permutation(int(np.prod(shape))) * 0.37 - 0.9
    return values.reshape(shape) + 0.05 * _random.random(shape)


def _square(n):
    return _random.normal(size=(n, n)) + 3 * np.eye(n)


def _positive(*shape):
    half = _random.normal(size=shape)
    return half @ np.swapaxes(half, -1, -2) + 2 * np.eye(shape[-1])


_zeros = np.array([[1.5, 0.0, 2.0], [0.0, -1.0, 0.0], [0.3, 2.0, -1.1]])
_axes = [{}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (0, 2)}]
_mask = np.array([True, False, True])
_one = np.array([0, 2, 2, -1])

REDUCTIONS = [
    (function, (_a(2, 3, 4),), keywords)
    for function in (np.sum, np.mean, np.prod, np.max, np.min, np.var, np.std, np.median, np.ptp)
    for keywords in _axes
] + [
    (np.var, (_a(5),), {"ddof": 1}),
    (np.std, (_a(2, 3),), {"axis": 1, "ddof": 1}),
    (np.sum, (_a(2, 3), 0, None, None, True), {}),
    (np.sum, (np.zeros((0, 3)),), {"axis": 0}),
    (np.sum, (np.float64(1.5),), {}),
    (np.mean, (_a(3, 2).T,), {"axis": 0}),
    (np.prod, (_zeros,), {"axis": 1}),
    (np.cumprod, (_zeros,), {"axis": 1}),
    (np.cumprod, (_zeros,), {}),
    *[(np.cumsum, (_a(2, 3),), k) for k in ({}, {"axis": 0}, {"axis": -1})],
    *[(np.cumprod, (_a(2, 3),), k) for k in ({}, {"axis": 0}, {"axis": -1})],
    *[(np.diff, (_a(3, 5),), k) for k in ({}, {"n": 2}, {"axis": 0})],
]

PRODUCTS = [
    *[
        (function, (_a(*left), _a(*right)), {})
        for function in (np.dot, np.matmul, operator.matmul, operator.imatmul)
        for left, right in [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4))]
        if function is not operator.imatmul
    ],
    (operator.imatmul, (_a(3, 3), _a(3, 3)), {}),
    *[
        (np.matmul, (_a(*left), _a(*right)), {})
        for left, right in [
            ((5, 2, 3), (5, 3, 4)),
            ((2, 3), (5, 3, 4)),
            ((5, 2, 3), (3, 4)),
            ((1, 2, 3), (5, 3, 4)),
            ((3,), (5, 3, 4)),
            ((5, 2, 3), (3,)),
        ]
    ],
    (np.dot, (_a(2, 5, 3), _a(4, 3, 2)), {}),
    (np.dot, (_a(2, 5, 3), _a(3)), {}),
    (np.dot, (_a(3), _a(4, 3, 2)), {}),
    (np.dot, (np.float64(1.5), _a(2, 3)), {}),
    (np.vdot, (_a(2, 3), _a(2, 3)), {}),
    (np.inner, (_a(2, 3), _a(4, 3)), {}),
    (np.inner, (_a(3), _a(3)), {}),
    (np.outer, (_a(3), _a(2, 2)), {}),
    (np.tensordot, (_a(2, 3, 4), _a(3, 4, 5)), {}),
    (np.tensordot, (_a(2, 3, 4), _a(4, 5, 3)), {"axes": ([1, 2], [2, 0])}),
    (np.tensordot, (_a(2, 3, 4), _a(4, 5, 3)), {"axes": ([2, 1], [0, 2])}),
    (np.tensordot, (_a(2, 3), _a(4)), {"axes": 0}),
    *[
        (np.einsum, (spec, *operands), {})
        for spec, operands in [
            ("ij,jk->ik", (_a(2, 3), _a(3, 4))),
            ("ij,jk", (_a(2, 3), _a(3, 4))),
            ("ii->i", (_a(3, 3),)),
            ("ii", (_a(3, 3),)),
            ("ij->", (_a(3, 2),)),
            ("i,j,ij->ij", (_a(2), _a(3), _a(2, 3))),
            ("...ij,...jk->...ik", (_a(5, 2, 3), _a(3, 4))),
            ("...i,i", (_a(2, 3), _a(3))),
            ("ij,kj->ki", (_a(2, 3), _a(4, 3))),
        ]
    ],
    (np.kron, (_a(2, 3), _a(2, 2)), {}),
    (np.kron, (_a(2), _a(3, 2)), {}),
    (np.cross, (_a(4, 3), _a(4, 3)), {}),
    (np.trace, (_a(3, 4),), {}),
    (np.trace, (_a(3, 4, 2),), {"offset": 1}),
    (np.trace, (_a(2, 3, 3),), {"axis1": 1, "axis2": 2}),
]

FACTORISATIONS = [
    (np.linalg.inv, (_square(3),), {}),
    (np.linalg.inv, (np.stack([_square(3), _square(3)]),), {}),
    (np.linalg.det, (_square(3),), {}),
    (np.linalg.det, (np.stack([_square(3), _square(3)]),), {}),
    (np.linalg.slogdet, (_square(3),), {}),
    (np.linalg.solve, (_square(3), _a(3)), {}),
    (np.linalg.solve, (_square(3), _a(3, 2)), {}),
    (np.linalg.solve, (np.stack([_square(3), _square(3)]), _a(2, 3, 2)), {}),
    (np.linalg.solve, (np.stack([_square(3), _square(3)]), _a(3)), {}),
    (np.linalg.solve, (_square(3), _a(2, 3, 2)), {}),
    (np.linalg.pinv, (_random.normal(size=(4, 2)),), {}),
    (np.linalg.pinv, (_random.normal(size=(2, 4)),), {}),
    (np.linalg.svd, (_random.normal(size=(4, 3)),), {"full_matrices": False}),
    (np.linalg.svd, (_random.normal(size=(3, 4)),), {"full_matrices": False}),
    (np.linalg.svd, (_square(3),), {}),
    (np.linalg.svd, (_random.normal(size=(3, 4)),), {"compute_uv": False}),
    (np.linalg.qr, (_random.normal(size=(4, 3)),), {}),
    (np.linalg.qr, (_square(3),), {}),
    (np.linalg.qr, (np.stack([_square(4), _square(4)])[:, :3],), {}),
    *[
        (function, (np.diag([1.0, 2.0, 4.0]) + 0.1 * _random.normal(size=(3, 3)),), {})
        for function in (np.linalg.eig, eigen.real_eig)
    ],
    (np.linalg.matrix_power, (_square(3), 3), {}),
    (np.linalg.matrix_power, (_square(3), -2), {}),
    (np.linalg.matrix_power, (_square(3), 0), {}),
    *[
        (np.linalg.norm, (_a(3, 4),), k)
        for k in (
            {},
            {"ord": "fro"},
            {"axis": 0},
            {"axis": 1, "keepdims": True},
            {"ord": 1},
            {"ord": -1},
            {"ord": np.inf},
            {"ord": 2},
            {"ord": -2},
            {"ord": "nuc"},
            {"ord": 1, "axis": 1},
            {"ord": np.inf, "axis": 0},
            {"ord": 3, "axis": 0},
        )
    ],
    (np.linalg.norm, (_a(2, 3, 4),), {"ord": 2, "axis": (2, 0)}),
]

#: Functions of symmetric matrices: compared along symmetric directions.
SYMMETRIC = [
    (np.linalg.cholesky, (_positive(3, 3),), {}),
    (np.linalg.cholesky, (_positive(2, 3, 3),), {}),
    (np.linalg.eigh, (_positive(3, 3),), {}),
    (np.linalg.eigvalsh, (_positive(3, 3),), {}),
]

SHAPES = [
    (np.reshape, (_a(2, 6), (3, -1)), {}),
    (np.reshape, (_a(2, 6), (3, 4)), {"order": "F"}),
    (np.ravel, (_a(2, 3),), {}),
    (np.squeeze, (_a(2, 1, 3),), {"axis": 1}),
    (np.expand_dims, (_a(2, 3),), {"axis": (0, 2)}),
    (np.atleast_1d, (np.float64(0.4),), {}),
    (np.atleast_2d, (_a(3),), {}),
    (np.atleast_3d, (_a(3, 2),), {}),
    (np.copy, (_a(3),), {}),
    (np.array, (_a(3),), {}),
    (np.asarray, (_a(3),), {}),
    (np.ascontiguousarray, (_a(3, 2).T,), {}),
    (np.asfortranarray, (_a(3, 2),), {}),
    (np.transpose, (_a(2, 3, 4),), {}),
    (np.transpose, (_a(2, 3, 4),), {"axes": (2, 0, 1)}),
    (np.swapaxes, (_a(2, 3, 4), 0, 2), {}),
    (np.moveaxis, (_a(2, 3, 4), 0, 2), {}),
    (np.moveaxis, (_a(2, 3, 4), (0, 1), (2, 0)), {}),
    *[(np.flip, (_a(2, 3),), k) for k in ({}, {"axis": 0}, {"axis": (0, 1)})],
    (np.fliplr, (_a(2, 3),), {}),
    (np.flipud, (_a(2, 3),), {}),
    (np.rot90, (_a(2, 3),), {"k": 3}),
    (np.roll, (_a(5), 2), {}),
    (np.roll, (_a(3, 4), (1, -1)), {"axis": (0, 1)}),
    (np.triu, (_a(3, 4),), {"k": 1}),
    (np.tril, (_a(3, 4),), {}),
    (np.diagonal, (_a(3, 4),), {"offset": 1}),
    (np.diag, (_a(3),), {"k": 1}),
    (np.diag, (_a(3, 4),), {"k": -1}),
    (np.diagflat, (_a(2, 2),), {"k": 1}),
    (np.broadcast_to, (_a(3, 1), (2, 3, 4)), {}),
    (np.tile, (_a(2, 3), 2), {}),
    (np.tile, (_a(2, 3), (2, 1, 2)), {}),
    (np.repeat, (_a(2, 3), 2), {}),
    (np.repeat, (_a(2, 3), [1, 3]), {"axis": 0}),
    (np.resize, (_a(5), (3, 4)), {}),
    *[(np.pad, (_a(3, 4), ((1, 2), (0, 1))), {"mode": m}) for m in ("constant", "edge", "wrap")],
    (np.pad, (_a(3, 4), 2), {"mode": "reflect"}),
    (np.concatenate, ([_a(2, 3), _a(1, 3)],), {}),
    (np.concatenate, ((_a(2, 3), _a(2, 1)),), {"axis": -1}),
    (np.concatenate, ((_a(2, 3), _a(2)),), {"axis": None}),
    (np.stack, ([_a(2, 3), _a(2, 3)],), {"axis": 1}),
    (np.stack, ([_a(2), _a(2)],), {"axis": -1}),
    (np.hstack, ([_a(2, 3), _a(2, 1)],), {}),
    (np.hstack, ([_a(2), _a(1)],), {}),
    (np.vstack, ([_a(3), _a(2, 3)],), {}),
    (np.column_stack, ([_a(3), _a(3, 2)],), {}),
    (np.dstack, ([_a(2, 3), _a(2, 3)],), {}),
    (np.append, (_a(2), _a(2, 2)), {}),
    (np.append, (_a(1, 2), _a(2, 2)), {"axis": 0}),
    (np.split, (_a(6, 2), 3), {}),
    (np.split, (_a(2, 6), [1, 4]), {"axis": 1}),
    (np.array_split, (_a(5), 2), {}),
    (np.hsplit, (_a(2, 4), 2), {}),
    (np.vsplit, (_a(4, 2), 2), {}),
    (np.meshgrid, (_a(2), _a(3)), {}),
    (np.meshgrid, (_a(2), _a(3), _a(4)), {"indexing": "ij"}),
]

SELECTIONS = [
    *[
        (operator.getitem, (_a(3, 4), index), {})
        for index in [
            1,
            (1, -1),
            slice(None, None, -2),
            (slice(1, None), None, 2),
            (Ellipsis, 0),
            _one % 3,
            (slice(None), _one),
            (np.array([0, 0]), np.array([1, 1])),
            _mask,
            _a(3, 4) > 0.5,
            [0, 0, 2],
        ]
    ],
    (kernels.scatter_add, ((3, 4), np.array([0, 0, 2]), _a(3, 4)), {}),
    (np.take, (_a(2, 4), _one), {}),
    (np.take, (_a(2, 4), _one), {"axis": 1}),
    (np.take, (_a(2, 4), np.array([5, -1])), {"axis": 1, "mode": "clip"}),
    (np.take, (_a(2, 4), np.array([[5, 9]])), {"axis": 1, "mode": "wrap"}),
    (np.take_along_axis, (_a(2, 3), np.array([[0, 0], [2, 1]])), {"axis": 1}),
    (np.bincount, (np.array([2, 0, 2]), _a(3)), {}),
    (np.bincount, (np.array([2, 0, 2]), _a(3), 4), {}),
    (np.compress, (_mask, _a(3, 2)), {"axis": 0}),
    (np.extract, (_mask, _a(3)), {}),
    (np.delete, (_a(4, 2), [1, 2]), {"axis": 0}),
    *[(np.sort, (_a(3, 4),), k) for k in ({}, {"axis": 0}, {"axis": None})],
    (np.nan_to_num, (_a(3),), {}),
]

NETWORKS = [
    *[(kernels_nn.softmax, (_a(3, 4),), k) for k in ({}, {"axis": 0})],
    *[(kernels_nn.log_softmax, (_a(3, 4),), k) for k in ({}, {"axis": 0})],
    *[(kernels_nn.logsumexp, (_a(3, 4),), k) for k in ({}, {"axis": 0}, {"keepdims": True})],
    (kernels_nn.windows, (_a(2, 6, 7), (2, 3), (2, 1), (1, 2)), {}),
    (kernels_nn.overlap_add, (_a(2, 3, 3, 2, 3), (6, 7), (2, 1), (1, 2)), {}),
]

_xp = np.array([-1.0, 0.2, 0.9, 2.0])
_holes = np.array([[1.0, np.nan, 2.5], [np.nan, 0.3, -1.2]])

SIGNALS = [
    *[
        (np.convolve, (_a(n), _a(m)), {"mode": mode})
        for n, m in ((5, 3), (2, 4), (4, 4))
        for mode in ("full", "same", "valid")
    ],
    *[(np.correlate, (_a(5), _a(3)), {"mode": mode}) for mode in ("full", "valid")],
    (np.interp, (np.array([0.1, 0.5, 1.7, -3.0, 4.0]), _xp, _a(4)), {}),
    (np.interp, (np.float64(0.4), _xp, _a(4)), {}),
    (np.trapezoid, (_a(4),), {"dx": 0.5}),
    (np.trapezoid, (_a(4), _xp), {}),
    (np.trapezoid, (_a(2, 4), _xp), {"axis": 1}),
    (np.trapezoid, (_a(4, 2), _a(4, 2)), {"axis": 0}),
    (np.average, (_a(3, 2),), {}),
    (np.average, (_a(3, 2), 0, _positive(3, 3)[0]), {}),
    (np.average, (_a(3, 2), None, _a(3, 2) + 2), {}),
    (np.choose, (np.array([0, 1, 1]), [_a(3), _a(3)]), {}),
    (np.select, ([_mask, np.array([True, True, False])], [_a(3), _a(1)], np.float64(0.3)), {}),
    (np.select, ([_mask], [_a(3)]), {}),
    *[(np.nansum, (_holes,), k) for k in ({}, {"axis": 0})],
    *[(np.nanmean, (_holes,), k) for k in ({}, {"axis": 1})],
    *[(f, (_holes,), k) for f in (np.nanmax, np.nanmin) for k in ({}, {"axis": 1})],
    (np.partition, (_a(7), 3), {}),
    (np.partition, (_a(3, 4), 1), {"axis": 0}),
]

ARRAY_CASES = SIGNALS + NETWORKS + REDUCTIONS + PRODUCTS + FACTORISATIONS + SHAPES + SELECTIONS
