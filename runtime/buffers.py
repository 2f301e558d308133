"""Memory that grows: tapes of loops whose number of iterations is known only when they end, lists.

To the compiler a buffer that has grown is the same array, with room at its end: what it holds is
where it was.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import overload, register_jitable

_FIRST_CAPACITY = 16


@register_jitable
def reserve(tape: Any, needed: int) -> Any:
    """The tape, or a copy twice as long, with room for `needed` entries."""
    if needed <= tape.shape[0]:
        return tape
    longer = np.empty((max(needed, 2 * tape.shape[0]), *tape.shape[1:]), tape.dtype)
    move_to(longer, tape)
    return longer


def move_to(longer: Any, tape: Any) -> None:
    """Copy a tape to the front of a longer one."""
    longer[: tape.shape[0]] = tape


@overload(move_to, strict=False)
def _move_by_elements(longer: Any, tape: Any) -> Any:
    # Numba compiles the message about unequal shapes with an assignment to a slice: two seconds.
    if tape.ndim == 1:
        return _move_numbers
    return _move_rows


def _move_numbers(longer, tape):  # type: ignore[no-untyped-def]  # Numba compares parameters
    for k in range(tape.shape[0]):
        longer[k] = tape[k]


def _move_rows(longer, tape):  # type: ignore[no-untyped-def]
    for k in range(tape.shape[0]):
        move_to(longer[k], tape[k])


@register_jitable
def fitting(tape: Any, shape: Any) -> Any:
    """The tape if it has these lengths, else a new one; what it holds counts for nothing."""
    return tape if tape.shape == shape else np.empty(shape, tape.dtype)


@register_jitable
def with_room(items: Any, count: int) -> Any:
    """The buffer of a list of numbers, with room for one more than `count`."""
    return reserve(items, count + 1)


@register_jitable
def with_room_for(items: Any, count: int, shape: Any) -> Any:
    """The buffer of a list of arrays, with room for one of `shape` after the first `count`.

    Raises
    ------
    ValueError : the list has held arrays of another shape.
    """
    if count < 0:
        return items
    if items.shape[0] == 0:  # the first array tells the shape of all
        return np.empty((max(count + 1, _FIRST_CAPACITY), *shape), items.dtype)
    if items.shape[1:] != shape:
        raise ValueError("the arrays in a list must have the same shape")
    return reserve(items, count + 1)


@register_jitable
def with_piece(tape: Any, used: int, array: Any) -> Any:
    """The tape, or a longer copy, with the elements of an array after the first `used`."""
    longer = reserve(tape, used + array.size)
    k = used
    for element in array.flat:
        longer[k] = element
        k += 1
    return longer


@register_jitable
def end_of_piece(start: int, array: Any) -> int:
    """Where an array ends whose elements start at a place."""
    return start + array.size


@register_jitable
def piece(tape: Any, start: int, shape: Any) -> Any:
    """The array of a shape whose elements start at a place of the tape."""
    count = 1
    for length in shape:
        count *= length
    return tape[start : start + count].reshape(shape)
