"""Types that translation has relied on, compared with those that inference finds in the end."""

from __future__ import annotations

from dataclasses import replace

from adjoint.errors import TypingFailed
from adjoint.program.core import Block, Call, Const, Evaluate, Name, Program, Stmt
from adjoint.program.primitives import expect_type
from adjoint.program.walk import map_blocks


def take_expectations(program: Program) -> tuple[Program, tuple[Evaluate, ...]]:
    """The program without its notes of expected types, and the notes."""
    found: list[Evaluate] = []

    def change(block: Block) -> Block:
        kept: list[Stmt] = []
        for stmt in block:
            if isinstance(stmt, Evaluate) and stmt.call.function is expect_type:
                found.append(stmt)
            else:
                kept.append(map_blocks(stmt, change))
        return tuple(kept)

    body = change(program.body)
    return (replace(program, body=body) if found else program), tuple(found)


def without_expectations(program: Program) -> Program:
    """The program without its notes of expected types."""
    return take_expectations(program)[0]


def check_expectations(program: Program, expectations: tuple[Evaluate, ...]) -> None:
    """Refuse a program in which a variable's type is not what translation took it for.

    Raises
    ------
    TypingFailed : a variable is, say, an integer where it was asked for and a float in the end.
    """
    types = program.types or {}
    for note in expectations:
        match note.call:
            case Call(_, (Name(name), Const(expected))) if name in types:
                if str(types[name]) != expected:
                    raise TypingFailed(
                        f"the type of {name!r} decides here what is done, but it changes: it is "
                        f"{expected} first and {types[name]} later",
                        note.at,
                        "give each value a variable of its own",
                    )
