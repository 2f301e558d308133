"""Derivatives of functions: one table for the compiler and the tape.

Importing the package fills the table.
"""

from adjoint.rules import elementwise
from adjoint.rules.registry import Rule, is_piecewise_constant, piecewise_constant, registered
from adjoint.rules.registry import rule_for, vjp_rule

__all__ = [
    "Rule",
    "elementwise",
    "is_piecewise_constant",
    "piecewise_constant",
    "registered",
    "rule_for",
    "vjp_rule",
]
