"""Derivatives of functions: one table for the compiler and the tape.

Importing the package fills the table.

Elementwise rules are of functions of scalars, which are NumPy's elementwise ones as well (modules
`arithmetic`, `transcendental`, `choices`, `complex_numbers`). The compiler reads their bodies and
writes them into loops over scalars, where `np.where` becomes a conditional; the tape calls them on
arrays. So a body holds only operators, NumPy's ufuncs and `np.where`, and it reads the result `z`
where that saves a transcendental function. Constants are Python floats, which do not promote
float32. At kinks `abs` and everything like it has slope 0. Outside its domain a derivative is what
its formula gives (inf or nan).
"""

from adjoint.rules import (
    arithmetic,
    choices,
    complex_numbers,
    fourier,
    linalg,
    networks,
    reductions,
    selection,
    shapes,
    signals,
    transcendental,
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
    "arithmetic",
    "choices",
    "complex_numbers",
    "complex_rule",
    "complex_rule_for",
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
    "transcendental",
    "vjp_rule",
]
