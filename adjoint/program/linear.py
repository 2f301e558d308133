"""Linear forms of integers, `constant + Σ coefficient · atom`."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Mapping
from dataclasses import dataclass

from adjoint.program import primitives
from adjoint.program.core import Call, Const, Expr
from adjoint.runtime import shapes


@dataclass(frozen=True)
class Linear:
    """`constant + Σ coefficient · atom`; the atoms are names and array lengths."""

    terms: Mapping[Expr, int]
    constant: int = 0

    def __add__(self, other: Linear) -> Linear:
        terms = dict(self.terms)
        for atom, coefficient in other.terms.items():
            terms[atom] = terms.get(atom, 0) + coefficient
        kept = {atom: c for atom, c in terms.items() if c}
        return Linear(kept, self.constant + other.constant)

    def __sub__(self, other: Linear) -> Linear:
        return self + other.scaled(-1)

    def scaled(self, factor: int) -> Linear:
        """The form times an integer."""
        if factor == 0:
            return Linear({}, 0)
        return Linear({a: c * factor for a, c in self.terms.items()}, self.constant * factor)

    def with_atom(self, atom: Expr, value: Linear) -> Linear:
        """The form with another one in the place of an atom."""
        others = {a: c for a, c in self.terms.items() if a != atom}
        return Linear(others, self.constant) + value.scaled(self.terms.get(atom, 0))

    def is_non_negative(self) -> bool:
        """Whether the form is at least zero for sure (lengths are, other names may not be)."""
        lengths = all(c > 0 and is_never_negative(atom) for atom, c in self.terms.items())
        return lengths and self.constant >= 0

    def expr(self) -> Expr:
        """The form as an expression, positive terms first."""
        ordered = sorted(self.terms.items(), key=lambda item: item[1] < 0)
        result: Expr | None = None
        for atom, coefficient in ordered:
            size = abs(coefficient)
            term = atom if size == 1 else Call(operator.mul, (Const(size), atom))
            if result is None:
                result = term if coefficient > 0 else Call(operator.neg, (term,))
            else:
                result = Call(operator.add if coefficient > 0 else operator.sub, (result, term))
        if result is None:
            return Const(self.constant)
        if self.constant == 0:
            return result
        function = operator.add if self.constant > 0 else operator.sub
        return Call(function, (result, Const(abs(self.constant))))


def is_never_negative(expr: Expr) -> bool:
    """Whether an expression is a length, or something else that is at least zero."""
    match expr:
        case Call(shapes.slice_length, _) | Call(builtins.max, (_, Const(0))):
            return True
    return is_length(expr)


def is_length(expr: Expr) -> bool:
    """Whether an expression is the length of an axis."""
    known = (primitives.dim, shapes.broadcast_length, shapes.span)
    return isinstance(expr, Call) and expr.function in known
