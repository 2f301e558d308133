"""The texts of the compiler's stages, written when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adjoint.emit.module import lines_of, source_of
from adjoint.program.core import Program, Stmt


class Texts(Mapping[str, str]):
    """The text of each stage: writing it takes longer than some stages, and few are looked at."""

    def __init__(self) -> None:
        self._stages: dict[str, str | Program] = {}

    def add(self, stage: str, result: str | Program) -> None:
        """Keep what a stage gave."""
        self._stages[stage] = result

    def program(self, stage: str) -> Program:
        """What a stage gave that gives a program."""
        result = self._stages[stage]
        assert isinstance(result, Program)
        return result

    def lines(self, stage: str) -> list[tuple[str, Stmt | None]]:
        """The lines of a stage's text, each with the statement that it is of."""
        result = self._stages[stage]
        if isinstance(result, Program):
            return lines_of(result)
        return [(line, None) for line in result.splitlines()]

    def __getitem__(self, stage: str) -> str:
        result = self._stages[stage]
        return result if isinstance(result, str) else source_of(result)

    def __iter__(self) -> Iterator[str]:
        return iter(self._stages)

    def __len__(self) -> int:
        return len(self._stages)
