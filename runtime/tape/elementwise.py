"""Elementwise functions of both public namespaces, by name."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.runtime.tape.array import Array
from adjoint.runtime.tape.operations import call
from adjoint.runtime.tape.operators import function
from adjoint.runtime.tape.tensor import Tensor, tensors

Function = Callable[..., Any]

UNARY = (
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "square"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"),
    *("arcsinh", "arccosh", "arctanh", "degrees", "radians", "deg2rad", "rad2deg"),
    *("absolute", "fabs", "negative", "positive", "reciprocal"),
)
FLAT = ("sign", "floor", "ceil", "trunc", "rint", "fix")


def unary_functions() -> dict[str, Function]:
    """Differentiable and piecewise constant functions of one argument."""
    found: dict[str, Function] = {name: function(getattr(np, name)) for name in UNARY}
    found |= {name: general(getattr(np, name)) for name in FLAT}
    found["abs"] = found["absolute"]
    return found


def general(target: Function, cls: type[Tensor] = Array) -> Function:
    """A NumPy function for tensors, and for plain data, whose result then has class `cls`."""

    def apply(*args: Any, **kwargs: Any) -> Any:
        if not kwargs and args and isinstance(args[0], Tensor):
            return call(target, args)
        kwargs.pop("ctx", None)
        out = kwargs.pop("out", None)
        first = tensors([*args, *kwargs.values()])[:1]
        result = call(target, args, kwargs, type(first[0]) if first else cls)
        if out is None:
            return result
        out[...] = result
        return out

    apply.__name__ = getattr(target, "__name__", "function")
    apply.__doc__ = f"`numpy.{apply.__name__}`, recorded."
    return apply


def between(operate: Function, plain: Function) -> Function:
    """A function of two arguments that goes through the operator, the fast way."""

    def apply(x1: Any, x2: Any, out: Any = None, **kwargs: Any) -> Any:
        if not isinstance(x1, Tensor) and not isinstance(x2, Tensor):
            result = Array(plain(x1, x2))
        else:
            result = operate(x1, x2)
        if out is None:
            return result
        out[...] = result
        return out

    apply.__name__ = plain.__name__
    apply.__doc__ = f"`numpy.{plain.__name__}`, recorded."
    return apply


OPERATORS = {
    "add": (operator.add, np.add),
    "subtract": (operator.sub, np.subtract),
    "multiply": (operator.mul, np.multiply),
    "divide": (operator.truediv, np.divide),
    "power": (operator.pow, np.power),
    "mod": (operator.mod, np.mod),
    "matmul": (operator.matmul, np.matmul),
    "equal": (operator.eq, np.equal),
    "not_equal": (operator.ne, np.not_equal),
    "less": (operator.lt, np.less),
    "less_equal": (operator.le, np.less_equal),
    "greater": (operator.gt, np.greater),
    "greater_equal": (operator.ge, np.greater_equal),
}


def operator_functions() -> dict[str, Function]:
    """The functions that are operators."""
    return {name: between(*pair) for name, pair in OPERATORS.items()}
