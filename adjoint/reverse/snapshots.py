"""Elements that the reverse sweep reads from a copy of the array that they were loaded from.

    for i in range(m):                            snapshot = np.copy(x)
        for j in range(n):                        for i in range(m):
            y[i] += a[i, j] * x[j]      →             for j in range(n):
    change(x)                                             y[i] += a[i, j] * x[j]
                                                  change(x)

To keep each element where it is loaded takes as much memory as there are loads, and each is put
away one at a time. A copy of the whole array, made where its content has just been settled
(`analyses.contents`), takes as much as it has elements, and all that reads the array until it
changes can share it. Which is less can be told when there is a loop for each axis of the array that
runs about as often as the axis is long: then the loads are no fewer than the elements.

Goes in: the load of an element. Comes out: what a copy would have to hold, and what it would save.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Sequence
from dataclasses import dataclass

from adjoint.analyses.contents import outermost_unchanging
from adjoint.analyses.coverage import single_definitions
from adjoint.analyses.memory import Memory
from adjoint.analyses.places import Places
from adjoint.analyses.versions import Version
from adjoint.program.core import Assign, Call, Const, Expr, For, Item, Name, Program, Stmt, While
from adjoint.program.primitives import dim
from adjoint.program.walk import statements
from adjoint.reverse.needs import Needs
from adjoint.runtime import shapes

_FEW = 16
"""So many elements are no more than any loop has iterations, for all that is known."""

_DEPTH = 12


@dataclass(frozen=True)
class Snapshot:
    """A copy that could be made of an array.

    Attributes
    ----------
    content : what it holds: a version of kind "array".
    covered : whether the loads that ask for it are surely about as many as the array's elements.
    repeated : whether they are surely more, as a loop repeats them.
    """

    content: Version
    covered: bool
    repeated: bool


class Snapshots:
    """Finds the copy that would serve a load."""

    def __init__(self, program: Program, places: Places, memory: Memory, needs: Needs) -> None:
        self._places = places
        self._memory = memory
        self._needs = needs
        self._extents = _Extents(program, memory)
        self._found: dict[Stmt, Snapshot | None] = {}

    def of(self, load: Assign) -> Snapshot | None:
        """The copy that a load could be repeated from; None if it stands in no loop for that."""
        if load not in self._found:
            self._found[load] = self._look(load)
        return self._found[load]

    def _look(self, load: Assign) -> Snapshot | None:
        assert isinstance(load.value, Item)
        if not isinstance(load.value.value, Name):
            return None
        array = load.value.value.id
        pointer = self._needs.versions.read[load].get(array)
        if pointer is None or pointer in self._needs.versions.maybe_unbound:
            return None
        outermost = outermost_unchanging(load, array, self._places)
        if outermost is load:
            return None
        around = self._places.loops(self._places.of[load].block)
        nest = around[around.index(outermost) :]  # type: ignore[arg-type]
        covered, repeated = self._extents.compared(array, load, nest)
        return Snapshot(self._needs.content(array, load), covered, repeated)


class _Extents:
    """Compares how often loops run with the lengths of an array, by what both are computed from."""

    def __init__(self, program: Program, memory: Memory) -> None:
        self._memory = memory
        self._definitions = single_definitions(program)
        loops = [stmt for stmt in statements(program.body) if isinstance(stmt, For)]
        self._loops = {loop.target: loop for loop in loops}

    def compared(self, array: str, load: Assign, nest: Sequence[For | While]) -> tuple[bool, bool]:
        """Whether the nest has a loop for each axis of the array, and one besides."""
        assert isinstance(load.value, Item)
        lengths = [Call(dim, (Name(array), Const(axis))) for axis in range(len(load.value.index))]
        left = [self._trips(loop) for loop in nest if isinstance(loop, For)]
        for length in lengths:
            same = self._same(length)
            fitting = next((trips for trips in left if _fits(trips, same)), None)
            if fitting is None:
                return False, False
            left.remove(fitting)
        several = [trips for trips in left if Const(0) not in trips and Const(1) not in trips]
        return True, bool(several)

    def _trips(self, loop: For) -> frozenset[Expr]:
        """What says how often a loop runs, give or take a few; nothing if that cannot be told."""
        if loop.step == Const(1) and self._is_about_zero(loop.start, 0):
            return self._same(loop.stop)
        if loop.step == Const(-1) and self._is_about_zero(loop.stop, 0):
            return self._same(loop.start)
        return frozenset()

    def _same(self, length: Expr, depth: int = 0) -> frozenset[Expr]:
        """Expressions for a length, give or take a few; that of a loop in a loop is its longest."""
        found: set[Expr] = {length}
        for other in self._computed_from(length) if depth < _DEPTH else ():
            found |= self._same(other, depth + 1)
        return frozenset(found)

    def _computed_from(self, length: Expr) -> Sequence[Expr]:
        match length:
            case Name(name) if name in self._loops:
                return (self._loops[name].stop,)
            case Name(name) if name in self._definitions:
                return (self._definitions[name],)
            case Call(function, (Name(array), Const(axis))) if function is dim:
                shape = self._memory.shape(array) if self._memory.bindings.get(array) else None
                return () if shape is None else (shape[axis][0],)
            case Call(operator.add | operator.sub, (base, Const())):
                return (base,)
            case Call(operator.sub, (base, start)) if self._is_about_zero(start, 0):
                return (base,)
            case Call(function, (n, m)) if function in _OF_EQUALS:
                return (n, m)
            case Call(shapes.span | builtins.max, (n, Const())):
                return (n,)
            case Call(shapes.slice_start, (Const(int() as bound), n)) if bound < 0:
                return (n,)
            case Call(shapes.slice_length, (start, stop, Const(1))):
                return (stop,) if self._is_about_zero(start, 0) else ()
        return ()

    def _is_about_zero(self, start: Expr, depth: int) -> bool:
        """Whether a first index is a small number, or that of a loop around, which starts so."""
        match start:
            case Const(int() as value):
                return abs(value) <= _FEW
            case Name(name) if name in self._loops and depth < _DEPTH:
                return self._is_about_zero(self._loops[name].start, depth + 1)
            case Name(name) if name in self._definitions and depth < _DEPTH:
                return self._is_about_zero(self._definitions[name], depth + 1)
            case Call(operator.add | operator.sub, (base, Const())):
                return self._is_about_zero(base, depth)
            case Call(shapes.slice_start, (Const(int() as bound), _)):
                return 0 <= bound <= _FEW
        return False


_OF_EQUALS = (
    *(shapes.broadcast_dim, shapes.broadcast_length),
    *(shapes.check_aligned, shapes.check_unchanged),
)


def _fits(trips: frozenset[Expr], length: frozenset[Expr]) -> bool:
    """Whether a loop surely runs about as often as an axis is long."""
    if trips & length:
        return True
    small = [e.value for e in length if isinstance(e, Const)]
    return bool(trips) and bool(small) and small[0] <= _FEW and not _constants(trips)


def _constants(trips: frozenset[Expr]) -> list[Expr]:
    return [e for e in trips if isinstance(e, Const)]
