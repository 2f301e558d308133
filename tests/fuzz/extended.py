"""A program in extended precision: NumPy's `longdouble` wherever it has float64.

Differences of such a program are good to a dozen digits at steps so small that branches and kinks
are seldom between the two points. Its literals stay float64's values, so it is the same function.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

_IMPORTS = re.compile(r"^import (?:math|numpy as np)$", re.MULTILINE)
_MADE = ("zeros", "ones", "empty", "full", "eye", "linspace")


class _Numpy:
    """NumPy, with long doubles made where no type is asked for."""

    def __getattr__(self, name: str) -> Any:
        function = getattr(np, name)
        if name not in _MADE:
            return function

        def made(*args: Any, dtype: Any = np.longdouble, **keywords: Any) -> Any:
            return function(*args, dtype=dtype, **keywords)

        return made


_MATH = SimpleNamespace(
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "tanh", "exp", "log", "sqrt")},
    **{name: getattr(np, name) for name in ("sinh", "cosh", "floor", "ceil")},
    atan=np.arctan,
    pi=np.pi,
)


def define(text: str) -> Callable[..., Any]:
    """The function `program` of a text that imports nothing but `math` and NumPy."""
    namespace: dict[str, Any] = {
        "__name__": "extended",
        "np": _Numpy(),
        "math": _MATH,
        "float": np.longdouble,
    }
    exec(compile(_IMPORTS.sub("", text), "<extended>", "exec"), namespace)
    return namespace["program"]


def extended(value: Any) -> Any:
    """A copy of an argument: floats and their arrays as long doubles."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.longdouble)
    return np.longdouble(value) if isinstance(value, float) else copy.deepcopy(value)
