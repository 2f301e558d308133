"""Adjoint variables of scalars: contributions are added, and structural zeros are known.

While the reverse sweep is generated, `live` holds the bars that have received a contribution. A
bar that is not live is zero without being set to it: the first contribution assigns, and an
adjoint statement whose seed is zero is not generated.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from adjoint.program.core import Assign, Call, Const, Expr, Name, Stmt


class Bars:
    """Bars of scalar variables at one point of the reverse sweep.

    Attributes
    ----------
    live : variables whose bar holds a value.
    """

    def __init__(self, name_of: Callable[[str], str], zero_of: Callable[[str], Const]) -> None:
        self.live: set[str] = set()
        self._name_of = name_of
        self._zero_of = zero_of

    def name(self, variable: str) -> Name:
        """The bar of a variable."""
        return Name(self._name_of(variable))

    def add(self, variable: str, amount: Expr) -> Stmt:
        """The statement that adds a contribution."""
        bar = self.name(variable)
        if variable in self.live:
            return Assign(bar.id, Call(operator.add, (bar, amount)), unordered=True)
        self.live.add(variable)
        return Assign(bar.id, amount)

    def zeroed(self, variables: set[str]) -> list[Stmt]:
        """Set bars that are zero in structure to zero in fact, before a region adds to them."""
        missing = sorted(variables - self.live)
        self.live |= variables
        return [self.at_zero(v) for v in missing]

    def at_zero(self, variable: str) -> Assign:
        """The statement that sets a bar to zero."""
        return Assign(self.name(variable).id, self._zero_of(variable))
