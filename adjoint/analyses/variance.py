"""In which loops a value may differ from one iteration to the next.

    for i in range(m):
        for j in range(n):
            e = np.exp(x[j])           # differs with j, and is the same for every i
            s += a[i, j] * e

Goes in: a program in the scalar dialect. Comes out: for each value that an assignment makes, loops
around it so that two iterations in which these count alike give the same value.
"""

from __future__ import annotations

from adjoint.analyses.contents import outermost_unchanging
from adjoint.analyses.memory import Memory
from adjoint.analyses.places import Places
from adjoint.analyses.purity import is_repeatable
from adjoint.analyses.versions import Version, Versions
from adjoint.program.core import Assign, Program, Stmt
from adjoint.program.walk import statements


class Variance:
    """Looks up the loops that a value depends on."""

    def __init__(
        self, program: Program, places: Places, versions: Versions, memory: Memory
    ) -> None:
        self._places = places
        self._versions = versions
        self._memory = memory
        self._found: dict[Version, frozenset[Stmt]] = {}
        for stmt in statements(program.body):  # what a statement reads is made before
            if isinstance(stmt, Assign):
                self._found[versions.defined[stmt]] = self._of_assignment(stmt)

    def of(self, version: Version) -> frozenset[Stmt]:
        """Loops whose counters decide which value it is."""
        if version.kind == "param":
            return frozenset()
        if version.kind == "index" and version.stmt is not None:
            return frozenset({version.stmt})
        return self._found.get(version, frozenset(self._places.loops(version.place.block)))

    def _of_assignment(self, stmt: Assign) -> frozenset[Stmt]:
        around = frozenset(self._places.loops(self._places.of[stmt].block))
        if not around or not is_repeatable(stmt.value):
            return around
        found: frozenset[Stmt] = frozenset()
        for name, operand in self._versions.read[stmt].items():
            if self._memory.is_array(name):
                unchanging = outermost_unchanging(stmt, name, self._places)
                found |= frozenset(self._places.loops(self._places.of[unchanging].block))
            else:
                found |= self.of(operand)
        return found
