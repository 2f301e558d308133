"""The text of a file: a generated module, what it needs of this package, and its own test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import gast

from adjoint.emit.module import import_lines, with_called
from adjoint.emit.text import to_text
from adjoint.emit.trees import TreeBuilder
from adjoint.explanation import header
from adjoint.parallel import in_threads
from adjoint.pipeline import Generated
from adjoint.program.core import Program
from adjoint.program.walk import assigned
from adjoint.standalone import selftest
from adjoint.standalone.copied import Copied
from adjoint.standalone.docstrings import docstring
from adjoint.standalone.main import main_block

_LINT = """\
# Tests and branches are those of the function and of its derivative, not chosen for style.
# ruff: noqa: FURB136, PLR0124, PLR1716, PLR1730, PLW3301, RET504, RET508, RUF100, SIM300

"""


def standalone(generated: Generated, arguments: Sequence[Any], wrt: Sequence[int]) -> str:
    """Write a generated module so that it needs NumPy and Numba only.

    Parameters
    ----------
    arguments : a value for each parameter of the primal, at which the file tests itself.
    wrt : positions, among these, of what the gradient is with respect to.

    Raises
    ------
    NotStandAlone : it calls functions that are compiled with the help of this package.
    """
    programs = with_called(generated.programs)
    copied = Copied(_identifiers(programs))
    builder = TreeBuilder(copied.refer)
    trees = [
        _with_docstring(builder.function(p), docstring(p, generated), in_threads(p))
        for p in programs
    ]
    functions = [to_text(gast.Module([tree], []), builder.comments) for tree in trees]
    main = main_block(generated, copied.add(selftest.self_test), arguments, wrt)
    imports = {*builder.imports, *copied.imports, "import numba", "import numpy as np"}
    top = header(generated.explanation) + _LINT + _imports(imports)
    parts = [top, copied.text(), *functions, main]
    return "\n\n\n".join(part.strip("\n") for part in parts) + "\n"


def _with_docstring(function: gast.FunctionDef, text: str, threads: bool) -> gast.FunctionDef:
    """The function compiled by Numba, with a docstring."""
    options = {"error_model": "numpy", "cache": True} | ({"parallel": True} if threads else {})
    keywords = [gast.keyword(key, gast.Constant(value, None)) for key, value in options.items()]
    njit = gast.Attribute(gast.Name("numba", gast.Load(), None, None), "njit", gast.Load())
    function.decorator_list = [gast.Call(njit, [], keywords)]
    function.body = [gast.Expr(gast.Constant(text, None)), *function.body]
    return function


def _identifiers(programs: Iterable[Program]) -> set[str]:
    """Names that are variables or functions of the file."""
    found = set()
    for program in programs:
        found |= {program.name, *program.params, *assigned(program.body)}
    return found


def _imports(needed: set[str]) -> str:
    """Import statements, those of the standard library in a block before the others."""
    needed = needed - {"from __future__ import annotations"}
    outside = {line for line in needed if line.split()[1].partition(".")[0] in ("numba", "numpy")}
    blocks = ["from __future__ import annotations\n"]
    blocks += [import_lines(_merged(block)) for block in (needed - outside, outside) if block]
    return "\n".join(blocks)


def _merged(needed: set[str]) -> list[str]:
    """Imports from one module in one statement."""
    members: dict[str, list[str]] = {}
    for line in sorted(needed):
        module, _, member = line.partition(" import ")
        members.setdefault(module, []).append(member)
    return [
        f"{module} import {', '.join(names)}" if names[0] else module
        for module, names in members.items()
    ]
