"""The sizes of a call's arguments, and how they are related."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

Sizes = tuple[tuple[int, ...] | int | None, ...]
"""For each leaf the shape of an array, the value of an integer, or neither."""

SMALL = 8
"""Numbers up to here are often meant as such: three coordinates, two channels."""


def sizes_of(leaves: Sequence[Any]) -> Sizes:
    """The sizes of leaves, or of captured arrays."""
    return tuple(_size(leaf) for leaf in leaves)


def has_arrays(sizes: Sizes) -> bool:
    """Whether there is any length among sizes."""
    return any(isinstance(size, tuple) and size for size in sizes)


def pattern(sizes: Sizes) -> tuple[Any, ...]:
    """The relations between the numbers of a call, in a form that is the same for other sizes.

    Each number is itself if it is small, else what it is to an earlier one: so much more, or so
    many times as much. Calls of one pattern need not agree in every relation: this is no more
    than a good key for what was made for one of them.
    """
    numbers = [number for size in sizes for number in _numbers(size)]
    return tuple(_relation(numbers, k) for k in range(len(numbers)))


def _size(leaf: Any) -> tuple[int, ...] | int | None:
    if isinstance(leaf, np.ndarray):
        return leaf.shape
    if isinstance(leaf, int | np.integer) and not isinstance(leaf, bool):
        return int(leaf)
    return None


def _numbers(size: tuple[int, ...] | int | None) -> Iterator[int]:
    if isinstance(size, tuple):
        yield from size
    elif size is not None:
        yield size


def _relation(numbers: Sequence[int], k: int) -> Any:
    number = numbers[k]
    if abs(number) <= SMALL:
        return number
    for j, other in enumerate(numbers[:k]):
        if abs(number - other) <= 2:
            return j, "+", number - other
        if other > 1 and number % other == 0 and number // other <= SMALL:
            return j, "*", number // other
    return None
