"""Which variables carry a derivative, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from numba.core import types

from adjoint.analyses.activity import varied_and_useful
from adjoint.explanation.data import Variable
from adjoint.explanation.words import type_text
from adjoint.program.core import Assign, For, Program, Stmt
from adjoint.program.numbers import element_of, is_complex, is_float
from adjoint.program.walk import statements
from adjoint.reverse.findings import Findings
from adjoint.reverse.rule_choice import differentiable_operands
from adjoint.reverse.wording import described, line_of


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

    def told(name: str, stmt: Stmt | None) -> Variable:
        roots = [root for root, names in reached.items() if name in names]
        text = name if name in own or stmt is None else described(name, stmt, table[name])
        return Variable(
            name=name,
            text=text,
            type=type_text(table[name]),
            line=first_line if stmt is None else line_of(stmt),
            active=name in facts.active,
            why=_reason(name, table, roots, findings.independent, name in useful),
            own=name in own,
        )

    found = [told(name, stmt) for name, stmt in _bound(program).items() if name in table]
    before: Mapping[str, Any] = written.types or {}
    for name, stmt in _bound(written).items():
        if name in own and name in before and name not in table:
            kind, line = type_text(before[name]), line_of(stmt)
            found.append(Variable(name, name, kind, line, None, _gone(before[name]), True))
    return tuple(sorted(found, key=lambda v: v.line))


def _gone(type_: Any) -> str:
    """Why there is no such variable after `lowering`."""
    if isinstance(type_, types.Array):
        return "its elements are computed where they are used, and no array is made of them"
    return "nobody reads it, or its value is written where it is read"


def _bound(program: Program) -> dict[str, Stmt | None]:
    """Variables with the statements that bind them first; None for parameters."""
    first: dict[str, Stmt | None] = dict.fromkeys(program.params)
    for stmt in statements(program.body):
        if isinstance(stmt, Assign | For):
            first.setdefault(stmt.target, stmt)
    return first


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
