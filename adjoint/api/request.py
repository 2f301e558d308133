"""What is asked of a function: with respect to which parameters, and how to compile it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from adjoint.api.argnums import Chosen
from adjoint.api.target import name_of


@dataclass(frozen=True, eq=False)
class Request:
    """A function and what is asked of it.

    Attributes
    ----------
    called : what the user differentiates: a function, a bound method, a callable.
    function : the plain Python function under it.
    first, keywords : what is bound to that function already.
    names : its parameters, in order.
    wrt : the parameters to differentiate with respect to, in the user's order.
    single : whether the one gradient is to come as a tuple of one.
    value : whether the function's value is returned besides.
    jit, fastmath, cache, optimise : the options of `grad`.
    memory : bytes that a checkpointed loop may take.
    array_seed : whether the primal is what a call wants, and the adjoint is to take the
        cotangent of the result (`differentiable`); otherwise the cotangent is one.
    items : whether the Jacobian is asked for, a gradient for each item of the result.
    parallel : whether threads are to run the loops of the adjoint where that is safe.
    into : whether derivatives are written to arrays of the caller, which follow the arguments.
    """

    called: Callable[..., Any]
    function: FunctionType
    first: tuple[Any, ...]
    keywords: Mapping[str, Any]
    names: tuple[str, ...]
    wrt: tuple[Chosen, ...]
    single: bool
    value: bool
    jit: bool
    fastmath: bool
    cache: bool
    optimise: bool
    memory: int | None
    array_seed: bool = False
    items: bool = False
    parallel: bool = False
    into: bool = False

    @property
    def bound(self) -> bool:
        """Whether arguments are bound to the function."""
        return bool(self.first or self.keywords)

    @property
    def positions(self) -> tuple[int, ...]:
        """Positions of the parameters to differentiate with respect to."""
        return tuple(position for position, _ in self.wrt)

    @property
    def name(self) -> str:
        """The function's name, `lambda` for a lambda."""
        return name_of(self.function)

    @property
    def tape_call(self) -> str:
        """What to write to run the function on the tape instead, for messages."""
        called = "f" if self.name == "lambda" else self.name
        return f'{"value_and_grad" if self.value else "grad"}({called}, mode="tape")'

    @property
    def takes_out(self) -> bool:
        """Whether a call may say, by `out=`, what derivatives are written to."""
        variable = inspect.Parameter.VAR_KEYWORD
        parameters = self.signature.parameters
        named = "out" in parameters or any(p.kind is variable for p in parameters.values())
        return bool(self.wrt) and not self.array_seed and not named

    @property
    def signature(self) -> inspect.Signature:
        """The function's signature."""
        return inspect.signature(self.function)

    @property
    def role(self) -> str:
        """Which function of a generated module answers a call."""
        if self.array_seed:
            return "primal"
        if self.into:
            return "into"
        return "value_and_gradient" if self.value else "gradient"
