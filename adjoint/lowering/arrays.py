"""Array values while a program is lowered: an element at an index, and which memory is read.

`Stored` is memory with a name, `View` re-indexes another array value, `Elementwise` applies a
scalar function to elements of its operands. None of them holds numbers: `element` appends the
scalar statements that compute one element.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.errors import ShapeMismatch
from adjoint.lowering.builder import Builder, dim
from adjoint.program.core import Call, Const, Expr, Name, Tuple
from adjoint.runtime import shapes

ZERO, ONE = Const(0), Const(1)


@dataclass(frozen=True)
class Stored:
    """An array in memory under a variable's name."""

    name: str
    shape: tuple[Expr, ...]
    dtype: Any

    def element(self, builder: Builder, index: tuple[Expr, ...]) -> Expr:
        """Load the element."""
        return builder.element(self.name, index, self.dtype)

    def place(self, builder: Builder, index: tuple[Expr, ...]) -> tuple[str, tuple[Expr, ...]]:
        """The memory cell of an index: an array's name and the index there."""
        return self.name, index


@dataclass(frozen=True)
class Fixed:
    """An axis of the base at which the view stays at one index."""

    index: Expr


@dataclass(frozen=True)
class Along:
    """An axis of the base that the view's `axis` walks along, from `start` by `step`."""

    axis: int
    start: Expr = ZERO
    step: Expr = ONE


@dataclass(frozen=True)
class Listed:
    """An axis of the base at which the view takes the indices that an array lists.

    `axes` are the view's axes that the array's own are walked along with, by `steps` (1, or 0 if
    the array is repeated).
    """

    indices: ArrayValue
    axes: tuple[int, ...]
    steps: tuple[Expr, ...]

    def index(self, builder: Builder, index: tuple[Expr, ...]) -> Expr:
        """The base's index at an index of the view, as an int64; negative ones are left so."""
        own = tuple(
            builder.integer(operator.mul, index[axis], step)
            for axis, step in zip(self.axes, self.steps, strict=True)
        )
        found = self.indices.element(builder, own)
        if self.indices.dtype == types.int64:
            return found
        # Smaller and unsigned integers overflow in the arithmetic on indices.
        return builder.define("k", types.int64, Call(np.int64, (found,)))


@dataclass(frozen=True)
class View:
    """Another array value seen through an index: one selector for each axis of the base.

    Seen through arrays of indices (`Listed`) it is what NumPy returns a copy of, so its elements
    are read before the base is written to, as those of computed values are. `mask` is the mask if
    the index was just that.
    """

    base: ArrayValue
    selectors: tuple[Fixed | Along | Listed, ...]
    shape: tuple[Expr, ...]
    mask: ArrayValue | None = None

    @property
    def dtype(self) -> Any:
        """Numba's type of an element."""
        return self.base.dtype

    def element(self, builder: Builder, index: tuple[Expr, ...]) -> Expr:
        """The base's element at the mapped index."""
        return self.base.element(builder, self._mapped(builder, index))

    def place(self, builder: Builder, index: tuple[Expr, ...]) -> tuple[str, tuple[Expr, ...]]:
        """The memory cell of an index, if the base is memory."""
        assert not isinstance(self.base, Elementwise)
        return self.base.place(builder, self._mapped(builder, index))

    def _mapped(self, builder: Builder, index: tuple[Expr, ...]) -> tuple[Expr, ...]:
        return tuple(
            self._inner(builder, selector, index, length)
            for selector, length in zip(self.selectors, self.base.shape, strict=True)
        )

    def _inner(
        self,
        builder: Builder,
        selector: Fixed | Along | Listed,
        index: tuple[Expr, ...],
        length: Expr,
    ) -> Expr:
        """The base's index on one axis; a negative one counts from the end of the view."""
        if isinstance(selector, Fixed):
            return selector.index
        if isinstance(selector, Listed):
            return selector.index(builder, index)
        is_whole = self.shape[selector.axis] == length and selector.step == Const(1)
        along = index[selector.axis]
        if not is_whole or selector.start != Const(0):
            along = non_negative(builder, along, self.shape[selector.axis])
        if selector.step == Const(-1):
            return builder.integer(operator.sub, selector.start, along)
        scaled = builder.integer(operator.mul, along, selector.step)
        if not isinstance(selector.start, Const):
            return builder.integer(operator.add, selector.start, scaled)
        place = builder.integer(operator.add, scaled, selector.start)
        if isinstance(place, Name) and selector.start.value > 0 and selector.step == Const(1):
            builder.non_negative.add(place.id)
        return place


@dataclass(frozen=True)
class Elementwise:
    """A scalar function of the elements of operands (array values, or scalar atoms)."""

    function: Callable[..., Any]
    operands: tuple[ArrayValue | Expr, ...]
    steps: tuple[tuple[Expr, ...], ...]  # for each operand and axis: 1, or 0 if it is repeated
    shape: tuple[Expr, ...]
    dtype: Any
    stem: str = "t"

    def element(self, builder: Builder, index: tuple[Expr, ...]) -> Expr:
        """Compute one element from the operands' elements."""
        args = tuple(
            broadcast_element(builder, operand, steps, index)
            for operand, steps in zip(self.operands, self.steps, strict=True)
        )
        return builder.define(self.stem, self.dtype, Call(self.function, args))


def broadcast_element(
    builder: Builder,
    operand: ArrayValue | Expr,
    steps: tuple[Expr, ...],
    index: tuple[Expr, ...],
) -> Expr:
    """The element of an operand at an index of what it is broadcast to; a scalar itself."""
    if isinstance(operand, Expr):
        return operand
    own = index[len(index) - len(steps) :]
    at = tuple(_stepped(builder, i, step) for i, step in zip(own, steps, strict=True))
    return operand.element(builder, at)


def _stepped(builder: Builder, index: Expr, step: Expr) -> Expr:
    """An index times 0 or 1."""
    place = builder.integer(operator.mul, index, step)
    if isinstance(place, Name) and isinstance(index, Name) and index.id in builder.non_negative:
        builder.non_negative.add(place.id)
    return place


ArrayValue = Stored | View | Elementwise
Same = Callable[[Expr, Expr], bool]
"""Whether two lengths are known to be the same number."""


def is_array(value: object) -> TypeGuard[ArrayValue]:
    """Whether a lowered value is an array value (not a scalar atom)."""
    return isinstance(value, Stored | View | Elementwise)


def leaves(value: ArrayValue | Expr) -> Iterator[ArrayValue | Expr]:
    """The memory (`Stored`, or a `View` of it) and the scalars that a value reads."""
    if isinstance(value, Elementwise):
        for operand in value.operands:
            yield from leaves(operand)
    elif isinstance(value, View) and memory(value) is None:
        yield from leaves(value.base)
        for selector in value.selectors:
            if isinstance(selector, Fixed):
                yield selector.index
            elif isinstance(selector, Listed):
                yield from leaves(selector.indices)
    else:
        yield value


def home(value: ArrayValue) -> str | None:
    """Name of the array that holds the elements of a `Stored` or a `View`; None if computed."""
    while isinstance(value, View):
        value = value.base
    return value.name if isinstance(value, Stored) else None


def memory(value: ArrayValue) -> str | None:
    """Name of the array whose memory a value shares; None if it is, or will be, a copy."""
    while isinstance(value, View):
        if any(isinstance(selector, Listed) for selector in value.selectors):
            return None
        value = value.base
    return value.name if isinstance(value, Stored) else None


def is_component(value: ArrayValue) -> TypeGuard[Elementwise]:
    """Whether a value is the real or imaginary part of memory: a view, in NumPy."""
    if not isinstance(value, Elementwise) or value.function not in (np.real, np.imag):
        return False
    (operand,) = value.operands
    return is_array(operand) and memory(operand) is not None


def is_costly(value: ArrayValue | Expr) -> bool:
    """Whether an element takes more than loads and arithmetic to compute."""
    if isinstance(value, View):
        return is_costly(value.base)
    if isinstance(value, Elementwise):
        cheap = getattr(value.function, "__module__", None) in ("operator", "_operator")
        cheap = cheap and value.function not in (operator.pow, operator.truediv)
        return not cheap or any(is_costly(operand) for operand in value.operands)
    return False


def stored(builder: Builder, name: str, shape: tuple[Expr, ...] | None = None) -> Stored:
    """The array variable `name`; its shape is read from it unless given."""
    type_ = builder.types[name]
    if shape is None:
        shape = tuple(dim(name, axis) for axis in range(type_.ndim))
    return Stored(name, shape, type_.dtype)


# --------------------------------------------------------------------------- broadcasting


def elementwise(
    builder: Builder,
    function: Callable[..., Any],
    operands: tuple[ArrayValue | Expr, ...],
    dtype: Any,
    same: Same,
    stem: str = "t",
) -> Elementwise:
    """Apply a scalar function to broadcast operands.

    Where it cannot be told whether lengths are the same, NumPy's rule is decided at run time, once
    before the loops.
    """
    arrays = [operand for operand in operands if is_array(operand)]
    ndim = max(len(array.shape) for array in arrays)
    shape = tuple(
        _common_length(builder, [a for a in arrays if len(a.shape) >= back], back, same)
        for back in range(ndim, 0, -1)
    )
    steps = tuple(
        broadcast_steps(builder, operand.shape, shape, same) if is_array(operand) else ()
        for operand in operands
    )
    return Elementwise(function, operands, steps, shape, dtype, stem)


def broadcast_steps(
    builder: Builder,
    shape: tuple[Expr, ...],
    result: tuple[Expr, ...],
    same: Same,
) -> tuple[Expr, ...]:
    """For each axis of `shape`: 1 if it walks along the result's axis, 0 if it is repeated."""
    if len(shape) > len(result):
        raise ShapeMismatch(
            f"an array of {len(shape)} dimensions cannot be broadcast to {len(result)}", builder.at
        )
    own = result[len(result) - len(shape) :]
    return tuple(_step(builder, n, length, same) for n, length in zip(shape, own, strict=True))


def _step(builder: Builder, n: Expr, length: Expr, same: Same) -> Expr:
    if same(n, length):
        return ONE
    if same(n, ONE):
        return ZERO
    return builder.define("step", types.int64, Call(shapes.broadcast_step, (n, length)))


def _common_length(builder: Builder, arrays: list[ArrayValue], back: int, same: Same) -> Expr:
    """The result's length on the axis `back` from the end."""
    length: Expr = ONE
    for array in arrays:
        n = array.shape[len(array.shape) - back]
        if length == ONE or (not same(length, n) and same(length, ONE)):
            length = n
        elif not same(length, n) and not same(n, ONE):
            length = builder.define("n", types.int64, Call(shapes.broadcast_dim, (length, n)))
    return length


def non_negative(builder: Builder, index: Expr, length: Expr) -> Expr:
    """An index that counts from the front; loop variables made here do already."""
    if isinstance(index, Const):
        return index if index.value >= 0 else builder.integer(operator.add, index, length)
    if isinstance(index, Name) and index.id in builder.non_negative:
        return index
    if builder.facts.is_non_negative(builder.facts.form(index)):
        return index
    return builder.define("k", types.int64, Call(shapes.wrap_index, (index, length)))


# --------------------------------------------------------------------------- whole arrays


def allocate(
    builder: Builder, target: str, shape: tuple[Expr, ...], dtype: Any, function: Any = np.empty
) -> Stored:
    """Emit `target = np.empty(shape, dtype)`."""
    builder.assign(target, allocation(shape, dtype, function))
    return stored(builder, target, shape)


def allocation(shape: tuple[Expr, ...], dtype: Any, function: Any = np.empty) -> Call:
    """The call that makes an array; float64, the default, is not written."""
    size = shape[0] if len(shape) == 1 else Tuple(shape)
    args = (size,) if dtype == types.float64 else (size, Const(as_dtype(dtype).type))
    return Call(function, args)


def fill(builder: Builder, target: Stored, value: ArrayValue) -> None:
    """Emit the loops that write every element of `value` to `target`."""
    with builder.loops(target.shape) as index:
        builder.store(target.name, index, value.element(builder, index))
