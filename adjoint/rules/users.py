"""Rules as users write them: read, checked, and registered beside the table's own.

A function whose source the compiler reads stays Python: it and its rule are compiled. Any other
is called outside of machine code (`adjoint.runtime.outside`), once where it is called, and with its
rule once where that is reversed.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import replace
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np
from numba.core import sigutils, types
from numba.core.typing.typeof import typeof

from adjoint.errors import InternalError, InvalidRule
from adjoint.program.user_rules import UserRule, stands_for, user_rule_of
from adjoint.rules import registry
from adjoint.rules.registry import Rule
from adjoint.rules.source import definition
from adjoint.runtime import outside

Function = Callable[..., Any]
_LIBRARIES = ("numpy", "scipy", "math", "cmath", "builtins", "operator", "_operator")


def give_rule(function: Function, adjoint: Function, returns: Any) -> None:
    """Register a user's rule for a function, for the compiler and the tape.

    Raises
    ------
    InvalidRule : the rule is not written as rules are, or the function has one already.
    """
    if not callable(function):
        raise InvalidRule(f"{function!r} is not a function, so it cannot have a rule")
    known = registry.rule_for(function) or registry.complex_rule_for(function)
    if known is not None and user_rule_of(function) is None:
        raise InvalidRule(f"{_name(function)} has a rule already")
    rule = _read(function, adjoint)
    reads = rule.result in _names_read(adjoint)
    beside = None
    if returns is not None or not _is_python(function):
        beside = _stand_ins(function, rule, returns)
    given = UserRule(function, rule, reads, beside, "" if returns is None else str(returns))
    for key in {function, getattr(function, "py_func", function)}:
        stands_for(key, given)
    registry.set_rule(function, rule)


def _name(function: Function) -> str:
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", "function")
    module = getattr(function, "__module__", None)
    return f"{module}.{name}" if module else str(name)


def _is_python(function: Function) -> bool:
    """Whether the function's source is to be compiled."""
    plain = getattr(function, "py_func", function)
    if isinstance(plain, BuiltinFunctionType) or not isinstance(plain, FunctionType):
        return False
    return (plain.__module__ or "").partition(".")[0] not in _LIBRARIES


# --------------------------------------------------------------------------- reading a rule


def _read(function: Function, adjoint: Function) -> Rule:
    if not isinstance(adjoint, FunctionType):
        raise InvalidRule(f"a rule is a Python function, not {adjoint!r}")
    try:
        rule = registry.read_rule(adjoint)
    except (InternalError, OSError, SyntaxError) as error:
        raise InvalidRule(
            f"the rule {adjoint.__name__} is not written as rules are: "
            f"{getattr(error, 'message', error)}",
            hint="def rule(z, x, y, z_bar): …; return x_bar, y_bar",
        ) from None
    if rule.result_bar != f"{rule.result}_bar":
        raise InvalidRule(
            f"the rule {adjoint.__name__} takes the result first and its cotangent last, so the "
            f"last parameter is called {rule.result}_bar, not {rule.result_bar}"
        )
    own = _parameters(function)
    if own is not None and own != rule.params:
        raise InvalidRule(
            f"the rule {adjoint.__name__} has the parameters {', '.join(rule.params)} between "
            f"result and cotangent, and {_name(function)} has {', '.join(own)}"
        )
    left_out = tuple(p for p in rule.params if p not in rule.differentiable)
    return replace(rule, without=left_out)


def _parameters(function: Function) -> tuple[str, ...] | None:
    try:
        params = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return None
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in params):
        return None
    return tuple(p.name for p in params)


def _names_read(adjoint: Function) -> set[str]:
    nodes = ast.walk(definition(adjoint))
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


# --------------------------------------------------------------------------- outside machine code


def _stand_ins(function: Function, rule: Rule, returns: Any) -> tuple[Function, Function]:
    plain = getattr(function, "py_func", function)
    name = getattr(plain, "__name__", "function")
    given = None if returns is None else _type(returns)

    def result(kinds: tuple[Any, ...]) -> Any:
        return _tried(name, plain, kinds) if given is None else given

    def bars(*args: Any) -> Any:
        *operands, seed = args
        found = rule.adjoint(plain(*operands), *operands, seed)
        return found if len(rule.differentiable) > 1 else _alone(found)

    def kinds_of_bars(kinds: tuple[Any, ...]) -> Any:
        found = [_kept(kinds[rule.params.index(param)]) for param in rule.differentiable]
        return found[0] if len(found) == 1 else types.BaseTuple.from_types(found)

    return (
        outside.stand_in(name, plain, result),
        outside.stand_in(f"{name}_bars", bars, kinds_of_bars),
    )


def _alone(found: Any) -> Any:
    return found[0] if isinstance(found, tuple) else found


def _kept(kind: Any) -> Any:
    """The type of an argument as what has its shape: arrays are contiguous."""
    return types.Array(kind.dtype, kind.ndim, "C") if isinstance(kind, types.Array) else kind


def _type(returns: Any) -> Any:
    """A Numba type, or the text of one."""
    try:
        found = sigutils._parse_signature_string(returns) if isinstance(returns, str) else returns
    except (NameError, SyntaxError, TypeError, AttributeError):
        found = None
    if not isinstance(found, types.Number | types.Array):
        raise InvalidRule(
            f"returns={returns!r} is no type of a number or an array",
            hint='"f8" for a float, "f8[:]" for a vector, "f8[:, :]" for a matrix',
        )
    return _kept(found)


def _tried(name: str, function: Function, kinds: tuple[Any, ...]) -> Any:
    """The type of what the function returns for ones.

    Raises
    ------
    ValueError : the trial failed.
    """
    args = [_ones(kind) for kind in kinds]
    hint = f'say what {name} returns: vjp_rule(…, returns="f8[:]")'
    try:
        found = typeof(function(*args))
    except Exception as error:  # whatever a user's function raises for arguments it does not like
        raise ValueError(f"a trial call of {name} with ones failed ({error}); {hint}") from error
    if not isinstance(found, types.Number | types.Array):
        raise ValueError(f"{name} returned {found} in a trial call; {hint}")
    return _kept(found)


def _ones(kind: Any) -> Any:
    if isinstance(kind, types.Array):
        return np.ones((2,) * kind.ndim, np.dtype(str(kind.dtype)))
    return np.dtype(str(kind)).type(1).item()
