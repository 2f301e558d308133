"""The texts of the compiler's stages, written when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adjoint.emit.module import source_of
from adjoint.program.core import Program


class Texts(Mapping[str, str]):
    """The text of each stage: writing it takes longer than some stages, and few are looked at."""

    def __init__(self) -> None:
        self._stages: dict[str, str | Program] = {}

    def add(self, stage: str, result: str | Program) -> None:
        """Keep what a stage gave."""
        self._stages[stage] = result

    def __getitem__(self, stage: str) -> str:
        result = self._stages[stage]
        return result if isinstance(result, str) else source_of(result)

    def __iter__(self) -> Iterator[str]:
        return iter(self._stages)

    def __len__(self) -> int:
        return len(self._stages)
