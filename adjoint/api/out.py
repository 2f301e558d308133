"""`out=`: derivatives that are written to arrays of the caller, from Python and in compiled code.

As with NumPy's functions there is an array for one derivative and a tuple for several, with None in
the place of a number; what is returned are these arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core import types
from numba.core.typing.typeof import typeof

from adjoint.api.arguments import overlap
from adjoint.api.describe import Arguments
from adjoint.api.location import definition
from adjoint.api.rebuild import chosen_parts
from adjoint.api.request import Request
from adjoint.errors import AdjointError, ArgumentsOverlap, InvalidOut, ShapeMismatch
from adjoint.program.numbers import item_types
from adjoint.program.structure import Leaf
from adjoint.runtime.shapes import OtherShape

if TYPE_CHECKING:
    from adjoint.api.entry import Entry

Positions = tuple[int, ...]

Kinds = Sequence[types.Type | None]
"""For each derivative the type of its array, None for none."""


def call_into(entry: Entry, leaves: Sequence[Any], out: Any) -> Any:
    """Call from Python; the result is the one of a plain call, with the arrays given.

    Raises
    ------
    InvalidOut : there is not an array, of the right type, for each derivative by an array.
    ShapeMismatch : one has another shape than the derivative.
    ArgumentsOverlap : one shares memory with an argument or another one.
    """
    writer = entry.writer(leaves)
    given = _items(writer, out)
    kinds = tuple(None if item is None else typeof(item) for item in given)
    arrays = [item for item in given if item is not None]
    if kinds not in writer.written:
        require_kinds(writer.request, writer.arguments, writer.made.record.axes, kinds)
        writer.written[kinds] = writer.compiled("into", *(k for k in kinds if k is not None))
    _require_apart(writer, leaves, given)
    try:
        result = writer.written[kinds](*leaves, *writer.captured, *arrays)
    except OtherShape:
        raise _other_shape(writer, leaves, given) from None
    return result if writer.finish is None else writer.finish(result, leaves)


def require_kinds(
    request: Request, arguments: Arguments, axes: Sequence[int | None], kinds: Kinds
) -> None:
    """Refuse arrays that the derivatives cannot be written to, by their types.

    Raises
    ------
    InvalidOut : says for which parameter what is expected.
    """
    wanted = list(_wanted(request, arguments, axes))
    if len(kinds) != len(wanted):
        raise _invalid(
            request, f"there are {len(wanted)} derivatives, and out has {len(kinds)} items"
        )
    for (label, dtype, ndim), kind in zip(wanted, kinds, strict=True):
        if ndim is None and kind is not None:
            raise _invalid(
                request, f"the derivative by {label!r} is a number, which no array is for", label
            )
        if ndim is None:
            continue
        if not isinstance(kind, types.Array) or (kind.dtype, kind.ndim) != (dtype, ndim):
            what = "nothing" if kind is None else f"{kind}"
            raise _invalid(
                request,
                f"the derivative by {label!r} is an array of {dtype} with {_axes(ndim)}, and out "
                f"gives {what} for it",
                label,
            )
        if not kind.mutable:
            raise _invalid(request, f"out gives an array for {label!r} that is read-only", label)


def kinds_of(request: Request, out: types.Type) -> Kinds:
    """The types of what `out` holds, in compiled code."""
    if _is_alone(request):
        return [out]
    if not isinstance(out, types.BaseTuple):
        raise _invalid(request, f"out is {out}, and there are several derivatives")
    return [None if isinstance(kind, types.NoneType) else kind for kind in item_types(out)]


def paths(request: Request, kinds: Kinds) -> list[Positions]:
    """How the arrays are reached in what compiled code gives as `out`."""
    if _is_alone(request):
        return [()]
    return [(k,) for k, kind in enumerate(kinds) if kind is not None]


def _is_alone(request: Request) -> bool:
    return len(request.wrt) == 1 and not request.single


def _items(writer: Entry, out: Any) -> Sequence[Any]:
    """What Python code gives as `out`, one item for each derivative."""
    request = writer.request
    if _is_alone(request):
        items: Sequence[Any] = (out,)
    elif isinstance(out, tuple | list):
        items = out
    else:
        raise _invalid(request, f"out is one {type(out).__name__}, for several derivatives")
    for item in items:
        if item is not None and type(item) is not np.ndarray:
            raise _invalid(request, f"out holds a {type(item).__name__}, which is no array")
    return items


def _wanted(
    request: Request, arguments: Arguments, axes: Sequence[int | None]
) -> Iterator[tuple[str, types.Type, int | None]]:
    """For each derivative its parameter, the type of its elements, and the number of axes."""
    for part, ndim in zip(chosen_parts(arguments, request.wrt), axes, strict=True):
        kind = arguments.types[part.first]
        yield arguments.labels[part.first], getattr(kind, "dtype", kind), ndim


def require_leaves(request: Request, arguments: Arguments) -> None:
    """Refuse containers: what their gradient is written to would be a container of arrays."""
    for part in chosen_parts(arguments, request.wrt):
        if not isinstance(part.structure, Leaf):
            raise InvalidOut(
                f"out= is for derivatives by arrays, and an argument of {request.name} that it is "
                "differentiated by is a container",
                definition(request.function),
                "leave out out=, or pass the arrays as arguments of their own",
            )


def _require_apart(writer: Entry, leaves: Sequence[Any], given: Sequence[Any]) -> None:
    """Refuse arrays that share memory with what is read while they are written to."""
    labels = writer.arguments.labels + tuple(name for name, _ in writer.made.record.captures)
    wanted = _wanted(writer.request, writer.arguments, writer.made.record.axes)
    others = [
        (f"the argument {label!r}", value)
        for label, value in zip(labels, (*leaves, *writer.captured), strict=True)
        if isinstance(value, np.ndarray)
    ]
    for (label, _, _), array in zip(wanted, given, strict=True):
        if array is None:
            continue
        for what, other in others:
            if np.may_share_memory(array, other) and overlap(array, other):
                raise ArgumentsOverlap(
                    f"out gives an array for the derivative by {label!r} that shares memory with "
                    f"{what}",
                    definition(writer.request.function, label),
                    "pass an array of its own",
                )
        others.append((f"the one for {label!r}", array))


def _other_shape(writer: Entry, leaves: Sequence[Any], given: Sequence[Any]) -> AdjointError:
    request, arguments = writer.request, writer.arguments
    shapes = ", ".join(str(array.shape) for array in given if array is not None)
    parts = chosen_parts(arguments, request.wrt)
    names = ", ".join(
        f"{arguments.labels[part.first]} {np.shape(leaves[part.first])}" for part in parts
    )
    return ShapeMismatch(
        f"out gives arrays of shape {shapes}, for derivatives by {names}",
        definition(request.function),
        "each has the shape of its argument, a Jacobian that of the result and then the argument",
    )


def _axes(count: int) -> str:
    return "one axis" if count == 1 else f"{count} axes"


def _invalid(request: Request, message: str, label: str | None = None) -> InvalidOut:
    return InvalidOut(
        message,
        definition(request.function, label),
        "pass an array for one derivative, and a tuple for several: "
        "`np.empty_like(x)` for a gradient, `np.empty((*result.shape, *x.shape))` for a Jacobian",
    )
