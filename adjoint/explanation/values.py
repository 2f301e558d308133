"""How the reverse sweep gets each value that it reads, and what the stored ones take."""

from __future__ import annotations

from adjoint.analyses.versions import Version
from adjoint.explanation.data import How, Value
from adjoint.explanation.sizes import Sizes
from adjoint.program.core import Program
from adjoint.reverse.findings import Findings
from adjoint.reverse.retrieval import Retrieval
from adjoint.reverse.wording import content, line_of, readers

_HOW: dict[str, How] = {
    "stands": "stands",
    "recompute": "recomputed",
    "store": "stored",
    "elsewhere": "elsewhere",
    "undo": "counted back",
}


def values(findings: Findings, adjoint: Program) -> tuple[Value, ...]:
    """Every value that the reverse sweep reads, in the order in which they come about.

    Parameters
    ----------
    adjoint : the finished program, which may need less than was planned.
    """
    sizes = Sizes(adjoint)
    order = findings.facts.places.order
    found = []
    for version, decision in findings.plan.of.items():
        place = findings.places.get(version, "")
        if decision.how == "store" and place not in sizes.made:
            continue  # `optimise` found it in another variable
        at = -1 if version.stmt is None else order[version.stmt]
        found.append((at, _value(version, decision, place, findings, sizes)))
    return tuple(value for _, value in sorted(found, key=lambda item: item[0]))


def _value(
    version: Version, decision: Retrieval, place: str, findings: Findings, sizes: Sizes
) -> Value:
    size, formula = sizes.of(place) if decision.how == "store" else ("", "")
    return Value(
        name=version.name,
        content=content(version, findings.facts.types.get(version.name)),
        line=line_of(version.stmt),
        how=_HOW[decision.how],
        why=_why(version, decision, findings),
        read_by=readers(version, findings.needs),
        place=place,
        size=size,
        formula=formula,
    )


def _why(version: Version, decision: Retrieval, findings: Findings) -> str:
    match decision.how:
        case "stands":
            return _why_standing(version)
        case "recompute" if decision.snapshot is not None:
            return f"it is read from the copy that is kept of {decision.snapshot.name}"
        case "recompute":
            count = max(decision.price, 1)
            return f"it costs about as much as {count} addition{'s' if count > 1 else ''}"
        case "elsewhere":
            return "it stands in an array that it was written to"
        case "undo":
            return "the reverse sweep counts backwards"
    return _why_stored(version, findings)


def _why_standing(version: Version) -> str:
    if version.kind == "param":
        return "an argument stays what it is"
    if version.kind == "index":
        return "the loop of the reverse sweep counts too"
    return "nothing has bound it anew by then"


def _why_stored(version: Version, findings: Findings) -> str:
    if version.kind == "old":
        return "the array is written to there, and read before"
    if version.kind == "trips":
        return "it is known only when the loop has ended"
    if version.kind == "array":
        return "the array is written to later, or its name bound to another one"
    loops = findings.plan.tape_loops(version)
    line = line_of(loops[-1]) if loops else 0
    gone = f"each iteration of line {line} has another one" if line else "it is bound anew later"
    if version.kind == "assign":
        return f"{gone}, and {findings.plan.why_not_repeated(version)}"
    return gone
