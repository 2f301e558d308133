"""Which loops of the adjoint run in threads, and what becomes of the arrays they write to."""

from __future__ import annotations

from adjoint.explanation.data import Threaded, ThreadedArray
from adjoint.explanation.loops import head
from adjoint.parallel import LoopVerdict
from adjoint.reverse.wording import line_of


def threads(verdicts: tuple[LoopVerdict, ...]) -> tuple[Threaded, ...]:
    """The verdicts as plain data."""
    return tuple(
        Threaded(
            line=line_of(verdict.loop),
            head=head(verdict.loop),
            reverse=verdict.loop.reverse,
            parallel=not verdict.why_serial,
            why=verdict.why_serial or _sums(verdict),
            arrays=tuple(ThreadedArray(a.name, a.kind, a.why) for a in verdict.arrays),
        )
        for verdict in verdicts
    )


def _sums(verdict: LoopVerdict) -> str:
    independent = "its iterations are independent"
    return f"{independent} but for sums: {', '.join(verdict.sums)}" if verdict.sums else independent
