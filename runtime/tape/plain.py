"""Gradients of ordinary NumPy functions by the tape.

Code that no compiler can type - dictionaries, objects, data-dependent shapes - still runs on
arrays of the tape, and an independent answer is what compiled gradients are compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from adjoint.errors import NotDifferentiable
from adjoint.runtime.tape import variables
from adjoint.runtime.tape.array import Array
from adjoint.runtime.tape.state import Scope, state
from adjoint.runtime.tape.tensor import Tensor, raw


def value_and_gradient(
    function: Callable[..., Any], args: Sequence[Any], wrt: Sequence[int] = (0,)
) -> tuple[Any, tuple[Any, ...]]:
    """Run `function(*args)` on the tape.

    Parameters
    ----------
    function : made of Python and NumPy; what has no rule raises `NoRule`, and a recorded value
        that would silently become a number raises `NotDifferentiable`.
    args : numbers and arrays; those in `wrt` must be float.
    wrt : positions to differentiate with respect to.

    Returns
    -------
    value : the result, as plain data.
    gradients : one for each of `wrt`, of its argument's type; of an array result, that of the sum
        of its elements.

    Examples
    --------
    >>> value_and_gradient(lambda x: x * np.sin(x), (0.0,))
    (0.0, (0.0,))
    """
    arguments = list(args)
    made = [_variable(args[i]) for i in wrt]
    for i, variable in zip(wrt, made, strict=True):
        arguments[i] = variable
    previous = state.strict
    state.strict = True
    try:
        with Scope(True, True):
            result = function(*arguments)
    except ValueError as error:
        # NumPy says "setting an array element with a sequence" when the conversion raises.
        if isinstance(error.__cause__, NotDifferentiable):
            raise error.__cause__ from None
        raise
    finally:
        state.strict = previous
    gradients = _gradients(result, made)
    return _plain(result), tuple(
        _like(args[i], gradient) for i, gradient in zip(wrt, gradients, strict=True)
    )


def _variable(value: Any) -> Array:
    data = np.array(value)
    if data.dtype.kind != "f":
        raise NotDifferentiable(f"a gradient was asked with respect to {data.dtype} values")
    variable = Array(data)
    variables.attach(variable, "write")
    return variable


def _gradients(result: Any, made: list[Array]) -> list[np.ndarray]:
    if isinstance(result, Tensor) and result._node is not None and result._node.alive:
        variables.backward([result], [None], False, True)
    return [variable._node.buffer for variable in made]


def _plain(result: Any) -> Any:
    data = raw(result)
    return data.item() if isinstance(data, np.generic) else data


def _like(argument: Any, gradient: np.ndarray) -> Any:
    if isinstance(argument, np.ndarray):
        return gradient
    return type(argument)(gradient.item())
