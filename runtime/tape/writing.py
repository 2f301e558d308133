"""Writing to arrays in place: what is refused while recording, and remembering the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.runtime.tape.errors import IN_GRAPH_WRITE, RECORDED_WRITE, TapeError
from adjoint.runtime.tape.node import is_protected, mutations
from adjoint.runtime.tape.operations import call
from adjoint.runtime.tape.operators import operand
from adjoint.runtime.tape.state import state
from adjoint.runtime.tape.tensor import Tensor, raw, tensors


def _is_recorded(value: Any) -> bool:
    return isinstance(value, Tensor) and value._node is not None and value._node.alive


def _refuse_protected(target: Tensor) -> None:
    if state.recording and is_protected(target._node):
        raise TapeError(IN_GRAPH_WRITE)


def memory(target: Tensor) -> np.ndarray:
    """The array's own memory, writable."""
    data = target._data
    if not isinstance(data, np.ndarray) or not data.flags.writeable:
        data = target._data = np.array(data)
    return data


def write(target: Tensor, key: Any, value: Any) -> None:
    """`target[key] = value`.

    While recording, a fresh constant may be filled as a whole with a recorded value: it then
    stands for that value.
    """
    _refuse_protected(target)
    data = memory(target)
    recorded = state.recording and _is_recorded(value)
    if recorded and not _is_everything(key):
        raise TapeError(RECORDED_WRITE)
    data[raw(key)] = raw(value)
    mutations.note(data)
    if recorded:
        copied = call(np.broadcast_to, (value, data.shape))
        target._node = call(np.copy, (copied,))._node


def write_by(function: Callable[..., Any], args: tuple, kwargs: dict[str, Any]) -> None:
    """Call a function of NumPy that writes to its first argument."""
    target, *rest = args
    if state.recording and any(map(_is_recorded, tensors([*rest, *kwargs.values()]))):
        raise TapeError(RECORDED_WRITE)
    if isinstance(target, Tensor):
        _refuse_protected(target)
        target = memory(target)
    function(target, *map(raw, rest), **{k: raw(v) for k, v in kwargs.items()})
    mutations.note(target)


def _is_everything(key: Any) -> bool:
    return key is Ellipsis or (isinstance(key, slice) and key == slice(None))


def update(function: Callable[..., Any]) -> Callable[..., Any]:
    """The method of an augmented assignment: computed in place, in the target's precision."""

    def method(self: Tensor, other: Any) -> Any:
        if state.strict and self._data.shape == ():
            # A NumPy program's number: `s += e` binds it anew, as Python does.
            return function(self, other)
        _refuse_protected(self)
        if state.recording and _is_recorded(other):
            raise TapeError(RECORDED_WRITE)
        if not isinstance(other, Tensor | float | int):
            other = operand(other, self)
            if other is NotImplemented:
                return other
        data = memory(self)
        data[...] = function(data, raw(other))
        mutations.note(data)
        return self

    method.__name__ = "i" + function.__name__
    return method
