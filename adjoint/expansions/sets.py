"""Sets: the values of arrays, each once and in order, and how often each is there."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from adjoint.expansions.registry import expands


class UniqueAllResult(NamedTuple):
    """What `np.unique_all` returns."""

    values: Any
    indices: Any
    inverse_indices: Any
    counts: Any


class UniqueCountsResult(NamedTuple):
    """What `np.unique_counts` returns."""

    values: Any
    counts: Any


class UniqueInverseResult(NamedTuple):
    """What `np.unique_inverse` returns."""

    values: Any
    inverse_indices: Any


def places(x: Any) -> Any:
    """For each value where it is first, how often it is there; for each element which value."""
    flat = np.ravel(x)
    order = np.argsort(flat, kind="mergesort")
    inverse = np.empty(flat.shape[0], np.int64)
    first = np.empty(flat.shape[0], np.int64)
    counts = np.zeros(flat.shape[0], np.int64)
    last = -1
    for k in range(flat.shape[0]):
        if k == 0 or flat[order[k]] != flat[order[k - 1]]:
            last += 1
            first[last] = order[k]
        inverse[order[k]] = last
        counts[last] += 1
    return first[: last + 1], counts[: last + 1], inverse.reshape(np.shape(x))


@expands(np.unique_values)
def unique_values(x: Any) -> Any:
    """Values; NumPy leaves their order open, here they are sorted."""
    return np.unique(x)


@expands(np.unique_counts)
def unique_counts(x: Any) -> Any:
    """Values, and how often each is there."""
    first, counts, _ = places(x)
    return UniqueCountsResult(np.ravel(x)[first], counts)


@expands(np.unique_inverse)
def unique_inverse(x: Any) -> Any:
    """Values, and which of them each element is."""
    first, _, inverse = places(x)
    return UniqueInverseResult(np.ravel(x)[first], inverse)


@expands(np.unique_all)
def unique_all(x: Any) -> Any:
    """All of it."""
    first, counts, inverse = places(x)
    return UniqueAllResult(np.ravel(x)[first], first, inverse, counts)


# --------------------------------------------------------------------------- of two arrays


@expands(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    """The values of either."""
    return np.unique(np.concatenate((np.ravel(ar1), np.ravel(ar2))))


@expands(np.intersect1d)
def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The values that are in both."""
    joined = np.sort(np.concatenate((once(ar1, assume_unique), once(ar2, assume_unique))))
    return joined[:-1][joined[1:] == joined[:-1]]


@expands(np.setxor1d)
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The values that are in one of them alone."""
    joined = np.sort(np.concatenate((once(ar1, assume_unique), once(ar2, assume_unique))))
    end = np.array([True])
    changes = np.concatenate((end, joined[1:] != joined[:-1], end))
    if joined.shape[0] == 0:
        return joined
    return joined[changes[1:] & changes[:-1]]


@expands(np.setdiff1d)
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The values of the first that are not in the second."""
    given = once(ar1, assume_unique)
    return given[np.logical_not(np.isin(given, ar2))]


def once(ar: Any, assume_unique: bool) -> Any:
    """Each value once."""
    return np.ravel(ar) if assume_unique else np.unique(ar)
