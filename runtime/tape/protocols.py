"""NumPy's protocols: its own functions, called on arrays of the tape, are recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.errors import NoRule
from adjoint.runtime.tape.operations import call
from adjoint.runtime.tape.tensor import Tensor, raw
from adjoint.runtime.tape.writing import write, write_by

_REDUCTIONS: dict[np.ufunc, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}

_WRITERS = {
    *(np.copyto, np.put, np.place, np.putmask, np.put_along_axis, np.fill_diagonal),
}


def array_ufunc(self: Tensor, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """What NumPy calls for `numpy.sin(x)`, `numpy.add.reduce(x)` and so on."""
    out = kwargs.pop("out", None)
    if method == "reduce" and ufunc in _REDUCTIONS:
        kwargs = {k: v for k, v in kwargs.items() if not (k == "dtype" and v is None)}
        kwargs.setdefault("axis", 0)
        result = call(_REDUCTIONS[ufunc], inputs, kwargs)
    elif method == "accumulate" and ufunc in (np.add, np.multiply):
        running: Any = np.cumsum if ufunc is np.add else np.cumprod
        result = call(running, (inputs[0], kwargs.get("axis", 0)))
    elif method == "outer":
        left = call(np.expand_dims, (inputs[0], tuple(range(-np.ndim(inputs[1]), 0))))
        result = ufunc(left, inputs[1])
    elif method == "__call__":
        result = call(ufunc, inputs, kwargs)
    else:
        raise NoRule(f"numpy.{ufunc.__name__}.{method} has no derivative rule")
    return result if out is None else _deliver(out[0], result)


def _deliver(out: Any, result: Any) -> Any:
    if isinstance(out, Tensor):
        write(out, Ellipsis, result)
    elif isinstance(result, Tensor) and result._node is not None and result._node.alive:
        raise NoRule(
            "a recorded value cannot be written into a NumPy array: its gradient would be lost",
            hint="make the target an array of the tape, or write x.asnumpy()",
        )
    else:
        out[...] = raw(result)
    return out


def array_function(
    self: Tensor, function: Callable[..., Any], types: Any, args: tuple, kwargs: dict[str, Any]
) -> Any:
    """What NumPy calls for its functions that are no ufuncs."""
    if function in _WRITERS:
        write_by(function, args, kwargs)
        return None
    out = kwargs.pop("out", None)
    result = call(function, args, kwargs)
    return result if out is None else _deliver(out, result)
