"""Proofs that a linear form is at least zero, from others that are.

    i >= 0,  n - 1 - i >= 0      prove      n - i >= 0,  n - 1 >= 0,  2 * n - 2 - i >= 0

A form is proved by writing it as a sum of known ones, each times a positive integer, and of terms
that are never negative: lengths, and a constant. What cannot be written so is not claimed, true or
not. Of `min` and `max` one argument is tried after the other, or all of them where each may count.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Iterable, Iterator, Sequence

from adjoint.program.core import Call, Const, Expr
from adjoint.program.linear import Linear, is_never_negative, linear

Proof = tuple[Linear, ...]
"""The known forms that a proof adds up."""

_MOST = 100  # forms tried; the proofs of slices in a nest of loops take three or four


def consequences(form: Linear) -> Iterator[Linear]:
    """A form that is at least zero, and others that follow from it and from what its atoms are."""
    yield form
    yield from _quotients(form)
    for atom, coefficient in form.terms.items():
        match atom:
            case Call(builtins.min | builtins.max as function, (_, _, *_) as args):
                # -max(a, b) <= -a, and min(a, b) <= a: with a in its place the form only grows.
                if (coefficient > 0) == (function is min):
                    for arg in args:
                        yield from consequences(form.with_atom(atom, linear(arg)))


def _quotients(form: Linear) -> Iterator[Linear]:
    """What is left when an atom that is a quotient is taken from what was divided."""
    for atom in form.terms:
        match atom:
            case Call(operator.floordiv, (whole, Const(int() as divisor))) if divisor > 0:
                rest = linear(whole) - Linear({atom: divisor})
                yield from (rest, Linear({}, divisor - 1) - rest)


def proof(form: Linear, known: Iterable[Linear]) -> Proof | None:
    """The known forms that prove one to be at least zero; None if they are not found to.

    Give the `consequences` of what is known with it.
    """
    return _Search((*known, *_quotients(form))).proof(form)


class _Search:
    """One proof after the other from the same facts; what has failed once is not tried again."""

    def __init__(self, facts: Sequence[Linear]) -> None:
        self._facts = facts
        self._tried: set[tuple[frozenset[tuple[Expr, int]], int]] = set()

    def proof(self, form: Linear) -> Proof | None:
        open_ = [a for a, c in form.terms.items() if c < 0 or not is_never_negative(a)]
        if not open_ and form.constant >= 0:
            return ()
        key = frozenset(form.terms.items()), form.constant
        if key in self._tried or len(self._tried) > _MOST:
            return None
        self._tried.add(key)
        atom = open_[0] if open_ else None
        if isinstance(atom, Call) and atom.function in (min, max) and len(atom.args) > 1:
            found = self._by_cases(form, atom)
            if found is not None:
                return found
        for fact in self._facts:
            for times in _times(form, fact, atom):
                rest = self.proof(form - fact.scaled(times))
                if rest is not None:
                    return (fact, *rest)
        return None

    def _by_cases(self, form: Linear, atom: Call) -> Proof | None:
        """A proof by way of the arguments of `min` or `max`, each of which may be its value."""
        cases = [form.with_atom(atom, linear(arg)) for arg in atom.args]
        found = [self.proof(case) for case in cases]
        # min(a, b) is one of both, so a form with it needs both; of -min(a, b) either is less.
        if (form.terms[atom] > 0) == (atom.function is min):
            if any(one is None for one in found):
                return None
            return tuple(fact for one in found for fact in one or ())
        return next((one for one in found if one is not None), None)


def _times(form: Linear, fact: Linear, atom: Expr | None) -> tuple[int, ...]:
    """How often to take a fact away so that an atom, or the constant, is less of a problem."""
    have = form.constant if atom is None else form.terms[atom]
    take = fact.constant if atom is None else fact.terms.get(atom, 0)
    if have * take <= 0:
        return ()
    if atom is None or is_never_negative(atom):
        enough = -(have // -take)  # both are negative
        return (1,) if enough == 1 else (1, enough)
    return (have // take,) if have % take == 0 else ()
