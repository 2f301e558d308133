"""Questions about types, answered while translating: `isinstance`, `x.ndim`, `x.dtype`, `hasattr`.

The answers are constants, so a test of them leaves only the branch that is taken, and code for
other types need not make sense for these.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.expansions import is_stand_in, original
from adjoint.program.core import Call, Const, Name
from adjoint.program.primitives import dim
from adjoint.syntax.containers import as_tuple
from adjoint.syntax.context import Context
from adjoint.syntax.values import Closure, Known, Method, Pack, Record, Value

_SCALARS: tuple[tuple[Any, type], ...] = (
    (types.Boolean, bool),
    (types.Integer, int),
    (types.Float, float),
    (types.Complex, complex),
)


def type_of(context: Context, value: Value, node: Any) -> Any:
    """Numba's type of a value of the program; None if it is not known yet."""
    if isinstance(value, Name):
        return context.unit.questions.type(context, value, node)
    return None


def is_array(context: Context, value: Value, node: Any) -> bool:
    """Whether a value is an array."""
    return isinstance(type_of(context, value, node), types.Array)


def known_attribute(context: Context, owner: Value, name: str, node: Any) -> Value | None:
    """`x.ndim` and `x.dtype`, which are constants; None for other attributes."""
    if name not in ("ndim", "dtype"):
        return None
    found = type_of(context, owner, node)
    if isinstance(found, types.Array):
        return Const(found.ndim if name == "ndim" else as_dtype(found.dtype))
    if isinstance(found, types.Number | types.Boolean) and name == "ndim":
        return Const(0)
    return None


def lengths_of(context: Context, array: Const | Name, node: Any) -> Pack:
    """`array.shape` as a tuple of lengths.

    Raises
    ------
    UnsupportedSyntax : it is not known how many there are.
    """
    found = type_of(context, array, node)
    if not isinstance(found, types.Array):
        context.refuse(
            "how many axes this has is known only when running.", node, "write out the lengths"
        )
    axes = range(found.ndim)
    return Pack(tuple(Call(dim, (array, Const(axis))) for axis in axes))


def unpacked(context: Context, value: Value, node: Any) -> Pack | None:
    """What a container, or the shape of an array, has as items; None of what is neither."""
    match value:
        case Call(np.shape, (Name() as array,)):
            if isinstance(type_of(context, array, node), types.Array):
                return lengths_of(context, array, node)
    return as_tuple(context, value, node)


def class_of(context: Context, value: Value, node: Any) -> type | None:
    """The class of a value, as `type` would say; None if that is not known.

    Numba does not tell Python's numbers from NumPy's; a scalar counts as Python's.
    """
    match value:
        case Const(constant):
            return type(constant)
        case Pack(kind=kind):
            return original(kind)
        case Record():
            return original(context.unit.heap[value].kind)
        case Known(obj):
            return type(obj)
        case Closure() | Method():
            return type(class_of)
    if not isinstance(value, Name):
        value = context.as_atom(value, node)
    found = type_of(context, value, node)
    if isinstance(found, types.Array):
        return np.ndarray
    if isinstance(found, types.List):
        return list
    if isinstance(found, types.BaseTuple):
        return tuple
    if found in (types.float32, types.complex64):
        return as_dtype(found).type
    return next((python for kind, python in _SCALARS if isinstance(found, kind)), None)


def is_instance(context: Context, value: Value, classes: Any, node: Any) -> bool:
    """`isinstance(value, classes)` for classes that are known.

    A scalar may be Python's or NumPy's: where that makes a difference (`isinstance(x, float)` of
    a float64) it counts as both, as either has the other's arithmetic.
    """
    found = class_of(context, value, node)
    if found is None:
        context.refuse(
            "the type of this is known only when running.",
            node,
            "ask it of an argument, or of what does not depend on the type",
        )
    scalar: dict[type, type] = {bool: np.bool_, int: np.int64, float: np.float64}
    scalar[complex] = np.complex128
    both = (found, scalar[found]) if found in scalar else (found,)
    if isinstance(value, Pack) and is_stand_in(value.kind):
        both = (found, value.kind)
    return any(issubclass(kind, classes) for kind in both)
