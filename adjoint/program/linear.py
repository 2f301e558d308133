"""Linear forms of integers, `constant + Σ coefficient · atom`."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Mapping
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

    def map_atoms(self, change: Callable[[Expr], Expr]) -> Linear:
        """The form with each atom replaced by what `change` makes of it."""
        result = Linear({}, self.constant)
        for atom, coefficient in self.terms.items():
            result += linear(change(atom)).scaled(coefficient)
        return result

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


def linear(expr: Expr) -> Linear:
    """An integer expression as a linear form; what is no sum is an atom of it."""
    match expr:
        case Const(int() as value) if not isinstance(value, bool):
            return Linear({}, value)
        case Call(operator.add, (left, right)):
            return linear(left) + linear(right)
        case Call(operator.sub, (left, right)):
            return linear(left) - linear(right)
        case Call(operator.neg, (one,)):
            return linear(one).scaled(-1)
        case Call(operator.mul, (Const(int() as factor), other) | (other, Const(int() as factor))):
            return linear(other).scaled(factor)
    return Linear({expr: 1})


def is_never_negative(expr: Expr) -> bool:
    """Whether an expression is a length, or something else that is at least zero."""
    match expr:
        case Call(shapes.slice_length, _) | Call(builtins.max, (_, Const(0))):
            return True
        case Call(operator.floordiv, (whole, Const(int() as divisor))) if divisor > 0:
            return is_never_negative(whole)
    return is_length(expr)


def is_length(expr: Expr) -> bool:
    """Whether an expression is the length of an axis."""
    known = (primitives.dim, shapes.broadcast_length, shapes.span)
    return isinstance(expr, Call) and expr.function in known
