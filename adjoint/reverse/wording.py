"""What kept values are, in words: for comments beside tapes and for explanations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from numba.core import types

from adjoint.analyses.versions import Version
from adjoint.program.core import For
from adjoint.reverse.needs import Needs
from adjoint.reverse.quoted import expression_of, users_name

TEMPORARY = re.compile(r"t(_\d+)*$")
"""A name that `syntax` gave to a part of an expression."""

_WHAT = {
    "old": "what line {line} overwrites in {name}",
    "trips": "how often the loop in line {line} runs",
    "carried": "{name} at the start of each iteration of line {line}",
    "merge": "{name} after line {line}",
    "exit": "{name} after the loop in line {line}",
    "array": "all of {name} before line {line}",
    "length": "a length of {name} before line {line}",
    "size": "a length of {name} after line {line}",
}


def content(version: Version, element: Any) -> str:
    """What a version is, with its line if it has one."""
    line = line_of(version.stmt)
    told = users_name(version.name, version.stmt)
    unnamed = "an array" if version.kind == "array" else "a value"
    name = told or (unnamed if TEMPORARY.match(version.name) else version.name)
    if not line:
        return name
    if version.kind in _WHAT:
        return _WHAT[version.kind].format(line=line, name=name)
    if isinstance(element, types.Boolean):
        return f"a test of line {line}"
    if told:
        return f"{told} of line {line}"
    return f"{described(version.name, version.stmt, element)} in line {line}"


def described(name: str, stmt: Any, type_: Any) -> str:
    """What a variable holds: the user's name of it, or the user's expression, or its kind."""
    told = users_name(name, stmt) or expression_of(stmt)
    if told:
        return told
    if isinstance(stmt, For):
        return "a counter"
    return "a length or an index" if isinstance(type_, types.Integer) else "a value"


def readers(version: Version, needs: Needs) -> tuple[int, ...]:
    """Lines whose adjoint reads a version."""
    found = set()
    for place in needs.uses.get(version, ()):
        if place.index >= 0:
            found.add(line_of(needs.places.contents[place.block][place.index]))
    return tuple(sorted(found - {0}))


def lines(numbers: Sequence[int]) -> str:
    """`line 3`, `lines 3 and 5`, `lines 3, 5 and 8`; empty for none."""
    *first, last = map(str, numbers) if numbers else ("",)
    if not last:
        return ""
    return f"lines {', '.join(first)} and {last}" if first else f"line {last}"


def line_of(stmt: Any) -> int:
    """The user's line of a statement; 0 if it has none."""
    at = getattr(stmt, "at", None)
    return 0 if at is None else at.line
