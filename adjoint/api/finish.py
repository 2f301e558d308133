"""From what compiled code returns to what the user is promised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np
from numba.core import types

from adjoint.api.describe import Arguments
from adjoint.api.rebuild import Build, Part, chosen_parts, gradient_builder
from adjoint.api.request import Request
from adjoint.program.structure import Leaf

Convert = Callable[[Any], Any]
Finish = Callable[[Any, Sequence[Any]], Any]
"""From a result, and the leaves of the arguments, to what is promised."""


def finisher(request: Request, arguments: Arguments) -> Finish | None:
    """What is left to do to a result, None if nothing is.

    Numba returns a Python float for float32, a tuple of one is not in a tuple, plain Python
    returns NumPy's scalars, and gradients of containers are containers.
    """
    if request.array_seed:
        return None if request.jit else lambda result, leaves: plain_number(result)
    gradient = _gradient_finisher(request, arguments)
    if gradient is None and request.jit:
        return None
    finish = gradient or _same
    if not request.value:
        return finish
    return lambda pair, leaves: (plain_number(pair[0]), finish(pair[1], leaves))


def plain_number(value: Any) -> Any:
    """A result as compiled code gives it: a Python float for a NumPy scalar."""
    return value.item() if isinstance(value, np.inexact) else value


def _gradient_finisher(request: Request, arguments: Arguments) -> Finish | None:
    parts = chosen_parts(arguments, request.wrt)
    positions = [position for part in parts for position in part.positions()]
    converts = tuple(
        _of_numbers(_converter(arguments.types[i], request.jit), request.items) for i in positions
    )
    build = _builder(request, parts, len(arguments.types))
    if len(converts) == 1:
        return _of_one(converts[0], build)
    if not any(converts):
        return None if build is None else lambda bars, leaves: build((*bars, *leaves))

    def finish(bars: Sequence[Any], leaves: Sequence[Any]) -> Any:
        converted = tuple(
            bar if convert is None else convert(bar)
            for convert, bar in zip(converts, bars, strict=True)
        )
        return converted if build is None else build((*converted, *leaves))

    return finish


def _of_one(convert: Convert | None, build: Build | None) -> Finish | None:
    """A single bar comes alone, not in a tuple."""
    if build is None:
        return None if convert is None else lambda bar, leaves: convert(bar)
    if convert is None:
        return lambda bar, leaves: build((bar, *leaves))
    return lambda bar, leaves: build((convert(bar), *leaves))


def _builder(request: Request, parts: Sequence[Part], count_of_leaves: int) -> Build | None:
    """What arranges the bars of leaves; None if they are returned as they come."""
    if not request.single and all(isinstance(part.structure, Leaf) for part in parts):
        return None
    number = count()
    builders = [
        gradient_builder(
            part.structure, iter(part.floats), number, count(part.first - count_of_leaves)
        )
        for part in parts
    ]
    if len(builders) == 1 and not request.single:
        return builders[0]
    return lambda bars: tuple([builder(bars) for builder in builders])


def _converter(kind: types.Type, jit: bool) -> Convert | None:
    if kind in (types.float32, types.complex64):
        return np.float32 if kind == types.float32 else np.complex64
    if jit or kind not in (types.float64, types.complex128):
        return None
    return float if kind == types.float64 else complex


def _of_numbers(convert: Convert | None, items: bool) -> Convert | None:
    """Of a Jacobian, what converts it where it is a number: where the result is one too."""
    if convert is None or not items:
        return convert
    return lambda bar: bar if isinstance(bar, np.ndarray) else convert(bar)


def _same(value: Any, leaves: Sequence[Any]) -> Any:
    return value
