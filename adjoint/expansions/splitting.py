"""An array cut into parts: slices, as views of it, in a list."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.constants import counted
from adjoint.expansions.registry import expands, settled


@expands(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """`np.split` into a constant number of sections, or at indices."""
    along = counted(axis, ary.ndim)
    if isinstance(indices_or_sections, int) and ary.shape[along] % indices_or_sections != 0:
        raise ValueError("array split does not result in an equal division")
    return cut(ary, indices_or_sections, along)


@expands(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """`np.array_split`: the first sections are longer by one where the length is no multiple."""
    return cut(ary, indices_or_sections, counted(axis, ary.ndim))


@expands(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Along the second axis, or the only one."""
    return np.split(ary, indices_or_sections, 0 if ary.ndim == 1 else 1)


@expands(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Along the first axis."""
    at_least("vsplit", 2, ary.ndim)
    return np.split(ary, indices_or_sections, 0)


@expands(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Along the third axis."""
    at_least("dsplit", 3, ary.ndim)
    return np.split(ary, indices_or_sections, 2)


@settled
def at_least(name: str, wanted: int, ndim: int) -> None:
    """Check the number of axes."""
    if ndim < wanted:
        raise ValueError(f"{name} only works on arrays of {wanted} or more dimensions")


def cut(ary: Any, indices_or_sections: Any, axis: int) -> Any:
    """The parts of one axis between neighbouring bounds."""
    before = (slice(None),) * axis
    bounds = bounds_of(indices_or_sections, ary.shape[axis])
    return [
        ary[before + (slice(start, stop),)]
        for start, stop in zip(bounds[:-1], bounds[1:], strict=True)  # noqa: RUF007
    ]


def bounds_of(indices_or_sections: Any, length: int) -> Any:
    """Where the parts start and stop."""
    if not isinstance(indices_or_sections, int):
        return (0, *indices_or_sections, length)
    each = length // indices_or_sections
    extra = length % indices_or_sections
    return tuple(k * each + min(k, extra) for k in tuple(range(indices_or_sections + 1)))


@expands(np.unstack)
def unstack(x: Any, axis: int = 0) -> Any:
    """`np.unstack`: what lies along an axis, as a list."""
    lines = np.moveaxis(x, axis, 0)
    return [lines[k] for k in range(lines.shape[0])]


@expands(np.ndarray.tolist)
def tolist(a: Any) -> Any:
    """`a.tolist()` of a vector."""
    vector_alone(a.ndim)
    return [a[k] for k in range(a.shape[0])]


@settled
def vector_alone(ndim: int) -> None:
    """Refuse lists of lists, whose lengths are known only when running."""
    if ndim != 1:
        raise ValueError("tolist is supported for vectors: use the array itself, row by row")
