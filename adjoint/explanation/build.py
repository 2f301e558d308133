"""From what the compiler found out to an explanation."""

from __future__ import annotations

from numba.core import types

from adjoint.explanation.data import Explanation
from adjoint.explanation.loops import loops
from adjoint.explanation.threads import threads
from adjoint.explanation.values import values
from adjoint.explanation.variables import variables
from adjoint.explanation.words import type_text
from adjoint.parallel import LoopVerdict
from adjoint.program.core import Name, Program, Return
from adjoint.reverse.findings import Findings


def explanation(
    written: Program,
    findings: Findings,
    adjoint: Program,
    own: frozenset[str],
    line: int,
    verdicts: tuple[LoopVerdict, ...] = (),
) -> Explanation:
    """Put together what was decided.

    Parameters
    ----------
    written : the typed program before `lowering`.
    findings : of the differentiation of the lowered program.
    adjoint : the finished adjoint.
    own : names that the user gave.
    line : where the function is defined.
    verdicts : on the outermost loops of the adjoint, if threads are to run them.
    """
    table = written.types or {}
    *_, last = written.body
    assert isinstance(last, Return)
    result = table[last.value.id] if isinstance(last.value, Name) else types.float64
    needed = values(findings, adjoint)
    return Explanation(
        function=written.name,
        filename=written.source.filename,
        line=line,
        parameters=tuple((param, type_text(table[param])) for param in written.params),
        result=type_text(result),
        variables=variables(findings, written, own, line),
        values=needed,
        loops=loops(findings, needed),
        threads=threads(verdicts),
    )
