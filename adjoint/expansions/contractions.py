"""Sums of products over axes: `tensordot`, `inner`, `trace`, `cross`, chains."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from adjoint.expansions.registry import expands, settled
from adjoint.program.subscripts import parsed

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@settled
def subscripts_of_tensordot(n: int, m: int, axes: Any) -> str:
    """`einsum` subscripts of a product over axes of arrays of n and m axes."""
    if isinstance(axes, int):
        first, second = tuple(range(n - axes, n)), tuple(range(axes))
    else:
        first, second = (axis if isinstance(axis, tuple) else (axis,) for axis in axes)
    first, second = normalize_axis_tuple(first, n), normalize_axis_tuple(second, m)
    if len(first) != len(second):
        raise ValueError("shape-mismatch for sum")
    left = _LETTERS[:n]
    free = iter(_LETTERS[n:])
    right = "".join(left[first[second.index(k)]] if k in second else next(free) for k in range(m))
    kept = [c for k, c in enumerate(left) if k not in first]
    kept += [c for k, c in enumerate(right) if k not in second]
    return f"{left},{right}->{''.join(kept)}"


@settled
def fitting(subscripts: str, ndims: tuple[int, ...]) -> str:
    """The subscripts of `einsum`, which fit operands with so many axes."""
    parsed(subscripts, ndims)
    return subscripts


@settled
def from_lists(lists: tuple[Any, ...], result: Any) -> str:
    """Subscripts of `einsum` that are given as lists of numbers."""
    terms = ["".join("..." if k is Ellipsis else _LETTERS[k] for k in term) for term in lists]
    arrow = (
        ""
        if result is None
        else "->" + "".join("..." if k is Ellipsis else _LETTERS[k] for k in result)
    )
    return ",".join(terms) + arrow


@expands(np.einsum)
def einsum(*operands: Any, optimize: Any = False) -> Any:
    """`np.einsum`, of subscripts and operands or of operands and lists."""
    if isinstance(operands[0], str):
        fitting(operands[0], tuple(np.ndim(x) for x in operands[1:]))
        return np.einsum(*operands)
    pairs = len(operands) // 2
    arrays = tuple(operands[2 * k] for k in tuple(range(pairs)))
    lists = tuple(tuple(operands[2 * k + 1]) for k in tuple(range(pairs)))
    result = tuple(operands[-1]) if len(operands) % 2 == 1 else None
    return np.einsum(from_lists(lists, result), *arrays)


@expands(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """The product summed over axes of both."""
    return np.einsum(subscripts_of_tensordot(a.ndim, b.ndim, axes), a, b)


@expands(np.inner)
def inner(a: Any, b: Any) -> Any:
    """The product summed over the last axes of both."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    return np.einsum(subscripts_of_tensordot(a.ndim, b.ndim, (-1, -1)), a, b)


@expands(np.vdot)
def vdot(a: Any, b: Any) -> Any:
    """Σ a* b."""
    if np.ndim(a) == 0:
        return np.conj(a) * b
    if a.ndim == 1 and b.ndim == 1:
        return np.vdot(a, b)
    return np.vdot(np.ravel(a), np.ravel(b))


@expands(np.trace)
def trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Any:
    """The sum of a diagonal."""
    return np.sum(np.diagonal(a, offset, axis1, axis2), -1, dtype, out)


@settled
def axis_of(axis: int, ndim: int) -> int:
    """An axis counted from the front."""
    return int(normalize_axis_index(axis, ndim))


def component(x: Any, axis: int, k: int) -> Any:
    """The k-th of the numbers along an axis."""
    return x[(slice(None),) * axis + (k,)]


@expands(np.cross)
def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None
) -> Any:
    """The vector product of vectors of three numbers along an axis."""
    first = axis_of(axisa if axis is None else axis, a.ndim)
    second = axis_of(axisb if axis is None else axis, b.ndim)
    if a.shape[first] != 3 or b.shape[second] != 3:
        raise ValueError("incompatible dimensions for cross product (dimension must be 3)")
    a0, a1, a2 = tuple(component(a, first, k) for k in (0, 1, 2))
    b0, b1, b2 = tuple(component(b, second, k) for k in (0, 1, 2))
    parts = (a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0)
    if a.ndim == 1 and b.ndim == 1:
        return np.array(parts)
    return np.stack(parts, axis=axisc if axis is None else axis)


@expands(np.linalg.multi_dot)
def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """The product of a chain of matrices, from the left."""
    product = arrays[0]
    for factor in arrays[1:]:
        product = np.dot(product, factor)
    return product
