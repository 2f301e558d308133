"""The table of rules: one entry a function, shared by the compiler and the tape.

A rule is an ordinary function that takes the result, the arguments and the result's cotangent,
and returns one cotangent for each differentiable argument:

    @vjp_rule(np.multiply, operator.mul, broadcasts=True)
    def multiply(z, x, y, z_bar):
        x_bar = z_bar * y
        y_bar = z_bar * x
        return x_bar, y_bar

The first parameter is the result, the last its cotangent, those between have the names and
defaults of the function itself. The returned names, `<argument>_bar`, say what is
differentiable. The body is straight-line code; a choice is an `np.where`.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adjoint.errors import InternalError
from adjoint.rules.source import definition

Function = Callable[..., Any]


@dataclass(frozen=True)
class Rule:
    """A function's adjoint.

    Attributes
    ----------
    adjoint : the executable rule, `adjoint(result, *arguments, result_bar)`.
    result, result_bar : the rule's names for the result and its cotangent.
    params : names of the function's parameters, in order.
    differentiable : the parameters that get a cotangent, in the order returned.
    broadcasts : elementwise; the rule is written for operands of one shape (or scalars), and
        the caller undoes broadcasting.
    """

    adjoint: Function
    result: str
    result_bar: str
    params: tuple[str, ...]
    differentiable: tuple[str, ...]
    broadcasts: bool


_rules: dict[Function, Rule] = {}
_piecewise_constant: set[Function] = set()


def vjp_rule(*functions: Function, broadcasts: bool = False) -> Callable[[Function], Function]:
    """Register the decorated rule for each of `functions`."""

    def register(adjoint: Function) -> Function:
        names = tuple(inspect.signature(adjoint).parameters)
        returned = _returned_names(adjoint)
        params = names[1:-1]
        unknown = [n for n in returned if n.removesuffix("_bar") not in params]
        if unknown:
            raise InternalError(f"rule {adjoint.__name__} returns {unknown}, not parameters' bars")
        rule = Rule(
            adjoint=adjoint,
            result=names[0],
            result_bar=names[-1],
            params=params,
            differentiable=tuple(n.removesuffix("_bar") for n in returned),
            broadcasts=broadcasts,
        )
        for function in functions:
            _rules[function] = rule
        return adjoint

    return register


def piecewise_constant(*functions: Function) -> None:
    """Register functions whose derivative is zero wherever it exists (`floor`, `len`, `<`)."""
    _piecewise_constant.update(functions)


def rule_for(function: Function) -> Rule | None:
    """The rule of a function, or None."""
    return _rules.get(function)


def is_piecewise_constant(function: Function) -> bool:
    """Whether the function's derivative is zero wherever it exists."""
    return function in _piecewise_constant


def registered() -> dict[Function, Rule]:
    """A copy of the whole table."""
    return dict(_rules)


def _returned_names(adjoint: Function) -> tuple[str, ...]:
    last = definition(adjoint).body[-1]
    if not isinstance(last, ast.Return):
        raise InternalError(f"rule {adjoint.__name__} must end with its only return")
    returned = last.value
    items = returned.elts if isinstance(returned, ast.Tuple) else [returned]
    if not all(isinstance(item, ast.Name) for item in items):
        raise InternalError(f"rule {adjoint.__name__} must return names")
    return tuple(item.id for item in items if isinstance(item, ast.Name))
