"""Functions made by `numba.guvectorize`."""

import numba
import numpy as np

from tests.corpus.registry import program


@numba.guvectorize(["(f8[:],f8,f8[:])"], "(n),()->(n)")
def scaled(a, b, out):
    for i in range(a.shape[0]):
        out[i] = a[i] * b + a[i] ** 2


@numba.guvectorize(["(f8[:,:],f8[:],f8[:])"], "(m,n),(n)->(m)")
def matrix_times_vector(a, x, out):
    for i in range(a.shape[0]):
        s = 0.0
        for j in range(a.shape[1]):
            s += a[i, j] * x[j]
        out[i] = s


@numba.guvectorize(["(f8[:],f8[:])"], "(n)->()")
def squares(a, out):
    s = 0.0
    for v in a:
        s += v * v
    out[0] = s


@program(lambda r: (r.normal(size=(2, 3)), r.normal(size=2)), compiled=True)
def one_kernel_call_a_row(a, b):
    return np.sum(scaled(a, b) ** 2) + np.sum(scaled(a[0], 2.0))


@program(lambda r: (r.normal(size=(2, 3)), r.normal(size=3)))
def several_core_axes(a, x):
    return np.sum(matrix_times_vector(a, x) ** 3)


@program(lambda r: (r.normal(size=(2, 3)),))
def no_core_axis_in_the_result(a):
    return np.sum(squares(a) ** 2) + squares(a[1]) * a[0, 0]
