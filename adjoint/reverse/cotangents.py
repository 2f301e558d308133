"""A cotangent has the type of its variable: real for a real one, float32 for a float32 one.

Where a real number meets complex ones, or a float32 a float64, the rule's amount is of the wider
type. What goes in is an amount as an expression, what comes out is the expression in the
variable's own type. Which is known when compiling: nothing is tested when running.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import types

from adjoint.program.core import Call, Const, Expr, Item, Name, Slice
from adjoint.program.numbers import element_of, is_complex, is_float
from adjoint.program.walk import children

_REAL_VALUED = (np.real, np.imag, np.abs, abs, np.angle)
_NARROW = (types.float32, types.complex64)
_CASTS: dict[Any, Any] = {types.float32: np.float32, types.complex64: np.complex64}


def zero(type_: Any) -> Const:
    """The zero of a scalar type, or of an array's elements."""
    element = element_of(type_)
    if element in _CASTS:
        return Const(_CASTS[element](0))
    return Const(0j) if isinstance(element, types.Complex) else Const(0.0)


def one(type_: Any) -> Const:
    """The cotangent of a result of this type that a gradient starts with."""
    return Const(np.float32(1.0)) if element_of(type_) == types.float32 else Const(1.0)


def of_type(bar: Expr, type_: Any) -> Expr:
    """A scalar cotangent in the very type of its variable, for whoever gets it."""
    if type_ in _CASTS:
        return Call(_CASTS[type_], (bar,))
    return Call(complex, (bar,)) if type_ == types.complex128 else bar


def fitting(amount: Expr, type_: Any, type_of: Callable[[str], Any]) -> Expr:
    """An amount in the type of the variable that it is added to the bar of.

    Parameters
    ----------
    type_ : Numba's type of the variable.
    type_of : the type of any variable that the amount may hold.
    """
    element = element_of(type_)
    if is_float(element) and _any(amount, is_complex, type_of, _REAL_VALUED):
        amount = Call(np.real, (amount,))
    if element in _NARROW and _any(amount, _is_wide, type_of, tuple(_CASTS.values())):
        amount = Call(_CASTS[element], (amount,))
    return amount


def _is_wide(type_: Any) -> bool:
    return element_of(type_) in (types.float64, types.complex128)


def _any(
    expr: Expr | Slice,
    test: Callable[[Any], bool],
    type_of: Callable[[str], Any],
    except_in: tuple[Callable[..., Any], ...],
) -> bool:
    """Whether a part of an expression that makes its type has a type of that kind."""
    match expr:
        case Const(value):
            return test is is_complex and isinstance(value, complex)
        case Name(id):
            return test(type_of(id))
        case Item(Name(id), _):
            return test(type_of(id))
        case Call(function) if function in except_in:
            return False
    return any(_any(part, test, type_of, except_in) for part in children(expr))
