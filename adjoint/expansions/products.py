"""Each with each: `outer`, `kron`, and `outer` of the functions of two numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.registry import expands, settled
from adjoint.expansions.views import line


@expands(np.outer)
def outer(a: Any, b: Any) -> Any:
    """`np.outer`: each element times each."""
    return np.ravel(line(a))[:, None] * np.ravel(line(b))


@expands(np.kron)
def kron(a: Any, b: Any) -> Any:
    """`np.kron`: blocks of `b`, each times an element of `a`."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    if a.ndim < b.ndim:
        return blocks(a.reshape((1,) * (b.ndim - a.ndim) + tuple(a.shape)), b)
    return blocks(a, b.reshape((1,) * (a.ndim - b.ndim) + tuple(b.shape)))


def blocks(a: Any, b: Any) -> Any:
    """The Kronecker product of arrays of as many axes."""
    spread = a[spaced(a.ndim, 1)] * b[spaced(a.ndim, 0)]
    lengths = tuple(n * m for n, m in zip(tuple(a.shape), tuple(b.shape), strict=True))
    return spread.reshape(lengths)


@settled
def spaced_axes(ndim: int, place: int) -> tuple[bool, ...]:
    """A new axis after (1) or before (0) each axis: whether it is new."""
    pair = (False, True) if place else (True, False)
    return pair * ndim


def spaced(ndim: int, place: int) -> Any:
    """The index that puts a new axis after, or before, each."""
    return tuple(None if new else slice(None) for new in spaced_axes(ndim, place))


def _write_down(ufunc: np.ufunc) -> None:
    """Write down `ufunc.outer`."""

    @expands(ufunc.outer)
    def outer_of(A: Any, B: Any) -> Any:
        if np.ndim(A) == 0 or np.ndim(B) == 0:
            return ufunc(A, B)
        return ufunc(A[(slice(None),) * A.ndim + (None,) * B.ndim], B)


for _function in vars(np).values():
    if isinstance(_function, np.ufunc) and _function.nin == 2 and not _function.signature:
        _write_down(_function)
