"""The larger and the smaller of two numbers, for extrema in loops that machine code vectorises.

nan is larger and smaller than any number, as NumPy's `max` and `min` take it. Python's `max(x, y)`
gives one argument or the other there, as they are ordered, and keeps a loop in its order.

    for i in range(n):
        extremum = extrema.larger(extremum, x[i])
"""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.core.cgutils import ir
from numba.core.codegen import ll
from numba.extending import lower_builtin, register_jitable, type_callable

# LLVM has these for x86, and vectorises loops of them, only from version 18 on.
_HAS_INSTRUCTIONS = ll.llvm_version_info[0] >= 18


def larger(x: Any, y: Any) -> Any:
    """The larger of two numbers of one type; nan if one is."""
    return y if y > x or y != y else x


def smaller(x: Any, y: Any) -> Any:
    """The smaller of two numbers of one type; nan if one is."""
    return y if y < x or y != y else x


@register_jitable
def found(extremum: Any, element: Any) -> Any:
    """An element that is known to be the extremum, which generated code reads then."""
    return element


@type_callable(larger)
@type_callable(smaller)
def _typed(context: Any) -> Any:
    """As the arguments, which are of one type."""

    def kind(x: Any, y: Any) -> Any:
        is_complex = isinstance(x, types.Complex) or isinstance(y, types.Complex)
        return None if is_complex else context.unify_types(x, y)

    return kind


@lower_builtin(larger, types.Number, types.Number)
@lower_builtin(larger, types.Boolean, types.Boolean)
def _larger(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    return _chosen(context, builder, signature, args, "llvm.maximum", ">")


@lower_builtin(smaller, types.Number, types.Number)
@lower_builtin(smaller, types.Boolean, types.Boolean)
def _smaller(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    return _chosen(context, builder, signature, args, "llvm.minimum", "<")


def _chosen(
    context: Any, builder: Any, signature: Any, args: Any, instruction: str, beats: str
) -> Any:
    """One of two numbers: by an instruction, or by a comparison that is true for nan too."""
    kind = signature.return_type
    pairs = zip(args, signature.args, strict=True)
    x, y = (context.cast(builder, arg, given, kind) for arg, given in pairs)
    if isinstance(kind, types.Float) and _HAS_INSTRUCTIONS:
        function_type = ir.FunctionType(x.type, [x.type, x.type])
        intrinsic = builder.module.declare_intrinsic(instruction, [x.type], function_type)
        return builder.call(intrinsic, (x, y))
    if isinstance(kind, types.Float):
        is_nan = builder.fcmp_unordered("uno", y, y)
        return builder.select(builder.or_(builder.fcmp_ordered(beats, y, x), is_nan), y, x)
    compare = builder.icmp_signed if getattr(kind, "signed", False) else builder.icmp_unsigned
    return builder.select(compare(beats, y, x), y, x)
