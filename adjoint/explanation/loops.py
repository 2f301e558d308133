"""Which loops are reversed iteration by iteration, which afterwards with a tape, and why."""

from __future__ import annotations

import re

from adjoint.explanation.data import Loop, Value
from adjoint.program.core import For, Stmt, While
from adjoint.program.walk import assigned, statements, stored
from adjoint.reverse.findings import Findings
from adjoint.reverse.wording import line_of

_LONGEST = 50


def loops(findings: Findings, values: tuple[Value, ...]) -> tuple[Loop, ...]:
    """Every loop of the lowered program, in order."""
    places = findings.facts.places
    tapes = {value.place for value in values if value.how == "stored"}

    def filled_in(loop: Stmt) -> tuple[str, ...]:
        return tuple(
            name
            for version, name in findings.places.items()
            if name in tapes and loop in findings.plan.unfused_loops(version)
        )

    found = []
    for stmt in statements(findings.facts.program.body):
        if isinstance(stmt, For | While):
            outer = places.loops(places.of[stmt].block)
            independent, why = _verdict(stmt, outer, findings)
            carried = (assigned((stmt,)) | stored((stmt,))) & findings.facts.active
            found.append(
                Loop(
                    line=line_of(stmt),
                    head=head(stmt, outer[-1] if outer else None),
                    independent=independent,
                    fused=bool(carried) and stmt in findings.fused,
                    forward_only=not carried,
                    why=why if carried else "nothing in it carries a derivative",
                    places=filled_in(stmt),
                )
            )
    return tuple(found)


def head(loop: For | While, around: For | While | None = None) -> str:
    """The user's own line if it is a loop; of one that an array expression became, that."""
    if loop.at is None:
        return "for"
    line = loop.at.source.line(loop.at.line).strip()
    if re.match(r"(for|while)\b.*:", line):
        return line.partition(":")[0] if line.count(":") == 1 else line.rstrip(":")
    text = loop.at.source.line(loop.at.line)[loop.at.column : loop.at.end_column].strip()
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]} …"
    within = around is not None and around.at == loop.at
    return f"{text}, within" if within else f"elements of {text}"


def _verdict(
    loop: For | While, outer: list[For | While], findings: Findings
) -> tuple[bool | None, str]:
    """Whether a loop is independent, and why it is fused or not."""
    if outer:
        around = line_of(outer[0])
        if outer[0] in findings.fused:
            return None, f"within each iteration of the loop in line {around}"
        return None, f"in the reverse of the loop in line {around}"
    if loop in findings.fused:
        return True, "no derivative passes between iterations"
    if isinstance(loop, While):
        return False, "only `for` loops are fused"
    if findings.facts.places.of[loop].block.owner is not None:
        return None, "it stands in a branch, and only loops outside of branches are fused"
    if loop in findings.dependent:
        return False, findings.dependent[loop]
    return True, "the cotangents of its results are not known before it has run"
