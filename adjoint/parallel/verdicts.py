"""Whether the iterations of a loop may run in threads, and what becomes of the arrays they touch.

An array that an iteration writes to is one of these, or the loop stays serial:

*shared*: each iteration has cells of its own, because the loop's counter is their index along one
axis.
*private*: it is scratch (see `scratch`), and each part of the iterations has a copy.
*summed*: it is only added to; each part adds to zeros of its own, and these are added up after the
loop in the order of the parts.

Nothing is assumed of the loop: the verdicts are on the text that is to run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from numba.core import types

from adjoint.analyses.index_forms import IndexForms
from adjoint.analyses.sharing import sharing
from adjoint.analyses.sums import only_summed
from adjoint.analyses.touches import Touch, touched, touches
from adjoint.parallel.calls import why_unsafe, works_hard
from adjoint.parallel.lengths import Lengths
from adjoint.parallel.scratch import is_scratch
from adjoint.program.core import Const, For, Program, Stmt
from adjoint.program.exposure import upward_exposed
from adjoint.program.linear import Linear
from adjoint.program.walk import assigned, stored
from adjoint.reverse.tapes import leaves_early

Kind = Literal["shared", "private", "summed"]


@dataclass(frozen=True)
class ArrayVerdict:
    """What becomes of an array that a loop writes to, and why, a clause."""

    name: str
    kind: Kind
    why: str


@dataclass(frozen=True)
class LoopVerdict:
    """What becomes of a loop.

    Attributes
    ----------
    why_serial : why it stays serial, a clause; empty if it runs in threads.
    arrays : those it writes to, of a loop that runs in threads.
    sums : numbers that are summed up.
    """

    loop: For
    why_serial: str = ""
    arrays: tuple[ArrayVerdict, ...] = ()
    sums: tuple[str, ...] = ()

    def of_kind(self, kind: Kind) -> tuple[str, ...]:
        """Names of the arrays of one kind."""
        return tuple(array.name for array in self.arrays if array.kind == kind)


class Serial(Exception):
    """A loop cannot run in threads; the message says why."""


@dataclass
class Judge:
    """Judges the loops of the outermost block of a program.

    Parameters
    ----------
    tapes : arrays that hold stored values.
    """

    program: Program
    tapes: frozenset[str]
    lengths: Lengths = field(init=False)

    def __post_init__(self) -> None:
        self.lengths = Lengths(self.program)
        self._sharing = sharing(self.program)

    def verdict(self, loop: For, after: tuple[Stmt, ...]) -> LoopVerdict:
        """The verdict on a loop that is followed by `after`."""
        try:
            self._check_flow(loop)
            sums = self._sums(loop, after)
            arrays = tuple(self._array(name, loop) for name in sorted(stored(loop.body)))
            return LoopVerdict(loop, "", tuple(a for a in arrays if a is not None), sums)
        except Serial as serial:
            return LoopVerdict(loop, str(serial))

    def _check_flow(self, loop: For) -> None:
        if leaves_early(loop):
            raise Serial("it can be left early")
        why = why_unsafe(loop.body)
        if why:
            raise Serial(why)
        if not (isinstance(loop.step, Const) and isinstance(loop.step.value, int)):
            raise Serial("its step is not a constant")
        if not works_hard(loop.body):
            raise Serial("an iteration does so little that threads would not help")

    # ----------------------------------------------------------------- numbers

    def _sums(self, loop: For, after: tuple[Stmt, ...]) -> tuple[str, ...]:
        own = assigned(loop.body) | {loop.target}
        carried = sorted(upward_exposed(loop.body) & assigned(loop.body))
        for name in carried:
            if not self._is_number(name) or not only_summed(name, loop):
                raise Serial(f"{name} passes from one iteration to the next")
        for name in sorted(own - set(carried)):
            if name in upward_exposed(after):
                raise Serial(f"{name} is read after it")
        return tuple(carried)

    def _is_number(self, name: str) -> bool:
        table = self.program.types or {}
        return isinstance(table[name], types.Float | types.Integer | types.Complex)

    # ----------------------------------------------------------------- arrays

    def _array(self, name: str, loop: For) -> ArrayVerdict | None:
        """The verdict on an array that the loop writes to; None of one that an iteration makes."""
        for other in sorted(self._sharing.get(name, {name}) - {name}):
            if touched(loop, other):
                raise Serial(f"{name}, which it writes to, may share memory with {other}")
        if name in assigned(loop.body):
            return None
        found = list(touches((loop,), name))
        if self._axis(name, found, loop) is not None:
            return ArrayVerdict(name, "shared", f"{loop.target} is an index of all its elements")
        if is_scratch(name, loop, self.program, self.lengths, self.tapes):
            return ArrayVerdict(name, "private", "an iteration reads what itself has written")
        if all(touch.store is not None and touch.store.accumulate for touch in found):
            return ArrayVerdict(name, "summed", "it is only added to")
        raise Serial(f"what an iteration reads of {name} may come from another one")

    def _axis(self, name: str, found: list[Touch], loop: For) -> int | None:
        """An axis along which each iteration has an index of its own."""
        if any(touch.index is None for touch in found):
            return None
        forms = IndexForms(loop)
        for axis in range((self.program.types or {})[name].ndim):
            shifts = {_shift(touch, axis, forms) for touch in found}
            if len(shifts) == 1 and self._is_never_negative(loop, shifts.pop()):
                return axis
        return None

    def _is_never_negative(self, loop: For, shift: int | None) -> bool:
        """Whether the counter and a constant is not: the index -1 means the last cell too."""
        if shift is None:
            return False
        assert isinstance(loop.step, Const)
        up = loop.step.value > 0
        bound = self.lengths.linear(loop.start if up else loop.stop)
        least = None if bound is None else bound + Linear({}, shift + (0 if up else 1))
        return least is not None and least.is_non_negative()


def _shift(touch: Touch, axis: int, forms: IndexForms) -> int | None:
    """The constant `c` of an index that is the counter and `c`."""
    assert touch.index is not None
    form = forms.of(touch.index[axis])
    return form.constant if form is not None and form.terms == {forms.counter: 1} else None
