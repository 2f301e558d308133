"""The kernels of opaque library calls compile with Numba, given the number of dimensions."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from adjoint.runtime import kernels

_m = np.array([[2.0, 0.3], [0.1, 1.5]])
_v = np.array([0.4, -1.0])
_z = np.linalg.cholesky(_m @ _m.T)
CASES = [
    *[(f, (_v, _v, 0.7)) for f in (kernels.matmul_left, kernels.matmul_right)],
    *[(f, (_m, _v, _v)) for f in (kernels.matmul_left, kernels.matmul_right)],
    *[(f, (_v, _m, _v)) for f in (kernels.matmul_left, kernels.matmul_right)],
    *[(f, (_m, _m, _m)) for f in (kernels.matmul_left, kernels.matmul_right)],
    (kernels.solve_right, (_m, _v, _v)),
    (kernels.solve_right, (_m, _m, _m)),
    (kernels.solve_left, (_m, _v, _v, _v)),
    (kernels.solve_left, (_m, _m, _m, _m)),
    (kernels.cholesky_bar, (_z, _m)),
    (kernels.transposed, (_m,)),
    (kernels.digamma, (0.3,)),
    (kernels.trigamma, (0.3,)),
]


@pytest.mark.compiled
@pytest.mark.parametrize("function, args", CASES)
def test_kernel_compiles(function, args, monkeypatch):
    # Kernels call each other through their module, as generated code will see them: compiled.
    for name in ("transposed", "unbroadcast"):
        monkeypatch.setitem(function.__globals__, name, numba.njit(getattr(kernels, name)))
    compiled = numba.njit(function)
    assert np.allclose(compiled(*args), function(*args), rtol=1e-12, atol=0)
