"""`adjoint explain`."""

from __future__ import annotations

import dataclasses
import json

from adjoint.cli import output
from adjoint.cli.gradients import prepared
from adjoint.explanation import Explanation, Loop, Value, Variable
from adjoint.explanation.report import size, status, verdict
from adjoint.explanation.words import bytes_text


def run(
    target: str, types: str, values: str, wrt: str, length: int, everything: bool, as_json: bool
) -> None:
    """Print tables of variables, stored values and loops."""
    gradient, args = prepared(target, types, values, wrt, length)
    told = gradient.explain(*args)
    if as_json:
        print(json.dumps(dataclasses.asdict(told), indent=2))
        return
    _head(told)
    variables = dict.fromkeys(_variable(v) for v in told.variables if v.own or everything)
    output.table("variables", ("line", "name", "type", "", "why"), variables)
    if everything:
        others = [value for value in told.values if value.how != "stored"]
        rows = dict.fromkeys(map(_value, others))
        output.table("values of the forward sweep", ("line", "value", "how", "why"), rows)
    columns = ("line", "value", "in", "why", "bytes")
    output.table("stored for the reverse sweep", columns, map(_stored, told.stored))
    _total(told)
    output.table("loops", ("line", "loop", "", "why", "fills"), map(_loop, told.loops))


def _head(told: Explanation) -> None:
    params = ", ".join(f"{name}: {type_}" for name, type_ in told.parameters)
    output.line(f"{told.function}({params}) -> {told.result}")
    output.line(f"{told.filename}, line {told.line}\n")


def _variable(variable: Variable) -> tuple[str, ...]:
    return str(variable.line), variable.text, variable.type, status(variable), variable.why


def _value(value: Value) -> tuple[str, ...]:
    return str(value.line or ""), value.content, value.how, value.why


def _stored(value: Value) -> tuple[str, ...]:
    return str(value.line), value.content, value.place, value.why, size(value)


def _total(told: Explanation) -> None:
    if not told.stored:
        output.line("nothing is stored for the reverse sweep\n")
        return
    known = [value.bytes for value in told.stored if value.bytes is not None]
    more = "" if len(known) == len(told.stored) else ", and what is known only when it runs"
    output.line(f"together {bytes_text(sum(known))} at these arguments{more}\n")


def _loop(loop: Loop) -> tuple[str, ...]:
    return str(loop.line), loop.head, verdict(loop), loop.why, ", ".join(loop.places)
