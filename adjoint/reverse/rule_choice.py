"""Which rule a call has: that of its function, or that of its function of complex numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from adjoint.program.core import Call, Const, Expr, Name
from adjoint.program.numbers import is_complex
from adjoint.rules.registry import Rule, complex_rule_for, is_piecewise_constant, rule_for

Types = Mapping[str, Any]

_CREATION = {np.zeros, np.empty, np.ones}


def rule_of(call: Call, types: Types) -> Rule | None:
    """The rule of a call, or None; some functions have one of complex numbers only."""
    if _of_complex(call, types):
        return complex_rule_for(call.function)
    return rule_for(call.function) or complex_rule_for(call.function)


def is_flat(call: Call, types: Types) -> bool:
    """Whether the derivative of a call is zero wherever it exists."""
    if call.function in _CREATION:
        return True
    return is_piecewise_constant(call.function, _of_complex(call, types))


def differentiable_operands(call: Call, types: Types) -> tuple[Expr, ...]:
    """Operands that a derivative flows through; all of a function nobody has a rule for."""
    if is_flat(call, types):
        return ()
    rule = rule_of(call, types)
    if rule is not None:
        by_name = dict(zip(rule.params, call.args, strict=False)) | dict(call.keywords)
        return tuple(by_name[p] for p in (*rule.differentiable, *rule.without) if p in by_name)
    return (*call.args, *(value for _, value in call.keywords))


def operand_types(call: Call, types: Types) -> list[Any]:
    """Types of a call's operands that are variables."""
    return [types.get(arg.id) for arg in call.args if isinstance(arg, Name)]


def _of_complex(call: Call, types: Types) -> bool:
    constants = (arg.value for arg in call.args if isinstance(arg, Const))
    return any(map(is_complex, operand_types(call, types))) or any(
        isinstance(value, complex | np.complexfloating) for value in constants
    )
