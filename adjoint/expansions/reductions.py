"""Reductions with `dtype`, `initial`, `where` and `out`; `any`, `all`, `ptp`; `reduce` of ufuncs.

Sums, products, means and extrema over axes are loops that lowering makes: what is written down
here is what their further arguments do before and after.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.registry import expands, settled

_FURTHER = ("dtype", "out", "initial", "where")


def into(out: Any, result: Any) -> Any:
    """The result, written to `out` if that is given."""
    if out is None:
        return result
    out[...] = result
    return out


def mask(where: Any) -> Any:
    """The argument `where`, which may be nested lists."""
    return np.asarray(where)


@settled
def needs_initial(name: str) -> None:
    """Refuse a mask where a reduction of nothing has no value."""
    raise ValueError(
        f"reduction operation '{name}' does not have an identity, so to use a where mask one has "
        "to specify 'initial'"
    )


def count(a: Any, axis: Any) -> Any:
    """How many elements each result of a reduction is made of."""
    if axis is None:
        return a.size
    if not isinstance(axis, tuple):
        return a.shape[axis]
    number = 1
    for each in axis:
        number *= a.shape[each]
    return number


@expands(np.sum, given=_FURTHER)
def sum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """Σ a, of the elements where `where` holds, and `initial`."""
    chosen = a if where is None else np.where(mask(where), a, 0)
    terms = chosen if dtype is None else chosen.astype(dtype)
    total = np.sum(terms, axis=axis, keepdims=keepdims)
    return into(out, total if initial is None else total + initial)


@expands(np.prod, given=_FURTHER)
def prod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """Π a, of the elements where `where` holds, and `initial`."""
    chosen = a if where is None else np.where(mask(where), a, 1)
    factors = chosen if dtype is None else chosen.astype(dtype)
    product = np.prod(factors, axis=axis, keepdims=keepdims)
    return into(out, product if initial is None else product * initial)


@expands(np.mean, given=("dtype", "out", "where"))
def mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = None,
) -> Any:
    """Σ a / n, of the elements where `where` holds."""
    terms = a if dtype is None else a.astype(dtype)
    if where is None:
        return into(out, np.mean(terms, axis=axis, keepdims=keepdims))
    ones = np.ones_like(terms)
    number = np.sum(np.where(mask(where), ones, 0), axis=axis, keepdims=keepdims)
    total = np.sum(np.where(mask(where), terms, 0), axis=axis, keepdims=keepdims)
    return into(out, total / number)


@expands(np.amax)
def amax(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """`np.max` by its old name."""
    return np.max(a, axis, out, keepdims, initial, where)


@expands(np.amin)
def amin(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """`np.min` by its old name."""
    return np.min(a, axis, out, keepdims, initial, where)


@expands(np.max, given=("out", "initial", "where"))
def max(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """The largest element where `where` holds, and no less than `initial`."""
    if initial is None:
        if where is not None:
            needs_initial("maximum")
        return into(out, np.max(a, axis=axis, keepdims=keepdims))
    chosen = a if where is None else np.where(mask(where), a, initial)
    return into(out, np.maximum(np.max(chosen, axis=axis, keepdims=keepdims), initial))


@expands(np.min, given=("out", "initial", "where"))
def min(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """The smallest element where `where` holds, and no more than `initial`."""
    if initial is None:
        if where is not None:
            needs_initial("minimum")
        return into(out, np.min(a, axis=axis, keepdims=keepdims))
    chosen = a if where is None else np.where(mask(where), a, initial)
    return into(out, np.minimum(np.min(chosen, axis=axis, keepdims=keepdims), initial))


@expands(np.ptp)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    """max a - min a."""
    high = np.max(a, axis=axis, keepdims=keepdims)
    return into(out, high - np.min(a, axis=axis, keepdims=keepdims))


# --------------------------------------------------------------------------- truth


@expands(np.any, given=("axis", "out", "keepdims", "where"))
def any(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = None
) -> Any:
    """Whether an element is not zero."""
    true = a != 0 if where is None else np.logical_and(a != 0, mask(where))
    return into(out, np.sum(true, axis=axis, keepdims=keepdims) > 0)


@expands(np.all, given=("axis", "out", "keepdims", "where"))
def all(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = None
) -> Any:
    """Whether no element is zero."""
    false = a == 0 if where is None else np.logical_and(a == 0, mask(where))
    return into(out, np.sum(false, axis=axis, keepdims=keepdims) == 0)


@expands(np.count_nonzero)
def count_nonzero(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    """How many elements are not zero."""
    return np.sum(a != 0, axis=axis, keepdims=keepdims)


# --------------------------------------------------------------------------- ufuncs


@expands(np.add.reduce)
def add_reduce(
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """`np.sum` over the first axis."""
    return sum(array, axis, dtype, out, keepdims, initial, where)


@expands(np.multiply.reduce)
def multiply_reduce(
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """`np.prod` over the first axis."""
    return prod(array, axis, dtype, out, keepdims, initial, where)


@expands(np.maximum.reduce)
def maximum_reduce(
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """`np.max` over the first axis."""
    values = array if dtype is None else array.astype(dtype)
    return max(values, axis, out, keepdims, initial, where)


@expands(np.minimum.reduce)
def minimum_reduce(
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """`np.min` over the first axis."""
    values = array if dtype is None else array.astype(dtype)
    return min(values, axis, out, keepdims, initial, where)


@expands(np.logical_and.reduce)
def logical_and_reduce(
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = True,
    where: Any = None,
) -> Any:
    """`np.all` over the first axis."""
    return np.logical_and(all(array, axis, out, keepdims, where=where), initial)


@expands(np.logical_or.reduce)
def logical_or_reduce(
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = False,
    where: Any = None,
) -> Any:
    """`np.any` over the first axis."""
    return np.logical_or(any(array, axis, out, keepdims, where=where), initial)


@expands(np.logaddexp.reduce)
def logaddexp_reduce(
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """log Σ exp a, whose largest term is taken out so that nothing overflows."""
    values = array if dtype is None else array.astype(dtype)
    chosen = values if where is None else np.where(mask(where), values, -np.inf)
    top = np.max(chosen, axis=axis, keepdims=True)
    # Where all terms are the same infinity, that is the result, and nothing is taken out.
    shift = np.where(np.isfinite(top), top, 0)
    total = np.sum(np.exp(chosen - shift), axis=axis, keepdims=keepdims)
    result = np.log(total) + np.sum(shift, axis=axis, keepdims=keepdims)
    return into(out, result if initial is None else np.logaddexp(result, initial))
