"""What is asked of a function: with respect to which parameters, and how to compile it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from types import FunctionType


@dataclass(frozen=True, eq=False)
class Request:
    """A function and what is asked of it.

    Attributes
    ----------
    function : the user's plain Python function.
    names : its parameters, in order.
    wrt : positions of the parameters to differentiate with respect to, in the user's order.
    single : whether the one gradient is to come as a tuple of one.
    value : whether the function's value is returned besides.
    jit, fastmath, cache, optimise : the options of `grad`.
    array_seed : whether the primal is what a call wants, and the adjoint is to take the
        cotangent of the result (`differentiable`); otherwise the cotangent is one.
    """

    function: FunctionType
    names: tuple[str, ...]
    wrt: tuple[int, ...]
    single: bool
    value: bool
    jit: bool
    fastmath: bool
    cache: bool
    optimise: bool
    array_seed: bool = False

    @property
    def name(self) -> str:
        """The function's name, `lambda` for a lambda."""
        return self.function.__name__.strip("<>")

    @property
    def tape_call(self) -> str:
        """What to write to run the function on the tape instead, for messages."""
        called = "f" if self.name == "lambda" else self.name
        return f'{"value_and_grad" if self.value else "grad"}({called}, mode="tape")'

    @property
    def signature(self) -> inspect.Signature:
        """The function's signature."""
        return inspect.signature(self.function)

    @property
    def role(self) -> str:
        """Which function of a generated module answers a call."""
        if self.array_seed:
            return "primal"
        return "value_and_gradient" if self.value else "gradient"
