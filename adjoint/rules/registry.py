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
import cmath
import importlib.util
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

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
    holomorphic : whether it holds for complex arguments too.
    without : parameters that the result varies with, and no formula is known for; what depends on
        them is refused.
    """

    adjoint: Function
    result: str
    result_bar: str
    params: tuple[str, ...]
    differentiable: tuple[str, ...]
    broadcasts: bool
    holomorphic: bool = False
    without: tuple[str, ...] = ()


_rules: dict[Function, Rule] = {}
_complex_rules: dict[Function, Rule] = {}
_piecewise_constant: set[Function] = set()
_VARYING = {np.sign, np.angle, cmath.phase}


def vjp_rule(
    *functions: Function,
    broadcasts: bool = False,
    holomorphic: bool = False,
    without: tuple[str, ...] = (),
) -> Callable[[Function], Function]:
    """Register the decorated rule for each of `functions`."""

    def register(adjoint: Function) -> Function:
        rule = replace(_read(adjoint, broadcasts, holomorphic), without=without)
        _rules.update((function, rule) for function in functions)
        return adjoint

    return register


def complex_rule(*functions: Function, broadcasts: bool = True) -> Callable[[Function], Function]:
    """Register the decorated rule for each of `functions` of complex numbers."""

    def register(adjoint: Function) -> Function:
        rule = _read(adjoint, broadcasts, True)
        _complex_rules.update((function, rule) for function in functions)
        return adjoint

    return register


def _read(adjoint: Function, broadcasts: bool, holomorphic: bool) -> Rule:
    names = tuple(inspect.signature(adjoint).parameters)
    returned = _returned_names(adjoint)
    params = names[1:-1]
    unknown = [n for n in returned if n.removesuffix("_bar") not in params]
    if unknown:
        raise InternalError(f"rule {adjoint.__name__} returns {unknown}, not parameters' bars")
    return Rule(
        adjoint=adjoint,
        result=names[0],
        result_bar=names[-1],
        params=params,
        differentiable=tuple(n.removesuffix("_bar") for n in returned),
        broadcasts=broadcasts,
        holomorphic=holomorphic,
    )


def read_rule(adjoint: Function) -> Rule:
    """A rule as it is written down, without registering it."""
    return _read(adjoint, False, False)


def set_rule(function: Function, rule: Rule) -> None:
    """Register a rule, in place of one that was given before."""
    _rules[function] = rule


def piecewise_constant(*functions: Function) -> None:
    """Register functions whose derivative is zero wherever it exists (`floor`, `len`, `<`)."""
    _piecewise_constant.update(functions)


def rule_for(function: Function) -> Rule | None:
    """The rule of a function, or None."""
    if isinstance(function, np.ufunc) and function not in _rules and "scipy.special" in sys.modules:
        _load_special()
    return _rules.get(function)


def _load_special() -> None:
    """Fill in the rules of SciPy's functions, which whoever does not use SciPy can do without."""
    for family in ("special", "bessel", "cumulative", "integrals"):
        importlib.import_module(f"adjoint.rules.{family}")


def complex_rule_for(function: Function) -> Rule | None:
    """The rule of a function of complex numbers, or None."""
    found = _complex_rules.get(function)
    if found is None:
        found = _rules.get(function)
    return found if found is not None and found.holomorphic else None


def is_piecewise_constant(function: Function, of_complex: bool = False) -> bool:
    """Whether the function's derivative is zero wherever it exists.

    Of complex numbers, `np.sign` is z / |z|, and the angle and imaginary part vary.
    """
    return function in _piecewise_constant and not (of_complex and function in _VARYING)


def registered() -> dict[Function, Rule]:
    """A copy of the whole table, with SciPy's functions where SciPy is installed."""
    if importlib.util.find_spec("scipy") is not None:
        _load_special()
    return dict(_rules)


def registered_complex() -> dict[Function, Rule]:
    """A copy of the table of complex functions: every rule that holds for them."""
    plain = {function: rule for function, rule in _rules.items() if rule.holomorphic}
    return plain | _complex_rules


def _returned_names(adjoint: Function) -> tuple[str, ...]:
    last = definition(adjoint).body[-1]
    if not isinstance(last, ast.Return):
        raise InternalError(f"rule {adjoint.__name__} must end with its only return")
    returned = last.value
    items = returned.elts if isinstance(returned, ast.Tuple) else [returned]
    if not all(isinstance(item, ast.Name) for item in items):
        raise InternalError(f"rule {adjoint.__name__} must return names")
    return tuple(item.id for item in items if isinstance(item, ast.Name))
