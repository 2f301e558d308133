"""The table's rules, read as core-language statements to be put in place of a call's adjoint."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from adjoint.errors import InternalError
from adjoint.program import primitives
from adjoint.program.core import Assign, Call, Const, Expr, Name, Return, Tuple
from adjoint.program.walk import names, rewrite, substitute
from adjoint.rules.registry import Rule
from adjoint.syntax import parse

# On scalars the operator is what the ufunc means, and reads better.
_ON_SCALARS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.where: primitives.select,
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: operator.truediv,
    np.negative: operator.neg,
    np.abs: abs,
    np.square: np.square,
    np.logical_and: primitives.logical_and,
    np.logical_or: primitives.logical_or,
    np.logical_not: operator.not_,
}


@dataclass(frozen=True)
class RuleBody:
    """A rule's straight-line code.

    Attributes
    ----------
    steps : assignments, in order.
    bars : for each differentiable parameter the expression of its cotangent.
    """

    steps: tuple[Assign, ...]
    bars: Mapping[str, Expr]

    def for_parameter(self, param: str) -> tuple[tuple[Assign, ...], Expr]:
        """The steps that one parameter's cotangent needs, and the cotangent."""
        bar = self.bars[param]
        wanted = set(names(bar))
        kept: list[Assign] = []
        for step in reversed(self.steps):
            if step.target in wanted:
                wanted |= set(names(step.value))
                kept.append(step)
        return tuple(reversed(kept)), bar


@cache
def _parsed(adjoint: Callable[..., Any], broadcasts: bool) -> tuple[tuple[Assign, ...], Expr]:
    program = parse(adjoint, is_primitive=lambda function: True)
    steps: list[Assign] = []
    for stmt in program.body:
        if isinstance(stmt, Return):
            return tuple(steps), stmt.value
        if not isinstance(stmt, Assign):
            raise InternalError(f"rule {adjoint.__name__} is not straight-line")
        value = rewrite(stmt.value, _on_scalars) if broadcasts else stmt.value
        steps.append(Assign(stmt.target, value))
    raise InternalError(f"rule {adjoint.__name__} returns nothing")


def rule_body(rule: Rule) -> RuleBody:
    """Read a rule."""
    steps, result = _parsed(rule.adjoint, rule.broadcasts)
    definitions = {step.target: step.value for step in steps}
    returned = definitions.get(result.id, result) if isinstance(result, Name) else result
    items = returned.items if isinstance(returned, Tuple) else (result,)
    bars = dict(zip(rule.differentiable, items, strict=True))
    return RuleBody(tuple(s for s in steps if not isinstance(s.value, Tuple)), bars)


def _on_scalars(expr: Any) -> Any:
    if isinstance(expr, Call) and expr.function in _ON_SCALARS:
        return Call(_ON_SCALARS[expr.function], expr.args, expr.keywords)
    return expr


def bound_arguments(rule: Rule, call: Call) -> dict[str, Expr]:
    """The call's operands by the rule's parameter names; absent ones have the rule's default."""
    bound: dict[str, Expr] = dict(zip(rule.params, call.args, strict=False))
    bound.update((key, value) for key, value in call.keywords if key in rule.params)
    defaults = rule.adjoint.__kwdefaults__ or {}
    positional = rule.adjoint.__defaults__ or ()
    code_params = (rule.result, *rule.params, rule.result_bar)
    for param, default in zip(reversed(code_params), reversed(positional), strict=False):
        bound.setdefault(param, Const(default))
    for param, default in defaults.items():
        bound.setdefault(param, Const(default))
    return bound


def instantiated(
    steps: tuple[Assign, ...],
    bar: Expr,
    mapping: Mapping[str, Expr],
    fresh: Callable[[str], Name],
) -> tuple[list[Assign], Expr]:
    """Steps and cotangent with the rule's own names replaced."""
    local = dict(mapping)
    placed: list[Assign] = []
    for step in steps:
        value = substitute(step.value, local)
        name = fresh("t" if step.target.endswith("_bar") else step.target)
        local[step.target] = name
        placed.append(Assign(name.id, value))
    return placed, substitute(bar, local)
