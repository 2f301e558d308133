"""What is known of integers at the place where statements are emitted.

    for i in range(n):          # 0 <= i <= n - 1
        if i > k:               # k + 1 <= i
            a[k:i]              # inside an array of length n: starts at k, and i - k elements

A slice is cut off where it reaches beyond its array, and an index that is negative counts from the
end. Where neither can be, generated code need not see to it. What is known comes from the bounds of
the loops that are open, if their counters and what the bounds are made of do not change inside, and
from the branches of tests. Every proof holds for whatever the arguments are, or for arguments with
the lengths that are then assumed to be equal, because they were in all calls so far (`observed`).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from numba.core import types

from adjoint.program import primitives
from adjoint.program.core import Call, Const, Expr, Name
from adjoint.program.inequalities import consequences, proof
from adjoint.program.linear import Linear, linear
from adjoint.program.walk import names

if TYPE_CHECKING:
    from adjoint.lowering.observed import Observed

_ONE = Linear({}, 1)


class Facts:
    """Inequalities between integers that hold now.

    Parameters
    ----------
    table : types of the variables.
    definitions : what variables of integers were computed from, in one step.
    canonical : an integer expression in terms of what it was computed from.
    observed : the lengths that calls had.
    """

    def __init__(
        self,
        table: Mapping[str, Any],
        definitions: Mapping[str, Expr],
        canonical: Callable[[Expr], Expr],
        observed: Observed,
    ) -> None:
        self._types = table
        self._definitions = definitions
        self._canonical = canonical
        self._observed = observed
        self._known: list[Linear] = []

    # ------------------------------------------------------------------ what is known

    @contextmanager
    def counting(
        self, counter: str, bounds: tuple[Expr, Expr, Expr], changed: Set[str]
    ) -> Iterator[None]:
        """Inside the body of a loop over a range.

        Parameters
        ----------
        bounds : start, stop and step of the range.
        changed : variables that the body binds, or whose lengths it changes.
        """
        start, stop, step = bounds
        first, end, here = self.form(start), self.form(stop), self.form(Name(counter))
        found: list[Linear] = []
        if isinstance(step, Const) and here is not None:
            up = step.value > 0
            if first is not None:
                found.append(here - first if up else first - here)
            if end is not None:
                found.append((end - here if up else here - end) - _ONE)
        with self._knowing(found, changed):
            yield

    @contextmanager
    def branch(self, test: Expr, holds: bool, changed: Set[str]) -> Iterator[None]:
        """Inside a branch that is run if a test holds, or if it does not."""
        found = list(self._told_by(self._canonical(test), holds))
        with self._knowing(found, changed):
            yield

    @contextmanager
    def _knowing(self, found: list[Linear], changed: Set[str]) -> Iterator[None]:
        before = len(self._known)
        for form in found:
            if _is_kept(form, changed):
                self._known += consequences(form)
        try:
            yield
        finally:
            del self._known[before:]

    def _told_by(self, test: Expr, holds: bool) -> Iterator[Linear]:
        match test:
            case Call(primitives.logical_and, args) if holds:
                for arg in args:
                    yield from self._told_by(arg, True)
            case Call(function, (left, right)) if function in COMPARISONS:
                low, high = self.form(left), self.form(right)
                if low is None or high is None:
                    return
                relation = function if holds else COMPARISONS[function]
                if relation in (operator.lt, operator.le, operator.eq):
                    yield high - low - (_ONE if relation is operator.lt else Linear({}))
                if relation in (operator.gt, operator.ge, operator.eq):
                    yield low - high - (_ONE if relation is operator.gt else Linear({}))

    # ------------------------------------------------------------------ what follows

    def form(self, expr: Expr) -> Linear | None:
        """A 64-bit integer as a linear form; None for what is none, or what may overflow."""
        whole = self._canonical(expr)
        return linear(whole) if self._is_integer(whole) else None

    def is_non_negative(self, form: Linear | None, *lengths: Linear) -> bool:
        """Whether a form is proved to be at least zero; other ones, of lengths, are."""
        if form is None:
            return False
        known = (*self._known, *lengths)
        return proof(form, known) is not None or self._observed.prove((form,), known)

    def is_positive(self, expr: Expr) -> bool:
        """Whether an integer is proved to be at least one."""
        form = self.form(expr)
        return form is not None and self.is_non_negative(form - _ONE)

    def equal(self, n: Expr, m: Expr) -> bool:
        """Whether two integers are the same number, of whatever they are computed."""
        ours, theirs = self.form(n), self.form(m)
        if ours is None or theirs is None:
            return False
        both = ours - theirs, theirs - ours
        return both[0] == Linear({}) or self._observed.prove(both, ())

    def written(self, expr: Expr) -> Linear:
        """An integer as a linear form of what the program writes for it: `n`, not `len(a)`."""
        match expr:
            case Name(id) if id in self._definitions:
                made = self._definitions[id]
                return self.written(made) if _is_sum(made) else Linear({expr: 1})
            case Call(operator.add | operator.sub as function, (left, right)):
                sign = 1 if function is operator.add else -1
                return self.written(left) + self.written(right).scaled(sign)
        return linear(expr)

    def _is_integer(self, expr: Expr) -> bool:
        if isinstance(expr, Const):
            return type(expr.value) is int
        kinds = map(self._types.get, names(expr))
        return all(kind == types.int64 or isinstance(kind, types.Array) for kind in kinds)


def _is_sum(expr: Expr) -> bool:
    return isinstance(expr, Name) or (
        isinstance(expr, Call) and expr.function in (operator.add, operator.sub)
    )


COMPARISONS: dict[Callable[..., Any], Callable[..., Any]] = {
    operator.lt: operator.ge,
    operator.ge: operator.lt,
    operator.gt: operator.le,
    operator.le: operator.gt,
    operator.eq: operator.ne,
    operator.ne: operator.eq,
}
"""Comparisons of integers, with those that hold where they do not."""


def _is_kept(form: Linear, changed: Set[str]) -> bool:
    """Whether a form keeps its value though some variables change theirs."""
    return all(changed.isdisjoint(names(atom)) for atom in form.terms)
