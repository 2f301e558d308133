"""Calls of functions made by `numba.guvectorize`: loops over the outer axes, the kernel inlined."""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.np.numpy_support import as_dtype
from numba.np.ufunc.gufunc import GUFunc

from adjoint.expansions.generalised import apply_kernel
from adjoint.syntax import resolve
from adjoint.syntax.calls import Arguments, applier, apply_function
from adjoint.syntax.context import Context
from adjoint.syntax.values import Known, Value


def _is_generalised(value: Value) -> bool:
    return isinstance(value, Known) and isinstance(value.value, GUFunc)


@applier(_is_generalised)
def _call(
    context: Context, callee: Any, args: Arguments, node: Any, into: str | None = None
) -> Value:
    builder: Any = callee.value.gufunc_builder
    inputs, outputs = tuple(builder.sin), tuple(builder.sout)
    if args.keywords or len(args.positional) != len(inputs):
        context.refuse(
            f"`{callee.path}` is called with {len(inputs)} arguments here, by position.",
            node,
            "assign the result, instead of giving `out`",
        )
    signature = _signature(context, callee, inputs, node)
    dtypes = tuple(as_dtype(type_.dtype).type for type_ in signature[len(inputs) :])
    fixed = tuple(
        resolve.from_object(context, part, "signature") for part in (inputs, outputs, dtypes)
    )
    whole = Arguments((Known(builder.py_func, callee.path), *fixed, *args.positional), {})
    place = context.standing_at(node)
    return apply_function(place, Known(apply_kernel, callee.path), whole, node, into)


def _signature(
    context: Context, callee: Any, inputs: tuple[Any, ...], node: Any
) -> tuple[Any, ...]:
    """The argument types of the one signature that the kernel was compiled for."""
    signatures = callee.value.gufunc_builder._sigs
    if len(signatures) != 1:
        context.refuse(
            f"`{callee.path}` has {len(signatures)} signatures.", node, "give it one signature"
        )
    found: tuple[Any, ...] = signatures[0].args
    for core, type_ in zip(inputs, found, strict=False):
        if not core and isinstance(type_, types.Array):
            context.refuse(
                f"`{callee.path}` takes a number as an array.",
                node,
                "declare the argument as a scalar: `f8` instead of `f8[:]`",
            )
    return found
