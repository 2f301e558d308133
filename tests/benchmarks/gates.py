"""What has to be reached, what should be, and what was measured: a line each."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.table import Table


@dataclass(frozen=True)
class Gate:
    """A figure with its limits.

    Attributes
    ----------
    limit, ambition : what must and what should be reached; None if nothing is asked for.
    measured : None if it could not be measured.
    at_least : whether the figure has to be larger than its limits, not smaller.
    """

    name: str
    limit: float | None
    ambition: float | None
    measured: float | None
    at_least: bool = False

    def keeps(self, limit: float | None) -> bool:
        if limit is None or self.measured is None:
            return False
        return self.measured >= limit if self.at_least else self.measured <= limit

    @property
    def verdict(self) -> str:
        if self.measured is None or math.isnan(self.measured):
            return "not measured"
        if self.keeps(self.ambition):
            return "met, ambition too"
        if self.limit is None:
            return "" if self.ambition is None else "ambition missed"
        return "met" if self.keeps(self.limit) else "MISSED"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": self.verdict}


def gate_table(title: str, gates: Iterable[Gate]) -> Table:
    table = Table(title=title, box=box.SIMPLE, padding=(0, 1, 0, 0))
    for heading in ("gate", "limit", "ambition", "measured", "verdict"):
        justify = "left" if heading in ("gate", "verdict") else "right"
        table.add_column(heading, justify=justify, no_wrap=heading != "gate")
    for gate in gates:
        sign = "≥ " if gate.at_least else "≤ "
        limits = ("" if x is None else f"{sign}{x:g}" for x in (gate.limit, gate.ambition))
        measured = "" if gate.measured is None else f"{gate.measured:.2f}"
        table.add_row(gate.name, *limits, measured, gate.verdict)
    return table


def ratio(times: dict[str, Any], over: str, under: str) -> float | None:
    """None where one of them was not timed."""
    return times[over] / times[under] if over in times and under in times else None


def geomean(values: Iterable[float | None]) -> float | None:
    """Of those that there are; None if there are none."""
    logs = [math.log(value) for value in values if value is not None]
    return math.exp(sum(logs) / len(logs)) if logs else None


def number(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}"
