"""How long each stage of the compiler takes."""

from __future__ import annotations

from time import perf_counter


class Stopwatch:
    """Seconds by stage, in the order in which stages ended first.

    Attributes
    ----------
    seconds : what each stage took; one that runs in several parts, all of them.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = perf_counter()

    def lap(self, stage: str) -> None:
        """Count the time since the last lap for a stage."""
        now = perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now
