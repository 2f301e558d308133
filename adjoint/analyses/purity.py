"""Which calls may be repeated, merged or dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.program import primitives
from adjoint.program.core import Call, Expr, Slice
from adjoint.program.functions import Joint
from adjoint.program.walk import subexpressions
from adjoint.runtime import buffers, extrema, fourier, lists, shapes

_BUILTINS = {abs, min, max, int, float, bool, len, round, pow, divmod, complex}
_PRIMITIVES = {
    primitives.dim,
    primitives.logical_and,
    primitives.logical_or,
    primitives.select,
    primitives.item,
    *(extrema.larger, extrema.smaller, extrema.found),
}
_TOTAL_SHAPES = {
    shapes.wrap_index,
    shapes.slice_start,
    shapes.slice_length,
    shapes.span,
    shapes.backward_start,
    shapes.broadcast_length,
    shapes.slice_first,
    shapes.slice_end,
    shapes.slice_bound,
}
_CHECKS = {
    shapes.broadcast_dim,
    shapes.broadcast_step,
    shapes.check_aligned,
    shapes.check_nonempty,
    shapes.check_single,
    shapes.check_unchanged,
    shapes.check_step,
    shapes.check_reshape,
    shapes.reshape_length,
    shapes.check_length,
    shapes.check_squeezable,
    shapes.check_index,
    shapes.check_mask,
    shapes.check_items,
    lists.item_index,
    lists.last_index,
    lists.check_item_length,
}
_FRESH_MEMORY = {
    np.empty,
    np.zeros,
    np.ones,
    np.arange,
    np.zeros_like,
    np.empty_like,
    np.ones_like,
    np.copy,
    np.dot,
    np.searchsorted,
    np.transpose,
    buffers.reserve,
    buffers.piece,
    buffers.end_of_piece,
}


_VIEWS = {
    "array", "array_split", "asanyarray", "asarray", "asarray_chkfinite", "ascontiguousarray",
    "asfortranarray", "astype", "atleast_1d", "atleast_2d", "atleast_3d", "broadcast_arrays",
    "broadcast_to", "diag", "diagonal", "dsplit", "expand_dims", "flip", "fliplr", "flipud",
    "hsplit", "imag", "matrix_transpose", "moveaxis", "nan_to_num", "permute_dims", "ravel",
    "real", "real_if_close", "require", "reshape", "rollaxis", "rot90", "split", "squeeze",
    "swapaxes", "transpose", "trim_zeros", "unstack", "vsplit",
}  # fmt: skip


def gives_fresh_memory(function: Callable[..., Any]) -> bool:
    """Whether an array that a function returns shares no memory with its arguments."""
    if isinstance(function, Joint):
        return True
    module = getattr(function, "__module__", None) or ""
    if module.partition(".")[0] in ("numpy", "_operator", "operator"):
        return getattr(function, "__name__", "") not in _VIEWS
    return function in (buffers.reserve, fourier.forward, fourier.backward)


def is_scalar_function(function: Callable[..., Any]) -> bool:
    """Whether a function gives equal results for equal scalar arguments and does nothing else."""
    if isinstance(function, np.ufunc) or function in _BUILTINS | _PRIMITIVES | _TOTAL_SHAPES:
        return True
    if isinstance(function, type) and issubclass(function, np.generic):
        return True
    return function.__module__ in ("math", "_operator", "operator") and not is_in_place(function)


def is_in_place(function: Callable[..., Any]) -> bool:
    """Whether a function is an operator that writes to its first operand (`operator.iadd`)."""
    name = getattr(function, "__name__", "")
    return getattr(function, "__module__", None) in ("_operator", "operator") and name in (
        "iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "imatmul",
        "iand", "ior", "ixor",
    )  # fmt: skip


def is_repeatable(expr: Expr | Slice) -> bool:
    """Whether evaluating an expression twice is as good as once (it may raise the same error)."""
    return all(
        not isinstance(e, Call) or is_scalar_function(e.function) or e.function in _CHECKS
        for e in subexpressions(expr)
    )


def is_droppable(expr: Expr | Slice) -> bool:
    """Whether an expression whose value nobody reads need not be evaluated."""
    return all(
        not isinstance(e, Call)
        or is_scalar_function(e.function)
        or e.function in _FRESH_MEMORY
        or getattr(e.function, "droppable", False)
        for e in subexpressions(expr)
    )
