"""Let a function of ours take part in NumPy's `__array_function__` protocol.

The tape sees a call of `np.sum` because NumPy asks its arguments first. A kernel that is an
operation of its own (it has a rule and is not to be traced into) asks in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import numpy as np


def dispatched(function: Callable[..., Any]) -> Callable[..., Any]:
    """Ask arguments that have `__array_function__`, as NumPy does, before calling."""

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for arg in _candidates(args):
            cls = type(arg)
            if cls is not np.ndarray and hasattr(cls, "__array_function__"):
                return arg.__array_function__(call, (cls,), args, kwargs)
        return function(*args, **kwargs)

    return call


def _candidates(args: Iterable[Any]) -> Iterable[Any]:
    for arg in args:
        if type(arg) in (list, tuple):
            yield from _candidates(arg)
        else:
            yield arg
