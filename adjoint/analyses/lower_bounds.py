"""Least values that integers of a program may have, whatever the arguments are."""

from __future__ import annotations

import operator
from collections import defaultdict

from adjoint.program import primitives
from adjoint.program.core import Assign, Call, Const, Expr, For, Name, Program
from adjoint.program.linear import Linear
from adjoint.program.walk import statements
from adjoint.runtime import shapes

_LENGTHS = (
    primitives.dim, shapes.slice_start, shapes.slice_length, shapes.span, shapes.broadcast_length,
    shapes.broadcast_step,
)  # fmt: skip
_OF_ARGUMENTS = (min, shapes.broadcast_dim, shapes.check_aligned)


class LowerBounds:
    """Finds them from all assignments of a variable, wherever they stand."""

    def __init__(self, program: Program) -> None:
        self._bindings: dict[str, list[Expr | None]] = defaultdict(list)
        self._known: dict[str, int | None] = dict.fromkeys(program.params)
        for stmt in statements(program.body):
            if isinstance(stmt, Assign):
                self._bindings[stmt.target].append(stmt.value)
            elif isinstance(stmt, For):
                self._bindings[stmt.target].append(_least_of_range(stmt))

    def of(self, expr: Expr | None) -> int | None:
        """The bound, None if there is none to be seen."""
        match expr:
            case Const(int() as value) if not isinstance(value, bool):
                return value
            case Name(id):
                return self._of_name(id)
            case Call(function) if function in _LENGTHS:
                return 0
            case Call(operator.sub, (first, Const(int() as value))):
                least = self.of(first)
                return None if least is None else least - value
            case Call(function, args):
                return self._of_call(function, [self.of(arg) for arg in args])
        return None

    def of_form(self, form: Linear) -> int | None:
        """The bound of a linear form."""
        least = form.constant
        for atom, coefficient in form.terms.items():
            bound = self.of(atom)
            if bound is None or coefficient < 0:
                return None
            least += coefficient * bound
        return least

    def _of_name(self, name: str) -> int | None:
        if name not in self._known:
            self._known[name] = None  # of a name that depends on itself
            bounds = [self.of(value) for value in self._bindings[name]]
            known = [bound for bound in bounds if bound is not None]
            self._known[name] = min(known) if known and len(known) == len(bounds) else None
        return self._known[name]

    def _of_call(self, function: object, bounds: list[int | None]) -> int | None:
        known = [bound for bound in bounds if bound is not None]
        if function is max and known:
            return max(known)
        if function is primitives.select:
            bounds = bounds[1:]
            known = [bound for bound in bounds if bound is not None]
        if len(known) < len(bounds) or not known:
            return None
        if function is operator.add:
            return sum(known)
        if function is operator.mul and min(known) >= 0:
            return known[0] * known[1]
        return min(known) if function in _OF_ARGUMENTS or function is primitives.select else None


def _least_of_range(loop: For) -> Expr | None:
    """The least value of a loop's counter."""
    if not (isinstance(loop.step, Const) and isinstance(loop.step.value, int)):
        return None
    return loop.start if loop.step.value > 0 else Call(operator.add, (loop.stop, Const(1)))
