"""Derivatives of functions: one table for the compiler and the tape.

Importing the package fills the table.
"""

from adjoint.rules import (
    elementwise,
    fourier,
    linalg,
    networks,
    reductions,
    selection,
    shapes,
    signals,
)
from adjoint.rules.registry import (
    Rule,
    complex_rule,
    complex_rule_for,
    is_piecewise_constant,
    piecewise_constant,
    registered,
    registered_complex,
    rule_for,
    vjp_rule,
)

__all__ = [
    "Rule",
    "complex_rule",
    "complex_rule_for",
    "elementwise",
    "fourier",
    "is_piecewise_constant",
    "linalg",
    "networks",
    "piecewise_constant",
    "reductions",
    "registered",
    "registered_complex",
    "rule_for",
    "selection",
    "shapes",
    "signals",
    "vjp_rule",
]
