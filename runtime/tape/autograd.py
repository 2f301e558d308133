"""The functions of `adjoint.autograd`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adjoint.runtime.tape import variables as _variables
from adjoint.runtime.tape.function import Function, record_call
from adjoint.runtime.tape.node import Leaf
from adjoint.runtime.tape.state import (
    is_recording,
    is_training,
    pause,
    predict_mode,
    record,
    set_recording,
    set_training,
    train_mode,
)
from adjoint.runtime.tape.tensor import Tensor

__all__ = [
    "Function",
    "backward",
    "get_symbol",
    "grad",
    "is_recording",
    "is_training",
    "mark_variables",
    "pause",
    "predict_mode",
    "record",
    "record_call",
    "set_recording",
    "set_training",
    "train_mode",
]


def mark_variables(
    variables: Any, gradients: Any, grad_reqs: str | Sequence[str] = "write"
) -> None:
    """Make arrays variables whose gradients go into the given arrays, contents and all."""
    if isinstance(variables, Tensor):
        variables, gradients = [variables], [gradients]
    if isinstance(grad_reqs, str):
        grad_reqs = [grad_reqs] * len(variables)
    for variable, buffer, req in zip(variables, gradients, grad_reqs, strict=True):
        _variables.mark(variable, buffer, req)


def _lists(heads: Any, head_grads: Any) -> tuple[list[Tensor], list[Any]]:
    if isinstance(heads, Tensor):
        heads = [heads]
        head_grads = None if head_grads is None else head_grads
        if head_grads is not None and not isinstance(head_grads, list | tuple):
            head_grads = [head_grads]
    heads = list(heads)
    head_grads = [None] * len(heads) if head_grads is None else list(head_grads)
    if len(heads) != len(head_grads):
        raise AssertionError("heads and head_grads must be lists of the same length")
    return heads, head_grads


def backward(
    heads: Any,
    head_grads: Any = None,
    retain_graph: bool = False,
    train_mode: bool = True,
) -> None:
    """Write the gradients of all variables that `heads` were computed from.

    Parameters
    ----------
    heads : an array or a list of arrays.
    head_grads : their cotangents; None, also for one of a list, means ones.
    retain_graph : keep the graph for another pass.
    train_mode : the mode in which derivatives are computed.
    """
    heads, head_grads = _lists(heads, head_grads)
    _variables.backward(heads, head_grads, retain_graph, train_mode)


def grad(
    heads: Any,
    variables: Any,
    head_grads: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    train_mode: bool = True,
) -> list[Any]:
    """Gradients of `heads` with respect to `variables`, always as a list; no `.grad` is touched.

    Parameters
    ----------
    create_graph : record the computation of the gradients, so that they can be differentiated.
    retain_graph : keep the graph for another pass; as `create_graph` by default.
    """
    heads, head_grads = _lists(heads, head_grads)
    variables = [variables] if isinstance(variables, Tensor) else list(variables)
    if not variables:
        raise AssertionError("variables cannot be an empty list.")
    return _variables.gradients(
        heads,
        variables,
        head_grads,
        retain_graph=create_graph if retain_graph is None else retain_graph,
        create_graph=create_graph,
        train_mode=train_mode,
    )


class Symbol:
    """What `get_symbol` returns: the names of the variables an array was computed from."""

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def list_arguments(self) -> list[str]:
        """One name for each variable, oldest first."""
        return list(self._names)


def get_symbol(x: Tensor) -> Symbol:
    """The variables that a recorded array was computed from."""
    leaves, seen, stack = [], set(), [_variables.head_of(x)]
    while stack:
        entry = stack.pop()
        if entry is None or entry in seen:
            continue
        seen.add(entry)
        if entry.__class__ is Leaf:
            leaves.append(entry)
        stack.extend(entry.inputs)
    return Symbol([f"var{i}" for i, _ in enumerate(sorted(leaves, key=lambda leaf: leaf.order))])
