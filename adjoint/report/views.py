"""What the right side of a report can show: the programs on the way, with each line's origin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adjoint.emit import lines_of
from adjoint.emit.module import with_called
from adjoint.emit.texts import Texts
from adjoint.program.core import Program, Stmt

if TYPE_CHECKING:
    from adjoint.pipeline import Generated

Lines = list[tuple[str, Stmt | None]]

_ABOUT = {
    "syntax": "Few statement forms are left, calls of the user's functions are inlined, and each "
    "operation has a line of its own.",
    "inference": "Numba's type of each variable.",
    "lowering": "Array operations are loops over numbers.",
    "reverse": "A forward sweep that keeps what is needed, and a reverse sweep, as they are "
    "written down first.",
    "optimise": "What was written twice or for nothing is removed, and temporaries are folded "
    "back into formulas.",
    "adjoint": "What is compiled: the function's result, and then the derivatives, backwards.",
    "module": "The whole generated module, with the function itself and the entry points.",
}


@dataclass(frozen=True)
class View:
    """A text and what it is.

    Attributes
    ----------
    name : of the stage that gave it, `adjoint` and `module` for the finished texts.
    about : a sentence for readers.
    lines : its lines, with the statements that they are of.
    finished : whether `optimise` has been there.
    """

    name: str
    about: str
    lines: Lines

    @property
    def finished(self) -> bool:
        return self.name in ("optimise", "adjoint", "module")

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(f"{line}\n" for line, _ in self.lines)


def views(made: Generated) -> list[View]:
    """The stages in their order, then the adjoint and the module."""
    assert isinstance(made.stages, Texts)
    found = {stage: made.stages.lines(stage) for stage in made.stages}
    functions = with_called(made.programs)
    primal, _adjoint, *entries = made.programs  # of a Jacobian there are no entry points
    others = {program.name for program in (primal, *entries)}
    found["adjoint"] = _together(p for p in functions if p.name not in others)
    if _texts(found.get("optimise", [])) == _texts(found["adjoint"]):
        del found["optimise"]
    found["module"] = [*_head(made.module, functions[0]), *_together(iter(functions))]
    return [View(name, _ABOUT[name], lines) for name, lines in found.items()]


def _together(functions: Iterator[Program]) -> Lines:
    lines: Lines = []
    for program in functions:
        lines += [("", None), ("", None), *lines_of(program)] if lines else lines_of(program)
    return lines


def _texts(lines: Lines) -> list[str]:
    return [line for line, _ in lines]


def _head(module: str, first: Program) -> Lines:
    """What stands before the first function of a module."""
    head, _, _ = module.partition(f"def {first.name}(")
    return [(line, None) for line in head.splitlines()]
