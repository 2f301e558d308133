"""The rules that users gave, for their own functions and for library functions.

What asks for one does not need the table of all rules: it is imported with the compiler, or when
the first rule is given (`adjoint.rules.users`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adjoint.rules.registry import Rule

Function = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class UserRule:
    """A rule and the function that it is for.

    Attributes
    ----------
    reads_result : whether the rule uses the function's result.
    outside : stand-ins for the function, and for the function with its rule, which takes the
        arguments and the cotangent; None of a function that is compiled.
    returns : what the user said of the result's type.
    """

    function: Function
    rule: Rule
    reads_result: bool
    outside: tuple[Function, Function] | None
    returns: str


_rules: dict[Any, UserRule] = {}


def user_rule_of(function: object) -> UserRule | None:
    """The rule that a user gave for a function, or None."""
    try:
        return _rules.get(function)
    except TypeError:  # an unhashable callable
        return None


def stands_for(function: Function, rule: UserRule) -> None:
    """Have a function keep a rule: the one it is given for, or one generated from that."""
    _rules[function] = rule
