"""An explanation as plain text, for terminals and notebooks without colours."""

from __future__ import annotations

from collections.abc import Iterator

from adjoint.explanation.data import Explanation, Loop, Threaded, Value, Variable
from adjoint.explanation.words import bytes_text


def as_text(explanation: Explanation) -> str:
    """What is known of the user's variables, the values kept, and the loops."""
    return "\n".join(_report(explanation))


def _report(explanation: Explanation) -> Iterator[str]:
    params = ", ".join(f"{name}: {type_}" for name, type_ in explanation.parameters)
    yield f"{explanation.function}({params}) -> {explanation.result}"
    yield f"  {explanation.filename}, line {explanation.line}"
    yield "variables"
    yield from (f"  {line}" for line in map(_variable, explanation.variables) if line)
    yield "stored for the reverse sweep" if explanation.stored else "nothing is stored"
    yield from (f"  {_stored(value)}" for value in explanation.stored)
    yield "loops" if explanation.loops else "no loops"
    yield from (f"  {_loop(loop)}" for loop in explanation.loops)
    if explanation.threads:
        yield "threads"
    for loop in explanation.threads:
        yield f"  {threaded(loop)}"
        yield from (f"    {a.name}: {a.kind}, {a.why}" for a in loop.arrays)


def _variable(variable: Variable) -> str:
    if not variable.own:
        return ""
    return f"{variable.name}: {status(variable)}, {variable.why}"


def status(variable: Variable) -> str:
    """Whether a variable is active, in a word."""
    return {True: "active", False: "inactive", None: "not kept"}[variable.active]


def _stored(value: Value) -> str:
    return f"{value.place}: {value.content}, because {value.why}: {size(value)}"


def size(value: Value) -> str:
    """The bytes that a stored value takes, as a number and a formula."""
    if value.bytes is None or value.formula.isdigit():
        return value.size
    return f"{value.size} = {bytes_text(value.bytes)}"


def _loop(loop: Loop) -> str:
    kept = f"; fills {', '.join(loop.places)}" if loop.places else ""
    return f"line {loop.line}, {loop.head}: {verdict(loop)}, {loop.why}{kept}"


def threaded(loop: Threaded) -> str:
    """Whether threads run a loop, and why."""
    which = f"reverse of line {loop.line}" if loop.reverse else f"line {loop.line}"
    return f"{which}, {loop.head}: {'parallel' if loop.parallel else 'serial'}, {loop.why}"


def verdict(loop: Loop) -> str:
    """What becomes of a loop, in a word or two."""
    if loop.fused:
        return "fused"
    if loop.forward_only:
        return "forward only"
    return "independent, not fused" if loop.independent else "reversed"
