"""The gradient that a command is about, and arguments for it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from adjoint.api import Gradient, value_and_grad
from adjoint.cli.arguments import arguments, chosen_positions
from adjoint.cli.errors import CommandError
from adjoint.cli.locate import locate
from adjoint.errors import AdjointError


def prepared(
    target: str, types: str, values: str, wrt: str, size: int, *, jit: bool = False
) -> tuple[Gradient, tuple[Any, ...]]:
    """The value and gradient of a function, and arguments.

    Only to read or run its text, nothing is compiled, and nothing kept.
    """
    function = locate(target)
    args = arguments(function, types, values, size)
    argnums = chosen_positions(wrt, function, args)
    return value_and_grad(function, argnums, jit=jit, cache=jit), args


def require_running(function: Callable[..., Any], args: tuple[Any, ...], hint: str) -> Any:
    """The function's value at copies of the arguments.

    Raises
    ------
    CommandError : it raises.
    AdjointError : it is a compiled one, and it is refused.
    """
    try:
        return function(*copy.deepcopy(args))
    except AdjointError:
        raise
    except Exception as error:  # whatever the user's function raises
        name = getattr(function, "__name__", "the function")
        raise CommandError(
            f"{name} raises {type(error).__name__} at these arguments: {error}", hint
        ) from None


OTHER_ARGUMENTS = 'give arguments that suit it: --args "np.ones((3, 2)), 2.0"'
