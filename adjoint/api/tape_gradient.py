"""`grad(f, mode="tape")`: the gradient of a function that no compiler can type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, NoReturn

import numpy as np

from adjoint.api import on_tape
from adjoint.api.gradient import Gradient
from adjoint.api.tape_arguments import TapeArguments
from adjoint.errors import NotDifferentiable
from adjoint.program.structure import Structure
from adjoint.runtime.tape import autograd, plain
from adjoint.runtime.tape.array import Array
from adjoint.runtime.tape.function import record_call
from adjoint.runtime.tape.state import Scope, state
from adjoint.runtime.tape.tensor import Tensor, raw

Args = tuple[Any, ...]


class TapeGradient(Gradient):
    """The gradient of a function that runs as it is, on arrays of the tape, at every call.

    Any Python will do that is made of NumPy and leaves recorded values on the tape: dictionaries,
    objects, shapes that depend on data. Nothing is compiled, so there is no source to show, and
    compiled code cannot call it.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the gradient at these arguments, or the pair of value and gradient."""
        given = TapeArguments(self._request, self._bound, self._bound(args, kwargs))
        if any(isinstance(leaf, Tensor) for leaf in given.leaves):
            return self._call_on_tape(given)
        value, bars = plain.value_and_gradient(given.run, given.leaves, given.wrt)
        gradient = given.gradient(bars)
        return (value, gradient) if self._request.value else gradient

    def primal(self, *args: Any, **kwargs: Any) -> Any:
        """Return the function's own value."""
        given, named = self._bound.unbind(self._bound(args, kwargs))
        return self._request.function(*given, **named)

    def find(self, args: tuple[Any, ...]) -> NoReturn:
        """Refuse: nothing is compiled."""
        raise self._nothing_compiled()

    def source(self, *args: Any, **kwargs: Any) -> str:
        """Refuse: nothing is generated."""
        raise self._nothing_compiled()

    def stages(self, *args: Any, **kwargs: Any) -> Mapping[str, str]:
        """Refuse: nothing is generated."""
        raise self._nothing_compiled()

    @property
    def _numba_type_(self) -> NoReturn:
        raise self._nothing_compiled()

    def require_code(self) -> NoReturn:
        """Refuse: there is no code to differentiate."""
        raise self._nothing_compiled()

    def __adjoint_gradient__(
        self, structures: tuple[Structure, ...], kinds: tuple[Any, ...]
    ) -> NoReturn:
        """Refuse: there is no code to differentiate."""
        raise self._nothing_compiled()

    def _repr_html_(self) -> str:
        return f"<code>{escape(repr(self))}</code>"

    def _options(self) -> str:
        return ', mode="tape"'

    def _nothing_compiled(self) -> NotDifferentiable:
        name = self._request.name
        return NotDifferentiable(
            f"the gradient of {name} runs on the tape, so there is no generated code",
            hint=f'leave out mode="tape" to compile {name}',
        )

    # --------------------------------------------------------------------- on arrays of the tape

    def _call_on_tape(self, given: TapeArguments) -> Any:  # type: ignore[override]
        """One operation for the value and one for the gradient; both can be differentiated."""
        args = tuple(given.leaves)
        values, inputs = on_tape.plain(args), on_tape.live(args)
        value, bars = plain.value_and_gradient(given.run, values, given.wrt)
        output = on_tape.like(args, value)
        derivatives = [on_tape.like(args, bar) for bar in bars]
        tensors = [args[i] for i in inputs]
        if inputs:
            record_call(tensors, [output], _pull_value(given.run, values, inputs))
            pull = _pull_gradient(given.run, values, inputs, given.wrt)
            record_call(tensors, derivatives, pull)
        gradient = given.gradient(derivatives)
        return (output, gradient) if self._request.value else gradient


def _pull_value(
    run: Callable[..., Any], values: Args, inputs: list[int]
) -> Callable[..., Sequence[Any]]:
    def vjp(bar: np.ndarray) -> Sequence[Any]:
        def weighted(*args: Any) -> Any:
            result = run(*args)
            return np.sum(result * bar.reshape(np.shape(result)))

        bars = plain.value_and_gradient(weighted, values, inputs)[1]
        return [np.asarray(x_bar) for x_bar in bars]

    return vjp


def _pull_gradient(
    run: Callable[..., Any], values: Args, inputs: list[int], wrt: tuple[int, ...]
) -> Callable[..., Sequence[Any]]:
    """The pullback of the gradient: that of gradient · cotangent, by a tape of its own."""

    def vjp(*bars: np.ndarray) -> Sequence[Any]:
        variables = {i: Array(np.array(values[i])) for i in {*inputs, *wrt}}
        for variable in variables.values():
            variable.attach_grad()
        args = [variables.get(i, value) for i, value in enumerate(values)]
        with Scope(True, state.training):
            gradients = autograd.grad(run(*args), [variables[i] for i in wrt], create_graph=True)
            parts = [np.sum(g * b.reshape(g.shape)) for g, b in zip(gradients, bars, strict=True)]
            total = sum(parts[1:], parts[0])
        if total._node is not None and total._node.alive:
            total.backward()
        return [raw(variables[i].grad) for i in inputs]

    return vjp
