"""How the reverse sweep gets each value that it reads, and what the stored ones take."""

from __future__ import annotations

from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.analyses.coverage import single_definitions
from adjoint.analyses.versions import Version
from adjoint.emit import expression_text, line_text
from adjoint.emit.sizes import bytes_of, grown_arrays, item_size
from adjoint.explanation.data import How, Value
from adjoint.program.core import Assign, Expr, Name, Program
from adjoint.program.numbers import element_of
from adjoint.program.walk import assigned, names, rewrite, statements
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
    kept = assigned(adjoint.body)
    order = findings.facts.places.order
    found = []
    for version, decision in findings.plan.of.items():
        place = findings.places.get(version, "")
        if decision.how == "store" and place not in kept:
            continue  # `optimise` found it in another variable
        at = -1 if version.stmt is None else order[version.stmt]
        found.append((at, _value(version, decision, place, findings, adjoint)))
    return tuple(value for _, value in sorted(found, key=lambda item: item[0]))


def _value(
    version: Version, decision: Retrieval, place: str, findings: Findings, adjoint: Program
) -> Value:
    size, formula = _size(place, adjoint) if decision.how == "store" else ("", "")
    return Value(
        name=version.name,
        content=content(version, findings.facts.types.get(version.name)),
        text=line_text(version.stmt) if version.kind == "assign" and version.stmt else "",
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
    loops = findings.plan.unfused_loops(version)
    line = line_of(loops[-1]) if loops else 0
    gone = f"each iteration of line {line} has another one" if line else "it is bound anew later"
    if version.kind == "assign":
        return f"{gone}, and {findings.plan.why_not_repeated(version)}"
    return gone


def _size(place: str, adjoint: Program) -> tuple[str, str]:
    """Bytes of what holds a value: in the text's names, and in the parameters if they tell it."""
    made = next(s for s in statements(adjoint.body) if isinstance(s, Assign) and s.target == place)
    if place in grown_arrays(adjoint):
        return f"{item_size(made.value)} bytes an entry", ""
    size, guarded = bytes_of(made), bytes_of(made, guarded=True)
    if size is None or guarded is None:
        type_ = (adjoint.types or {})[place]
        width = str(as_dtype(element_of(type_)).itemsize)
        if isinstance(type_, types.Array):
            return f"{place}.size * {width} bytes", ""
        return f"{width} bytes", width
    return f"{expression_text(size)} bytes", _in_parameters(guarded, adjoint)


def _in_parameters(size: Expr, adjoint: Program) -> str:
    """The expression as text, with variables that are assigned once replaced by their values."""
    definitions = single_definitions(adjoint)
    known = set(adjoint.params)

    def change(e: Expr) -> Expr:
        replaced = isinstance(e, Name) and e.id not in known
        return definitions.get(e.id, e) if replaced and isinstance(e, Name) else e

    for _ in definitions:
        if set(names(size)) <= known:
            return expression_text(size)
        size = rewrite(size, change)
    return expression_text(size) if set(names(size)) <= known else ""
