"""Types for a program's variables, read from Numba's own inference of the program's text."""

from __future__ import annotations

import linecache
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from numba.core import types
from numba.core.errors import NumbaError

from adjoint.errors import AdjointError, TypingFailed
from adjoint.inference.expectations import check_expectations, take_expectations
from adjoint.inference.indexing import with_stand_ins_for_indexing
from adjoint.inference.list_types import with_typable_lists
from adjoint.inference.numba_types import inferred_types, unified
from adjoint.inference.stand_ins import with_stand_ins
from adjoint.program.core import Assign, Block, Comment, Location, Program, Stmt
from adjoint.program.walk import map_blocks, statements

_MARK = re.compile(r"# @(\d+)$")
_CANNOT_UNIFY = re.compile(r"Cannot unify (?P<one>.+?) and (?P<other>.+?) for '(?P<name>[^'.]+)")
_UNKNOWN = re.compile(
    r"Unknown attribute '(?P<name>\w+)' of type Module\(<module '(?P<module>[\w.]+)'"
)
_LITERAL = re.compile(r"Literal\[\w+\]\(([^)]*)\)")
_NO_IMPLEMENTATION = re.compile(r"found for signature:\s*>>> (?P<call>.+)")


def infer(
    program: Program,
    arg_types: tuple[Any, ...],
    load: Callable[[Program], Callable[..., Any]],
) -> tuple[Program, Any]:
    """The program with `types`, and the type of its result.

    Parameters
    ----------
    program : in the array dialect.
    arg_types : one Numba type for each of `program.params`.
    load : makes a program a Python function (`adjoint.emit.load`; emission is a later stage).

    Raises
    ------
    TypingFailed : with the user's line, where Numba cannot type the program.
    """
    program, expectations = take_expectations(program)
    marked, locations = _mark_lines(program)
    marked = with_stand_ins_for_indexing(with_typable_lists(marked), arg_types)
    function = load(with_stand_ins(marked))
    try:
        versions, result = inferred_types(function, arg_types)
    except AdjointError:
        raise
    except NumbaError as error:
        raise _explained(error, function, locations) from None
    typed = replace(program, types=_types_of_names(versions))
    _require_values(program, typed.types or {})
    check_expectations(typed, expectations)
    return typed, result


def _require_values(program: Program, found: Mapping[str, Any]) -> None:
    """Refuse a variable that may be None: nothing later knows that it may hold a number too."""
    for stmt in statements(program.body):
        if isinstance(stmt, Assign) and isinstance(found.get(stmt.target), types.Optional):
            raise TypingFailed(
                f"variable {stmt.target!r} may be None", stmt.at, "start with a number, and a flag"
            )


def _mark_lines(program: Program) -> tuple[Program, list[Location | None]]:
    """Number the statements in comments, so that a line of the text leads back to the user's."""
    locations: list[Location | None] = []

    def mark(block: Block) -> Block:
        marked: list[Stmt] = []
        for stmt in block:
            locations.append(stmt.at)
            marked.append(Comment(f"@{len(locations) - 1}"))
            marked.append(map_blocks(stmt, mark))
        return tuple(marked)

    return replace(program, body=mark(program.body)), locations


def _types_of_names(versions: Mapping[str, Any]) -> dict[str, Any]:
    """One type a variable: Numba types each version (`s`, `s.1`), the program has only `s`."""
    found: dict[str, list[Any]] = defaultdict(list)
    for version, type_ in versions.items():
        name = version.partition(".")[0]
        if name.startswith("$") or name == "arg":
            continue
        type_ = types.unliteral(type_)
        if type_ not in (types.undefined, types.none) and type_ not in found[name]:
            found[name].append(type_)
    return {
        name: candidates[0] if len(candidates) == 1 else unified(candidates)
        for name, candidates in found.items()
        if candidates
    }


def _explained(
    error: NumbaError, function: Callable[..., Any], locations: list[Location | None]
) -> TypingFailed:
    """Numba's typing error in our words, at the user's line."""
    at = _location(error, function, locations)
    text = str(error)
    if clash := _CANNOT_UNIFY.search(text):
        name, one, other = clash["name"], _readable(clash["one"]), _readable(clash["other"])
        return TypingFailed(
            f"variable {name!r} has two types: {one} and {other}",
            at,
            "give each value a variable of its own, or make both the same type",
        )
    if missing := _NO_IMPLEMENTATION.search(text):
        return TypingFailed(
            f"Numba cannot compile {_readable(missing['call'])}",
            at,
            "write it with functions and argument types that Numba supports",
        )
    if unknown := _UNKNOWN.search(text):
        return TypingFailed(
            f"Numba does not know {unknown['module']}.{unknown['name']}",
            at,
            "write it with functions that Numba supports",
        )
    summary = text.partition("\n")[2].strip().partition("\n")[0] or text.partition("\n")[0]
    return TypingFailed(f"Numba cannot type this function: {summary}", at)


def _readable(type_text: str) -> str:
    """Numba's spelling of types, without its notation for constants."""
    return _LITERAL.sub(r"\1", type_text).strip()


def _location(
    error: NumbaError, function: Callable[..., Any], locations: list[Location | None]
) -> Location | None:
    """The user's location for the line of generated text that Numba complains of."""
    line = getattr(getattr(error, "loc", None), "line", None)
    if line is None:
        return None
    filename = function.__code__.co_filename
    for number in range(line, 0, -1):
        mark = _MARK.search(linecache.getline(filename, number).rstrip())
        if mark and locations[int(mark[1])] is not None:
            return locations[int(mark[1])]
    return None
