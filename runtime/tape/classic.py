"""The classic array, `adjoint.nd.NDArray`: every array has at least one axis.

Reductions, `dot` of vectors and elements of a vector have shape (1,), and comparisons are float32
zeros and ones.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.runtime.tape import display, variables
from adjoint.runtime.tape.array import Array, own_memory
from adjoint.runtime.tape.operations import call
from adjoint.runtime.tape.operators import comparison
from adjoint.runtime.tape.tensor import Tensor, raw


def lifted(result: Any) -> Any:
    """A result without axes as one of shape (1,)."""
    data = result._data
    if data.shape == ():
        result._data = np.asarray(data).reshape(1)
        node = result._node
        if node is not None:
            # One node, not two: every rule of a scalar result takes a cotangent of shape (1,),
            # for it is broadcast against the operand.
            node.shape = (1,)
    return result


def _compare(function: Callable[..., Any]) -> Callable[..., Any]:
    compare = comparison(function)

    def method(self: Tensor, other: Any) -> Any:
        result = compare(self, other)
        if result is not NotImplemented:
            result._data = result._data.astype(np.float32)
        return result

    method.__name__ = function.__name__
    return method


class NDArray(Array):
    """An array of the tape with MXNet's classic semantics."""

    __slots__ = ()
    least_ndim = 1
    __hash__ = object.__hash__

    __lt__ = _compare(operator.lt)
    __le__ = _compare(operator.le)
    __gt__ = _compare(operator.gt)
    __ge__ = _compare(operator.ge)
    __eq__ = _compare(operator.eq)
    __ne__ = _compare(operator.ne)

    def __repr__(self) -> str:
        return display.classic(self._data)

    def __str__(self) -> str:
        return repr(self)

    def attach_grad(self, grad_req: str = "write", stype: str | None = None) -> None:
        """Make this array a variable; `stype` may only be "default"."""
        if stype not in (None, "default"):
            raise ValueError(f"storage type {stype!r} does not exist here; only 'default' does")
        variables.attach(self, grad_req)

    def __getitem__(self, key: Any) -> Any:
        return variables.select(self, _keep_an_axis(key, self._data.shape))

    def reshape(self, *shape: Any, reverse: bool = False, **kwargs: Any) -> Any:
        """The same elements in another shape, by MXNet's codes.

        0 copies a length, -1 is inferred, -2 copies the rest, -3 merges two axes and -4 splits one.
        """
        new = kwargs.get("shape", shape[0] if len(shape) == 1 else shape)
        new = (int(new),) if isinstance(new, int | np.integer) else tuple(new)
        own = self._data.shape
        if reverse:
            target = coded_shape(own[::-1], new[::-1])[::-1]
        else:
            target = coded_shape(own, new)
        return call(np.reshape, (self, target))

    def flatten(self, order: str = "C") -> Any:
        """All axes but the first made one."""
        return call(np.reshape, (self, (self._data.shape[0], -1)))

    def transpose(self, *axes: Any, **kwargs: Any) -> Any:
        """Axes in another order; a copy."""
        order = kwargs.get("axes", axes[0] if len(axes) == 1 else axes)
        return own_memory(call(np.transpose, (self, order or None)))

    def swapaxes(self, dim1: int, dim2: int) -> Any:
        """Two axes exchanged; a copy."""
        return own_memory(call(np.swapaxes, (self, dim1, dim2)))

    def slice(self, begin: Any, end: Any, step: Any = ()) -> Any:
        """A block; None stands for the end of an axis."""
        step = tuple(step or ()) + (None,) * len(begin)
        return self[tuple(slice(b, e, s) for b, e, s in zip(begin, end, step, strict=False))]

    def as_np_ndarray(self) -> Array:
        """The same array with NumPy's semantics."""
        return Array(self._data, self._node)


def _keep_an_axis(key: Any, shape: tuple[int, ...]) -> Any:
    """Make a full integer index one whose last axis has length 1."""
    items = key if isinstance(key, tuple) else (key,)
    if len(items) != len(shape) or not all(_is_integer(item) for item in items):
        return key
    last, n = int(raw(items[-1])), shape[-1]
    if not -n <= last < n:
        raise IndexError(f"index {last} is out of bounds for axis {len(shape) - 1} with size {n}")
    last %= n
    kept = (*(int(raw(i)) for i in items[:-1]), slice(last, last + 1))
    return kept if len(kept) > 1 else kept[0]


def _is_integer(item: Any) -> bool:
    return isinstance(item, int | np.integer) and not isinstance(item, bool)


def coded_shape(own: tuple[int, ...], codes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that MXNet's codes ask for."""
    shape: list[int] = []
    source, i = list(own), 0
    while i < len(codes):
        code = int(codes[i])
        if code == 0:
            shape.append(source.pop(0))
        elif code == -2:
            shape += source
            source = []
        elif code == -3:
            shape.append(source.pop(0) * source.pop(0))
        elif code == -4:
            whole, left, right = source.pop(0), int(codes[i + 1]), int(codes[i + 2])
            shape += [
                whole // right if left == -1 else left,
                whole // left if right == -1 else right,
            ]
            i += 2
        else:
            shape.append(code)
            if source:
                source.pop(0)
        i += 1
    return tuple(shape)
