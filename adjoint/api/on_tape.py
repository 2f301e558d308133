"""Compiled functions on arrays of the tape: one operation each, whose backward is the adjoint.

The tape is for glue, the compiler for the hot loops. The function sees plain NumPy copies of the
arrays (numbers for arrays without axes), so nothing that happens to an array later can change
what the adjoint reads. Results are arrays of the class that came in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core import types

from adjoint.api.entry import Entry
from adjoint.api.location import definition
from adjoint.api.request import Request
from adjoint.errors import NotDifferentiable
from adjoint.program.structure import Leaf
from adjoint.runtime.tape.function import record_call
from adjoint.runtime.tape.state import state
from adjoint.runtime.tape.tensor import FLOAT32, FLOAT64, Tensor, has_float64

if TYPE_CHECKING:
    from adjoint.api.differentiable import Differentiable
    from adjoint.api.gradient import Gradient

Args = tuple[Any, ...]


def call_differentiable(function: Differentiable, args: Args) -> Any:
    """Return the function's value; while recording, as one operation on the arrays."""
    values = plain(args)
    entry, leaves = function.find(values)
    _require_unwritten(entry, args)
    inputs = live(args)
    kept = _copies(values) if inputs else ()
    result = entry.call_primal(leaves)
    output = like((*args, *entry.captured), result)
    if inputs:
        _record_value(function, args, inputs, kept, result, output)
    return output


def call_gradient(gradient: Gradient, args: Args) -> Any:
    """Return what a compiled gradient returns, as arrays of the tape.

    The value of a `value_and_grad` can be differentiated, with respect to every array, whichever
    the gradient is taken of; the gradient itself cannot.
    """
    values = plain(args)
    entry, leaves = gradient.find(values)
    request = entry.request
    _require_unwritten(entry, args)
    _require_flat(entry)
    inputs = live(args)
    kept = _copies(values) if inputs else ()
    answer = entry.call(leaves)
    result, bars = answer if request.value else (None, answer)
    several = isinstance(bars, tuple)
    operands = (*args, *entry.captured)
    derivatives = [like(operands, bar) for bar in (bars if several else (bars,))]
    if inputs:
        record_call([args[i] for i in inputs], derivatives, _refuse_second(request))
    derivative = tuple(derivatives) if several else derivatives[0]
    if not request.value:
        return derivative
    output = like(operands, result)
    if inputs and set(inputs) <= set(request.positions) and not isinstance(result, np.ndarray):
        by_position = dict(
            zip(request.positions, (d._data.copy() for d in derivatives), strict=True)
        )
        chosen = [by_position[i] for i in inputs]
        record_call(
            [args[i] for i in inputs],
            [output],
            lambda bar: [bar.item() * x_bar for x_bar in chosen],
        )
    elif inputs:
        _record_value(gradient.differentiable(), args, inputs, kept, result, output)
    return output, derivative


def plain(args: Args) -> Args:
    """The arguments with NumPy arrays and numbers in the place of tensors."""
    return tuple(_plain(arg) if isinstance(arg, Tensor) else arg for arg in args)


def live(args: Args) -> list[int]:
    """Positions of the arguments that a gradient is to flow to; none unless recording."""
    if not state.recording:
        return []
    return [
        i
        for i, arg in enumerate(args)
        if isinstance(arg, Tensor) and arg._node is not None and arg._node.alive
    ]


def like(operands: Args, result: Any) -> Any:
    """A result as a tensor of the class of the first one among the operands.

    As everywhere on the tape, it is float32 unless a float64 array took part.
    """
    cls = next(type(operand) for operand in operands if isinstance(operand, Tensor))
    data = np.array(result, ndmin=cls.least_ndim)
    if data.dtype == FLOAT64 and not has_float64(operands):
        data = data.astype(FLOAT32)
    return cls(data)


def _plain(tensor: Tensor) -> Any:
    data = np.array(tensor._data, order="C")
    if data.shape:
        return data
    return data[()] if data.dtype == FLOAT32 else data.item()


def _record_value(
    function: Differentiable,
    args: Args,
    inputs: list[int],
    kept: Args,
    result: Any,
    output: Tensor,
) -> None:
    """Make `output` the result of an operation whose pullback runs the compiled adjoint."""
    entry, leaves = function.find_adjoint(kept, tuple(inputs))
    _require_repeatable(entry)
    captured = _copies(entry.captured)
    writes = bool(entry.made.record.mutated)

    def vjp(bar: np.ndarray) -> Sequence[Any]:
        read = (_copies(leaves), _copies(captured)) if writes else (leaves, captured)
        return [np.asarray(x_bar) for x_bar in entry.call_adjoint(*read, _seed(bar, result))]

    record_call([args[i] for i in inputs], [output], vjp)


def _seed(bar: np.ndarray, result: Any) -> Any:
    """A cotangent in the type of the compiled function's result."""
    if not isinstance(result, np.ndarray):
        return float(bar.item())
    return np.array(bar.reshape(result.shape), result.dtype, order="C")


def _copies(values: Sequence[Any]) -> Args:
    return tuple(np.array(v, order="C") if isinstance(v, np.ndarray) else v for v in values)


# -------------------------------------------------------------------------------- refusals


def _require_unwritten(entry: Entry, args: Args) -> None:
    """Refuse a function that writes to an array of the tape: only the copy would change."""
    request = entry.request
    owners = entry.arguments.parameters
    for leaf in entry.made.record.mutated:
        position = owners[leaf] if leaf < len(owners) else len(args)
        if position < len(args) and isinstance(args[position], Tensor):
            name = request.names[position]
            raise NotDifferentiable(
                f"{request.name} writes to {name!r}, which is an array of the tape: "
                "those have no place for a value that a compiled function changes",
                definition(request.function, name),
                f"write to a copy, `{name} = {name}.copy()`, and return what is wanted of it",
            )


def _require_flat(entry: Entry) -> None:
    """Refuse gradients of containers: they would be containers of arrays of the tape."""
    request = entry.request
    for position in request.positions:
        if not isinstance(entry.arguments.structures[position], Leaf):
            name = request.names[position]
            raise NotDifferentiable(
                f"the gradient of {request.name} with respect to the container {name!r} is asked "
                "for together with arrays of the tape",
                definition(request.function, name),
                f"`{request.tape_call}` runs on the tape altogether",
            )


def _require_repeatable(entry: Entry) -> None:
    """Refuse a function that draws random numbers: the adjoint would draw others."""
    generators = types.NumPyRandomGeneratorType in map(type, entry.arguments.types)
    if generators or "np.random." in entry.made.record.module:
        request = entry.request
        raise NotDifferentiable(
            f"{request.name} draws random numbers, and its adjoint runs it again in the backward "
            "pass, where it would draw others",
            definition(request.function),
            "draw them outside and pass them as an argument",
        )


def _refuse_second(request: Request) -> Callable[..., Sequence[Any]]:
    def vjp(*bars: Any) -> Sequence[Any]:
        raise NotDifferentiable(
            f"the compiled gradient of {request.name} is differentiated here a second time, "
            "which the tape cannot do",
            definition(request.function),
            f"`{request.tape_call}` can be differentiated again; "
            "or leave the derivative with .detach()",
        )

    return vjp
