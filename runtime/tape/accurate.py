"""Float32 functions rounded from float64.

NumPy's vectorised float32 functions are off by up to a few units in the last place (`exp(1)` by
one), and programs written for MXNet compare at 1e-7. So they are computed in float64 and rounded.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

_float32, _float64 = np.dtype(np.float32), np.dtype(np.float64)

_ROUNDED = (
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "logaddexp2"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "hypot", "cbrt"),
    *("sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh"),
)


def rounded(ufunc: np.ufunc) -> Callable[..., Any]:
    """The ufunc, computed in float64 for float32 operands and rounded once."""

    def function(*operands: Any, **kwargs: Any) -> Any:
        for x in operands:
            if x.__class__ is np.float32 or (x.__class__ is np.ndarray and x.dtype is _float32):
                break
        else:
            return ufunc(*operands, **kwargs)
        result = ufunc(*operands, dtype=_float64, **kwargs)
        if any(getattr(x, "dtype", _float32) == _float64 for x in operands):
            return result
        return result.astype(_float32)

    function.__name__ = ufunc.__name__
    return function


def where(condition: Any, x: Any, y: Any) -> Any:
    """`np.where`; of Python numbers a Python number, which does not promote float32."""
    if condition.__class__ is bool:
        return x if condition else y
    return np.where(condition, x, y)


_power = rounded(np.power)


def power(x: Any, y: Any) -> Any:
    """x**y; squares and the like are exact without the detour."""
    if (y.__class__ is int or y.__class__ is float) and y in (0, 1, 2):
        return x**y
    return _power(x, y)


ROUNDED: dict[Any, Callable[..., Any]] = {
    getattr(np, name): rounded(getattr(np, name)) for name in _ROUNDED
}

ROUNDED |= {np.power: power, operator.pow: power}

#: What pullbacks see as `np`: NumPy with these functions in the place of its own.
namespace = ModuleType("np")
namespace.__dict__.update(vars(np))
namespace.__dict__.update(
    {ufunc.__name__: function for ufunc, function in ROUNDED.items() if isinstance(ufunc, np.ufunc)}
)
namespace.__dict__["where"] = where
