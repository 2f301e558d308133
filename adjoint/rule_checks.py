"""Users' rules against numeric derivatives of the functions that they are for."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.errors import AdjointError, InvalidRule
from adjoint.program.user_rules import user_rule_of
from adjoint.rules.registry import complex_rule_for, rule_for


class RuleMismatch(AdjointError, AssertionError):
    """A rule and the function that it is for disagree."""


def checked_rule(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    derivative: Callable[[Callable[[float], float], float], tuple[float, float]],
    rtol: float,
    atol: float,
    seed: int,
) -> None:
    """Compare what the rule gives for each argument; `derivative` is Ridders'."""
    user = user_rule_of(function)
    rule = user.rule if user is not None else rule_for(function) or complex_rule_for(function)
    if rule is None:
        raise InvalidRule(f"{function.__name__} has no rule", hint="give it one with vjp_rule")
    plain = getattr(function, "py_func", function)
    name = rule.adjoint.__name__
    draw = np.random.default_rng(seed)
    result = plain(*copy.deepcopy(args))
    weights = draw.standard_normal(np.shape(result))
    if not isinstance(result, np.ndarray):
        weights = float(weights)
    bars = rule.adjoint(plain(*copy.deepcopy(args)), *copy.deepcopy(args), weights)
    found = bars if isinstance(bars, tuple) else (bars,)
    if len(found) != len(rule.differentiable):
        raise RuleMismatch(
            f"{name} returned {len(found)} cotangents for {', '.join(rule.differentiable)}"
        )
    for param, bar in zip(rule.differentiable, found, strict=True):
        position = rule.params.index(param)
        _check_shape(name, param, bar, args[position])
        direction = draw.standard_normal(np.shape(args[position]))

        def along(shift: float, position: int = position, direction: Any = direction) -> float:
            moved = list(copy.deepcopy(args))
            step = shift * direction
            is_array = isinstance(args[position], np.ndarray)
            moved[position] = args[position] + (step if is_array else float(step))
            return float(np.sum(weights * plain(*moved)))

        expected, error = derivative(along, 0.02)
        got = float(np.sum(bar * direction))
        scale = max(1.0, float(np.sum(abs(bar * direction))), abs(expected))
        if not abs(got - expected) <= atol + rtol * scale:
            raise RuleMismatch(
                f"{name}: `{param}_bar` disagrees with the function along a random direction: the "
                f"rule gives {got!r}, differences give {expected!r} (good to {error:.1e})",
                hint="a wrong formula, or a kink nearby",
            )


def _check_shape(name: str, param: str, bar: Any, arg: Any) -> None:
    if np.shape(bar) != np.shape(arg):
        raise RuleMismatch(
            f"{name}: `{param}_bar` has the shape {np.shape(bar)}, and `{param}` {np.shape(arg)}"
        )
