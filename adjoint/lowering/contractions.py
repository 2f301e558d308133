"""`einsum`: a product of operands, broadcast over all axes there are, summed over some.

    z = np.einsum("ij,j->i", a, x)    →    for i: total = 0.0; for j: total += a[i, j] * x[j]

A product of two matrices is a call of BLAS.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core import types

from adjoint.errors import ShapeMismatch, UnsupportedSyntax
from adjoint.lowering import reductions
from adjoint.lowering.arrays import Along, ArrayValue, View, home, is_array, stored
from adjoint.lowering.calls import handles
from adjoint.lowering.column_sums import sum_over
from adjoint.lowering.indexing import transposed
from adjoint.program.core import Call, Const, Expr, Name
from adjoint.program.subscripts import Label, Labels, parsed
from adjoint.runtime import shapes

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering

_WITHOUT_EFFECT = {"optimize", "order"}


@handles(np.einsum)
def _einsum(low: Lowering, target: str, call: Call) -> Any:
    subscripts, *args = call.args
    operands = tuple(low.value(arg) for arg in args)
    further = {key for key, _ in call.keywords} - _WITHOUT_EFFECT
    if not isinstance(subscripts, Const) or not isinstance(subscripts.value, str) or further:
        raise UnsupportedSyntax(
            "this form of einsum is not supported",
            low.builder.at,
            "give it constant subscripts, the operands, and nothing else",
        )
    if not any(map(is_array, operands)):
        return NotImplemented
    return contract(low, target, subscripts.value, operands)


def contract(low: Lowering, target: str, subscripts: str, operands: tuple[Any, ...]) -> Any:
    """The value of `np.einsum(subscripts, *operands)`."""
    operands = tuple(low.materialised_if_computed(o) if is_array(o) else o for o in operands)
    ndims = [len(operand.shape) if is_array(operand) else 0 for operand in operands]
    try:
        inputs, output = parsed(subscripts, ndims)
    except ValueError as error:
        raise ShapeMismatch(str(error), low.builder.at) from None
    matrices = _as_matrices(inputs, output, operands)
    if matrices is not None:
        return matrix_product(low, target, *matrices)
    found = dict.fromkeys(label for labels in inputs for label in labels)
    order = (*output, *(label for label in found if label not in output))
    factors = [_spread(low, *pair, order) for pair in zip(operands, inputs, strict=True)]
    return _summed(low, target, _product(low, target, factors), len(output))


def matrix_product(low: Lowering, target: str, left: ArrayValue, right: ArrayValue) -> Any:
    """A call of BLAS; the result's lengths are those of the operands."""
    aligned(low, left.shape[1], right.shape[0])
    left, right = low.materialised(left), low.materialised(right)
    name = target
    if low.bindings[target] > 1:
        name = low.builder.fresh(target, low.types[target]).id
    low.builder.assign(name, Call(np.dot, (Name(left.name), Name(right.name))))
    shape = (left.shape[0], right.shape[1])
    low.remember_lengths(name, shape)
    return stored(low.builder, name, shape)


def aligned(low: Lowering, n: Expr, m: Expr) -> Expr:
    if low.same(n, m):
        return n
    return low.builder.define("n", types.int64, Call(shapes.check_aligned, (n, m)))


def _as_matrices(
    inputs: tuple[Labels, ...], output: Labels, operands: tuple[Any, ...]
) -> tuple[ArrayValue, ArrayValue] | None:
    """The two matrices whose product this is, if it is one."""
    if len(operands) != 2 or len(output) != 2 or any(len(set(labels)) != 2 for labels in inputs):
        return None
    shared = set(inputs[0]) & set(inputs[1])
    plain = all(len(labels) == 2 for labels in inputs) and len(shared) == 1
    if not plain or shared & set(output) or operands[0].dtype != operands[1].dtype:
        return None
    if not isinstance(operands[0].dtype, types.Float | types.Complex):
        return None
    first = 0 if output[0] in inputs[0] else 1
    left, right = operands[first], operands[1 - first]
    if inputs[first][0] != output[0]:
        left = transposed(left)
    if inputs[1 - first][1] != output[1]:
        right = transposed(right)
    return left, right


def _spread(low: Lowering, operand: Any, labels: Labels, order: tuple[Label, ...]) -> Any:
    """The operand with an axis for each label: one of length 1, its own, or a diagonal."""
    if not is_array(operand):
        return operand
    lengths: dict[Label, Expr] = {}
    for label, length in zip(labels, operand.shape, strict=True):
        if label in lengths and not low.same(lengths[label], length):
            check = Call(shapes.check_aligned, (lengths[label], length))
            low.builder.define("n", types.int64, check)
        lengths.setdefault(label, length)
    selectors = tuple(Along(order.index(label)) for label in labels)
    return View(operand, selectors, tuple(lengths.get(label, Const(1)) for label in order))


def _product(low: Lowering, target: str, factors: list[Any]) -> ArrayValue:
    value = factors[0]
    for factor in factors[1:]:
        if is_array(value) or is_array(factor):
            value = low.elementwise(operator.mul, (value, factor), low.dtype(target))
        else:
            product = Call(operator.mul, (value, factor))
            value = low.builder.define("t", low.dtype(target), product)
    return value


def _summed(low: Lowering, target: str, value: ArrayValue, kept: int) -> Any:
    """The value summed over all axes but the first."""
    dtype = low.dtype(target)
    axes = tuple(range(kept, len(value.shape)))
    if not axes and isinstance(value, View):
        # NumPy gives a view here, which can be told from a copy only if one is written to.
        if target in low.written or home(value) in low.written:
            raise UnsupportedSyntax(
                "einsum gives a view of its operand, and one of them is written to",
                low.builder.at,
                "transpose the operand, or copy it",
            )
        return low.compute(low.builder.fresh(target, low.types[target]).id, value)
    if not axes:
        return value
    if not kept:
        return reductions.reduce_all(low.builder, reductions.total, value, dtype)
    return sum_over(low, target, value, axes)
