"""Index arithmetic that generated code calls: broadcasting, slices, shape checks.

Each function is plain Python that Numba can also compile (`register_jitable`), so generated code
runs the same either way. Comparisons stand where `min` and `max` could: those are functions more to
compile. Messages are NumPy's own.
"""

from __future__ import annotations

from typing import Any

from numba.extending import register_jitable


@register_jitable
def broadcast_dim(n: int, m: int) -> int:
    """Length of an axis on which lengths `n` and `m` are broadcast."""
    if n == m or m == 1:
        return n
    if n == 1:
        return m
    raise ValueError("operands could not be broadcast together")


@register_jitable
def broadcast_length(n: int, m: int) -> int:
    """As `broadcast_dim` for lengths that fit; sizes a tape before it is known that they do."""
    return m if n == 1 else n


@register_jitable
def broadcast_step(n: int, result: int) -> int:
    """0 if an axis of length `n` is repeated to reach length `result`, else 1.

    Raises
    ------
    ValueError : `n` is neither 1 nor `result`.
    """
    if n == result:
        return 1
    if n == 1:
        return 0
    raise ValueError("could not broadcast input array into shape")


class OtherLengths(ValueError):
    """The lengths of the arguments are related otherwise than in the calls code was made for."""


class OtherShape(ValueError):
    """What `out=` names has another shape than the derivative that is to be written to it."""


@register_jitable
def assume_equal(n: int, m: int) -> None:
    """Refuse a call in which lengths differ that generated code takes to be the same."""
    if n != m:
        raise OtherLengths("made for arguments whose lengths are related otherwise")


@register_jitable
def check_out(n: int, m: int) -> None:
    """Refuse an array of the caller's, for a derivative, that has another shape."""
    if n != m:
        raise OtherShape("out has another shape than the derivative")


@register_jitable
def check_aligned(n: int, m: int) -> int:
    """The common length of the axes that a product sums over."""
    if n != m:
        raise ValueError("shapes not aligned: the axes summed over differ in length")
    return n


@register_jitable
def check_nonempty(n: int) -> int:
    """`n`, the number of elements of a reduction that has no identity."""
    if n == 0:
        raise ValueError("zero-size array to reduction operation which has no identity")
    return n


@register_jitable
def check_single(n: int) -> int:
    """`n`, the number of elements of an array that is used as a scalar."""
    if n != 1:
        raise ValueError("can only convert an array of size 1 to a Python scalar")
    return n


@register_jitable
def check_unchanged(n: int, m: int) -> int:
    """The length that a variable's arrays have in common, whichever of them it is bound to."""
    if n != m:
        raise ValueError("a variable is bound to arrays of different lengths in turn")
    return n


@register_jitable
def check_cotangent(n: int, m: int) -> int:
    """The length of an axis of an argument and of the cotangent that a user's rule gives it."""
    if n != m:
        raise ValueError("a rule returned a cotangent of another shape than its argument")
    return n


@register_jitable
def wrap_index(i: int, n: int) -> int:
    """A possibly negative index of an axis of length `n`, counted from the front."""
    return i + n if i < 0 else i


@register_jitable
def slice_start(bound: int, n: int) -> int:
    """First index of a slice with step > 0 that starts at `bound`."""
    if bound < 0:
        bound += n
        return bound if bound > 0 else 0
    return bound if bound < n else n


@register_jitable
def slice_length(start: int, stop: int, step: int) -> int:
    """Number of indices in `range(start, stop, step)`."""
    if step > 0:
        return (stop - start + step - 1) // step if stop > start else 0
    return (start - stop - step - 1) // -step if start > stop else 0


@register_jitable
def span(n: int, count: int) -> int:
    """How many of `n` indices are left when `count` at the ends are left out: `x[1:-1]`, two."""
    return n - count if n > count else 0


@register_jitable
def backward_start(bound: int, n: int) -> int:
    """First index of a slice with step < 0 that starts at `bound`; also its exclusive stop."""
    if bound < 0:
        bound += n
        return bound if bound > -1 else -1
    return bound if bound < n else n - 1


@register_jitable
def slice_first(n: int, step: int) -> int:
    """First index of a slice without a start, whichever way it steps."""
    return 0 if step > 0 else n - 1


@register_jitable
def slice_end(n: int, step: int) -> int:
    """Exclusive stop of a slice without one, whichever way it steps."""
    return n if step > 0 else -1


@register_jitable
def slice_bound(bound: int, n: int, step: int) -> int:
    """Start or stop of a slice, whichever way it steps."""
    if step > 0:
        return slice_start(bound, n)
    return backward_start(bound, n)


@register_jitable
def check_step(step: int) -> int:
    """The step of a slice."""
    if step == 0:
        raise ValueError("slice step cannot be zero")
    return step


@register_jitable
def check_index(i: int, n: int) -> int:
    """An index of an axis of length `n`; negative ones count from its end."""
    if i < -n or i >= n:
        raise IndexError("index is out of bounds for its axis")
    return i


@register_jitable
def check_indices(indices: Any, n: int) -> int:
    """The length of an axis, which an array of integers is to index."""
    if indices.size > 0 and (indices.min() < -n or indices.max() >= n):
        raise IndexError("index is out of bounds for its axis")
    return n


@register_jitable
def check_mask(n: int, length: int) -> int:
    """Length of a mask's axis, which has to be that of the array's."""
    if n != length:
        raise IndexError("boolean index did not match indexed array along its axis")
    return n


@register_jitable
def check_items(n: int, m: int) -> int:
    """The common length of the items of an array that is written out."""
    if n != m:
        raise ValueError("setting an array element with a sequence: the items differ in length")
    return n


@register_jitable
def check_reshape(size: int, room: int) -> int:
    """The number of elements of an array, which is to get a shape with room for as many."""
    if size != room:
        raise ValueError("cannot reshape array: the new shape has room for another number")
    return size


@register_jitable
def reshape_length(size: int, others: int) -> int:
    """The length left open (-1) in a new shape, from the product of the others."""
    if others == 0 or size % others != 0:
        raise ValueError("cannot reshape array: the size is no multiple of the known lengths")
    return size // others


@register_jitable
def check_length(n: int) -> int:
    """A length of a new shape; -1, to be computed, has to be written as a number."""
    if n < 0:
        raise ValueError("a length of the new shape is negative")
    return n


@register_jitable
def check_squeezable(n: int) -> int:
    """The length of an axis that is to be left out."""
    if n != 1:
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return n
