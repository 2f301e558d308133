"""Functions of scalars that are applied element by element: `numba.vectorize`, `np.vectorize`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba.np.ufunc.dufunc import DUFunc

from adjoint.syntax.context import Context
from adjoint.syntax.values import Known


def is_elementwise(function: object) -> bool:
    """Whether a callable object applies a Python function element by element."""
    return isinstance(function, DUFunc | np.vectorize)


def scalar_function(context: Context, callee: Known, node: Any) -> tuple[Known, tuple[str, ...]]:
    """The function of scalars, and the signatures it was compiled for (none: for any)."""
    function: Any = callee.value
    if isinstance(function, DUFunc):
        function = cast(Any, function)
        scalar: Callable[..., Any] = function._dispatcher.py_func
        return Known(scalar, callee.path), tuple(function.types) if function._frozen else ()
    if function.signature is not None or function.excluded or function.otypes is not None:
        context.refuse(
            "`np.vectorize` with `signature`, `excluded` or `otypes` is not supported.",
            node,
            "write a loop over the elements",
        )
    return Known(function.pyfunc, callee.path), ()
