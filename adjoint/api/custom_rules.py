"""`vjp_rule`: derivatives that users give."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

from adjoint.errors import InvalidRule

F = TypeVar("F", bound=Callable[..., Any])


def vjp_rule(*functions: Callable[..., Any], returns: Any = None) -> Callable[[F], F]:
    """Give functions a derivative: decorates the rule, which stays a plain function.

    A rule takes the function's result, its arguments under their own names, and the cotangent of
    the result, called `<result>_bar`. It ends with its only `return`, of the cotangents of the
    differentiable arguments, called `<argument>_bar`; each has the type and shape of its argument.

    In compiled code, a call of a Python function with a rule stays a call; the function and the
    rule are compiled. A derivative with respect to an argument that the rule returns no cotangent
    for is refused. A library function, and one with `returns`, is called outside of machine code:
    once where it is called, and once more with its rule where that is reversed, each of which takes
    tens of microseconds. The first time, an `OutsideWarning` says where.

    On the tape, NumPy's functions and ufuncs follow their rules; a Python function is run as it
    is, and what is recorded is what it does; `differentiable(f)` is one operation with the rule.

    Parameters
    ----------
    *functions : what the rule is for.
    returns : Numba's type of the result, or its text (`"f8"`, `"f8[:]"`), of a function that
        cannot be compiled. Left out, a library function is tried on ones.

    Raises
    ------
    InvalidRule : the rule is not written like this, or a function has one already.

    Examples
    --------
    >>> import math
    >>> from adjoint import grad, vjp_rule
    >>> def log1pexp(x):
    ...     return x if x > 40.0 else math.log1p(math.exp(x))
    >>> @vjp_rule(log1pexp)
    ... def log1pexp_rule(z, x, z_bar):
    ...     x_bar = z_bar / (1.0 + math.exp(-x))
    ...     return x_bar
    >>> grad(lambda x: 2.0 * log1pexp(x))(0.0)
    1.0
    """
    if not functions:
        raise InvalidRule("vjp_rule needs the function that the rule is for: @vjp_rule(f)")

    from adjoint.rules import users  # it imports the table of rules

    def give(adjoint: F) -> F:
        for function in functions:
            users.give_rule(function, adjoint, returns)
            tape = sys.modules.get("adjoint.runtime.tape.operations")
            if tape is not None:
                tape.forget(function)
        return adjoint

    return give
