"""Indices of lists, checked as Python checks them; Numba compiles them too."""

from __future__ import annotations

from numba.extending import register_jitable


@register_jitable
def item_index(i: int, count: int) -> int:
    """An index of a list of `count` items, counted from the front.

    Raises
    ------
    IndexError : there is no such item.
    """
    if i < 0:
        i += count
    if i < 0 or i >= count:
        raise IndexError("list index out of range")
    return i


@register_jitable
def last_index(count: int) -> int:
    """The index of the last of `count` items.

    Raises
    ------
    IndexError : there is none.
    """
    if count < 1:
        raise IndexError("pop from empty list")
    return count - 1


@register_jitable
def check_item_length(n: int, m: int) -> int:
    """The length that an axis of all arrays in a list has."""
    if n != m:
        raise ValueError("the arrays in a list must have the same shape")
    return n


@register_jitable
def joined_item_length(n: int, room: int, m: int, other_room: int) -> int:
    """The length of an axis of the arrays in two lists; one without room never held an array."""
    if room == 0:
        return m
    if other_room == 0:
        return n
    return check_item_length(n, m)
