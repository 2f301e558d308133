"""Carrying arguments and results between the two array classes.

Operations of neural networks are written once, with NumPy's functions on NumPy-like arrays, so each
is recorded and can be differentiated any number of times.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from adjoint.runtime.tape.array import Array
from adjoint.runtime.tape.operations import call
from adjoint.runtime.tape.tensor import Tensor
from adjoint.runtime.tape.writing import memory


def semantics(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run `function` on NumPy-like arrays; its results have the class of the first tensor."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        changed: list[tuple[Tensor, Array]] = []
        new_args = [_plain(a, changed) for a in args]
        new_kwargs = {k: _plain(v, changed) for k, v in kwargs.items()}
        result = function(*new_args, **new_kwargs)
        for old, new in changed:
            old._node = new._node  # it may have become protected
        return _classed(result, type(changed[0][0]) if changed else Array)

    return run


def _plain(value: Any, changed: list[tuple[Tensor, Array]]) -> Any:
    if isinstance(value, Tensor):
        if value.__class__ is Array:
            new = value
        else:
            new = Array(memory(value), value._node)
        changed.append((value, new))
        return new
    if value.__class__ in (tuple, list):
        return type(value)([_plain(item, changed) for item in value])
    return value


def _classed(result: Any, cls: type[Tensor]) -> Any:
    if isinstance(result, Tensor):
        if cls is Array:
            return result
        data = result._data
        if data.shape == ():  # classic arrays have at least one axis
            result = call(np.reshape, (result, (1,)))
        return cls(result._data, result._node)
    if isinstance(result, tuple | list):
        return type(result)([_classed(item, cls) for item in result])
    return result
