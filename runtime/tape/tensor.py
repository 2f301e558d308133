"""What every array of the tape is: a NumPy array and an entry in the graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.errors import NotDifferentiable


class Tensor:
    """Data and entry.

    Attributes
    ----------
    _data : a NumPy array, or a NumPy scalar where a result has no axes (cheaper to compute with;
        made an array before the first write in place).
    _node : None, or a `Leaf`, `Node`, `Part` or `Guard` of `adjoint.runtime.tape.node`.
    least_ndim : how many axes an array of the class has at least.
    """

    __slots__ = ("__weakref__", "_data", "_node")
    least_ndim = 0

    def __init__(self, data: Any, node: Any = None) -> None:
        self._data = data
        self._node = node


FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


def raw(value: Any) -> Any:
    """The value with NumPy arrays in the place of tensors, inside lists and tuples as well."""
    if isinstance(value, Tensor):
        return value._data
    cls = value.__class__
    if cls is tuple or cls is list:
        return cls([raw(item) for item in value])
    if cls is slice:
        return slice(_index(value.start), _index(value.stop), _index(value.step))
    return value


def _index(value: Any) -> Any:
    return int(value._data) if isinstance(value, Tensor) else value


def tensors(values: Any) -> list[Tensor]:
    """The tensors among values, inside lists and tuples as well."""
    found = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif value.__class__ is tuple or value.__class__ is list:
            found.extend(tensors(value))
    return found


def has_float64(values: Any) -> bool:
    """Whether a float64 array is among the operands; a NumPy scalar counts as a Python float."""
    for value in values:
        if isinstance(value, Tensor):
            if value._data.dtype is FLOAT64:
                return True
        elif isinstance(value, np.ndarray):
            if value.dtype is FLOAT64:
                return True
        elif value.__class__ in (tuple, list) and has_float64(value):
            return True
    return False


def settle(result: Any, operands: Any) -> Any:
    """Round a result that NumPy promoted to float64 without a float64 operand to float32.

    The tape's default is float32: an integer array times 0.5 is float32.
    """
    if getattr(result, "dtype", None) is FLOAT64 and not has_float64(operands):
        return result.astype(FLOAT32)
    return result


def refuse_leaving(tensor: Tensor) -> None:
    """Raise if a recorded value is about to become a plain number, its gradient lost.

    `math.sin(x)` and `a[i] = x` on a NumPy array do that without a word.
    """
    node = tensor._node
    if node is not None and node.alive:
        raise NotDifferentiable(
            "a recorded value would become a plain number here, and its gradient be lost",
            hint="use NumPy's function instead of math's, and build arrays with np.stack or "
            "np.concatenate instead of writing elements into np.zeros; x.item() leaves on purpose",
        )
