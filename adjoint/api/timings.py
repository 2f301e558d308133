"""What `timings` tells: how long each stage took, for each specialisation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

STAGES = ("syntax", "inference", "lowering", "reverse", "optimise", "callees", "emit", "jit")


class Timings(Mapping[str, Mapping[str, float]]):
    """Seconds by stage, by the types of the arguments; printed as a table.

    A stage that did not run has no entry: all but `jit` if the module came from the cache folder.
    """

    def __init__(self, seconds: Mapping[str, Mapping[str, float]]) -> None:
        self._seconds = seconds

    def __getitem__(self, arguments: str) -> Mapping[str, float]:
        return self._seconds[arguments]

    def __iter__(self) -> Iterator[str]:
        return iter(self._seconds)

    def __len__(self) -> int:
        return len(self._seconds)

    def __repr__(self) -> str:
        """One line for each specialisation, in milliseconds."""
        head = "".join(f"{stage:>11}" for stage in (*STAGES, "total"))
        lines = [f"milliseconds{head}"]
        for arguments, seconds in self._seconds.items():
            cells = [seconds.get(stage) for stage in STAGES]
            total = sum(seconds.values())
            lines.append(arguments)
            lines.append(" " * 12 + "".join(map(_cell, (*cells, total))))
        return "\n".join(lines)


def _cell(seconds: float | None) -> str:
    return f"{'-':>11}" if seconds is None else f"{1e3 * seconds:>11.1f}"
