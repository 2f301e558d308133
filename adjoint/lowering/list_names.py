"""Each list known by one name, so that a name's buffer is the list.

A second name that always means the same list is replaced by the first. What is left must be lists
handed over:

    new = []; …; new.append(v); …; front = new         (`new` is not looked at again)

Copying the items is then the same to everybody.
"""

from __future__ import annotations

from typing import Any

from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.second_names import is_used_after, remove_second_names, standing
from adjoint.program.core import Assign, Name, Program

LISTS: Any = types.List


def one_name_each(program: Program) -> Program:
    """The program with second names of lists removed.

    Raises
    ------
    UnsupportedSyntax : a list has two names that are both in use.
    """
    program = remove_second_names(program, LISTS)
    table = program.types or {}
    for place in standing(program.body):
        stmt = place.stmt
        if not (isinstance(stmt, Assign) and isinstance(stmt.value, Name)):
            continue
        if isinstance(table.get(stmt.target), LISTS) and is_used_after(stmt.value.id, place):
            raise UnsupportedSyntax(
                f"{stmt.target!r} and {stmt.value.id!r} are names of one list, and which list "
                "they mean changes",
                stmt.at,
                f"copy it: {stmt.target} = {stmt.value.id}[:]",
            )
    return program
