"""Operations with a derivative of the user's own: `Function` and `record_call`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from adjoint.errors import NotDifferentiable
from adjoint.runtime.tape.node import Node, Part
from adjoint.runtime.tape.operations import guard
from adjoint.runtime.tape.state import Scope, state
from adjoint.runtime.tape.tensor import Tensor, raw


class Custom:
    """A pullback that is a Python callable.

    Attributes
    ----------
    vjp : takes one cotangent for each result, gives one for each live input.
    results : shape and dtype of each result.
    """

    __slots__ = ("results", "vjp")

    def __init__(self, vjp: Callable[..., Sequence[Any]], results: list[tuple]) -> None:
        self.vjp = vjp
        self.results = results

    def call(self, bar: Any) -> Sequence[Any]:
        """Cotangents of the live inputs from those of the results."""
        return self.vjp(*bar) if isinstance(bar, tuple) else self.vjp(bar)


def record_call(
    inputs: Sequence[Tensor],
    outputs: Sequence[Tensor],
    vjp: Callable[..., Sequence[Any]],
    *,
    differentiable: bool = False,
) -> bool:
    """Make `outputs` the results of one operation on `inputs`.

    This is how a compiled function becomes one node of the tape, its backward the compiled
    adjoint.

    Parameters
    ----------
    inputs : the tensors that the outputs depend on.
    outputs : fresh tensors, computed without recording.
    vjp : called with one NumPy array for each output, the cotangents (zeros for an output that
        nothing depends on); returns one array or None for each input.
    differentiable : whether `vjp` may be called with tensors and is itself made of recorded
        operations, so that `create_graph` can go through it. Otherwise that is an error.

    Returns
    -------
    bool : whether there was anything to record: recording, and a live input.
    """
    places = [i for i, t in enumerate(inputs) if t._node is not None and t._node.alive]
    if not (state.recording and places):
        return False

    def pull(*bars: Any) -> list[Any]:
        if not differentiable and any(isinstance(bar, Tensor) for bar in bars):
            raise NotDifferentiable(
                "this function's adjoint cannot be differentiated on the tape (create_graph)",
                hint="compile the second derivative, grad(grad(f)), and call that",
            )
        returned = vjp(*bars)
        return [returned[i] for i in places]

    _attach(pull, [inputs[i]._node for i in places], outputs, inputs)
    return True


def call_with_vjp(
    forward: Callable[..., tuple[Any, Callable[..., Sequence[Any]]]], *args: Any
) -> Any:
    """Call a function that brings its own adjoint on tensors, as one node of the tape.

    Parameters
    ----------
    forward : called with the arguments as plain NumPy data and numbers; returns the result (one
        array or number, or a tuple of them) and its vjp, which takes one cotangent for each result
        (a number for a number) and returns one, or None, for each argument.
    args : tensors and plain data, at least one a tensor.

    Returns
    -------
    The result as tensors of the first tensor's class; constants unless recording.
    """
    plain = [np.array(a._data) if isinstance(a, Tensor) else a for a in args]
    result, vjp = forward(*plain)
    places = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
    cls = type(args[places[0]])
    several = isinstance(result, tuple)
    results = result if several else (result,)
    outputs = [cls(np.array(r, ndmin=cls.least_ndim)) for r in results]

    def of_tensors(*bars: Any) -> list[Any]:
        returned = vjp(
            *(
                bar.reshape(r.shape) if isinstance(r, np.ndarray) else bar.item()
                for bar, r in zip(bars, results, strict=True)
            )
        )
        return [None if returned[i] is None else np.asarray(returned[i]) for i in places]

    record_call([args[i] for i in places], outputs, of_tensors)
    return tuple(outputs) if several else outputs[0]


def _attach(
    pull: Callable[..., Sequence[Any]],
    entries: list[Any],
    outputs: Sequence[Tensor],
    inputs: Sequence[Tensor],
) -> None:
    results = [(t._data.shape, t._data.dtype) for t in outputs]
    shape, dtype = results[0] if len(results) == 1 else (None, None)
    node = Node(Custom(pull, results), tuple(entries), (), shape, dtype)
    for tensor in inputs:
        guard(tensor, node)
    for i, (tensor, (shape, dtype)) in enumerate(zip(outputs, results, strict=True)):
        tensor._node = node if len(results) == 1 else Part(node, i, shape, dtype)


class Function:
    """An operation whose derivative you write: subclass, and define `forward` and `backward`.

    `forward` runs unrecorded on arrays; `backward` gets the cotangents of its results as arrays
    and returns that of each argument. One instance serves one call.
    """

    def __init__(self) -> None:
        self._used = False
        self._saved: tuple[Any, ...] = ()

    def save_for_backward(self, *args: Any) -> None:
        """Keep arrays for `backward`, as `saved_tensors`."""
        self._saved = args

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What `save_for_backward` was given."""
        return self._saved

    def __call__(self, *inputs: Any) -> Any:
        """Run `forward`, recorded as one operation."""
        if getattr(self, "_used", False):
            raise AssertionError(
                "Each Function instance can only be called once. Please create another instance."
            )
        if not state.recording:
            return self.forward(*inputs)
        self._used = True
        with Scope(False, None):
            outputs = self.forward(*inputs)
        several = isinstance(outputs, tuple | list)
        results = list(outputs) if several else [outputs]
        given = [x for x in inputs if isinstance(x, Tensor)]
        places = [
            i
            for i, x in enumerate(inputs)
            if isinstance(x, Tensor) and x._node is not None and x._node.alive
        ]
        if not places:
            return outputs
        cls = type(given[0])
        # A result that is an argument itself must not take over the argument's entry.
        results = [cls(t._data) if t._node is not None else t for t in results]
        entries = [inputs[i]._node for i in places]
        _attach(self._pull(len(inputs), places, cls), entries, results, given)
        return type(outputs)(results) if several else results[0]

    def _pull(
        self, count: int, places: list[int], cls: type[Tensor]
    ) -> Callable[..., Sequence[Any]]:
        def pull(*bars: Any) -> list[Any]:
            tensors = [
                cls(bar._data, bar._node) if isinstance(bar, Tensor) else cls(bar) for bar in bars
            ]
            returned = self.backward(*tensors)
            if not isinstance(returned, tuple | list):
                returned = (returned,)
            if len(returned) != count:
                raise AssertionError(
                    f"{type(self).__name__}.backward must return exactly the same number of "
                    f"NDArrays as the number of NDArrays arguments to forward. Expecting {count} "
                    f"got {len(returned)}"
                )
            higher = any(isinstance(bar, Tensor) for bar in bars)
            return [returned[i] if higher else raw(returned[i]) for i in places]

        return pull

    def forward(self, *inputs: Any) -> Any:
        """Compute the results."""
        raise NotImplementedError

    def backward(self, *output_grads: Any) -> Any:
        """Compute the cotangents of the arguments."""
        raise NotImplementedError
