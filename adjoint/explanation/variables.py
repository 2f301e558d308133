"""Which variables carry a derivative, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from numba.core import types

from adjoint.analyses.activity import varied_and_useful
from adjoint.explanation.data import Variable
from adjoint.program.core import Assign, For, Program
from adjoint.program.numbers import element_of, is_complex, is_float
from adjoint.program.walk import statements
from adjoint.reverse.findings import Findings
from adjoint.reverse.rule_choice import differentiable_operands
from adjoint.reverse.wording import line_of


def variables(
    findings: Findings, written: Program, own: frozenset[str], first_line: int
) -> tuple[Variable, ...]:
    """Every variable, in the order in which they are bound.

    Parameters
    ----------
    written : the program before `lowering`, whose variables it may have taken apart.
    own : names that the user gave.
    """
    facts = findings.facts
    program, table = facts.program, facts.types
    flows = partial(differentiable_operands, types=table)
    reached = {
        name: varied_and_useful(program, frozenset([name]), flows)[0]
        for name in findings.independent
    }
    _, useful = varied_and_useful(program, frozenset(findings.independent), flows)

    def described(name: str, line: int) -> Variable:
        roots = [root for root, names in reached.items() if name in names]
        why = _reason(name, table, roots, findings.independent, name in useful)
        active = name in facts.active
        return Variable(name, str(table[name]), line, active, why, name in own)

    lines = _bound(program, first_line)
    found = [described(name, line) for name, line in lines.items() if name in table]
    before: Mapping[str, Any] = written.types or {}
    for name, line in _bound(written, first_line).items():
        if name in own and name in before and name not in table:
            found.append(Variable(name, str(before[name]), line, None, _gone(before[name]), True))
    return tuple(sorted(found, key=lambda v: v.line))


def _gone(type_: Any) -> str:
    """Why there is no such variable after `lowering`."""
    if isinstance(type_, types.Array):
        return "its elements are computed where they are used, and no array is made of them"
    return "nobody reads it, or its value is written where it is read"


def _bound(program: Program, first_line: int) -> dict[str, int]:
    """Variables with the lines where they are bound first."""
    lines = dict.fromkeys(program.params, first_line)
    for stmt in statements(program.body):
        if isinstance(stmt, Assign | For):
            lines.setdefault(stmt.target, line_of(stmt))
    return lines


def _reason(
    name: str,
    table: Mapping[str, Any],
    roots: list[str],
    independent: tuple[str, ...],
    useful: bool,
) -> str:
    element = element_of(table[name])
    if not (is_float(element) or is_complex(element)):
        return f"{element} has no derivative"
    asked = " or ".join(independent)
    if name in independent:
        return "differentiated by" if useful else "asked for, but the result does not depend on it"
    if not roots:
        return f"does not depend on {asked}"
    if not useful:
        return "the result does not depend on it"
    return f"between {' and '.join(roots)} and the result"
