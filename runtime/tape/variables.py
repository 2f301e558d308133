"""Variables: attaching and dropping gradients, and running `backward` from arrays."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from adjoint.errors import NotDifferentiable, ShapeMismatch
from adjoint.runtime.tape.backward import Reverse, reverse
from adjoint.runtime.tape.errors import COMPLEX, COMPLEX_HINT, NOT_IN_GRAPH, TapeError
from adjoint.runtime.tape.node import Guard, Leaf, Node, mutations
from adjoint.runtime.tape.operations import FLAT, call, operation
from adjoint.runtime.tape.state import state
from adjoint.runtime.tape.tensor import Tensor, raw

_REQUESTS = {"null": 0, "write": 1, "add": 3}


def attach(array: Tensor, grad_req: str, buffer: np.ndarray | None = None) -> None:
    """Make an array a variable.

    Outside recording, what was recorded for the array before stays reachable for graphs recorded
    earlier and for its own `backward`, and fills the buffer too; while recording it is cut off.
    """
    _REQUESTS[grad_req]  # a KeyError names the request that does not exist
    if array._data.dtype.kind == "c":
        raise NotDifferentiable(COMPLEX, hint=COMPLEX_HINT)
    if isinstance(array._data, np.generic):
        array._data = np.asarray(array._data)
    if buffer is None:
        buffer = np.zeros_like(array._data, order="C", subok=False)
    entry = array._node
    previous = entry.origin if entry.__class__ is Leaf else entry
    if previous is not None and (previous.__class__ is Guard or not previous.alive):
        previous = None
    kept = None if state.recording else previous
    leaf = Leaf(buffer, grad_req, type(array), kept)
    if kept is not None:
        kept.variable = leaf
    array._node = leaf


def mark(array: Tensor, gradient: Tensor, grad_req: str) -> None:
    """Make an array a variable whose gradient goes into `gradient`, which keeps its values."""
    if gradient._data.shape != array._data.shape:
        raise ShapeMismatch(
            f"the gradient has shape {gradient._data.shape}, the variable {array._data.shape}"
        )
    if isinstance(gradient._data, np.generic):
        gradient._data = np.asarray(gradient._data)
    attach(array, grad_req, gradient._data)


def drop(array: Tensor) -> None:
    """Undo `attach`."""
    leaf = array._node
    if leaf.__class__ is not Leaf:
        raise TapeError("Cannot DropGrads again: the array has no gradient attached.")
    if leaf.origin is not None:
        leaf.origin.variable = None
    array._node = leaf.origin


def leaf_of(array: Tensor) -> Leaf:
    """The array's variable."""
    leaf = array._node
    if leaf.__class__ is not Leaf:
        raise TapeError("The array has no gradient: call attach_grad() first.")
    return leaf


def gradient(array: Tensor) -> Any:
    """The gradient buffer as an array, or None."""
    leaf = array._node
    if leaf.__class__ is not Leaf or leaf.req == "null":
        return None
    return type(array)(leaf.buffer)


def head_of(array: Tensor) -> Any:
    """Where `backward` of an array starts: below a gradient attached to a recorded result."""
    entry = array._node
    if entry.__class__ is Leaf and entry.origin is not None and entry.origin.alive:
        return entry.origin
    return entry


def seed_of(array: Tensor, head_grad: Any, higher: bool = False) -> Any:
    """The cotangent that a head starts with, checked against the head."""
    data = array._data
    if head_grad is None:
        seed = np.ones(data.shape, data.dtype)
        return plain(seed, None) if higher else seed
    value = np.asarray(raw(head_grad))
    if value.shape != data.shape:
        raise ShapeMismatch(
            f"the head gradient has shape {value.shape}, the head has shape {data.shape}"
        )
    if value.dtype.kind not in "fiub":
        raise NotDifferentiable(f"a head gradient cannot have dtype {value.dtype}")
    if higher and isinstance(head_grad, Tensor):
        return plain(head_grad._data, head_grad._node)
    return plain(value.astype(data.dtype), None) if higher else value.astype(data.dtype)


def plain(data: Any, node: Any) -> Any:
    """A NumPy-like array: what recorded reverse passes compute with."""
    from adjoint.runtime.tape.array import Array

    return Array(data, node)


def backward(
    heads: Sequence[Tensor], head_grads: Sequence[Any], retain_graph: bool, train_mode: bool
) -> None:
    """Run a reverse pass and write the gradients of the variables it reaches."""
    entries, seeds = [], []
    for head, head_grad in zip(heads, head_grads, strict=True):
        entries.append(head_of(head))
        seeds.append(seed_of(head, head_grad))
    run = reverse(entries, seeds, plain, retain=retain_graph, higher=False, train_mode=train_mode)
    for leaf in run.leaves:
        leaf.write(run.bars.get(leaf))
        if leaf.req != "null":
            mutations.note(leaf.buffer)


def gradients(
    heads: Sequence[Tensor],
    variables: Sequence[Tensor],
    head_grads: Sequence[Any],
    *,
    retain_graph: bool,
    create_graph: bool,
    train_mode: bool,
) -> list[Any]:
    """Run a reverse pass and return the gradients of `variables`."""
    leaves = [_marked(i, variable) for i, variable in enumerate(variables)]
    seeds = [seed_of(h, g, create_graph) for h, g in zip(heads, head_grads, strict=True)]
    run = reverse(
        [head_of(h) for h in heads],
        seeds,
        plain,
        retain=retain_graph,
        higher=create_graph,
        train_mode=train_mode,
    )
    reached = set(run.leaves)
    for i, leaf in enumerate(leaves):
        if leaf not in reached:
            raise TapeError(
                f"Cannot differentiate with respect to the {i + 1}-th variable because it is "
                "unreachable from the outputs."
            )
    return [_result(run, leaf, v) for leaf, v in zip(leaves, variables, strict=True)]


def _marked(i: int, variable: Tensor) -> Leaf:
    leaf = variable._node
    if leaf.__class__ is not Leaf:
        raise TapeError(
            f"Cannot differentiate with respect to the {i + 1}-th variable because it does not "
            "require gradient."
        )
    return leaf


def _result(run: Reverse, leaf: Leaf, variable: Tensor) -> Any:
    bar = run.bars.get(leaf)
    if bar is None:
        bar = np.zeros(leaf.shape, leaf.dtype)
    if isinstance(bar, Tensor):
        return type(variable)(bar._data, bar._node)
    return type(variable)(np.array(bar))


# --------------------------------------------------------------------------- views and casts


def select(array: Tensor, key: Any) -> Any:
    """`array[key]`: consecutive elements share memory, others are copied."""
    index = raw(key)
    if index.__class__ is not int:
        index = _clean(index)
    z = array._data[index]
    if isinstance(z, np.ndarray) and z.base is not None and not z.flags.c_contiguous:
        z = z.copy()
    result = array.__class__(z)
    node = array._node
    if state.recording and node is not None and node.alive:
        kept = (None, None, index)
        result._node = Node(_ELEMENT, (node,), kept, z.shape, z.dtype)
    return result


def _clean(index: Any) -> Any:
    """An index that NumPy takes: float arrays of whole numbers, as classic code has, included."""
    if isinstance(index, tuple):
        return tuple(_clean(item) for item in index)
    if isinstance(index, list):
        return np.asarray(index) if index else np.asarray(index, dtype=np.int64)
    if isinstance(index, np.ndarray | np.generic) and index.dtype.kind == "f":
        return index.astype(np.int64)
    return index


def cast(array: Tensor, dtype: Any) -> Any:
    """The values in another precision, recorded."""
    z = array._data.astype(dtype)
    result = array.__class__(z)
    node = array._node
    if state.recording and node is not None and node.alive:
        differentiable = z.dtype.kind == "f"
        pull = _POSITIVE if differentiable else FLAT
        result._node = Node(pull, (node,), (None, None), z.shape, z.dtype)
    return result


def _cut(function: Any) -> Any:
    op = operation(function)
    assert op is not None
    return op.cut((0,))


_ELEMENT, _POSITIVE = _cut(operator.getitem), _cut(np.positive)

__all__ = ["NOT_IN_GRAPH", "attach", "backward", "call", "drop", "gradients", "select"]
