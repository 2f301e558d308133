"""Products of vectors, matrices and stacks of them: loops, but for the product of two matrices."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.lowering import reductions
from adjoint.lowering.arrays import ONE, ArrayValue, Elementwise, is_array
from adjoint.lowering.calls import handles, lower_call
from adjoint.lowering.column_sums import sum_over
from adjoint.lowering.contractions import aligned, contract, matrix_product
from adjoint.lowering.indexing import transposed
from adjoint.program.core import Call, Expr
from adjoint.program.numbers import is_complex

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering


@handles(np.vdot)
def _vdot(low: Lowering, target: str, call: Call) -> Any:
    """Σ a* b of vectors."""
    left, right = (low.value(arg) for arg in call.args)
    if not all(is_array(x) and len(x.shape) == 1 for x in (left, right)):
        return NotImplemented
    if is_complex(left.dtype):
        left = low.elementwise(np.conj, (left,), left.dtype)
    return _inner(low, left, right, low.dtype(target))


@handles(np.dot, np.matmul, operator.matmul)
def _dot(low: Lowering, target: str, call: Call) -> Any:
    """Products with a vector become loops; of two matrices, a call of BLAS."""
    left, right = (low.value(arg) for arg in call.args)
    if call.keywords or not (is_array(left) and is_array(right)):
        if not call.keywords and call.function is np.dot:
            return lower_call(low, target, Call(operator.mul, call.args))
        return NotImplemented
    ndims = len(left.shape), len(right.shape)
    if ndims == (1, 1):
        return _inner(low, left, right, low.dtype(target))
    if ndims in ((2, 1), (1, 2)):
        return _matrix_vector(low, target, left, right)
    if ndims == (2, 2) and isinstance(low.dtype(target), types.Float | types.Complex):
        return matrix_product(low, target, _cast(low, target, left), _cast(low, target, right))
    return contract(low, target, _of_stacks(*ndims, call.function is np.dot), (left, right))


def _cast(low: Lowering, target: str, value: ArrayValue) -> ArrayValue:
    """An operand with the result's type, which both have in BLAS."""
    dtype = low.dtype(target)
    if value.dtype == dtype:
        return value
    return low.elementwise(as_dtype(dtype).type, (value,), dtype)


def _of_stacks(n: int, m: int, every: bool) -> str:
    """Subscripts of a product of stacks; `np.dot` multiplies every matrix with every other."""
    if n == 1:
        return "j,...jk->...k"
    if m == 1:
        return "...j,j->..."
    if not every:
        return "...ij,...jk->...ik"
    left, right = _LETTERS[: n - 1], _LETTERS[n : n + m - 2]
    return f"{left}y,{right}yz->{left}{right}z"


_LETTERS = "abcdefghijklmnopqrstuvwx"


def _inner(low: Lowering, left: ArrayValue, right: ArrayValue, dtype: Any) -> Expr:
    length = aligned(low, left.shape[0], right.shape[0])

    def element(index: tuple[Expr, ...]) -> Expr:
        x, y = left.element(low.builder, index), right.element(low.builder, index)
        return low.builder.define("t", dtype, Call(operator.mul, (x, y)))

    return reductions.total(low.builder, (length,), element, dtype)


def _matrix_vector(low: Lowering, target: str, left: ArrayValue, right: ArrayValue) -> Any:
    """`A @ x`, and `x @ A` as `A.T @ x`; a computed operand is computed once, not per row."""
    left, right = low.materialised_if_computed(left), low.materialised_if_computed(right)
    matrix, vector = (left, right) if len(left.shape) == 2 else (transposed(right), left)
    length = aligned(low, matrix.shape[1], vector.shape[0])
    shape, dtype = (matrix.shape[0], length), low.dtype(target)
    terms = Elementwise(operator.mul, (matrix, vector), ((ONE, ONE), (ONE,)), shape, dtype)
    return sum_over(low, target, terms, (1,))
