"""Elements chosen by indices, conditions and choices."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.constants import counted
from adjoint.expansions.registry import expands, settled
from adjoint.expansions.repeating import picked

# --------------------------------------------------------------------------- by indices


@expands(np.take)
def take(a: Any, indices: Any, axis: Any = None, out: None = None, mode: str = "raise") -> Any:
    """`np.take`: along an axis, or of the elements in order."""
    given = np.ravel(a) if axis is None else a
    along = counted(axis or 0, given.ndim)
    places = np.array(indices) if isinstance(indices, (tuple, list)) else indices
    return picked(given, along, in_bounds(places, given.shape[along], mode))


def in_bounds(places: Any, n: int, mode: str) -> Any:
    """The indices, brought into an axis of length n where the mode asks for it."""
    known_mode(mode)
    if mode == "wrap":
        return places % n
    if mode == "clip":
        return np.minimum(np.maximum(places, 0), n - 1)
    return places


@settled
def known_mode(mode: str) -> None:
    """Refuse what NumPy refuses."""
    if mode not in ("raise", "wrap", "clip"):
        raise ValueError(f"clipmode must be one of 'clip', 'raise', or 'wrap' (got {mode!r})")


def index_along(arr: Any, indices: Any, axis: int) -> Any:
    """The index that takes elements along one axis, at any place of the others."""
    return tuple(
        indices
        if k == axis
        else np.arange(arr.shape[k]).reshape((1,) * k + (-1,) + (1,) * (arr.ndim - 1 - k))
        for k in tuple(range(arr.ndim))
    )


@expands(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """`np.take_along_axis`."""
    if axis is None:
        return np.ravel(arr)[indices]
    return arr[index_along(arr, indices, counted(axis, arr.ndim))]


@expands(np.compress)
def compress(condition: Any, a: Any, axis: Any = None) -> Any:
    """`np.compress`: where a vector holds along an axis."""
    given = np.ravel(a) if axis is None else a
    return picked(given, counted(axis or 0, given.ndim), np.flatnonzero(np.asarray(condition)))


@expands(np.ndarray.compress)
def compress_method(a: Any, condition: Any, axis: Any = None) -> Any:
    """`a.compress(condition)`."""
    return np.compress(condition, a, axis)


@expands(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """`np.extract`: where a condition holds."""
    return np.ravel(arr)[np.flatnonzero(np.asarray(condition))]


# --------------------------------------------------------------------------- by conditions


@expands(np.choose)
def choose(a: Any, choices: Any, out: None = None, mode: str = "raise") -> Any:
    """`np.choose`: of each place the choice with a number."""
    count = len(choices)
    numbers = in_bounds(np.asarray(a) * 1, count, mode)
    if np.any((numbers < 0) | (numbers >= count)):
        raise ValueError("invalid entry in choice array")
    result = np.where(numbers == 0, choices[0], choices[-1])
    for k in tuple(range(1, count - 1)):
        result = np.where(numbers == k, choices[k], result)
    return result


@expands(np.select)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """`np.select`: the choice of the first condition that holds."""
    paired(len(condlist), len(choicelist))
    result = np.where(condlist[-1], choicelist[-1], default)
    for k in tuple(range(2, len(condlist) + 1)):
        result = np.where(condlist[-k], choicelist[-k], result)
    return result


@settled
def paired(conditions: int, choices: int) -> None:
    """Refuse what NumPy refuses."""
    if conditions != choices:
        raise ValueError("list of cases must be same length as list of conditions")
    if conditions == 0:
        raise ValueError("select with an empty condition list is not possible")


@expands(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """`np.piecewise`: each function where its condition holds; the last one that holds counts."""
    conditions = tuple(condlist) if isinstance(condlist, (tuple, list)) else (condlist,)
    with_else(len(conditions), len(funclist))
    if len(funclist) > len(conditions):
        conditions = (*conditions, neither(conditions))
    result = np.zeros(x.shape, x.dtype)
    for condition, function in zip(conditions, funclist, strict=True):
        if callable(function):
            chosen = x[condition]
            if chosen.size > 0:
                result[condition] = function(chosen, *args, **kw)
        else:
            result[condition] = function
    return result


@settled
def with_else(conditions: int, functions: int) -> None:
    """Refuse what NumPy refuses."""
    if functions not in (conditions, conditions + 1):
        raise ValueError(
            f"with {conditions} condition(s), either {conditions} or {conditions + 1} functions "
            "are expected"
        )


def neither(conditions: Any) -> Any:
    """Where no condition holds."""
    result = ~conditions[0]
    for condition in conditions[1:]:
        result = result & ~condition
    return result


@expands(np.clip)
def clip(
    a: Any,
    a_min: Any = None,
    a_max: Any = None,
    out: Any = None,
    *,
    min: Any = None,
    max: Any = None,
) -> Any:
    """`np.clip`: not less than one bound and not more than the other."""
    low = min if a_min is None else a_min
    high = max if a_max is None else a_max
    if out is None:
        return between(a, low, high)
    out[...] = between(a, low, high)
    return out


def between(a: Any, low: Any, high: Any) -> Any:
    """The elements, or the bounds they are beyond; a bound may be None."""
    if low is None and high is None:
        return a * 1
    if low is None:
        return np.minimum(a, high)
    if high is None:
        return np.maximum(a, low)
    return np.minimum(np.maximum(a, low), high)
