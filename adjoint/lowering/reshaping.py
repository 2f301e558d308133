"""The same elements in other shapes: `reshape`, `ravel`, `squeeze`, `swapaxes`, `flip`.

    z = y.reshape(2, 3)    →    z[i, j] is y[3 * i + j], read or written

NumPy's `reshape` and `ravel` give a view where the strides allow it and a copy elsewhere. Nobody
can tell the two apart as long as none of the memory is written to; where it is, the array has to be
contiguous by its type, for then NumPy (and Numba) always gives a view.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.arrays import (
    Along,
    ArrayValue,
    Fixed,
    View,
    home,
    is_array,
    memory,
    non_negative,
)
from adjoint.lowering.builder import Builder
from adjoint.lowering.calls import handles
from adjoint.program.core import Call, Const, Expr, Name
from adjoint.program.primitives import dim
from adjoint.runtime import shapes

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering


@dataclass(frozen=True)
class Reshaped(View):
    """An array value with its elements, in C order, arranged in another shape."""

    def _mapped(self, builder: Builder, index: tuple[Expr, ...]) -> tuple[Expr, ...]:
        return _split(builder, _position(builder, index, self.shape), self.base.shape)


def _position(builder: Builder, index: tuple[Expr, ...], shape: tuple[Expr, ...]) -> Expr:
    """The number of an element, counted in C order."""
    position: Expr = Const(0)
    for item, length in zip(index, shape, strict=True):
        along = non_negative(builder, item, length)
        before = builder.integer(operator.mul, position, length, stem="k")
        position = builder.integer(operator.add, before, along, stem="k")
    return position


def _split(builder: Builder, position: Expr, shape: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """The index of the element with a number."""
    index: list[Expr] = []
    for length in reversed(shape[1:]):
        index.append(builder.integer(operator.mod, position, length, stem="k"))
        position = builder.integer(operator.floordiv, position, length, stem="k")
    return (position, *reversed(index)) if shape else ()


# --------------------------------------------------------------------------- any shape


@handles(np.reshape)
def _reshape(low: Lowering, target: str, call: Call) -> Any:
    given = dict(zip(("a", "shape", "order"), call.args, strict=False)) | dict(call.keywords)
    order = given.pop("order", Const("C"))
    shape = given.get("shape", given.get("newshape"))
    if order != Const("C") or shape is None or len(given) != 2:
        return NotImplemented
    wanted = low.value(shape)
    return _reshaped(low, target, call, wanted if isinstance(wanted, tuple) else (wanted,))


@handles(np.ravel)
def _ravel(low: Lowering, target: str, call: Call) -> Any:
    if len(call.args) > 1 or call.keywords:
        return NotImplemented
    return _reshaped(low, target, call, (Const(-1),))


def _reshaped(low: Lowering, target: str, call: Call, wanted: tuple[Expr, ...]) -> Any:
    value = low.value(call.args[0])
    if not is_array(value) or not all(map(_is_length, wanted)):
        return NotImplemented
    _check_it_is_a_view(low, target, call, value)
    return Reshaped(value, (), _lengths(low, value, wanted))


def _is_length(expr: Expr) -> bool:
    """Whether this is a length that is given, or that of another array."""
    return isinstance(expr, Const | Name) or getattr(expr, "function", None) is dim


def _check_it_is_a_view(low: Lowering, target: str, call: Call, value: ArrayValue) -> None:
    (source, *_) = call.args
    assert isinstance(source, Name)
    if memory(value) is None or not low.sharing.is_seen_changing(target):
        return
    layout = getattr(low.types.get(source.id), "layout", "A")
    if layout != "C" or home(value) in low.in_any_order:
        name = call.function.__name__
        raise UnsupportedSyntax(
            f"{name} gives a view of {source.id!r} or a copy, depending on how it lies in memory, "
            "and one of them is written to",
            low.builder.at,
            f"copy what {name} returns: {name}(…).copy()",
        )


def _lengths(low: Lowering, value: ArrayValue, wanted: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """The new lengths, one of which may be left to be computed (-1)."""
    builder = low.builder
    size = _product(builder, value.shape)
    unknown = [axis for axis, length in enumerate(wanted) if length == Const(-1)]
    others = tuple(length for length in wanted if length != Const(-1))
    if len(unknown) == 1 and not others:
        return (size,)
    room = _product(builder, others)
    if not unknown:
        if not low.same(size, room):
            # Also where a length given by a variable is -1, which is not known here.
            lengths = _checked(low, others)
            builder.define("n", types.int64, Call(shapes.check_reshape, (size, room)))
            return lengths
        return wanted
    others = _checked(low, others)
    found = builder.define("n", types.int64, Call(shapes.reshape_length, (size, room)))
    (axis,) = unknown
    return (*others[:axis], found, *others[axis:])


def _checked(low: Lowering, lengths: tuple[Expr, ...]) -> tuple[Expr, ...]:
    for length in lengths:
        if isinstance(length, Name):
            low.builder.define("n", types.int64, Call(shapes.check_length, (length,)))
    return lengths


def _product(builder: Builder, lengths: tuple[Expr, ...]) -> Expr:
    product: Expr = Const(1)
    for length in lengths:
        product = builder.integer(operator.mul, product, length, stem="size")
    return product


# --------------------------------------------------------------------------- views for sure


@handles(np.squeeze)
def _squeeze(low: Lowering, target: str, call: Call) -> Any:
    value, axes = _with_axes(low, call, ("a", "axis"))
    if value is None or axes is None:
        return NotImplemented
    gone = {axis % len(value.shape) for axis in axes}
    for axis in sorted(gone):
        if value.shape[axis] != Const(1):
            check = Call(shapes.check_squeezable, (value.shape[axis],))
            low.builder.define("n", types.int64, check)
    selectors: list[Fixed | Along] = []
    shape: list[Expr] = []
    for axis, length in enumerate(value.shape):
        if axis in gone:
            selectors.append(Fixed(Const(0)))
        else:
            selectors.append(Along(len(shape)))
            shape.append(length)
    return View(value, tuple(selectors), tuple(shape))


@handles(np.diagonal)
def _diagonal(low: Lowering, target: str, call: Call) -> Any:
    """Two axes walked along together; the axis that comes of it stands last."""
    given: dict[str, Expr] = dict(zip(("a", "offset", "axis1", "axis2"), call.args, strict=False))
    given.update(call.keywords)
    value, offset = low.value(given["a"]), low.value(given.get("offset", Const(0)))
    axes = (given.get("axis1", Const(0)), given.get("axis2", Const(1)))
    numbers = [axis.value for axis in axes if isinstance(axis, Const)]
    if not is_array(value) or len(numbers) < 2:
        return NotImplemented
    ndim = len(value.shape)
    first, second = (number % ndim for number in numbers)
    if first == second or not all(-ndim <= number < ndim for number in numbers):
        raise UnsupportedSyntax(
            "the axes of a diagonal must be two of the array's", low.builder.at, "name two axes"
        )
    return _along_both(low.builder, value, first, second, offset)


def _along_both(builder: Builder, value: ArrayValue, first: int, second: int, offset: Expr) -> View:
    """The view that walks along two axes together, the second one `offset` ahead."""
    back = builder.integer(operator.sub, Const(0), offset, stem="start")
    starts = {
        first: _call(builder, max, back, Const(0)),
        second: _call(builder, max, offset, Const(0)),
    }
    rooms = [
        builder.integer(operator.sub, value.shape[axis], start, stem="n")
        for axis, start in starts.items()
    ]
    length = _call(builder, max, _call(builder, min, *rooms), Const(0))
    ndim = len(value.shape)
    kept = [axis for axis in range(ndim) if axis not in starts]
    selectors = tuple(
        Along(ndim - 2, starts[axis]) if axis in starts else Along(kept.index(axis))
        for axis in range(ndim)
    )
    return View(value, selectors, (*(value.shape[axis] for axis in kept), length))


def _call(builder: Builder, function: Callable[..., Any], x: Expr, y: Expr) -> Expr:
    """A function of integers; of constants, and of a single value, at once."""
    if isinstance(x, Const) and isinstance(y, Const):
        return Const(function(x.value, y.value))
    return x if x == y else builder.define("n", types.int64, Call(function, (x, y)))


@handles(np.broadcast_to)
def _broadcast_to(low: Lowering, target: str, call: Call) -> Any:
    """Axes of length 1, and new ones in front, walked along without moving."""
    given = dict(zip(("array", "shape"), call.args, strict=False)) | dict(call.keywords)
    if given.keys() != {"array", "shape"}:
        return NotImplemented
    value, shape = low.value(given["array"]), low.value(given["shape"])
    wanted = shape if isinstance(shape, tuple) else (shape,)
    if not is_array(value):
        return NotImplemented
    new = len(wanted) - len(value.shape)
    if new < 0:
        raise UnsupportedSyntax(
            "input operand has more dimensions than allowed by the axis remapping", low.builder.at
        )
    steps = [
        Const(1)
        if low.same(n, m)
        else low.builder.define("step", types.int64, Call(shapes.broadcast_step, (n, m)))
        for n, m in zip(value.shape, wanted[new:], strict=True)
    ]
    selectors = tuple(Along(new + axis, Const(0), step) for axis, step in enumerate(steps))
    return View(value, selectors, wanted)


def _with_axes(
    low: Lowering, call: Call, params: tuple[str, str]
) -> tuple[ArrayValue | None, tuple[int, ...] | None]:
    """The array and the axes of a call; None for what is not given, or not a constant."""
    given = dict(zip(params, call.args, strict=False)) | dict(call.keywords)
    value = low.value(given[params[0]])
    if not is_array(value) or not set(given) <= set(params):
        return None, None
    if params[1] not in given:
        return value, None
    axis = low.value(given[params[1]])
    axes = axis if isinstance(axis, tuple) else (axis,)
    if axes == (Const(None),):
        return value, None
    if not all(isinstance(item, Const) for item in axes):
        return None, None
    return value, tuple(item.value for item in axes)
