"""Functions that inference sees in place of those that Numba types only in part.

`lowering` turns these calls into loops, so Numba need not be able to compile them: a stand-in only
has to have the type that NumPy's result has. It is never run.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numba.core import types
from numba.extending import overload, register_jitable
from numba.np.numpy_support import as_dtype

from adjoint.inference import view_stand_ins
from adjoint.program import primitives
from adjoint.program.core import Block, Call, Const, Expr, Program, Slice
from adjoint.program.subscripts import parsed
from adjoint.program.walk import map_blocks, map_operands, rewrite


def total(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """np.sum, np.prod: integers in int64."""


def average(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """np.mean: integers give float64."""


def extremum(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """np.max, np.min: the elements' own type."""


def array(object: Any, dtype: Any = None) -> Any:
    """np.array: Numba's takes no array together with a dtype, and no displays of arrays."""


def index(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """np.argmax, np.argmin: Numba's take no keepdims."""


def product(a: Any, b: Any) -> Any:
    """np.dot: Numba's takes no numbers, no stacks of matrices and no two dtypes."""


def matrix_product(a: Any, b: Any) -> Any:
    """np.matmul: Numba's takes no stacks of matrices and no two dtypes."""


def contraction(subscripts: Any, *operands: Any) -> Any:
    """np.einsum: Numba has none."""


def choice(condition: Any, x: Any, y: Any) -> Any:
    """np.where: Numba makes an array without axes of numbers."""


_STAND_INS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.sum: total,
    np.prod: total,
    np.mean: average,
    np.max: extremum,
    np.min: extremum,
    np.argmax: index,
    np.argmin: index,
    np.array: array,
    np.dot: product,
    np.matmul: matrix_product,
    operator.matmul: matrix_product,
    np.einsum: contraction,
    np.where: choice,
    **view_stand_ins.STAND_INS,
    abs: np.abs,  # Numba's abs takes scalars only
}


def with_stand_ins(program: Program) -> Program:
    """The program with each call that has a stand-in replaced."""

    def change(expr: Expr | Slice) -> Expr | Slice:
        if isinstance(expr, Call) and expr.function in _STAND_INS and _plain(expr):
            keywords = () if expr.function is np.einsum else expr.keywords
            return replace(expr, function=_STAND_INS[expr.function], keywords=keywords)
        return expr

    def change_block(block: Block) -> Block:
        return tuple(
            map_operands(map_blocks(stmt, change_block), lambda e: rewrite(e, change))
            for stmt in block
        )

    return replace(program, body=change_block(program.body))


def _plain(call: Call) -> bool:
    """Whether only the arguments that stand-ins know are given."""
    keywords = {key for key, _ in call.keywords}
    if call.function is np.array:
        return keywords | {f"{len(call.args)} args"} in (
            {"dtype", "1 args"},
            {"2 args"},
            {"1 args"},
        )
    if call.function is np.where:
        return len(call.args) == 3
    if call.function is np.einsum:
        return True
    if call.function in view_stand_ins.STAND_INS:
        return keywords <= {"axis", "shape", "newshape", "offset", "axis1", "axis2"}
    return len(call.args) <= 2 and keywords <= {"axis", "keepdims"} and call.args != (Const(None),)


# --------------------------------------------------------------------------- their types


def _reduced(x: Any, axis: Any, keepdims: Any, dtype: Any) -> Callable[..., Any]:
    """An implementation whose result has the reduction's type."""
    ndim = _result_ndim(x, axis, keepdims)
    shape, element = (1,) * ndim, as_dtype(dtype).type
    if ndim == 0:
        return lambda x, axis=None, keepdims=False: element(0)
    return lambda x, axis=None, keepdims=False: np.empty(shape, element)


def _result_ndim(x: Any, axis: Any, keepdims: Any) -> int:
    if getattr(keepdims, "literal_value", keepdims) is True:
        return x.ndim
    if axis is None or isinstance(axis, types.NoneType | types.Omitted):
        return 0
    count = len(axis) if isinstance(axis, types.BaseTuple) else 1
    return x.ndim - count


def _of_number(x: Any, axis: Any, dtype: Any) -> Any:
    """An implementation of a reduction of one number; of anything else there is none."""
    if not isinstance(x, types.Number | types.Boolean) or axis is not None:
        return None
    element = as_dtype(types.unliteral(dtype)).type
    return lambda x, axis=None, keepdims=False: element(x)


@overload(total, prefer_literal=True, strict=False)
def _type_total(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    if not isinstance(x, types.Array):
        small = isinstance(x, types.Integer | types.Boolean)
        return _of_number(x, axis, types.int64 if small else x)
    small = isinstance(x.dtype, types.Integer | types.Boolean)
    return _reduced(x, axis, keepdims, types.int64 if small else x.dtype)


@overload(average, prefer_literal=True, strict=False)
def _type_average(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    if not isinstance(x, types.Array):
        small = isinstance(x, types.Integer | types.Boolean)
        return _of_number(x, axis, types.float64 if small else x)
    small = isinstance(x.dtype, types.Integer | types.Boolean)
    return _reduced(x, axis, keepdims, types.float64 if small else x.dtype)


@overload(extremum, prefer_literal=True, strict=False)
def _type_extremum(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    if not isinstance(x, types.Array):
        return _of_number(x, axis, x)
    return _reduced(x, axis, keepdims, x.dtype)


@overload(primitives.item, strict=False)
def _type_item(x: Any) -> Callable[..., Any]:
    """An array's element, a scalar itself."""
    if isinstance(x, types.Array):
        return lambda x: x.flat[0]
    return lambda x: x


@overload(primitives.astype, strict=False)
def _type_astype(x: Any, dtype: Any) -> Callable[..., Any]:
    if isinstance(x, types.Array) and getattr(dtype, "typing_key", None) in (float, int, complex):
        element = np.dtype(dtype.typing_key).type  # Numba's takes NumPy's types only
        return lambda x, dtype: x.astype(element)
    if isinstance(x, types.Array):
        return lambda x, dtype: x.astype(dtype)
    return lambda x, dtype: dtype(x)


@overload(array, strict=False)
def _type_array(object: Any, dtype: Any = None) -> Callable[..., Any]:
    given = not isinstance(dtype, types.NoneType | types.Omitted | type(None))
    if given and getattr(dtype, "typing_key", None) in (float, int, complex, bool):
        element = np.dtype(dtype.typing_key).type
        if isinstance(object, types.Array):
            return lambda object, dtype=None: object.astype(element)
        shape = (1,) * _display_type(object)[0]
        return lambda object, dtype=None: np.empty(shape, element)
    if isinstance(object, types.Array) and given:
        return lambda object, dtype=None: object.astype(dtype)
    if isinstance(object, types.Array):
        return lambda object, dtype=None: object.copy()
    if _holds_arrays(object) or not isinstance(object, types.BaseTuple):
        ndim, found = _display_type(object)
        shape = (1,) * ndim
        if given:
            return lambda object, dtype=None: np.empty(shape, dtype)
        return lambda object, dtype=None: np.empty(shape, found)
    if given:
        return lambda object, dtype=None: np.array(object, dtype)
    return lambda object, dtype=None: np.array(object)


def _holds_arrays(item: Any) -> bool:
    """Whether a display of arrays is nested in a tuple."""
    return isinstance(item, types.BaseTuple) and any(
        isinstance(part, types.Array) or _holds_arrays(part)
        for part in item.types  # type: ignore[attr-defined]
    )


def _display_type(item: Any) -> tuple[int, Any]:
    """Number of dimensions, and NumPy's type of the elements, of a nested display."""
    if isinstance(item, types.BaseTuple) and not len(item):
        return 1, np.float64
    if isinstance(item, types.BaseTuple):
        inner = [_display_type(part) for part in item.types]  # type: ignore[attr-defined]
        return 1 + inner[0][0], np.result_type(*(dtype for _, dtype in inner)).type
    if isinstance(item, types.Array):
        return item.ndim, as_dtype(item.dtype).type
    return 0, as_dtype(types.unliteral(item)).type


@overload(index, prefer_literal=True, strict=False)
def _type_index(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    if not isinstance(x, types.Array):
        return None
    return _reduced(x, axis, keepdims, types.int64)


@overload(product, strict=False)
def _type_product(a: Any, b: Any) -> Callable[..., Any]:
    if isinstance(a, types.Array) and isinstance(b, types.Array) and min(a.ndim, b.ndim) > 0:
        made = _array_maker(a.ndim + b.ndim - 2, a, b)
        return lambda a, b: made()
    return lambda a, b: a * b


@overload(matrix_product, strict=False)
def _type_matrix_product(a: Any, b: Any) -> Any:
    if not isinstance(a, types.Array) or not isinstance(b, types.Array):
        return None
    if min(a.ndim, b.ndim) == 0:
        return None
    vectors = (a.ndim == 1) + (b.ndim == 1)
    made = _array_maker(max(a.ndim, b.ndim, 2) - vectors, a, b)
    return lambda a, b: made()


@overload(contraction, prefer_literal=True, strict=False)
def _type_contraction(subscripts: Any, *operands: Any) -> Any:
    ndims = [x.ndim if isinstance(x, types.Array) else 0 for x in operands]
    try:
        _, output = parsed(subscripts.literal_value, ndims)
    except ValueError:  # lowering says so, at the line
        output = ()
    made = _array_maker(len(output), *operands)
    return lambda subscripts, *operands: made()


def _array_maker(ndim: int, *operands: Any) -> Callable[..., Any]:
    """What makes an array (a number, if of no axes) of the operands' common type."""
    dtypes = (as_dtype(types.unliteral(getattr(x, "dtype", x))) for x in operands)
    shape, element = (1,) * ndim, np.result_type(*dtypes).type
    if ndim == 0:
        return register_jitable(lambda: element(0))
    return register_jitable(lambda: np.empty(shape, element))


@overload(choice, strict=False)
def _type_choice(condition: Any, x: Any, y: Any) -> Callable[..., Any]:
    if any(isinstance(operand, types.Array) for operand in (condition, x, y)):
        return lambda condition, x, y: np.where(condition, x, y)  # noqa: PLW0108
    return lambda condition, x, y: x if condition else y


@overload(primitives.dtype, strict=False)
def _type_dtype(x: Any) -> Callable[..., Any]:
    return lambda x: x.dtype
